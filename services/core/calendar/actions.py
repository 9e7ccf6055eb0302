"""Writes of the calendar."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.core.calendar import queries, rules, schemas
from services.core.calendar.events import CalendarPublished
from services.core.calendar.models import CalendarDay
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Subject


def publish(
    session: Session, *, given: schemas.Notice, within: Sequence[str] | None, by: Caller
) -> None:
    """Name days as working or free, all or none; importing the same again changes nothing.

    `within` is the lineage of the region whose days they are, None if they are the nation's.

    Raises:
        Invalid: a day is named twice, or lies outside the notice's year.
    """
    by.must("calendar.keep")
    by.must_supervise(within)
    take(session, given=given, by=Actor.person(by), now=by.now)


def take(session: Session, *, given: schemas.Notice, by: Actor, now: datetime) -> int:
    """Import a notice that somebody may publish; gives how many days it changed.

    Raises:
        Invalid: a day is named twice, or lies outside the notice's year.
    """
    region = given.region_code or ""
    named = [new.day for new in given.days]
    rules.check_days(named, notice_year=given.notice_year, is_national=not region)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("calendar"))))
    known = _known(session, region, named, given.notice_year)
    changed = [new.day for new in given.days if _put(session, given, new, known.get(new.day))]
    withdrawn = [day for day in known if day not in named]
    for day in withdrawn:
        session.delete(known[day])
    moved = sorted({*changed, *withdrawn})
    if moved:
        _record(session, given, moved, by, now)
    return len(moved)


def withdraw(
    session: Session, *, day: date, within: Sequence[str] | None, expected: int, by: Caller
) -> None:
    """Forget one own day, so that what lies below it counts again; `within` as in `publish`."""
    by.must("calendar.keep")
    by.must_supervise(within)
    region_code = within[-1] if within else None
    row = queries.for_change(session, day=day, region_code=region_code, expected=expected)
    session.delete(row)
    ledger.record(
        session,
        CalendarPublished(
            region_code=row.region_code,
            change="withdrawn",
            first_on=day,
            last_on=day,
            days=1,
            notice_year=row.notice_year,
            source=row.source,
        ),
        about=_layer(row.region_code),
        by=Actor.person(by),
        now=by.now,
        changes={"days": [[day.isoformat()], None]},
    )


def _known(
    session: Session, region: str, named: list[date], notice_year: int | None
) -> dict[date, CalendarDay]:
    """Give the rows an import touches: the days it names, and an earlier notice of its year."""
    touched: ColumnElement[bool] = CalendarDay.day.in_(named)
    if notice_year is not None:
        touched = or_(touched, CalendarDay.notice_year == notice_year)
    found = session.scalars(select(CalendarDay).where(CalendarDay.region_code == region, touched))
    return {row.day: row for row in found}


def _put(
    session: Session, given: schemas.Notice, new: schemas.NewDay, row: CalendarDay | None
) -> bool:
    """Write one day; say whether anything changed."""
    said = new.model_dump() | {"source": given.source, "notice_year": given.notice_year}
    if row is not None:
        return bool(rows.merged(row, said))
    session.add(CalendarDay(region_code=given.region_code or "", **said))
    return True


def _record(
    session: Session, given: schemas.Notice, days: list[date], by: Actor, now: datetime
) -> None:
    ledger.record(
        session,
        CalendarPublished(
            region_code=given.region_code or "",
            change="imported",
            first_on=days[0],
            last_on=days[-1],
            days=len(days),
            notice_year=given.notice_year,
            source=given.source,
        ),
        about=_layer(given.region_code or ""),
        by=by,
        now=now,
        changes={"days": [None, [day.isoformat() for day in days]]},
    )


def _layer(region_code: str) -> Subject:
    """Name the calendar of a region, or of the nation, as what facts are about."""
    name = f"urn:tuanzu:calendar:{region_code}"
    return Subject("calendar", uuid5(NAMESPACE_URL, name), for_everybody=True)
