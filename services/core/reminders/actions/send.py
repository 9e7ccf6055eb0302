"""What goes when its moment has come: asked anew, put together by person, sent once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access.queries import Recipient
from services.core.calendar.rules import Window, day_of
from services.core.kit import jobs
from services.core.kit.events import Actor
from services.core.kit.settings import settings
from services.core.notifications import actions as notifications
from services.core.notifications import queries as inbox
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.reminders import queries, rules
from services.core.reminders.actions import plan
from services.core.reminders.events import ReminderSent
from services.core.reminders.models import Reminder, ReminderRecipient
from services.core.reminders.queries import OwedReport
from services.core.reminders.rules import ReminderVerb

_log = structlog.get_logger(__name__)
_BY = Actor.part("reminders")


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one report is owed in this batch: what goes, what that speaks for, and to whom."""

    report: OwedReport
    goes: Reminder
    superseded: tuple[Reminder, ...]
    people: tuple[Recipient, ...]


def send_due(session: Session, *, now: datetime, limit: int) -> int:
    """Send what is due, one message to each person; gives how many reports were looked at.

    Nothing if another worker is at it: a day's messages are counted by one who counts alone.
    """
    if not queries.is_alone(session):
        return 0
    subjects = queries.due_subjects(session, now=now, limit=limit)
    turns = [turn for subject_id in subjects if (turn := _guarded(session, subject_id, now))]
    kept = _uncapped(session, turns, now)
    matters = _matters(session, kept, now)
    for people, theirs in _messages(kept):
        _tell(session, people, theirs, matters, now)
    for turn in kept:
        _finish(session, turn, now)
    return len(subjects)


def _guarded(session: Session, subject_id: UUID, now: datetime) -> _Turn | None:
    """Take one report's turn in a savepoint, so that one that fails spoils no other."""
    try:
        with session.begin_nested():
            return _turn(session, subject_id, now)
    except Exception as error:  # noqa: BLE001 one bad report silences nobody else
        _log.exception("reminder failed", report_id=str(subject_id))
        for row in queries.planned(session, subject_id=subject_id).values():
            if row.next_at is not None and row.next_at <= now:
                row.next_at = jobs.failed(session, Reminder.next_at, row.id, error, now=now)
        return None


def _turn(session: Session, subject_id: UUID, now: datetime) -> _Turn | None:
    """Ask one report anew what it is owed now; None: nothing goes, and its rows say when next."""
    report = queries.owed_report(session, report_id=subject_id, now=now)
    planned = queries.planned(session, subject_id=subject_id)
    silence = rules.silenced_by(report.standing)
    if silence:
        plan.withdraw(planned.values(), silence)
        return None
    timetable = report.timetable
    opening = timetable.calendar.next_opening(now, timetable.window)
    if opening > now:
        _wait(planned, now, opening)
        return None
    due = _due(session, report, planned, now)
    if not due:
        plan.retime(session, report, now)
        return None
    people = queries.people(session, report, now=now)
    if not people:
        _log.warning("nobody to remind", organisation_id=str(report.organisation_id))
        _wait(planned, now, plan.in_days(report, 1, now))
        return None
    return _Turn(report, due[-1], tuple(due[:-1]), tuple(people))


def _due(
    session: Session, report: OwedReport, planned: dict[str, Reminder], now: datetime
) -> list[Reminder]:
    """Give the rows of what is owed now, the one that goes last; missed ones get their row."""
    settled = queries.settled(session, subject_id=report.id)
    owed = rules.owed(report.timetable, settled, now)
    missed = [*owed.superseded, *([owed.deliver] if owed.deliver else [])]
    plan.put(session, report, missed)
    rows = queries.planned(session, subject_id=report.id)
    put_off = [
        row for key, row in planned.items() if key in rules.PUT_OFF and row.planned_at <= now
    ]
    return [*put_off, *(rows[one.key] for one in missed)]


def _wait(planned: dict[str, Reminder], now: datetime, until: datetime) -> None:
    for row in planned.values():
        if row.next_at is not None and row.next_at <= now:
            row.next_at = until


def _uncapped(session: Session, turns: Sequence[_Turn], now: datetime) -> list[_Turn]:
    """Leave out what must wait because somebody was told today; on the due day nothing waits.

    It waits for the plan's hour of the next working day, to be one message with that day's own.
    """
    everybody = {person.account_id for turn in turns for person in turn.people}
    told = queries.told_today(session, everybody, now=now)
    kept = []
    for turn in turns:
        timetable = turn.report.timetable
        slot = rules.next_slot(
            now,
            told_today=max(told.get(person.account_id, 0) for person in turn.people),
            per_day=turn.report.per_person_per_day,
            calendar=timetable.calendar,
            window=Window(timetable.plan.at, timetable.window.closes),
        )
        if day_of(now) < min(day_of(slot), day_of(timetable.due_at)):
            for row in (*turn.superseded, turn.goes):
                row.next_at = slot
        else:
            kept.append(turn)
    return kept


def _messages(turns: Sequence[_Turn]) -> list[tuple[list[Recipient], list[_Turn]]]:
    """Put together what goes to the same people in the same message."""
    people: dict[UUID, Recipient] = {}
    theirs: dict[UUID, list[_Turn]] = defaultdict(list)
    for turn in turns:
        for person in turn.people:
            people[person.account_id] = person
            theirs[person.account_id].append(turn)
    same: dict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
    for account_id, told_of in theirs.items():
        same[tuple(turn.goes.id for turn in told_of)].append(account_id)
    return [([people[one] for one in alike], theirs[alike[0]]) for alike in same.values()]


def _matters(session: Session, turns: Sequence[_Turn], now: datetime) -> dict[UUID, texts.Matter]:
    """Say how each report stands now, as its message will."""
    abouts = inbox.abouts(session, {turn.report.project_id for turn in turns}, on=day_of(now))
    return {
        turn.goes.id: texts.matter_of(
            abouts[turn.report.project_id],
            texts.report_topic(abouts[turn.report.project_id], turn.report.period),
            due_at=turn.report.timetable.due_at,
            link=f"{settings().address()}/api/v1/progress-reports/{turn.report.id}",
            now=now,
            calendar=turn.report.timetable.calendar,
        )
        for turn in turns
    }


def _tell(
    session: Session,
    people: Sequence[Recipient],
    turns: Sequence[_Turn],
    matters: Mapping[UUID, texts.Matter],
    now: datetime,
) -> None:
    """Send one message about one or several reports to the same people."""
    first = turns[0]
    if len(turns) == 1:
        cause = Cause("reminder", first.goes.id, first.report.project_id)
        text = texts.report_due(matters[first.goes.id])
    else:
        cause = Cause("digest", first.goes.id)
        link = f"{settings().address()}/api/v1/reminders"
        text = texts.digest([matters[turn.goes.id] for turn in turns], link=link)
    told = notifications.notify(session, recipients=people, cause=cause, text=text, now=now)
    receipts = [
        {"reminder_id": turn.goes.id, "account_id": account, "notification_id": notification}
        for turn in turns
        for account, notification in told.items()
    ]
    session.execute(insert(ReminderRecipient).values(receipts).on_conflict_do_nothing())


def _finish(session: Session, turn: _Turn, now: datetime) -> None:
    """Note that a reminder went, what it spoke for, and plan the next one."""
    plan.end(turn.goes, ReminderVerb.SEND)
    turn.goes.sent_at = now
    for row in turn.superseded:
        plan.end(row, ReminderVerb.SUPERSEDE)
    jobs.succeeded(session, Reminder.next_at, [row.id for row in (turn.goes, *turn.superseded)])
    plan.put_following(session, turn.report, now)
    fact = ReminderSent(
        **plan.about(turn.goes),
        planned_at=turn.goes.planned_at,
        account_ids=tuple(person.account_id for person in turn.people),
    )
    plan.record(session, turn.goes, fact, by=_BY, now=now)
