"""What follows from facts: reminders are planned and withdrawn, and a new chair takes over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import ledger
from services.core.kit.events import Actor
from services.core.kit.feed import Reader, Seen
from services.core.kit.ids import new_id
from services.core.meetings import queries
from services.core.meetings.actions import keeping
from services.core.meetings.events import MeetingChanged
from services.core.meetings.models import Meeting, MeetingInvitation, MeetingReminder
from services.core.meetings.rules import InvitedAs, MeetingState

BY = Actor.part("meetings")


def attend(session: Session, seen: Seen, now: datetime) -> None:
    """Plan the reminders of a meeting as it stands now, and withdraw all others."""
    meeting = queries.as_it_is(session, meeting_id=UUID(seen.data["meeting_id"]))
    if meeting is None:
        return
    for row in queries.planned(session, meeting_id=meeting.id):
        row.next_at = None
    session.flush()
    if meeting.state == MeetingState.SCHEDULED:
        _plan(session, meeting, now)


def ask_again(session: Session, seen: Seen, now: datetime) -> None:
    """Let every planned reminder be timed anew, because the calendar has changed."""
    del seen
    session.execute(
        update(MeetingReminder)
        .where(MeetingReminder.next_at.is_not(None))
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def hand_over(session: Session, seen: Seen, now: datetime) -> None:
    """Give the meetings that a convener still had to see through to the new one (I-5)."""
    group_id, new = UUID(seen.data["group_id"]), UUID(seen.data["to_organisation_id"])
    old = UUID(seen.data["from_organisation_id"])
    for meeting in queries.unended(session, group_id=group_id, convener_id=old):
        meeting.convener_organisation_id = new
        _take_seat(session, meeting, old, new)
        fact = MeetingChanged(
            **keeping.about(meeting), fields=("convener_organisation_id", "invitations")
        )
        about = keeping.seen_by(session, meeting, on=day_of(now), heard=(old,))
        changes = {"convener_organisation_id": [old, new]}
        ledger.record(session, fact, about=about, by=BY, now=now, changes=changes)


READERS: dict[str, Reader] = {
    "meeting.scheduled": attend,
    "meeting.moved": attend,
    "meeting.held": attend,
    "meeting.cancelled": attend,
    "calendar.published": ask_again,
    "group.convener_changed": hand_over,
}


def _plan(session: Session, meeting: Meeting, now: datetime) -> None:
    """Write what is planned for this start, each once; what was sent stays sent (I-15)."""
    planned = [
        {
            "id": new_id(),
            "meeting_id": meeting.id,
            "starts_at": meeting.starts_at,
            "occurrence": one.key,
            "planned_at": one.send_at,
            "next_at": one.send_at,
        }
        for one in queries.timetable(session, meeting, now=now).planned_times()
    ]
    if planned:
        wanted = insert(MeetingReminder).values(planned)
        session.execute(
            wanted.on_conflict_do_update(
                index_elements=["meeting_id", "starts_at", "occurrence"],
                set_={
                    "planned_at": wanted.excluded.planned_at,
                    "next_at": wanted.excluded.next_at,
                },
                where=MeetingReminder.sent_at.is_(None),
            )
        )


def _take_seat(session: Session, meeting: Meeting, old: UUID, new: UUID) -> None:
    """Let the new convener be invited as such, and the old one stay as a member."""
    units = {one.organisation_id: one for one in queries.invited(session, meeting_id=meeting.id)}
    if old in units and units[old].role == InvitedAs.CONVENER:
        units[old].role = InvitedAs.MEMBER
    if new in units and units[new].role != InvitedAs.CHAIR:
        units[new].role = InvitedAs.CONVENER
    if new not in units:
        session.add(
            MeetingInvitation(
                meeting_id=meeting.id,
                organisation_id=new,
                role=InvitedAs.CONVENER,
                invited_at=None if meeting.original_starts_at is None else meeting.announced_at,
            )
        )
    session.flush()
