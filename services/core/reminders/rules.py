"""When somebody is reminded: planned before the due day, again after it, and caught up once.

An occurrence is named by its distance from the due day (T-3, T, T+2), so that running twice can
only find it done. The clock, the plan and the calendar are arguments.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.calendar.rules import (
    SENDING_WINDOW,
    Window,
    WorkCalendar,
    day_of,
    instant_of,
)
from services.core.kit.errors import Conflict
from services.core.kit.words import Words
from services.core.policies.pack import DayUnit, ReminderPlan


class ReminderState(StrEnum):
    """From planned to its one end."""

    PLANNED = "planned"
    SENT = "sent"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ReminderVerb(StrEnum):
    """Sent; told by a later one instead; or no longer owed."""

    SEND = "send"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


MOVES: Mapping[tuple[ReminderState, ReminderVerb], ReminderState] = {
    (ReminderState.PLANNED, ReminderVerb.SEND): ReminderState.SENT,
    (ReminderState.PLANNED, ReminderVerb.SUPERSEDE): ReminderState.SUPERSEDED,
    (ReminderState.PLANNED, ReminderVerb.WITHDRAW): ReminderState.WITHDRAWN,
}


PUT_OFF = ("S1", "S2")
"""Keys of reminders that a person put off: at most twice for one subject."""
PUT_OFF_DAYS = (1, 2, 5)
"""Working days by which a person may put a reminder off."""


class Silence(StrEnum):
    """Why a subject is left in peace (I-17)."""

    DONE = "done"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a subject at the moment a reminder would go."""

    is_done: bool = False
    is_closed: bool = False
    is_suspended: bool = False
    is_not_started: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One reminder that is owed: its name within the subject's due, and when it goes (UTC)."""

    key: str
    send_at: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """What to do now: deliver at most one, mark the rest as told by it, look again at `next_at`."""

    deliver: Occurrence | None
    superseded: tuple[Occurrence, ...]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """All reminders of one subject towards one due instant, before and after it."""

    plan: ReminderPlan
    due_at: datetime
    opened_at: datetime
    calendar: WorkCalendar
    window: Window = SENDING_WINDOW

    def planned_times(self) -> tuple[Occurrence, ...]:
        """Give what is owed up to the due day, oldest first; not what lay before the opening."""
        planned = [self._at(-days) for days in self.plan.before]
        return tuple(one for one in planned if one.send_at >= self.opened_at)

    def after_due(self, n: int) -> Occurrence | None:
        """Give the nth reminder (from 1) after the due day; None if the plan stops there."""
        every = self.plan.then_every
        return None if every is None else self._at(n * every)

    def occurrences(self) -> Iterator[Occurrence]:
        """Walk every occurrence in order; endless where the plan goes on until it is in."""
        yield from self.planned_times()
        n = 1
        while (follow := self.after_due(n)) is not None:
            if follow.send_at >= self.opened_at:
                yield follow
            n += 1

    def _at(self, days: int) -> Occurrence:
        """Give the occurrence so many days from the due day, moved to the next opening."""
        due_on = day_of(self.due_at)
        if self.plan.unit == DayUnit.WORKING_DAYS:
            day = self.calendar.add_working_days(due_on, days)
        else:
            day = due_on + timedelta(days=days)
        sent = self.calendar.next_opening(instant_of(day, self.plan.at), self.window)
        return Occurrence(f"T{days:+d}" if days else "T", sent)


def owed(timetable: Timetable, settled: Collection[str], now: datetime) -> Owed:
    """Decide what a subject is owed now, given the keys already sent, superseded or withdrawn.

    Everything missed is caught up once (I-15): inside the window the latest goes and speaks for
    the earlier ones; outside it nothing goes, and `next_at` is the next opening.
    """
    missed: list[Occurrence] = []
    following: datetime | None = None
    for occurrence in timetable.occurrences():
        if occurrence.key in settled:
            continue
        if occurrence.send_at > now:
            following = occurrence.send_at
            break
        missed.append(occurrence)
    if not missed:
        return Owed(None, (), following)
    opening = timetable.calendar.next_opening(now, timetable.window)
    if opening > now:
        return Owed(None, (), opening)
    return Owed(missed[-1], tuple(missed[:-1]), following)


def silenced_by(standing: Standing) -> Silence | None:
    """Give why a subject must not be reminded, or None when it may be (I-17)."""
    reasons = (
        (standing.is_done, Silence.DONE),
        (standing.is_closed, Silence.CLOSED),
        (standing.is_suspended, Silence.SUSPENDED),
        (standing.is_not_started, Silence.NOT_STARTED),
    )
    return next((reason for holds, reason in reasons if holds), None)


def put_off_key(used: Collection[str]) -> str:
    """Give the key of the next reminder a person puts off.

    Raises:
        Conflict: the subject was put off as often as may be.
    """
    left = next((key for key in PUT_OFF if key not in used), None)
    if left is None:
        raise Conflict(
            Words(
                f"同一事项最多推迟{len(PUT_OFF)}次。",
                f"One matter can be put off {len(PUT_OFF)} times at most.",
            )
        )
    return left


def next_slot(
    now: datetime, *, told_today: int, per_day: int, calendar: WorkCalendar, window: Window
) -> datetime:
    """Give when one person may next be told something: now, or at an opening after the cap.

    `told_today`: messages outside escalation that the person got on this day in Asia/Shanghai.
    """
    if told_today < per_day:
        return calendar.next_opening(now, window)
    tomorrow = day_of(now) + timedelta(days=1)
    return calendar.next_opening(instant_of(tomorrow, window.opens), window)
