"""A report moves by its table, is due on working days, and says only what can be true."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.calendar.published import base_calendar
from services.core.calendar.rules import SHANGHAI, day_of
from services.core.kit.errors import Forbidden, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.policies.pack import Cadence, CutOff, MonthMark
from services.core.progress.rules import (
    MOVES,
    Figures,
    Previous,
    ReportState,
    ReportVerb,
    carried,
    check_no_change,
    check_reviewer,
    checked_figures,
    due_at,
    is_late,
    next_period,
    opens_at,
)

CHINA = base_calendar()
FIRST = MonthMark(CutOff.DAY_OF_MONTH, 1, 1, "proposal")
GUANGXI = Cadence(FIRST, MonthMark(CutOff.NTH_WORKING_DAY, 5, 1, "guangxi-5wd"))
GUANGDONG = Cadence(FIRST, MonthMark(CutOff.DAY_OF_MONTH, 6, 1, "guangdong"))
BAMA = Cadence(
    MonthMark(CutOff.DAY_OF_MONTH, 20, 0, "proposal"), MonthMark(CutOff.DAY_OF_MONTH, 25, 0, "bama")
)
MONTH_END = Cadence(FIRST, MonthMark(CutOff.DAY_OF_MONTH, 31, 1, "proposal"))
PERIODS = st.builds(lambda y, m: f"{y}-{m:02}", st.integers(2022, 2027), st.integers(1, 12))
AMOUNTS = st.decimals(0, 10**9, places=2)

LAWFUL = {
    ("due", "save"): "draft",
    ("due", "submit"): "submitted",
    ("draft", "save"): "draft",
    ("draft", "submit"): "submitted",
    ("submitted", "accept"): "accepted",
    ("submitted", "return"): "returned",
    ("returned", "save"): "returned",
    ("returned", "submit"): "submitted",
    ("accepted", "reopen"): "returned",
}


def figures(
    period: int | None = None,
    year: int | None = None,
    total: int | None = None,
    percent: int | None = None,
) -> Figures:
    return Figures(
        *(None if number is None else Decimal(number) for number in (period, year, total, percent))
    )


OCTOBER = Previous("2026-10", figures(10, 100, 500, 40))


def refused(
    given_figures: Figures,
    *,
    period: str = "2026-11",
    previous: Previous = OCTOBER,
    correction_reason: str | None = None,
) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        checked_figures(
            given_figures, period=period, previous=previous, correction_reason=correction_reason
        )
    return {fault.pointer: fault.code for fault in refusal.value.faults}


@pytest.mark.parametrize(("state", "verb"), list(product(ReportState, ReportVerb)))
def test_a_report_moves_only_along_its_table(state: ReportState, verb: ReportVerb) -> None:
    expected = LAWFUL.get((state.value, verb.value))
    if expected is not None:
        assert moved(MOVES, state, verb) == expected
        return
    with pytest.raises(UnlawfulMove) as refusal:
        moved(MOVES, state, verb)
    assert list(refusal.value.lawful) == sorted(v for s, v in LAWFUL if s == state)


@pytest.mark.parametrize(
    ("period", "cadence", "due"),
    [
        ("2026-11", GUANGXI, "2026-12-07"),
        ("2026-09", GUANGXI, "2026-10-13"),  # National Day off, Saturday the 10th works
        ("2023-09", GUANGXI, "2023-10-11"),  # Saturday and Sunday after the holiday work
        ("2025-12", GUANGXI, "2026-01-08"),  # Sunday the 4th works
        ("2026-11", GUANGDONG, "2026-12-07"),  # the 6th is a Sunday
        ("2026-09", GUANGDONG, "2026-10-08"),
        ("2026-11", BAMA, "2026-11-25"),
        ("2026-11", MONTH_END, "2026-12-31"),
        ("2026-01", MONTH_END, "2026-02-28"),  # February has no 31st; this Saturday works
    ],
)
def test_a_report_is_due_at_half_past_five_of_the_right_day(
    period: str, cadence: Cadence, due: str
) -> None:
    assert due_at(period, cadence, CHINA) == datetime.fromisoformat(f"{due}T17:30:00+08:00")


@given(PERIODS, st.sampled_from([GUANGXI, GUANGDONG, BAMA, MONTH_END]))
def test_a_report_opens_before_it_is_due_and_is_due_on_a_working_day(
    period: str, cadence: Cadence
) -> None:
    opened, due = opens_at(period, cadence, CHINA), due_at(period, cadence, CHINA)
    assert opened < due
    assert opened.astimezone(SHANGHAI).time() == time(0)
    assert CHINA.is_working(day_of(due))
    assert due_at(next_period(period), cadence, CHINA) > due


def test_periods_follow_each_other_over_the_year() -> None:
    assert next_period("2026-11") == "2026-12"
    assert next_period("2026-12") == "2027-01"


@pytest.mark.parametrize("period", ["2026-13", "2026-00", "2026-1", "202611", "2026-11-01", ""])
def test_what_is_not_a_month_is_refused(period: str) -> None:
    with pytest.raises(Invalid) as refusal:
        due_at(period, GUANGXI, CHINA)
    assert refusal.value.faults[0].pointer == "/period"
    assert refusal.value.faults[0].allowed == ("YYYY-MM",)


def test_late_is_judged_on_the_original_due() -> None:
    due = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)
    assert not is_late(due, due)
    assert is_late(due + timedelta(microseconds=1), due)


def test_nobody_reviews_their_own_report() -> None:
    one = UUID(int=1)
    check_reviewer(one, UUID(int=2))
    with pytest.raises(Forbidden):
        check_reviewer(one, UUID(int=1))
    check_reviewer(uuid4(), uuid4())


def test_sound_figures_pass_without_a_word() -> None:
    given_figures = figures(20, 120, 520, 45)
    assert checked_figures(given_figures, period="2026-11", previous=OCTOBER) == ()
    assert checked_figures(figures(), period="2026-11", previous=OCTOBER) == ()
    assert checked_figures(given_figures, period="2026-11", previous=None) == ()


@pytest.mark.parametrize(
    ("given_figures", "faults"),
    [
        (figures(0, 100, 499, 40), {"/cumulative_all": "fell"}),
        (figures(0, 99, 500, 40), {"/cumulative_year": "fell"}),
        (figures(0, 501, 500, 40), {"/cumulative_year": "above_all_time"}),
        (figures(121, 120, 520, 40), {"/invested_period": "above_year"}),
        (figures(0, 100, 500, 101), {"/physical_percent": "out_of_range"}),
        (figures(0, 100, 500, -1), {"/physical_percent": "out_of_range"}),
        (figures(-1, 100, 500, 40), {"/invested_period": "negative"}),
        (
            figures(-1, 90, 80, 200),
            {
                "/invested_period": "negative",
                "/physical_percent": "out_of_range",
                "/cumulative_year": "fell",
                "/cumulative_all": "fell",
            },
        ),
    ],
)
def test_every_figure_that_cannot_be_true_is_named(
    given_figures: Figures, faults: dict[str, str]
) -> None:
    assert refused(given_figures) == faults


def test_a_negative_cumulative_is_wrong_even_as_a_correction() -> None:
    found = refused(figures(-1, -1, -1, 40), correction_reason="回款冲减")
    assert found == {"/cumulative_year": "negative", "/cumulative_all": "negative"}


def test_a_fall_needs_the_reason_of_a_correction() -> None:
    lower = figures(-10, 90, 490, 40)
    assert set(refused(lower, correction_reason="  ")) >= {"/cumulative_all", "/cumulative_year"}
    passed = checked_figures(
        lower, period="2026-11", previous=OCTOBER, correction_reason="审计核减"
    )
    assert passed == ()


def test_january_begins_the_year_anew_but_not_the_whole() -> None:
    december = Previous("2026-12", figures(10, 100, 500, 40))
    january = figures(5, 5, 505, 41)
    assert checked_figures(january, period="2027-01", previous=december) == ()
    found = refused(figures(5, 5, 499, 41), period="2027-01", previous=december)
    assert found == {"/cumulative_all": "fell"}


def test_remarkable_figures_are_warnings() -> None:
    found = checked_figures(
        figures(50, 120, 520, 39),
        period="2026-11",
        previous=OCTOBER,
        planned_year=Decimal(110),
        total=Decimal(510),
    )
    assert {fault.pointer: fault.code for fault in found} == {
        "/cumulative_all": "over_total",
        "/cumulative_year": "over_plan",
        "/physical_percent": "fell",
        "/invested_period": "does_not_add_up",
    }


def test_a_sum_over_a_skipped_month_is_not_checked() -> None:
    skipped = checked_figures(figures(5, 150, 550, 45), period="2026-12", previous=OCTOBER)
    assert skipped == ()


@given(PERIODS, AMOUNTS, AMOUNTS, st.decimals(0, 100, places=2))
def test_no_change_repeats_the_last_figures_and_can_always_be_true(
    period: str, year: Decimal, more: Decimal, percent: Decimal
) -> None:
    previous = Previous(period, Figures(Decimal(0), year, year + more, percent))
    following = next_period(period)
    same = carried(previous, following)
    assert checked_figures(same, period=following, previous=previous) == ()
    assert same.cumulative_all == year + more
    assert same.cumulative_year == (0 if following.endswith("-01") else year)


def test_no_change_from_the_start_is_zero() -> None:
    assert carried(None, "2026-11") == figures(0, 0, 0, 0)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_no_change_needs_a_reason(reason: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        check_no_change(reason)
    assert refusal.value.faults[0].pointer == "/no_change_reason"
    check_no_change("停工待料")
