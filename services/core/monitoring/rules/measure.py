"""Days against a scale: which band holds today, and when the clock moves on to another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from services.core.calendar.rules import WorkCalendar, instant_of
from services.core.policies.pack import Band, Metric, Scale
from services.core.policies.rules import lit

_LONGEST_DAYS = 3700
"""No band begins later than ten years after its day."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of days, the band it falls in, and when the next band begins (None: never)."""

    days: int
    band: Band
    next_change_at: datetime | None


def measured(
    scale: Scale, *, since: date, today: date, calendar: WorkCalendar, least: int | None = None
) -> Measured:
    """Count the days of the scale's own kind from `since` to today, and judge them.

    `least` is the smallest count that applies, for what is late within its own due day.
    """
    days = _count(scale, calendar)(since, today)
    days = days if least is None else max(days, least)
    band = lit(scale, Decimal(days))
    return Measured(days, band, _next(scale, days, band, since, calendar))


def _count(scale: Scale, calendar: WorkCalendar) -> Callable[[date, date], int]:
    if scale.metric == Metric.WORKING_DAYS:
        return calendar.working_days_between
    return _calendar_days


def _calendar_days(since: date, today: date) -> int:
    return (today - since).days


def _next(
    scale: Scale, days: int, band: Band, since: date, calendar: WorkCalendar
) -> datetime | None:
    """Find the first later count with another band, and the midnight on which it is reached."""
    if band.high is None:
        return None
    count = max(days, int(band.high)) if band.high_inclusive else max(days, int(band.high) - 1)
    count += 1
    if abs(count) > _LONGEST_DAYS:
        return None
    if scale.metric == Metric.WORKING_DAYS:
        day = calendar.add_working_days(since, count) if count else since
    else:
        day = since + timedelta(days=count)
    return instant_of(day, time(0, 0))
