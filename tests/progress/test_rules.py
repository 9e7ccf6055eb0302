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
from services.core.policies.pack import Cadence, CutOff, Mark
from services.core.progress.rules import (
    MOVES,
    Figures,
    Previous,
    Reported,
    ReportState,
    ReportVerb,
    asked,
    carried,
    check_no_change,
    check_possible,
    check_reviewer,
    due_at,
    is_late,
    next_period,
    opens_at,
)

CHINA = base_calendar()
FIRST = Mark(CutOff.DAY_OF_MONTH, 1, "proposal", months_after=1)
GUANGXI = Cadence(FIRST, Mark(CutOff.NTH_WORKING_DAY, 5, "guangxi-5wd", months_after=1))
GUANGDONG = Cadence(FIRST, Mark(CutOff.DAY_OF_MONTH, 6, "guangdong", months_after=1))
BAMA = Cadence(
    Mark(CutOff.DAY_OF_MONTH, 20, "proposal", months_after=0),
    Mark(CutOff.DAY_OF_MONTH, 25, "bama", months_after=0),
)
MONTH_END = Cadence(FIRST, Mark(CutOff.DAY_OF_MONTH, 31, "proposal", months_after=1))
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


def refused(given_figures: Figures, reason: str | None = None) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        check_possible(given_figures, correction_reason=reason)
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


def test_a_period_of_another_kind_is_refused_with_the_one_that_is_meant() -> None:
    with pytest.raises(Invalid) as refusal:
        due_at("2026-W45", GUANGXI, CHINA)
    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.code, fault.allowed) == ("/period", "wrong_kind", ("2026-11",))


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


@pytest.mark.parametrize(
    "given_figures",
    [figures(), figures(0, 0, 0, 0), figures(120, 120, 120, 100), figures(20, 120, 520, 45)],
)
def test_figures_that_can_be_true_pass_without_a_word(given_figures: Figures) -> None:
    check_possible(given_figures)


@pytest.mark.parametrize(
    ("given_figures", "faults"),
    [
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
                "/cumulative_year": "above_all_time",
            },
        ),
    ],
)
def test_every_figure_that_cannot_be_true_is_named(
    given_figures: Figures, faults: dict[str, str]
) -> None:
    assert refused(given_figures) == faults


def test_a_period_is_negative_only_where_a_correction_says_why() -> None:
    lower = figures(-10, 90, 490, 40)
    assert refused(lower, "  ") == {"/invested_period": "negative"}
    check_possible(lower, correction_reason="审计核减")
    found = refused(figures(-1, -1, -1, 40), "回款冲减")
    assert found == {"/cumulative_year": "negative", "/cumulative_all": "negative"}


@given(PERIODS, AMOUNTS, AMOUNTS, st.decimals(0, 100, places=2))
def test_no_change_repeats_the_last_figures_and_can_always_be_true(
    period: str, year: Decimal, more: Decimal, percent: Decimal
) -> None:
    previous = Previous(period, Figures(Decimal(0), year, year + more, percent))
    following = next_period(period)
    same = carried(previous, following)
    check_possible(same)
    assert asked(Reported(following, same, previous=previous)) == ()
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
