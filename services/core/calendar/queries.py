"""Reads of the calendar; it is public to every caller."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.calendar import rules
from services.core.calendar.models import CalendarDay
from services.core.calendar.published import base_calendar, is_published
from services.core.calendar.rules import WorkCalendar, WorkDay
from services.core.kit import reading, rows
from services.core.kit.errors import Invalid
from services.core.kit.reading import Constant, Fields, Found, Page
from services.core.kit.words import Words

MOST_DAYS = 400
"""The longest stretch one answer explains: a year and the weeks around it."""

_Own = tuple[WorkDay, int | None]
"""A day that somebody named, and the year whose notice it came with."""

FIELDS: Fields = Constant(
    {
        "region_code": CalendarDay.region_code,
        "day": CalendarDay.day,
        "works": CalendarDay.works,
        "name": reading.shaped({"zh": CalendarDay.name_zh, "en": CalendarDay.name_en}),
        "source": CalendarDay.source,
        "notice_year": CalendarDay.notice_year,
        "version": CalendarDay.version,
    }
)


_OWN = select(
    CalendarDay.region_code,
    CalendarDay.notice_year,
    CalendarDay.day,
    CalendarDay.works,
    CalendarDay.name_zh,
    CalendarDay.name_en,
    CalendarDay.source,
).where(CalendarDay.region_code.in_(bindparam("layers", expanding=True)))


def work_calendar(session: Session, region_code: str | None = None) -> WorkCalendar:
    """Give the calendar of a place: the published base under the nation's and its own days."""
    return work_calendars(session, [region_code])[region_code]


def work_calendars(
    session: Session, region_codes: Collection[str | None]
) -> dict[str | None, WorkCalendar]:
    """Give the calendars of some places in one small read; places with the same days share one."""
    layers = {code: rules.layers(code) for code in region_codes}
    own: dict[str, list[_Own]] = defaultdict(list)
    wanted = list({layer for each in layers.values() for layer in each})
    for region_code, year, day, works, zh, en, source in session.execute(_OWN, {"layers": wanted}):
        own[region_code].append((WorkDay(day, works, Words(zh, en), source), year))
    known = {code: tuple(layer for layer in each if layer in own) for code, each in layers.items()}
    made = {
        each: _overruled([day for layer in each for day in own[layer]])
        for each in set(known.values())
    }
    return {code: made[each] for code, each in known.items()}


def _overruled(found: Sequence[_Own]) -> WorkCalendar:
    """Lay own days, those of the larger place first, over the published base."""
    if not found:
        return base_calendar()
    years = {year for _, year in found if year}
    return rules.overruled(base_calendar(), [day for day, _ in found], notice_years=years)


def is_announced(session: Session, year: int) -> bool:
    """Say whether a year's notice is known: published with the service, or imported since."""
    if is_published(year):
        return True
    imported = select(CalendarDay.day).where(
        CalendarDay.region_code == "", CalendarDay.notice_year == year
    )
    return session.scalar(imported.limit(1)) is not None


def own_day(session: Session, *, day: date, region_code: str | None) -> Found:
    """Read one day as it was imported.

    Raises:
        Missing: nobody named this day on this layer.
    """
    return reading.found(
        session,
        FIELDS,
        version=CalendarDay.version,
        source=CalendarDay.__table__,
        where=[CalendarDay.day == day, CalendarDay.region_code == (region_code or "")],
    )


def for_change(
    session: Session, *, day: date, region_code: str | None, expected: int
) -> CalendarDay:
    """Lock one imported day at the version the caller has seen."""
    return rows.for_change(
        session,
        CalendarDay,
        CalendarDay.day == day,
        CalendarDay.region_code == (region_code or ""),
        expected=expected,
    )


def days(session: Session, *, since: date, to: date, region_code: str | None) -> Page:
    """Read every day of a stretch, both ends included.

    Raises:
        Invalid: the stretch is too long, or ends before it begins.
    """
    if since > to:
        raise Invalid.at(
            "?to",
            Words("结束日早于开始日。", "It ends before it begins."),
            code="before_start",
            allowed=(f">= {since.isoformat()}",),
        )
    _check_length(since, to)
    calendar = work_calendar(session, region_code)
    every = [calendar.day(since + timedelta(days=n)) for n in range((to - since).days + 1)]
    return Page(orjson.dumps(_shown(every)).decode(), next_cursor=None, total=None)


def explanation(session: Session, *, since: date, to: date, region_code: str | None) -> Found:
    """Count the working days between two days, and show every day that was looked at.

    Raises:
        Invalid: the stretch is too long.
    """
    _check_length(since, to)
    calendar = work_calendar(session, region_code)
    body = {
        "from": since,
        "to": to,
        "region_code": region_code,
        "working_days": calendar.working_days_between(since, to),
        "provisional_years": calendar.provisional_years(since, to),
        "days": _shown(calendar.explain(since, to)),
    }
    return Found(orjson.dumps(body).decode(), version=0)


def _check_length(since: date, to: date) -> None:
    if abs((to - since).days) > MOST_DAYS:
        raise Invalid.at(
            "?to",
            Words(f"一次最多{MOST_DAYS}天。", f"At most {MOST_DAYS} days at once."),
            code="too_long",
            allowed=(f"<= {MOST_DAYS} days",),
        )


def _shown(every: Iterable[WorkDay]) -> list[dict[str, Any]]:
    return [
        {
            "day": day.on,
            "works": day.works,
            "reason": day.reason.both(),
            "source": day.source,
            "is_provisional": day.provisional,
        }
        for day in every
    ]


def imported(session: Session, *, region_code: str | None, days: Iterable[date]) -> Page:
    """Read the days an import has just named."""
    items = session.scalar(
        select(
            cast(func.json_agg(aggregate_order_by(reading.shaped(FIELDS), CalendarDay.day)), Text)
        ).where(CalendarDay.region_code == (region_code or ""), CalendarDay.day.in_(list(days)))
    )
    return Page(str(items or "[]"), next_cursor=None, total=None)
