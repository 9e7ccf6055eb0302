"""Reminding of meetings: asked anew when the moment comes, put together by person, sent once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.queries import Recipient
from services.core.calendar.rules import day_of, instant_of
from services.core.kit import jobs, ledger
from services.core.kit.settings import settings
from services.core.meetings import queries
from services.core.meetings.actions import keeping, telling
from services.core.meetings.actions.following import BY
from services.core.meetings.events import MeetingReminded
from services.core.meetings.models import Meeting, MeetingReminder
from services.core.meetings.rules import MeetingState, Reply
from services.core.notifications import actions as notifications
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.reminders.rules import Timetable

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A reminder that goes now, and to whom."""

    reminder: MeetingReminder
    meeting: Meeting
    people: tuple[Recipient, ...]


def remind_due(session: Session, *, now: datetime, limit: int) -> int:
    """Send what is due, one message to each person; gives how many reminders were looked at."""
    turns: list[_Turn] = []
    found = jobs.each_due(session, MeetingReminder, partial(_take, turns), now=now, limit=limit)
    for people, theirs in _messages(turns):
        _tell(session, people, theirs, now)
    for turn in turns:
        fact = MeetingReminded(
            **keeping.about(turn.meeting),
            occurrence=turn.reminder.occurrence,
            account_ids=tuple(person.account_id for person in turn.people),
        )
        about = keeping.seen_by(session, turn.meeting, on=day_of(now))
        ledger.record(session, fact, about=about, by=BY, now=now)
    return found


def _take(turns: list[_Turn], session: Session, reminder: MeetingReminder, now: datetime) -> None:
    """Ask one reminder anew whether it goes now; else it waits, or is wanted no more."""
    meeting = queries.as_it_is(session, meeting_id=reminder.meeting_id)
    if (
        meeting is None
        or meeting.state != MeetingState.SCHEDULED
        or meeting.starts_at != reminder.starts_at
        or meeting.starts_at <= now
    ):
        reminder.next_at = None
        return
    timetable = queries.timetable(session, meeting, now=now)
    moments = {one.key: one.send_at for one in timetable.planned_times()}
    if reminder.occurrence not in moments:
        reminder.next_at = None
        return
    reminder.planned_at = moments[reminder.occurrence]
    opening = timetable.calendar.next_opening(now, timetable.window)
    if max(reminder.planned_at, opening) > now:
        reminder.next_at = max(reminder.planned_at, opening)
        return
    units = queries.invited(session, meeting_id=meeting.id)
    coming = [one.organisation_id for one in units if one.reply != Reply.DECLINED]
    people = access.speaking_for(session, coming, on=day_of(now))
    if not people:
        _log.warning("nobody to remind", meeting_id=str(meeting.id))
        reminder.next_at = _next_working_day(timetable, now)
        return
    reminder.next_at, reminder.sent_at = None, now
    session.flush()
    turns.append(_Turn(reminder, meeting, tuple(people)))


def _next_working_day(timetable: Timetable, now: datetime) -> datetime:
    day = timetable.calendar.add_working_days(day_of(now), 1)
    return instant_of(day, timetable.plan.at)


def _messages(turns: Iterable[_Turn]) -> list[tuple[list[Recipient], list[_Turn]]]:
    """Put together what goes to the same people in the same message, each meeting once."""
    people: dict[UUID, Recipient] = {}
    theirs: dict[UUID, dict[UUID, _Turn]] = defaultdict(dict)
    for turn in turns:
        for person in turn.people:
            people[person.account_id] = person
            theirs[person.account_id][turn.meeting.id] = turn
    same: dict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
    for account_id, told_of in theirs.items():
        same[tuple(turn.reminder.id for turn in told_of.values())].append(account_id)
    return [
        ([people[one] for one in alike], list(theirs[alike[0]].values())) for alike in same.values()
    ]


def _tell(session: Session, people: list[Recipient], turns: list[_Turn], now: datetime) -> None:
    """Send one message about one or several meetings to the same people."""
    occasions = [telling.occasion(session, turn.meeting, now=now) for turn in turns]
    if len(turns) == 1:
        cause, text = "meeting_reminder", texts.meeting_reminder(occasions[0])
    else:
        link = f"{settings().address()}/api/v1/meetings?mine=true"
        cause, text = "meeting_digest", texts.meetings_digest(occasions, link=link)
    notifications.notify(
        session,
        recipients=people,
        cause=Cause(cause, turns[0].reminder.id),
        text=text,
        now=now,
    )
