"""Which steps of a ladder are due, what ends a climb, and the life of a supervision order.

A run keeps the copy of the ladder it began with, so that an edited policy never bends it. Steps
count from the original due day (I-9). What a step may do by itself is its `mode`: only
`automatic` acts; `draft` and `human` leave a paper for a person to decide on (I-16).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.core.calendar.rules import WorkCalendar, day_of, instant_of
from services.core.policies.documents import written
from services.core.policies.pack import Ladder, Step
from services.core.policies.rules import checked_ladder


class RunState(StrEnum):
    """A run climbs until its cause is gone or the ladder ends."""

    CLIMBING = "climbing"
    STOPPED = "stopped"
    FINISHED = "finished"


class RunVerb(StrEnum):
    """The cause is gone, or no step is left."""

    STOP = "stop"
    FINISH = "finish"


RUN_MOVES: Mapping[tuple[RunState, RunVerb], RunState] = {
    (RunState.CLIMBING, RunVerb.STOP): RunState.STOPPED,
    (RunState.CLIMBING, RunVerb.FINISH): RunState.FINISHED,
    (RunState.FINISHED, RunVerb.STOP): RunState.STOPPED,
}
"""A finished run can still stop: those who were chased must hear that it is over."""


class OrderState(StrEnum):
    """Drafted by the ladder, issued by a person, signed, replied, closed."""

    DRAFTED = "drafted"
    ISSUED = "issued"
    SIGNED = "signed"
    REPLIED = "replied"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class OrderVerb(StrEnum):
    """交办, 签收, 反馈, 办结, 退回重办, 撤回."""

    ISSUE = "issue"
    SIGN = "sign"
    REPLY = "reply"
    CLOSE = "close"
    RETURN = "return"
    WITHDRAW = "withdraw"


ORDER_MOVES: Mapping[tuple[OrderState, OrderVerb], OrderState] = {
    (OrderState.DRAFTED, OrderVerb.ISSUE): OrderState.ISSUED,
    (OrderState.ISSUED, OrderVerb.SIGN): OrderState.SIGNED,
    (OrderState.SIGNED, OrderVerb.REPLY): OrderState.REPLIED,
    (OrderState.REPLIED, OrderVerb.CLOSE): OrderState.CLOSED,
    (OrderState.REPLIED, OrderVerb.RETURN): OrderState.SIGNED,
    (OrderState.DRAFTED, OrderVerb.WITHDRAW): OrderState.WITHDRAWN,
    (OrderState.ISSUED, OrderVerb.WITHDRAW): OrderState.WITHDRAWN,
    (OrderState.SIGNED, OrderVerb.WITHDRAW): OrderState.WITHDRAWN,
}
"""A reply is closed or returned (退回重办); an order nobody answered yet can be withdrawn."""


class StopReason(StrEnum):
    """Why a climb ends before its ladder does."""

    RESOLVED = "resolved"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CLOCK_STOPPED = "clock_stopped"
    PLAN_ACCEPTED = "plan_accepted"
    EXTENDED = "extended"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is true at this moment of the matter a run is about."""

    is_still_wrong: bool
    is_closed: bool = False
    is_suspended: bool = False
    is_clock_stopped: bool = False
    """Its own clock stands still, while the project goes on."""
    is_plan_accepted: bool = False
    """Signed for, and the plan to put it right was accepted: both, not one of them."""
    extended_to: datetime | None = None
    waived_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step whose moment has come, and when that was (UTC)."""

    step: Step
    planned_at: datetime


def frozen(ladder: Ladder) -> dict[str, object]:
    """Give the copy a run keeps of its ladder, as JSON; `thawed` reads it again."""
    copy: dict[str, object] = written(ladder)
    return copy


def thawed(copy: object) -> Ladder:
    """Read a run's own copy of its ladder, by the rules of the policies (I-16 included).

    Raises:
        Invalid: the copy was altered into something no policy may say.
    """
    return checked_ladder(copy)


def due_steps(
    ladder: Ladder,
    *,
    due_at: datetime,
    climbed: int,
    now: datetime,
    calendar: WorkCalendar,
    red_periods: int = 0,
) -> tuple[DueStep, ...]:
    """Give the steps to take now, in order; afterwards `climbed` is the last number plus one.

    `climbed`: how many steps of the ladder lie behind the run, taken or lapsed; 0 at the start.
    `red_periods`: how many periods running the subject has been red.
    A step is never passed over: one that is not yet due holds back those above it. Only a
    warning from before the due moment lapses with it, since it would come too late.
    """
    steps: list[DueStep] = []
    for step in _ahead(ladder, climbed, due_at, now):
        planned_at = _planned_at(ladder, step, due_at, calendar)
        if planned_at is None and red_periods >= (step.red_periods or 0):
            planned_at = now
        if planned_at is None or planned_at > now:
            break
        steps.append(DueStep(step, planned_at))
    return tuple(steps)


def next_step_at(
    ladder: Ladder, *, due_at: datetime, climbed: int, now: datetime, calendar: WorkCalendar
) -> datetime | None:
    """Give when the next step falls due; None: it waits for red periods, or none is left."""
    step = next(_ahead(ladder, climbed, due_at, now), None)
    return None if step is None else _planned_at(ladder, step, due_at, calendar)


def is_finished(ladder: Ladder, climbed: int) -> bool:
    """Say whether no step is left."""
    return climbed >= len(ladder.steps)


def stopped_by(circumstances: Circumstances, now: datetime) -> StopReason | None:
    """Give why a climb must end now, or None while it goes on.

    An extension or a waiver counts while it lasts; if the matter is still wrong afterwards, a
    new run begins.
    """
    extended, waived = circumstances.extended_to, circumstances.waived_until
    reasons = (
        (circumstances.is_closed, StopReason.CLOSED),
        (circumstances.is_suspended, StopReason.SUSPENDED),
        (circumstances.is_clock_stopped, StopReason.CLOCK_STOPPED),
        (not circumstances.is_still_wrong, StopReason.RESOLVED),
        (circumstances.is_plan_accepted, StopReason.PLAN_ACCEPTED),
        (extended is not None and extended > now, StopReason.EXTENDED),
        (waived is not None and waived > now, StopReason.WAIVED),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _ahead(ladder: Ladder, climbed: int, due_at: datetime, now: datetime) -> Iterator[Step]:
    """Walk the steps still ahead, without warnings whose due moment has passed."""
    for step in ladder.steps[climbed:]:
        is_warning = step.after is not None and step.after < 0
        if not (is_warning and now >= due_at):
            yield step


def _planned_at(
    ladder: Ladder, step: Step, due_at: datetime, calendar: WorkCalendar
) -> datetime | None:
    """Give a step's moment: the ladder's hour on its working day, never between due day and due.

    None for a step that waits for red periods instead of days.
    """
    if step.after is None:
        return None
    moment = instant_of(calendar.add_working_days(day_of(due_at), step.after), ladder.at)
    return moment if step.after < 0 else max(moment, due_at)
