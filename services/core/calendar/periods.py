"""Periods that reports are about: months, halves of months, weeks, quarters; named and laid out.

A name says the kind: `2026-11`, `2026-11-H1`, `2026-W48`, `2026-Q4`. A week is that of ISO 8601,
Monday to Sunday, and belongs to the year of its Thursday: so the first four characters of a name
are the year whose figures the period adds to. Periods of one kind follow each other without a gap;
those of different kinds are compared by their last days.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from services.core.kit.errors import Invalid
from services.core.kit.words import Words

_ONE = timedelta(days=1)
_WEEK = timedelta(days=7)
_HALF = 15
"""The first half of a month ends on its 15th."""
_NAME = re.compile(
    r"(?P<year>20[0-9]{2})-(?:(?P<month>0[1-9]|1[0-2])(?:-H(?P<half>[12]))?"
    r"|W(?P<week>0[1-9]|[1-4][0-9]|5[0-3])|Q(?P<quarter>[1-4]))"
)
FORMS = ("YYYY-MM", "YYYY-MM-H1", "YYYY-MM-H2", "YYYY-Www", "YYYY-Qn")


class Every(StrEnum):
    """How long a period is."""

    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Period:
    """One period with its first and its last day."""

    name: str
    every: Every
    first_on: date
    last_on: date

    @property
    def year(self) -> int:
        """The year whose figures it adds to."""
        return int(self.name[:4])

    @property
    def is_first_half(self) -> bool:
        """Say whether it is the first half of a month."""
        return self.every == Every.HALF_MONTH and self.first_on.day == 1


@lru_cache(maxsize=2048)  # the same few are asked for by the thousand; clients name any
def period_named(name: str) -> Period:
    """Read the name of a period.

    Raises:
        Invalid: there is no such period.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise _unknown(name)
    year = int(found["year"])
    if found["week"]:
        try:
            return containing(Every.WEEK, date.fromisocalendar(year, int(found["week"]), 1))
        except ValueError:
            raise _unknown(name) from None
    if found["quarter"]:
        return containing(Every.QUARTER, date(year, 3 * int(found["quarter"]), 1))
    every = Every.HALF_MONTH if found["half"] else Every.MONTH
    return containing(every, date(year, int(found["month"]), 16 if found["half"] == "2" else 1))


def _unknown(name: str) -> Invalid:
    words = Words(f"没有“{name}”这一期。", f"There is no period '{name}'.")
    return Invalid.at("/period", words, code="not_a_period", allowed=FORMS)


@lru_cache(maxsize=2048)
def containing(every: Every, day: date) -> Period:
    """Give the period of a kind in which a day lies."""
    return _LAID[every](day)


def after(period: Period) -> Period:
    """Give the next period of the same kind."""
    return containing(period.every, period.last_on + _ONE)


def first_from(every: Every, day: date) -> Period:
    """Give the first period of a kind that speaks of the days from this one on.

    It begins on that day or later; the few days before it, less than a week, are told with it.
    Where more would be left untold, it is the period in which the day lies.
    """
    here = containing(every, day)
    following = here if here.first_on >= day else after(here)
    return following if following.first_on - day < _WEEK else here


def ends_before(one: str, other: str) -> bool:
    """Say whether a period is over before another one is, whatever their kinds.

    Raises:
        Invalid: one of them is no period.
    """
    return period_named(one).last_on < period_named(other).last_on


def _week(day: date) -> Period:
    year, week, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return Period(f"{year:04}-W{week:02}", Every.WEEK, first, first + _WEEK - _ONE)


def _half(day: date) -> Period:
    month = f"{day:%Y-%m}"
    if day.day <= _HALF:
        name = f"{month}-H1"
        return Period(name, Every.HALF_MONTH, day.replace(day=1), day.replace(day=_HALF))
    return Period(f"{month}-H2", Every.HALF_MONTH, day.replace(day=_HALF + 1), _month_end(day))


def _month(day: date) -> Period:
    return Period(f"{day:%Y-%m}", Every.MONTH, day.replace(day=1), _month_end(day))


def _quarter(day: date) -> Period:
    number = (day.month + 2) // 3
    first, last = date(day.year, 3 * number - 2, 1), _month_end(date(day.year, 3 * number, 1))
    return Period(f"{day.year:04}-Q{number}", Every.QUARTER, first, last)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


_LAID: Mapping[Every, Callable[[date], Period]] = {
    Every.WEEK: _week,
    Every.HALF_MONTH: _half,
    Every.MONTH: _month,
    Every.QUARTER: _quarter,
}
