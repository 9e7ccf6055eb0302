"""Working days against the published years, and against arithmetic."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.calendar.published import (
    assumed_days,
    base_calendar,
    is_published,
    published_days,
)
from services.core.calendar.rules import (
    ORDINARY,
    SENDING_WINDOW,
    SHANGHAI,
    Window,
    WorkCalendar,
    WorkDay,
    day_of,
    instant_of,
    overruled,
)
from services.core.kit.words import Words

CHINA = base_calendar()
DAYS = st.dates(date(2021, 1, 1), date(2029, 12, 31))
COUNTS = st.integers(-60, 60)
INSTANTS = st.datetimes(datetime(2022, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 hypothesis wants the bounds naive
PLAIN = WorkCalendar(days={}, published_years=frozenset())

# Weekdays off, and weekend days that work, of the State Council's notices.
NOTICES = {
    2022: (
        "0103 0131 0201 0202 0203 0204 0404 0405 0502 0503 0504 0603 0912 1003 1004 1005 1006 1007",
        "0129 0130 0402 0424 0507 1008 1009",
        249,
    ),
    2023: (
        "0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
        "0128 0129 0423 0506 0625 1007 1008",
        249,
    ),
    2024: (
        (
            "0101 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 "
            "1001 1002 1003 1004 1007"
        ),
        "0204 0218 0407 0428 0511 0914 0929 1012",
        251,
    ),
    2025: (
        "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
        "0126 0208 0427 0928 1011",
        248,
    ),
    2026: (
        (
            "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 "
            "1001 1002 1005 1006 1007"
        ),
        "0104 0214 0228 0509 0920 1010",
        248,
    ),
}


def year_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]


def own(day: date, *, works: bool) -> WorkDay:
    return WorkDay(day, works, Words("三月三", "Sanyuesan"), "county notice")


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_a_published_year_is_exactly_its_notice(year: int) -> None:
    off, made_up, total = NOTICES[year]
    days = year_of(year)
    weekdays_off = [f"{d:%m%d}" for d in days if d.weekday() < 5 and not CHINA.is_working(d)]
    weekends_on = [f"{d:%m%d}" for d in days if d.weekday() >= 5 and CHINA.is_working(d)]
    assert " ".join(weekdays_off) == off
    assert " ".join(weekends_on) == made_up
    assert sum(map(CHINA.is_working, days)) == total
    assert CHINA.provisional_years(days[0], days[-1]) == ()


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2023-09-28", 3, "2023-10-09"),
        ("2023-09-27", 2, "2023-10-07"),
        ("2023-04-28", 5, "2023-05-09"),
        ("2024-02-09", 1, "2024-02-18"),
        ("2023-10-09", -3, "2023-09-28"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 3, "2026-02-25"),
    ],
)
def test_working_days_are_counted_as_the_office_counts_them(start: str, n: int, end: str) -> None:
    begin, finish = date.fromisoformat(start), date.fromisoformat(end)
    assert CHINA.add_working_days(begin, n) == finish
    assert CHINA.working_days_between(begin, finish) == n


@pytest.mark.parametrize(
    ("year", "month", "n", "day"),
    [
        (2026, 12, 5, "2026-12-07"),
        (2026, 10, 1, "2026-10-08"),
        (2026, 10, 3, "2026-10-10"),
        (2026, 1, 1, "2026-01-04"),
        (2026, 2, 30, "2026-03-19"),
    ],
)
def test_the_nth_working_day_of_a_month_knows_make_up_days(
    year: int, month: int, n: int, day: str
) -> None:
    assert CHINA.nth_working_day(year, month, n) == date.fromisoformat(day)


def test_there_is_no_working_day_number_zero() -> None:
    with pytest.raises(ValueError, match="number 0"):
        CHINA.nth_working_day(2026, 1, 0)


@given(DAYS, COUNTS)
def test_adding_and_then_subtracting_returns(day: date, n: int) -> None:
    start = CHINA.on_or_after(day)
    assert CHINA.add_working_days(CHINA.add_working_days(start, n), -n) == start


@given(DAYS, COUNTS)
def test_a_counted_day_always_works(day: date, n: int) -> None:
    assert CHINA.is_working(CHINA.add_working_days(day, n))


@given(DAYS, COUNTS)
def test_later_starts_and_more_days_never_end_earlier(day: date, n: int) -> None:
    end = CHINA.add_working_days(day, n)
    assert CHINA.add_working_days(day + timedelta(days=1), n) >= end
    assert CHINA.add_working_days(day, n + 1) >= end


@given(DAYS, DAYS)
def test_counting_is_the_inverse_of_adding(start: date, end: date) -> None:
    end = CHINA.on_or_after(end)
    n = CHINA.working_days_between(start, end)
    assert (end == start) if n == 0 else (CHINA.add_working_days(start, n) == end)


@given(st.lists(DAYS, min_size=3, max_size=3))
def test_counts_of_adjoining_spans_add_up(days: list[date]) -> None:
    a, b, c = sorted(days)
    between = CHINA.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)


@given(DAYS)
def test_a_deadline_never_ends_on_a_closed_day(day: date) -> None:
    due = CHINA.due_instant(day)
    assert due.tzinfo is UTC
    assert CHINA.is_working(day_of(due))
    assert day_of(due) >= day
    assert due.astimezone(SHANGHAI).time() == time(17, 30)


def test_a_deadline_is_half_past_five_in_shanghai() -> None:
    assert CHINA.due_instant(date(2026, 12, 7)) == datetime(2026, 12, 7, 9, 30, tzinfo=UTC)
    assert CHINA.due_instant(date(2026, 10, 1)) == datetime(2026, 10, 8, 9, 30, tzinfo=UTC)


@given(INSTANTS)
def test_the_next_opening_is_inside_the_window_not_before_and_settled(instant: datetime) -> None:
    opening = CHINA.next_opening(instant)
    local = opening.astimezone(SHANGHAI)
    assert opening >= instant
    assert CHINA.is_working(local.date())
    assert SENDING_WINDOW.holds(local.time())
    assert CHINA.next_opening(opening) == opening


@given(INSTANTS)
def test_no_earlier_opening_is_passed_over(instant: datetime) -> None:
    opening = CHINA.next_opening(instant)
    if opening != instant:
        before = opening - timedelta(microseconds=1)
        assert CHINA.next_opening(before) == opening
        assert opening.astimezone(SHANGHAI).time() == SENDING_WINDOW.opens


@pytest.mark.parametrize(
    ("given_at", "opening"),
    [
        ("2026-02-14T08:29:59+08:00", "2026-02-14T08:30:00+08:00"),  # a Saturday that works
        ("2026-02-14T08:30:00+08:00", "2026-02-14T08:30:00+08:00"),
        ("2026-02-14T17:59:59+08:00", "2026-02-14T17:59:59+08:00"),
        ("2026-02-14T18:00:00+08:00", "2026-02-24T08:30:00+08:00"),  # then Spring Festival
        ("2026-02-18T12:00:00+08:00", "2026-02-24T08:30:00+08:00"),
        ("2026-11-23T16:00:00+00:00", "2026-11-24T00:30:00+00:00"),  # midnight in Shanghai
    ],
)
def test_a_message_outside_the_window_waits_for_the_next_opening(
    given_at: str, opening: str
) -> None:
    found = CHINA.next_opening(datetime.fromisoformat(given_at))
    assert found == datetime.fromisoformat(opening)


def test_another_window_can_be_given() -> None:
    lunch = Window(time(12), time(13))
    morning = instant_of(date(2026, 11, 24), time(9))
    assert CHINA.next_opening(morning, lunch) == instant_of(date(2026, 11, 24), time(12))


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 24, 9)  # noqa: DTZ001 the point of the test
    with pytest.raises(ValueError, match="zone"):
        CHINA.next_opening(naive)
    with pytest.raises(ValueError, match="zone"):
        day_of(naive)


def test_every_counted_and_skipped_day_is_explained() -> None:
    explained = CHINA.explain(date(2023, 9, 27), date(2023, 10, 7))
    assert [day.on.day for day in explained] == [28, 29, 30, 1, 2, 3, 4, 5, 6, 7]
    assert [day.works for day in explained] == [True, *[False] * 8, True]
    assert explained[0].reason.zh == "普通工作日"
    assert explained[1].reason == Words("中秋节放假", "Mid-autumn Festival holiday")
    assert explained[-1].reason == Words("国庆节调休补班", "Make-up working day for National Day")
    assert explained[0].source == ORDINARY
    assert "chinesecalendar" in explained[-1].source


@given(DAYS, DAYS)
def test_the_explanation_adds_up_to_the_count(start: date, end: date) -> None:
    explained = CHINA.explain(start, end)
    assert sum(day.works for day in explained) == abs(CHINA.working_days_between(start, end))
    assert len(explained) == abs((end - start).days)


@given(DAYS)
def test_a_day_explains_itself_as_it_is_counted(day: date) -> None:
    assert CHINA.day(day).works == CHINA.is_working(day)
    assert CHINA.day(day).provisional == (day.year not in CHINA.published_years)


def test_own_days_overrule_the_base_and_the_last_of_two_wins() -> None:
    day = date(2026, 4, 20)
    county = overruled(CHINA, [own(day, works=True), own(day, works=False)])
    assert CHINA.is_working(day)
    assert not county.is_working(day)
    assert county.day(day).source == "county notice"
    assert county.add_working_days(date(2026, 4, 17), 1) == date(2026, 4, 21)
    assert county.published_years == CHINA.published_years


def test_a_year_without_a_notice_is_provisional() -> None:
    assert published_days(2100) is None
    assert [is_published(year) for year in (2026, 2100)] == [True, False]
    assert all(day.provisional and not day.works for day in assumed_days(2035))
    later = overruled(WorkCalendar({}, frozenset({2026})), assumed_days(2035))
    assert later.provisional_years(date(2026, 12, 1), date(2028, 1, 31)) == (2027, 2028)
    assert later.provisional_years(date(2028, 1, 31), date(2026, 12, 1)) == (2027, 2028)
    assert not later.is_working(date(2035, 10, 1))


def test_an_imported_notice_makes_the_year_firm_and_forgets_what_was_assumed() -> None:
    assumed = assumed_days(2035)
    base = overruled(WorkCalendar({}, frozenset({2026})), assumed)
    notice = [own(date(2035, 10, 1), works=False), own(date(2035, 10, 6), works=True)]
    firm = overruled(base, notice, notice_years=[2035])
    assert firm.provisional_years(date(2035, 1, 1), date(2035, 12, 31)) == ()
    assert firm.is_working(date(2035, 10, 6))
    guessed_weekdays = [d.on for d in assumed if d.on.weekday() < 5 and d.on != date(2035, 10, 1)]
    assert guessed_weekdays
    assert all(firm.is_working(day) for day in guessed_weekdays)


def test_a_notice_for_a_published_year_adds_to_it() -> None:
    extra = overruled(CHINA, [own(date(2026, 3, 3), works=False)], notice_years=[2026])
    assert not extra.is_working(date(2026, 10, 1))
    assert not extra.is_working(date(2026, 3, 3))


def test_without_any_base_the_week_itself_counts() -> None:
    assert PLAIN.add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert PLAIN.day(date(2026, 11, 28)).reason.en == "Weekend"
    assert PLAIN.day(date(2026, 11, 28)).provisional
