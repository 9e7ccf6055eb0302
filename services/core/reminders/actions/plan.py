"""What is planned, timed anew, and withdrawn."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of, instant_of
from services.core.kit import ledger
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.feed import Reader, Seen
from services.core.kit.ids import new_id
from services.core.kit.moves import moved
from services.core.reminders import queries, rules
from services.core.reminders.models import Reminder
from services.core.reminders.queries import OwedReport
from services.core.reminders.rules import Occurrence, ReminderState, ReminderVerb


def attend_report(session: Session, seen: Seen, now: datetime) -> None:
    """Plan what a report is owed, or withdraw it, by how the report stands now."""
    _attend(session, [UUID(seen.data["report_id"])], now)


def attend_project(session: Session, seen: Seen, now: datetime) -> None:
    """Do the same for every open report of a project that was paused, resumed, ended or moved."""
    _attend(session, queries.open_reports(session, project_id=UUID(seen.data["project_id"])), now)


def ask_again(session: Session, seen: Seen, now: datetime) -> None:
    """Let every planned reminder be timed anew, because the calendar has changed."""
    del seen
    queries.hold_the_plan(session)
    session.execute(
        update(Reminder)
        .where(Reminder.state == ReminderState.PLANNED)
        .values(next_at=now, version=Reminder.version + 1)
        .execution_options(synchronize_session=False)
    )


READERS: dict[str, Reader] = {
    "progress.opened": attend_report,
    "progress.retimed": attend_report,
    "progress.submitted": attend_report,
    "progress.returned": attend_report,
    "progress.accepted": attend_report,
    "progress.reopened": attend_report,
    "project.stage_changed": attend_project,
    "project.completed": attend_project,
    "project.paused": attend_project,
    "project.resumed": attend_project,
    "project.terminated": attend_project,
    "project.moved_out": attend_project,
    "calendar.published": ask_again,
}


def _attend(session: Session, report_ids: Iterable[UUID], now: datetime) -> None:
    queries.hold_the_plan(session)
    for report_id in report_ids:
        report = queries.owed_report(session, report_id=report_id, now=now)
        silence = rules.silenced_by(report.standing)
        if silence:
            withdraw(queries.planned(session, subject_id=report_id).values(), silence)
        else:
            _plan(session, report, now)


def _plan(session: Session, report: OwedReport, now: datetime) -> None:
    """Plan everything up to the due day, and what follows if that is over.

    What was withdrawn before its moment came is planned anew: the report is owed again.
    """
    session.execute(
        delete(Reminder).where(
            Reminder.rule == queries.RULE,
            Reminder.subject_id == report.id,
            Reminder.state == ReminderState.WITHDRAWN,
            Reminder.planned_at > now,
        )
    )
    settled = queries.settled(session, subject_id=report.id)
    put(
        session, report, [one for one in report.timetable.planned_times() if one.key not in settled]
    )
    retime(session, report, now)


def retime(session: Session, report: OwedReport, now: datetime) -> None:
    """Give every planned row the moment that due day, calendar and policy give it today."""
    following = put_following(session, report, now)
    moments = {one.key: one.send_at for one in report.timetable.planned_times()}
    if following:
        moments[following.key] = following.send_at
    for key, row in queries.planned(session, subject_id=report.id).items():
        row.due_at = report.timetable.due_at
        if key in rules.PUT_OFF:
            row.next_at = row.planned_at
        elif key in moments:
            row.planned_at = row.next_at = moments[key]
        else:
            withdraw([row], "not_in_plan")


def put_following(session: Session, report: OwedReport, now: datetime) -> Occurrence | None:
    """Plan the next occurrence whose moment is still to come, if the plan has one; gives it."""
    done = queries.settled(session, subject_id=report.id)
    following = next(
        (
            one
            for one in report.timetable.occurrences()
            if one.send_at > now and one.key not in done
        ),
        None,
    )
    put(session, report, [following] if following else [])
    return following


def put(session: Session, report: OwedReport, occurrences: Sequence[Occurrence]) -> None:
    """Write planned reminders, each once (I-15)."""
    if not occurrences:
        return
    session.execute(
        insert(Reminder)
        .values(
            [
                {
                    "id": new_id(),
                    "rule": queries.RULE,
                    "subject_kind": queries.SUBJECT,
                    "subject_id": report.id,
                    "project_id": report.project_id,
                    "group_id": report.group_id,
                    "organisation_id": report.organisation_id,
                    "occurrence": one.key,
                    "due_at": report.timetable.due_at,
                    "planned_at": one.send_at,
                    "state": ReminderState.PLANNED,
                    "next_at": one.send_at,
                    "version": 1,
                }
                for one in occurrences
            ]
        )
        .on_conflict_do_nothing(index_elements=["rule", "subject_id", "occurrence"])
    )


def in_days(report: OwedReport, working_days: int, now: datetime) -> datetime:
    """Give the plan's hour so many working days from today."""
    timetable = report.timetable
    day = timetable.calendar.add_working_days(day_of(now), working_days)
    return timetable.calendar.next_opening(instant_of(day, timetable.plan.at), timetable.window)


def end(reminder: Reminder, verb: ReminderVerb) -> None:
    """Bring a planned reminder to its one end."""
    reminder.state = moved(rules.MOVES, ReminderState(reminder.state), verb)
    reminder.next_at = None


def withdraw(reminders: Iterable[Reminder], reason: str) -> None:
    """Leave people in peace, and note why."""
    for reminder in reminders:
        end(reminder, ReminderVerb.WITHDRAW)
        reminder.ended_reason = reason


def about(reminder: Reminder) -> dict[str, Any]:
    """Give what every fact of a reminder says first."""
    return {
        "reminder_id": reminder.id,
        "subject_kind": reminder.subject_kind,
        "subject_id": reminder.subject_id,
        "project_id": reminder.project_id,
        "occurrence": reminder.occurrence,
        "due_at": reminder.due_at,
    }


def record(
    session: Session,
    reminder: Reminder,
    fact: Fact,
    *,
    by: Actor,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    """Write a fact that the reminder's unit and group may see."""
    about = Subject(
        "reminder",
        reminder.id,
        group_id=reminder.group_id,
        organisation_ids=(reminder.organisation_id,),
    )
    ledger.record(session, fact, about=about, by=by, now=now, changes=changes)
