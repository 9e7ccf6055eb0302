"""What a year's plan wants to be done by the end of a period, whatever its kind.

A plan knows month-ends. A period that ends with a month is held against that number as it stands.
For one that ends within a month the number is this house's reading, and is marked so: the month's
share, spread evenly over its working days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.core.calendar.periods import Every, Period, containing
from services.core.calendar.rules import WorkCalendar
from services.core.kit.words import Words
from services.core.monitoring.rules.verdict import YearPlan

_ONE = timedelta(days=1)
_CENT = Decimal("0.01")
_AS_GIVEN = Words("", "")


@dataclass(frozen=True, slots=True)
class Reached:
    """The amount planned by a day, with how it was read, as words and numbers."""

    on: date
    planned_cny: Decimal
    words: Words
    inputs: Mapping[str, str]


def planned_by(plan: YearPlan, period: Period, calendar: WorkCalendar) -> Reached:
    """Read a plan's curve at the end of a period.

    A week that runs into the next year is held against the end of its own.
    """
    on = min(period.last_on, date(plan.year, 12, 31))
    month = containing(Every.MONTH, on)
    wanted = plan.curve[on.month - 1]
    if on == month.last_on:
        return Reached(on, wanted, _AS_GIVEN, {})
    before = plan.curve[on.month - 2] if on.month > 1 else Decimal(0)
    eve = month.first_on - _ONE
    worked = calendar.working_days_between(eve, on)
    whole = calendar.working_days_between(eve, month.last_on)
    planned = (before + (wanted - before) * worked / whole).quantize(_CENT)
    words = Words(
        f"计划按 {month.name} 的工作日线性推算至 {on}（{worked}/{whole} 个工作日）；",
        f"the plan read at {on}, linear by working days of {month.name} ({worked} of {whole}); ",
    )
    inputs = {
        "planned_on": on.isoformat(),
        "month_start_planned_cny": str(before),
        "month_end_planned_cny": str(wanted),
        "working_days": str(worked),
        "working_days_of_month": str(whole),
    }
    return Reached(on, planned, words, inputs)
