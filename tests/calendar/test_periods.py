"""Periods have names, days and an order, whatever their kind."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql import func

from services.core.calendar.periods import (
    FORMS,
    Every,
    after,
    containing,
    ends_before,
    first_from,
    period_named,
)
from services.core.kit.errors import Invalid

DAYS = st.dates(date(2022, 1, 10), date(2060, 12, 20))
KINDS = st.sampled_from(list(Every))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-11-H1", "2026-11-01", "2026-11-15"),
        ("2026-02-H2", "2026-02-16", "2026-02-28"),
        ("2026-W48", "2026-11-23", "2026-11-29"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
    ],
)
def test_a_name_says_its_days(name: str, first: str, last: str) -> None:
    period = period_named(name)
    assert (period.name, str(period.first_on), str(period.last_on)) == (name, first, last)
    assert period.year == 2026 or name.startswith("2028")


@pytest.mark.parametrize(
    "name",
    [
        *("2026-13", "2026-00", "2026-1", "202611", "2026-11-01", "", "2026-11-H3", "2026-H1"),
        *("2026-W00", "2026-W54", "2025-W53", "2026-W1", "2026-Q0", "2026-Q5", "2026-q1"),
        "1999-11",
    ],
)
def test_what_is_no_period_is_refused_with_the_forms_there_are(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        period_named(name)
    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.code, fault.allowed) == ("/period", "not_a_period", FORMS)


@given(DAYS, KINDS)
def test_periods_of_a_kind_follow_each_other_day_by_day(day: date, every: Every) -> None:
    period = containing(every, day)
    assert period.first_on <= day <= period.last_on
    assert period_named(period.name) == period
    following = after(period)
    assert following.first_on == period.last_on + timedelta(days=1)
    assert ends_before(period.name, following.name)
    assert not ends_before(following.name, period.name)


@given(DAYS, KINDS)
def test_another_kind_leaves_less_than_a_week_to_be_told_with_the_first(
    day: date, every: Every
) -> None:
    first = first_from(every, day)
    assert first.last_on >= day
    assert (first.first_on - day).days < 7
    assert first.first_on >= day or after(first).first_on - day >= timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "every", "name"),
    [
        ("2026-11-01", Every.WEEK, "2026-W45"),  # a Sunday: told with the week after
        ("2026-11-01", Every.QUARTER, "2026-Q4"),  # two months would be left untold
        ("2026-11-16", Every.MONTH, "2026-11"),  # half of it would be
        ("2026-11-01", Every.HALF_MONTH, "2026-11-H1"),
        ("2027-01-01", Every.QUARTER, "2027-Q1"),
        ("2026-11-27", Every.MONTH, "2026-12"),  # four days are told with December
    ],
)
def test_the_first_period_of_another_kind(day: str, every: Every, name: str) -> None:
    assert first_from(every, date.fromisoformat(day)).name == name


def test_the_database_counts_last_days_as_the_service_does(session: Session) -> None:
    day, names = date(2022, 1, 10), []
    while day < date(2033, 1, 1):
        names += [containing(every, day) for every in Every]
        day += timedelta(days=5)
    known = {period.name: period.last_on for period in names}
    listed = func.unnest(cast(sorted(known), ARRAY(Text))).table_valued("name")
    counted = session.execute(
        select(listed.c.name, func.progress_period_ends(listed.c.name).label("last_on"))
    )
    assert {row.name: row.last_on for row in counted} == known
