"""Whom a meeting's news goes to: the inbox at once, the letter in sending hours."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.settings import settings
from services.core.meetings import queries, rules
from services.core.meetings.models import Meeting, MeetingInvitation, MeetingMove
from services.core.notifications import actions as notifications
from services.core.notifications import texts
from services.core.notifications.rules import Cause


def scheduled(session: Session, meeting: Meeting, by: Caller) -> None:
    """Invite the units of a meeting that was just announced."""
    units = queries.invited(session, meeting_id=meeting.id)
    text = texts.meeting_announced(occasion(session, meeting, now=by.now))
    _tell(session, meeting, units, Cause("meeting_scheduled", meeting.id), text, by)


def invited(
    session: Session, meeting: Meeting, new: Sequence[MeetingInvitation], by: Caller
) -> None:
    """Invite units that were added later."""
    for one in new:
        one.invited_at = by.now
    if new:
        text = texts.meeting_announced(occasion(session, meeting, now=by.now))
        _tell(session, meeting, new, Cause("meeting_invited", new[0].id), text, by)


def uninvited(
    session: Session, meeting: Meeting, gone: Sequence[MeetingInvitation], by: Caller
) -> None:
    """Tell units that are not invited any more."""
    if gone:
        text = texts.meeting_uninvited(occasion(session, meeting, now=by.now))
        _tell(session, meeting, gone, Cause("meeting_uninvited", gone[0].id), text, by)


def moved(session: Session, meeting: Meeting, move: MeetingMove, by: Caller) -> None:
    """Tell everybody invited, whatever they had replied, where and when it is now."""
    units = queries.invited(session, meeting_id=meeting.id)
    was = (move.from_starts_at, move.from_ends_at)
    found = occasion(session, meeting, now=by.now)
    text = texts.meeting_moved(found, was=was, reason=move.reason)
    _tell(session, meeting, units, Cause("meeting_moved", move.id), text, by)


def cancelled(session: Session, meeting: Meeting, reason: str, by: Caller) -> None:
    """Tell everybody invited that it will not take place."""
    units = queries.invited(session, meeting_id=meeting.id)
    text = texts.meeting_cancelled(occasion(session, meeting, now=by.now), reason=reason)
    _tell(session, meeting, units, Cause("meeting_cancelled", meeting.id), text, by)


def occasion(session: Session, meeting: Meeting, *, now: datetime) -> texts.Occasion:
    """Say what a meeting is, as messages do."""
    convener, contact = queries.contact_of(
        session, organisation_id=meeting.convener_organisation_id, on=day_of(now)
    )
    return texts.Occasion(
        title=meeting.title,
        convener=convener,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place or "",
        link=f"{settings().address()}/api/v1/meetings/{meeting.id}",
        contact=contact,
    )


def _tell(
    session: Session,
    meeting: Meeting,
    units: Sequence[MeetingInvitation],
    cause: Cause,
    text: texts.Text,
    by: Caller,
) -> None:
    """Tell who speaks for these units, each person once, but not whoever did it."""
    asked = [one.organisation_id for one in units]
    people = access.speaking_for(session, asked, on=day_of(by.now))
    timetable = queries.timetable(session, meeting, now=by.now)
    notifications.notify(
        session,
        recipients=[person for person in people if person.account_id != by.account_id],
        cause=cause,
        text=text,
        now=by.now,
        mail_at=rules.letter_at(
            by.now,
            opening=timetable.calendar.next_opening(by.now, timetable.window),
            meets_at=meeting.starts_at,
        ),
    )
