"""What a person does with a reminder: acknowledge it, or put it off."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Forbidden
from services.core.kit.events import Actor
from services.core.kit.words import Words
from services.core.notifications import actions as notifications
from services.core.reminders import queries, rules
from services.core.reminders.actions import plan
from services.core.reminders.events import ReminderSnoozed
from services.core.reminders.models import Reminder
from services.core.reminders.rules import Occurrence, ReminderVerb


def acknowledge(session: Session, *, reminder_id: UUID, by: Caller) -> None:
    """Say "I know" to a reminder one got, by the message it was in; twice is once.

    Raises:
        Missing: it is not in scope. Forbidden: it went to others.
    """
    reminder = queries.for_change(session, by, reminder_id=reminder_id)
    message = _received(session, reminder, by)
    notifications.acknowledge(session, notification_id=message, by=by)


def snooze(session: Session, *, reminder_id: UUID, working_days: int, by: Caller) -> Reminder:
    """Remind again in so many working days, and not before; gives the new reminder.

    Raises:
        Missing: it is not in scope. Forbidden: it went to others. Conflict: put off as often as
            may be, or nothing is owed any more.
    """
    queries.hold_the_plan(session)
    reminder = queries.for_change(session, by, reminder_id=reminder_id)
    _received(session, reminder, by)
    report = queries.owed_report(session, report_id=reminder.subject_id, now=by.now)
    if rules.silenced_by(report.standing):
        raise Conflict(Words("此事项已无需提醒。", "Nothing is left to remind of."))
    planned = queries.planned(session, subject_id=report.id)
    used = queries.settled(session, subject_id=report.id) | planned.keys()
    again = Occurrence(rules.put_off_key(used), plan.in_days(report, working_days, by.now))
    for row in planned.values():
        if row.planned_at <= again.send_at:
            plan.end(row, ReminderVerb.SUPERSEDE)
    plan.put(session, report, [again])
    later = queries.planned(session, subject_id=report.id)[again.key]
    fact = ReminderSnoozed(**plan.about(later), until=again.send_at, account_id=by.account_id)
    changes = {"planned_at": [reminder.planned_at, later.planned_at]}
    plan.record(session, later, fact, by=Actor.person(by), now=by.now, changes=changes)
    return later


def _received(session: Session, reminder: Reminder, by: Caller) -> UUID:
    """Give the message by which a reminder reached the caller.

    Raises:
        Forbidden: it went to others, or has not gone yet.
    """
    message = queries.message_to(session, by, reminder_id=reminder.id)
    if message is None:
        raise Forbidden(Words("此提醒未发给您。", "This reminder was not sent to you."))
    return message
