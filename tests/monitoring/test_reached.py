"""What a plan of month-ends wants by the end of a week, half a month or a quarter."""

from decimal import Decimal

import pytest

from services.core.calendar.periods import period_named
from services.core.calendar.published import base_calendar
from services.core.monitoring.rules import mr_05
from services.core.monitoring.rules.reached import planned_by
from services.core.monitoring.rules.verdict import YearPlan
from tests.monitoring.test_rules import at, facts, setting

CHINA = base_calendar()
PLAN = YearPlan(2026, Decimal(1200), tuple(Decimal(100 * n) for n in range(1, 13)))


@pytest.mark.parametrize(
    ("period", "on", "planned", "worked"),
    [
        ("2026-11", "2026-11-30", "1100", None),
        ("2026-11-H2", "2026-11-30", "1100", None),
        ("2026-Q2", "2026-06-30", "600", None),
        ("2026-W53", "2026-12-31", "1200", None),  # it runs into 2027, and counts for 2026
        ("2026-11-H1", "2026-11-15", "1047.62", ("10", "21")),
        ("2026-W45", "2026-11-08", "1023.81", ("5", "21")),
        # Of February's 16 days that work 11 lie before the holiday: the 16th to the 23rd are off.
        ("2026-02-H1", "2026-02-15", "168.75", ("11", "16")),
        ("2026-W08", "2026-02-22", "168.75", ("11", "16")),
        # New Year is off, Sunday the 4th works: the first of January's 21 days.
        ("2026-W01", "2026-01-04", "4.76", ("1", "21")),
    ],
)
def test_a_plan_is_read_at_the_last_day_of_a_period(
    period: str, on: str, planned: str, worked: tuple[str, str] | None
) -> None:
    reached = planned_by(PLAN, period_named(period), CHINA)
    assert (str(reached.on), reached.planned_cny) == (on, Decimal(planned))
    counted = reached.inputs.get("working_days"), reached.inputs.get("working_days_of_month")
    assert counted == (worked or (None, None))
    assert bool(reached.words.zh) == bool(worked)


def test_a_reading_between_month_ends_says_so_with_its_numbers() -> None:
    known = facts(
        last_accepted_period="2026-11-H1", cumulative_year=Decimal("1047.62"), plans={2026: PLAN}
    )
    verdict = mr_05.check(known, setting(at("2026-11-26")))
    assert verdict.light == "green"
    told = verdict.tell()
    assert "计划按 2026-11 的工作日线性推算至 2026-11-15（10/21 个工作日）" in told.arithmetic.zh
    assert "linear by working days of 2026-11 (10 of 21)" in told.arithmetic.en
    assert told.inputs["planned_cny"] == "1047.62"
    assert told.inputs["month_start_planned_cny"] == "1000"
