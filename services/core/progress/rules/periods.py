"""When a period opens and when its report is due: policy values in Asia/Shanghai."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from services.core.calendar.periods import Period, after, first_from, period_named
from services.core.calendar.rules import WorkCalendar, instant_of
from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.policies.pack import Cadence, ClosedDay, CutOff, Mark

_MONTHS = 12


def next_period(period: str) -> str:
    """Give the period after another one, of the same kind.

    Raises:
        Invalid: there is no such period.
    """
    return after(period_named(period)).name


def follows(before: str, period: str) -> bool:
    """Say whether a period is the next one after another, also where the kind has changed.

    Raises:
        Invalid: there is no such period.
    """
    later = period_named(period)
    return first_from(later.every, period_named(before).last_on + timedelta(days=1)) == later


def in_rhythm(period: str, cadence: Cadence) -> str:
    """Give a period that is to come, or the one that a changed cadence puts in its place.

    No day of what was owed before is owed twice as a period of its own, and none is left out: see
    `first_from`.

    Raises:
        Invalid: there is no such period.
    """
    known = period_named(period)
    if known.every == cadence.every:
        return period
    return first_from(cadence.every, known.first_on).name


def opens_at(period: str, cadence: Cadence, calendar: WorkCalendar) -> datetime:
    """Give the instant from which a period can be reported: midnight in Asia/Shanghai.

    Raises:
        Invalid: there is no such period, or this cadence has no such ones.
    """
    known = _of(period, cadence)
    return instant_of(_marked_day(known, cadence.marks(known).opens, calendar), time(0))


def due_at(period: str, cadence: Cadence, calendar: WorkCalendar) -> datetime:
    """Give the instant a period's report is due: 17:30 in Asia/Shanghai of a working day.

    A closed day lends the next working day, or the previous one where the mark says so: but never
    one before the report can be filled in, as in a week that is closed as a whole.

    Raises:
        Invalid: there is no such period, or this cadence has no such ones.
    """
    known = _of(period, cadence)
    marks = cadence.marks(known)
    day = _marked_day(known, marks.due, calendar)
    if marks.due.closed == ClosedDay.PREVIOUS and not calendar.is_working(day):
        earlier = calendar.add_working_days(day, -1)
        day = earlier if earlier >= _marked_day(known, marks.opens, calendar) else day
    return calendar.due_instant(day)


def due_ahead(period: str, cadence: Cadence, calendar: WorkCalendar, now: datetime) -> datetime:
    """Give a period's due, or the cadence's next one where that has passed.

    For periods that are owed because the cadence has changed: nobody is late with what was not
    owed when it was due.

    Raises:
        Invalid: there is no such period, or this cadence has no such ones.
    """
    while (due := due_at(period, cadence, calendar)) <= now:
        period = next_period(period)
    return due


def same_year(one: str, other: str) -> bool:
    """Say whether two periods add to one year's figures: they begin anew in January."""
    return one[:4] == other[:4]


def _of(period: str, cadence: Cadence) -> Period:
    known = period_named(period)
    if known.every != cadence.every:
        words = Words(
            f"“{period}”不是按“{cadence.every}”报送的期次。",
            f"'{period}' is no period of one {cadence.every}, as is owed here.",
        )
        allowed = (first_from(cadence.every, known.first_on).name,)
        raise Invalid.at("/period", words, code="wrong_kind", allowed=allowed)
    return known


def _marked_day(period: Period, mark: Mark, calendar: WorkCalendar) -> date:
    if mark.kind == CutOff.WEEKDAY:
        return period.first_on + timedelta(days=7 * mark.weeks_after + mark.n - 1)
    last = period.last_on
    count = last.year * _MONTHS + last.month - 1 + mark.months_after
    year, month = count // _MONTHS, count % _MONTHS + 1
    if mark.kind == CutOff.NTH_WORKING_DAY:
        return calendar.nth_working_day(year, month, mark.n)
    return date(year, month, min(mark.n, monthrange(year, month)[1]))
