"""The base of the calendar: what was published, then what can be assumed.

chinesecalendar carries the State Council's yearly notices from 2004 on and refuses years it has
none for; there `holidays` gives the legal holidays without the make-up days, as provisional.
"""

from datetime import date
from functools import lru_cache
from importlib.metadata import version

import chinese_calendar
import holidays

from services.core.calendar.rules import WorkCalendar, WorkDay
from services.core.kit.words import Words

FIRST_YEAR = 2004
"""The first year chinesecalendar knows."""
LAST_ASSUMED_YEAR = 2035
"""Assuming a year costs about 10 ms, once per process; later years are Monday to Friday."""

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
_NOTICES = f"State Council notices, by chinesecalendar {version('chinesecalendar')}"
_ASSUMED = f"legal holidays, by holidays {version('holidays')}; the notice is not out yet"


@lru_cache(maxsize=64)
def published_days(year: int) -> tuple[WorkDay, ...] | None:
    """Give the days of a year that its notice names, or None if no notice is known here."""
    try:
        every = chinese_calendar.get_dates(date(year, 1, 1), date(year, 12, 31))
        named = [(day, *chinese_calendar.get_holiday_detail(day)) for day in every]
    except NotImplementedError:
        return None
    return tuple(_noticed(day, off, name) for day, off, name in named if name is not None)


def is_published(year: int) -> bool:
    """Say whether the notice of a year is known here; an imported one lies in the own days."""
    return published_days(year) is not None


@lru_cache(maxsize=64)
def assumed_days(year: int) -> tuple[WorkDay, ...]:
    """Give the legal holidays of a year whose notice is not out; make-up days nobody can know."""
    chinese = holidays.country_holidays("CN", years=year, language="zh_CN")
    english = holidays.country_holidays("CN", years=year, language="en_US")
    return tuple(
        WorkDay(
            day, works=False, reason=Words(name, english[day]), source=_ASSUMED, provisional=True
        )
        for day, name in sorted(chinese.items())
    )


@lru_cache(maxsize=1)
def base_calendar() -> WorkCalendar:
    """Give the calendar below every own day, built once per process."""
    days: dict[date, WorkDay] = {}
    known: set[int] = set()
    for year in range(FIRST_YEAR, LAST_ASSUMED_YEAR + 1):
        published = published_days(year)
        if published is not None:
            known.add(year)
        days.update((day.on, day) for day in published or assumed_days(year))
    return WorkCalendar(days=days, published_years=frozenset(known))


def _noticed(day: date, off: bool, name: str) -> WorkDay:  # noqa: FBT001 the library's own order
    chinese = _NAMES.get(name, name)
    if off:
        reason = Words(f"{chinese}放假", f"{name} holiday")
    else:
        reason = Words(f"{chinese}调休补班", f"Make-up working day for {name}")
    return WorkDay(day, works=not off, reason=reason, source=_NOTICES)
