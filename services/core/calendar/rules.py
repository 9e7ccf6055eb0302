"""Working days: Monday to Friday is wrong twice a month, so every day is asked by name.

Three layers, the upper wins: own days (imported notices, regional days), the published base, and
Monday to Friday where nothing is known. Days are days in Asia/Shanghai; instants are aware UTC.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import accumulate

from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One zone, no summer time since 1991: a fixed offset needs no zone data on the host."""

DAY_ENDS = time(17, 30)
"""A deadline counted in days ends with the office day: 17:30 in Asia/Shanghai."""

ORDINARY = "weekday"
"""The source of a day nobody named: the week itself."""

_ONE = timedelta(days=1)
_SATURDAY = 5
_WEEK = 7
_WORKDAY = Words("普通工作日", "Ordinary working day")
_WEEKEND = Words("周末", "Weekend")


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One day: whether it works, why, who says so, and whether that may still change."""

    on: date
    works: bool
    reason: Words
    source: str
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a working day in which people may be disturbed; `closes` is outside."""

    opens: time
    closes: time

    def holds(self, moment: time) -> bool:
        """Say whether this wall-clock time lies inside."""
        return self.opens <= moment < self.closes


SENDING_WINDOW = Window(time(8, 30), time(18, 0))
"""Reminders go only then, on working days; urgent ones excepted."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days that somebody named, over Monday to Friday; every lookup is one dictionary hit."""

    days: Mapping[date, WorkDay]
    published_years: frozenset[int]
    _unlike: tuple[date, ...] = field(init=False, repr=False, compare=False)
    """Days that are not as their weekday would have it, in order."""
    _gained: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """Working days won or lost by the first n of them: years are counted without walking them."""

    def __post_init__(self) -> None:
        """Add up what the named days change."""
        unlike = sorted(
            day for day, named in self.days.items() if named.works != (day.weekday() < _SATURDAY)
        )
        object.__setattr__(self, "_unlike", tuple(unlike))
        changes = (1 if self.days[day].works else -1 for day in unlike)
        object.__setattr__(self, "_gained", tuple(accumulate(changes, initial=0)))

    def is_working(self, day: date) -> bool:
        """Say whether people work on this day."""
        named = self.days.get(day)
        return day.weekday() < _SATURDAY if named is None else named.works

    def day(self, day: date) -> WorkDay:
        """Give the day with its reason and source, also when it is an ordinary one."""
        named = self.days.get(day)
        if named is not None:
            return named
        works = day.weekday() < _SATURDAY
        provisional = day.year not in self.published_years
        return WorkDay(day, works, _WORKDAY if works else _WEEKEND, ORDINARY, provisional)

    def on_or_after(self, day: date) -> date:
        """Give this day if it works, else the next that does (民法典 art. 203)."""
        while not self.is_working(day):
            day += _ONE
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """Give the nth working day after the start, or before it for a negative n.

        The start is not counted. Zero gives the start if it works, else the next working day.
        """
        if n == 0:
            return self.on_or_after(start)
        step, left, day = (_ONE if n > 0 else -_ONE), abs(n), start
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days from the start (not counted) to the end (counted).

        Negative when the end lies before: `add_working_days(start, result)` is the end again,
        whenever the end works and is not the start.
        """
        if end < start:
            return -(self._until(start - _ONE) - self._until(end - _ONE))
        return self._until(end) - self._until(start)

    def _until(self, day: date) -> int:
        """Count the working days from the beginning of the calendar to this day."""
        weeks, rest = divmod(day.toordinal(), _WEEK)  # the first of all days was a Monday
        return (
            weeks * _SATURDAY + min(rest, _SATURDAY) + self._gained[bisect_right(self._unlike, day)]
        )

    def nth_working_day(self, year: int, month: int, n: int) -> date:
        """Give the nth working day of a month, n ≥ 1; past its end the count runs on.

        Raises:
            ValueError: n is below 1.
        """
        if n < 1:
            raise ValueError(f"there is no working day number {n}")
        return self.add_working_days(date(year, month, 1) - _ONE, n)

    def due_instant(self, day: date) -> datetime:
        """Give the moment a deadline on this day ends; a closed day lends its next open one."""
        return instant_of(self.on_or_after(day), DAY_ENDS)

    def next_opening(self, instant: datetime, window: Window = SENDING_WINDOW) -> datetime:
        """Give the same instant inside the window of a working day, else the next opening.

        Raises:
            ValueError: the instant has no zone.
        """
        local = _local(instant)
        day, moment = local.date(), local.time()
        if self.is_working(day):
            if window.holds(moment):
                return instant.astimezone(UTC)
            if moment < window.opens:
                return instant_of(day, window.opens)
        return instant_of(self.on_or_after(day + _ONE), window.opens)

    def explain(self, start: date, end: date) -> tuple[WorkDay, ...]:
        """Give every day `working_days_between` looked at, in the order of the calendar."""
        return tuple(self.day(day) for day in _counted(start, end))

    def provisional_years(self, start: date, end: date) -> tuple[int, ...]:
        """Give the years between two days (in either order) whose holidays are not published."""
        first, last = sorted((start.year, end.year))
        return tuple(y for y in range(first, last + 1) if y not in self.published_years)


def overruled(
    base: WorkCalendar, own_days: Iterable[WorkDay], *, notice_years: Collection[int] = ()
) -> WorkCalendar:
    """Lay own days over a base; of two for the same day the later in order wins.

    `notice_years`: years whose whole notice lies among the own days; what was only assumed for
    such a year is forgotten, and the year counts as published.
    """
    forgotten = set(notice_years) - base.published_years
    days = base.days
    if forgotten:
        days = {day: kept for day, kept in days.items() if day.year not in forgotten}
    return WorkCalendar(
        days={**days, **{own.on: own for own in own_days}},
        published_years=base.published_years | forgotten,
    )


def layers(region_code: str | None) -> tuple[str, ...]:
    """Give whose own days count in a place, the nation ("") first.

    GB/T 2260: two digits name the province, two the city, two the county, three the township.
    """
    if region_code is None:
        return ("",)
    province, city, county = f"{region_code[:2]}0000", f"{region_code[:4]}00", region_code[:6]
    return ("", *dict.fromkeys((province, city, county, region_code)))


def check_days(days: Sequence[date], *, notice_year: int | None, is_national: bool) -> None:
    """Refuse an import that names a day twice, or a notice that is not one whole nation's year.

    A year's notice may reach into the December before (2022-12-31 came with that of 2023).

    Raises:
        Invalid: one fault per wrong place.
    """
    faults = [
        Fault(f"/days/{n}/day", "twice", Words("同一天重复。", "The day is named twice."))
        for n, day in enumerate(days)
        if day in days[:n]
    ]
    if notice_year is not None:
        span = (date(notice_year - 1, 12, 1), date(notice_year, 12, 31))
        words = Words("不在该年度通知之内。", "It lies outside the notice's year.")
        faults += [
            Fault(f"/days/{n}/day", "outside_year", words, (f"{span[0]} – {span[1]}",))
            for n, day in enumerate(days)
            if not span[0] <= day <= span[1]
        ]
        if not is_national:
            words = Words("年度通知只能是全国的。", "Only the whole country has a yearly notice.")
            faults.append(Fault("/notice_year", "regional_notice", words, ("null",)))
    if faults:
        raise Invalid(Words("日期清单有误。", "The days cannot be imported."), faults=faults)


def day_of(instant: datetime) -> date:
    """Give the day it is in Asia/Shanghai at this instant.

    Raises:
        ValueError: the instant has no zone.
    """
    return _local(instant).date()


def end_of(day: date) -> datetime:
    """Give the instant at which this day in Asia/Shanghai is over."""
    return instant_of(day + timedelta(days=1), time())


def instant_of(day: date, moment: time) -> datetime:
    """Give the instant (aware UTC) of a wall-clock time in Asia/Shanghai."""
    return datetime.combine(day, moment, SHANGHAI).astimezone(UTC)


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone is not an instant")
    return instant.astimezone(SHANGHAI)


def _counted(start: date, end: date) -> Iterator[date]:
    """Walk the days after the start up to the end; backwards: from the end to before the start."""
    first, last = (start + _ONE, end) if end >= start else (end, start - _ONE)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
