"""Days of a blocker: its dues, the stopped clock, the re-check. Days are days in Asia/Shanghai."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.core.calendar.rules import WorkCalendar, instant_of
from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words

RECHECK_AFTER_DAYS = 90
"""回头看: calendar days after close-out (MR-22, domain.md 1.6)."""
LONGEST_STOP_DAYS = 90
"""No clock stands still for more calendar days at once: a proposal of this product."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """How long a clock stood still: until which day at most, and from when it runs again."""

    until_on: date
    next_at: datetime


def assessed_on(due_on: date, calendar: WorkCalendar) -> date:
    """Give the working day a due is assessed by: the day itself, or the next that works."""
    return calendar.on_or_after(due_on)


def check_due(due_on: date, *, today: date, pointer: str = "/due_on") -> None:
    """Refuse a day that is past already.

    Raises:
        Invalid: with the pointer of the day.
    """
    if due_on < today:
        words = Words("日期已过。", "That day is past.")
        raise Invalid.at(pointer, words, code="past", allowed=(f">= {today}",))


def check_reopening(reason: str | None, due_on: date | None, *, today: date) -> tuple[str, date]:
    """Give why a blocker is back and its new due, which a reopened one must have.

    Raises:
        Invalid: one of them is missing, or the due is past.
    """
    if reason is None or due_on is None:
        words = Words("重新打开须写明原因和新的时限。", "What reopens has a reason and a new due.")
        missing = [
            name for name, value in (("reason", reason), ("due_on", due_on)) if value is None
        ]
        raise Invalid(words, faults=[Fault(f"/{name}", "missing", words) for name in missing])
    check_due(due_on, today=today)
    return reason, due_on


def runs_on_again(began_on: date, limit_days: int) -> Stopped:
    """Give the last day a stopped clock reaches: as that day begins it runs by itself."""
    until_on = began_on + timedelta(days=limit_days)
    return Stopped(until_on, instant_of(until_on, time()))


def stopped_days(began_on: date, ended_on: date, calendar: WorkCalendar) -> int:
    """Count the working days a clock stood still: the first day is not counted, the last is."""
    return calendar.working_days_between(began_on, ended_on)


def moved_by(due_on: date, working_days: int, calendar: WorkCalendar) -> date:
    """Move a due by the working days its clock stood still."""
    return calendar.add_working_days(due_on, working_days) if working_days else due_on


def overdue_since(assessed: date, calendar: WorkCalendar) -> datetime:
    """Give the instant after which an open blocker is late: 17:30 of the day it is assessed by."""
    return calendar.due_instant(assessed)


def recheck_on(closed_on: date) -> date:
    """Give the day from which the re-check is due."""
    return closed_on + timedelta(days=RECHECK_AFTER_DAYS)
