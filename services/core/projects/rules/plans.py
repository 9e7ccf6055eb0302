"""What adds up in a project: shares, the year's curve, days and weights."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from services.core.calendar.rules import WorkCalendar
from services.core.kit.errors import Fault, Invalid
from services.core.kit.money import Qualifier
from services.core.kit.words import Words
from services.core.projects.rules.words import Spread

MONTHS = 12
FIXED = ("code", "group_id", "track", "stage", "is_illustrative")
"""What of a project a source says once: its name, its place in a group, and what has verbs."""
_WHOLE = Decimal(100)
_CENT = Decimal("0.01")


def check_shares(lead: UUID, partners: Sequence[tuple[UUID, Decimal | None]]) -> None:
    """Refuse partners that name the lead or each other twice, or hold more than the whole.

    Raises:
        Invalid: one fault per partner that is too many.
    """
    faults: list[Fault] = []
    seen, held = {lead}, Decimal(0)
    for place, (unit, share) in enumerate(partners):
        held += share or 0
        if unit in seen:
            words = Words("该单位已在项目中。", "This organisation is in the project already.")
            faults.append(Fault(f"/partners/{place}/organisation_id", "repeated", words))
        if share and held > _WHOLE:
            words = Words("份额合计不得超过100。", "The shares may not exceed 100 in sum.")
            allowed = (f"<= {max(_WHOLE - (held - share), Decimal(0))}",)
            faults.append(Fault(f"/partners/{place}/share_percent", "over_100", words, allowed))
        seen.add(unit)
    if faults:
        raise Invalid(Words("合作单位有误。", "The partners are not right."), faults=faults)


def working_days_of_months(year: int, calendar: WorkCalendar) -> tuple[int, ...]:
    """Count the working days of each of a year's twelve months."""
    starts = [date(year, month, 1) for month in range(1, MONTHS + 1)] + [date(year + 1, 1, 1)]
    ends = [start - timedelta(days=1) for start in starts]
    return tuple(calendar.working_days_between(one, next_one) for one, next_one in pairwise(ends))


def spread(planned: Decimal, working_days: Sequence[int]) -> tuple[Decimal, ...]:
    """Give the cumulative month-ends of a year in which every working day is planned alike.

    `working_days`: of each month. Month-ends are cut to the cent; December is the whole.
    """
    done, year = accumulate(working_days), sum(working_days)
    ends = [(planned * days / year).quantize(_CENT, ROUND_DOWN) for days in done]
    return (*ends[:-1], planned)


def checked_curve(
    curve: tuple[Decimal, ...], planned: Decimal, *, at: str = "/curve"
) -> tuple[Decimal, ...]:
    """Give the twelve cumulative month-ends of a plan if they add up.

    Raises:
        Invalid: not twelve, falling, or not ending at what is planned of the year.
    """
    faults = [
        Fault(
            f"{at}/{month}",
            "falls",
            Words("累计数不能下降。", "A cumulative figure cannot fall."),
            (f">= {curve[month - 1]}",),
        )
        for month in range(1, len(curve))
        if curve[month] < curve[month - 1]
    ]
    if curve and curve[-1] != planned:
        faults.append(
            Fault(
                f"{at}/{len(curve) - 1}",
                "does_not_add_up",
                Words("12月累计须等于年度计划数。", "December must equal the year's plan."),
                (str(planned),),
            )
        )
    if faults:
        raise Invalid(
            Words("月度计划曲线不成立。", "The monthly plan does not add up."), faults=faults
        )
    return curve


def payments(
    planned: Decimal | None,
    qualifier: Qualifier | None,
    curve: Sequence[Decimal] | None,
    working_days: Sequence[int],
) -> dict[str, Any]:
    """Give the columns of a year's planned payments; all of them null where none are planned.

    `working_days`: of each month, to spread by where no curve is given.

    Raises:
        Invalid: the curve does not add up, or there is no whole that it adds up to.
    """
    if planned is None and curve is not None:
        raise Invalid.at(
            "/payments",
            Words("给出月度支付须同时给出全年支付。", "Monthly payments need the year's whole."),
            code="missing",
        )
    spread_by, ends = None, curve
    if planned is not None and curve is not None:
        checked_curve(tuple(curve), planned, at="/payment_curve")
    elif planned is not None:
        spread_by, ends = Spread.WORKING_DAYS, spread(planned, working_days)
    return {
        "planned_payments": planned,
        "payments_qualifier": qualifier,
        "payment_curve": None if ends is None else list(ends),
        "payments_spread_by": spread_by,
    }


def check_plan_days(
    start_on: date | None, finish_on: date | None, milestones: Sequence[date] = ()
) -> None:
    """Refuse plan days in the wrong order, or such that leave a milestone outside.

    Raises:
        Invalid: the finish lies before the start, or a milestone before or after both.
    """
    if start_on and finish_on and finish_on < start_on:
        raise Invalid.at(
            "/plan_finish_on",
            Words("计划竣工早于计划开工。", "The planned finish lies before the planned start."),
            code="before_start",
            allowed=(f">= {start_on.isoformat()}",),
        )
    if milestones and finish_on and finish_on < max(milestones):
        raise Invalid.at(
            "/plan_finish_on",
            Words("有节点晚于计划竣工日。", "A milestone lies after this day."),
            code="before_milestone",
            allowed=(f">= {max(milestones).isoformat()}",),
        )
    if milestones and start_on and start_on > min(milestones):
        raise Invalid.at(
            "/plan_start_on",
            Words("有节点早于计划开工日。", "A milestone lies before this day."),
            code="after_milestone",
            allowed=(f"<= {min(milestones).isoformat()}",),
        )


def check_milestone_day(planned_on: date, *, start_on: date | None, finish_on: date | None) -> None:
    """Refuse a milestone outside the plan's days.

    Raises:
        Invalid: the milestone lies after the planned finish or before the planned start.
    """
    if finish_on and planned_on > finish_on:
        raise Invalid.at(
            "/planned_on",
            Words("节点晚于计划竣工日。", "The milestone lies after the planned finish."),
            code="after_finish",
            allowed=(f"<= {finish_on.isoformat()}",),
        )
    if start_on and planned_on < start_on:
        raise Invalid.at(
            "/planned_on",
            Words("节点早于计划开始日。", "The milestone lies before the planned start."),
            code="before_start",
            allowed=(f">= {start_on.isoformat()}",),
        )


def check_weight(others: Decimal, weight: Decimal) -> None:
    """Refuse a weight by which a project's milestones weigh more than the whole.

    Raises:
        Invalid: together they exceed 100.
    """
    if others + weight > _WHOLE:
        raise Invalid.at(
            "/weight",
            Words("节点权重合计不得超过100。", "The milestones may not weigh over 100 in sum."),
            code="over_100",
            allowed=(f"<= {_WHOLE - others}",),
        )


def check_fixed(recorded: Mapping[str, object], said: Mapping[str, object]) -> None:
    """Refuse a source that says other than is recorded of what does not change by itself.

    Raises:
        Invalid: one fault per field, with what is recorded.
    """
    words = Words("此项不能这样更改。", "This does not change this way.")
    faults = [
        Fault(f"/{name}", "fixed", words, (str(recorded[name]),))
        for name in FIXED
        if name in said and said[name] != recorded[name]
    ]
    if faults:
        raise Invalid(words, faults=faults)


def check_past(day: date | None, today: date, pointer: str) -> None:
    """Refuse a day on which something is said to have happened and that has not come yet.

    Raises:
        Invalid: the day lies ahead.
    """
    if day and day > today:
        raise Invalid.at(
            pointer,
            Words("日期不能晚于今天。", "This day has not come yet."),
            code="in_the_future",
            allowed=(f"<= {today.isoformat()}",),
        )


def check_actual_days(
    start_on: date | None, finish_on: date | None, *, today: date, pointer: str = ""
) -> None:
    """Refuse actual days that have not come yet or stand in the wrong order.

    `pointer` says where the finish was given, if it was not in its own field.

    Raises:
        Invalid: a day lies ahead, or the finish before the start.
    """
    check_past(start_on, today, "/actual_start_on")
    check_past(finish_on, today, pointer or "/actual_finish_on")
    if start_on and finish_on and finish_on < start_on:
        raise Invalid.at(
            pointer or "/actual_finish_on",
            Words("竣工早于开工。", "The finish lies before the start."),
            code="before_start",
            allowed=(f">= {start_on.isoformat()}",),
        )
