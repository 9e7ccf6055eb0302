"""When a period opens and when its report is due: policy values in Asia/Shanghai."""

import re
from calendar import monthrange
from datetime import date, datetime, time

from services.core.calendar.rules import WorkCalendar, instant_of
from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.policies.pack import Cadence, CutOff, MonthMark

_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def next_period(period: str) -> str:
    """Give the month after a period `YYYY-MM`.

    Raises:
        Invalid: it is not a month.
    """
    year, month = _month_after(period, 1)
    return f"{year:04}-{month:02}"


def opens_at(period: str, cadence: Cadence, calendar: WorkCalendar) -> datetime:
    """Give the instant from which a period can be reported: midnight in Asia/Shanghai.

    Raises:
        Invalid: the period is not a month.
    """
    return instant_of(_marked_day(period, cadence.opens, calendar), time(0))


def due_at(period: str, cadence: Cadence, calendar: WorkCalendar) -> datetime:
    """Give the instant a period's report is due: 17:30 in Asia/Shanghai of a working day.

    A day of the month that is closed lends the next working day.

    Raises:
        Invalid: the period is not a month.
    """
    return calendar.due_instant(_marked_day(period, cadence.due, calendar))


def same_year(one: str, other: str) -> bool:
    """Say whether two periods lie in one year: its cumulative figure begins anew in January."""
    return one[:4] == other[:4]


def _marked_day(period: str, mark: MonthMark, calendar: WorkCalendar) -> date:
    year, month = _month_after(period, mark.months_after)
    if mark.kind == CutOff.NTH_WORKING_DAY:
        return calendar.nth_working_day(year, month, mark.n)
    return date(year, month, min(mark.n, monthrange(year, month)[1]))


def _month_after(period: str, months: int) -> tuple[int, int]:
    """Give year and month so many months after a period.

    Raises:
        Invalid: the period is not a month.
    """
    if not _PERIOD.fullmatch(period):
        words = Words(f"“{period}”不是月份。", f"'{period}' is not a month.")
        raise Invalid.at("/period", words, code="not_a_month", allowed=("YYYY-MM",))
    count = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return count // 12, count % 12 + 1
