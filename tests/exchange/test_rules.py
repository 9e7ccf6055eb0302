"""The notation of relative days."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.calendar.published import base_calendar
from services.core.exchange import rules
from services.core.exchange.rules import Anchors

TODAY = date(2026, 11, 24)


@pytest.fixture
def anchors() -> Anchors:
    return Anchors(TODAY, base_calendar(), last="2026-10")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-01-31", date(2023, 1, 31)),
        ("today", TODAY),
        ("today-20d", date(2026, 11, 4)),
        ("today+5d", date(2026, 11, 29)),
        ("today-1wd", date(2026, 11, 23)),
        ("today-2wd", date(2026, 11, 20)),
        ("today+4wd", date(2026, 11, 30)),
        ("today-32wd", date(2026, 10, 10)),  # a Saturday that works
        ("month", date(2026, 11, 1)),
        ("month/15", date(2026, 11, 15)),
        ("month-1", date(2026, 10, 1)),
        ("month-11/20", date(2025, 12, 20)),
        ("month+2/31", date(2027, 1, 31)),
        ("month+3/31", date(2027, 2, 28)),
    ],
)
def test_a_day_is_read(anchors: Anchors, text: str, expected: date) -> None:
    assert rules.day(text, anchors) == expected


@pytest.mark.parametrize(
    "text", ["", "today-", "today-5", "today 5d", "month/0", "month/32", "due", "2026-13-01", "-1d"]
)
def test_what_is_no_day_is_refused(anchors: Anchors, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rules.day(text, anchors)


def test_a_named_day_can_be_counted_from(anchors: Anchors) -> None:
    named = anchors.also(due=date(2026, 11, 6))
    assert rules.day("due-2wd", named) == date(2026, 11, 4)
    assert rules.day("due+1wd", named) == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("todayT09:30", datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
        ("today-1wdT18:00", datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        ("month-1/15T00:00", datetime(2026, 10, 14, 16, 0, tzinfo=UTC)),
        ("2026-11-24T09:30:00+08:00", datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
        ("2026-11-24T01:30:00Z", datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read(anchors: Anchors, text: str, expected: datetime) -> None:
    assert rules.instant(text, anchors) == expected


@pytest.mark.parametrize("text", ["2026-11-24T09:30", "today", "todayT25:00", "2026-11-24", "noon"])
def test_what_is_no_instant_is_refused(anchors: Anchors, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rules.instant(text, anchors)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-10", "2022-10"),
        ("month", "2026-11"),
        ("month-1", "2026-10"),
        ("month-11", "2025-12"),
        ("month+2", "2027-01"),
        ("last", "2026-10"),
        ("last-10", "2025-12"),
    ],
)
def test_a_period_is_read(anchors: Anchors, text: str, expected: str) -> None:
    assert rules.period(text, anchors) == expected


def test_nothing_fell_due_where_no_policy_is_known() -> None:
    with pytest.raises(ValueError, match="no_such_anchor"):
        rules.period("last", Anchors(TODAY, base_calendar()))


@pytest.mark.parametrize(("text", "expected"), [("year", 2026), ("year-1", 2025), ("2023", 2023)])
def test_a_year_is_read(anchors: Anchors, text: str, expected: int) -> None:
    assert rules.year(text, anchors) == expected


@given(
    today=st.dates(date(2005, 1, 1), date(2099, 12, 31)),
    text=st.from_regex(r"\A(today[+-][1-9]\d{0,2}(d|wd)|month[+-]\d{1,2}(/[1-9])?)\Z"),
)
def test_the_same_words_mean_one_day_on_each_day(today: date, text: str) -> None:
    anchors = Anchors(today, base_calendar())
    assert rules.day(text, anchors) == rules.day(text, anchors)
    if "wd" in text:
        assert base_calendar().is_working(rules.day(text, anchors))
