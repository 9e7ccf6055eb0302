"""Days in a document: as they are, or counted from the day on which it is loaded.

One notation, so that a demonstration looks alive on any day, while facts stay absolute:

| kind    | absolute                    | relative                                      |
|---------|-----------------------------|-----------------------------------------------|
| day     | `2026-11-24`                | `today`, `today-20d`, `today+5wd`, `due-2wd`, |
|         |                             | `month-1`, `month-1/15`                       |
| instant | `2026-11-24T09:30:00+08:00` | a relative day with a time: `today-3wdT09:30` |
| period  | `2026-11`                   | `month`, `month-1`; `last`, `last-1`          |
| year    | `2026`                      | `year`, `year-1`                              |

`d` are calendar days, `wd` working days; a time is one of Asia/Shanghai. `month-1` as a day is
that month's first, `/15` its 15th (or its last, where it is shorter). `last` is the latest period
that has fallen due; `due` and `opens` are the days on which the row's own report falls due, opens.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from services.core.calendar.rules import WorkCalendar, instant_of

_MONTHS = 12
_DAY = re.compile(r"(?P<anchor>today|opens|due)(?:(?P<n>[+-]\d{1,4})(?P<unit>wd|d))?")
_MONTH_DAY = re.compile(r"month(?P<n>[+-]\d{1,3})?(?:/(?P<day>[1-9]|[12]\d|3[01]))?")
_PERIOD = re.compile(r"(?P<anchor>month|last)(?P<n>[+-]\d{1,3})?")
_YEAR = re.compile(r"year(?P<n>[+-]\d{1,2})?")
_CLOCK = re.compile(r"(?P<day>[^T]{1,40})T(?P<time>[0-2]\d:[0-5]\d)")


@dataclass(frozen=True, slots=True)
class Anchors:
    """What relative days count from.

    `last`: the latest period (`YYYY-MM`) that has fallen due, or None where no policy is at hand;
    `days`: further named days, such as the `due` of the row's own report.
    """

    today: date
    calendar: WorkCalendar
    last: str | None = None
    days: Mapping[str, date] = field(default_factory=dict)

    def also(self, **days: date) -> "Anchors":
        """Give the same anchors with further named days."""
        return Anchors(self.today, self.calendar, self.last, {**self.days, **days})


def day(text: str, anchors: Anchors) -> date:
    """Read a day.

    Raises:
        ValueError: it is neither a date nor in the notation.
    """
    if (found := _MONTH_DAY.fullmatch(text)) is not None:
        year, month = _months_on(anchors.today, int(found["n"] or 0))
        return date(year, month, min(int(found["day"] or 1), monthrange(year, month)[1]))
    if (found := _DAY.fullmatch(text)) is None:
        return date.fromisoformat(text)
    start = {"today": anchors.today, **anchors.days}.get(found["anchor"])
    if start is None:
        raise ValueError("no_such_anchor")
    if found["unit"] == "wd":
        return anchors.calendar.add_working_days(start, int(found["n"]))
    return start + timedelta(days=int(found["n"] or 0))


def instant(text: str, anchors: Anchors) -> datetime:
    """Read an instant (aware UTC); a relative one names the time of day in Asia/Shanghai.

    Raises:
        ValueError: it is neither an instant with an offset nor in the notation.
    """
    found = _CLOCK.fullmatch(text)
    if found is not None and not found["day"][0].isdigit():
        return instant_of(day(found["day"], anchors), time.fromisoformat(found["time"]))
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("timezone_aware")
    return read.astimezone(UTC)


def period(text: str, anchors: Anchors) -> str:
    """Read a month `YYYY-MM`; an absolute one is given back as it is.

    Raises:
        ValueError: it counts from `last`, and no policy says what fell due.
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        return text
    start = anchors.today
    if found["anchor"] == "last":
        if anchors.last is None:
            raise ValueError("no_such_anchor")
        start = date.fromisoformat(f"{anchors.last}-01")
    year, month = _months_on(start, int(found["n"] or 0))
    return f"{year:04}-{month:02}"


def year(value: str | int, anchors: Anchors) -> int:
    """Read a year.

    Raises:
        ValueError: it is neither a number nor in the notation.
    """
    found = _YEAR.fullmatch(str(value))
    return int(value) if found is None else anchors.today.year + int(found["n"] or 0)


def _months_on(start: date, months: int) -> tuple[int, int]:
    """Give year and month so many months from a day's own."""
    count = start.year * _MONTHS + start.month - 1 + months
    return count // _MONTHS, count % _MONTHS + 1
