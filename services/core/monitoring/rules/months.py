"""Months as periods `YYYY-MM`: when one ended, and how they follow each other."""

from datetime import date, datetime, time

from services.core.calendar.rules import instant_of

_YEAR = 12


def period_of(day: date) -> str:
    """Give the month of a day."""
    return f"{day:%Y-%m}"


def shifted(period: str, months: int) -> str:
    """Give the month so many months later, or earlier for a negative number."""
    year, month = divmod(int(period[:4]) * _YEAR + int(period[5:]) - 1 + months, _YEAR)
    return f"{year:04}-{month + 1:02}"


def begins(period: str) -> datetime:
    """Give the first instant of a month in Asia/Shanghai."""
    return instant_of(date(int(period[:4]), int(period[5:]), 1), time(0))


def ended(period: str) -> datetime:
    """Give the instant a month ended: the first of the next one."""
    return begins(shifted(period, 1))


def between(first: str, last: str) -> tuple[str, ...]:
    """Give the months from the first to the last, both counted; none if they are the wrong way."""
    found = []
    while first <= last:
        found.append(first)
        first = shifted(first, 1)
    return tuple(found)
