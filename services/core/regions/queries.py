"""Reads of regions; places are public to every caller."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from services.core.kit import reading, rows
from services.core.kit.errors import Invalid
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.words import Words
from services.core.regions.models import Region, RegionDesignation


def _designations(*where: ColumnElement[bool]) -> ColumnElement[Any]:
    """Build the list of a region's designations."""
    shown = reading.shaped(
        {
            "kind": RegionDesignation.kind,
            "valid_from": RegionDesignation.valid_from,
            "valid_to": RegionDesignation.valid_to,
        }
    )
    return (
        select(func.coalesce(func.json_agg(shown), func.json_build_array()))
        .where(RegionDesignation.region_code == Region.code, *where)
        .correlate(Region)
        .scalar_subquery()
    )


FIELDS: Fields = Constant(
    {
        "code": Region.code,
        "name": Region.name,
        "name_en": Region.name_en,
        "level": Region.level,
        "parent_code": Region.parent_code,
        "lineage": func.to_json(Region.lineage),
        "designations": _designations(),
        "source": Region.source,
        "is_illustrative": Region.is_illustrative,
        "version": Region.version,
    }
)
RECORDS = Records(
    name="regions",
    kind="region",
    key=Region.code,
    version=Region.version,
    fields=lambda _: FIELDS,
    source=lambda _: Region.__table__,
    visible=lambda _: true(),
    follows={"region_designation": by(Region.code)},
)
_SORTS = {"name": Region.name, "level": Region.level, "code": Region.code}


def id_of(session: Session, code: str) -> UUID:
    """Give the id that facts about a region carry; the region exists."""
    return session.execute(select(Region.id).where(Region.code == code)).scalar_one()


def region(session: Session, *, code: str, as_of: date | None = None) -> Found:
    """Read one region, with all its designations or with those of one day.

    Raises:
        Missing: there is none with this code.
    """
    return reading.found(
        session,
        _fields(as_of),
        version=Region.version,
        source=Region.__table__,
        where=[Region.code == code],
    )


def regions(
    session: Session, *, ask: Ask, under: str | None, level: str | None, as_of: date | None
) -> Page:
    """Read a page of regions, of one level or under one region (itself included)."""
    where: list[ColumnElement[bool]] = []
    if under:
        where.append(Region.lineage.contains([under]))
    if level:
        where.append(Region.level == level)
    return reading.page(
        session, _fields(as_of), source=Region.__table__, where=where, sorts=_SORTS, ask=ask
    )


def _fields(as_of: date | None) -> Fields:
    """Name what is shown of a region, with the designations in force on a day."""
    if as_of is None:
        return FIELDS
    not_over = or_(RegionDesignation.valid_to.is_(None), RegionDesignation.valid_to > as_of)
    return {
        **FIELDS,
        "designations": _designations(RegionDesignation.valid_from <= as_of, not_over),
    }


def for_change(session: Session, *, code: str, expected: int | None) -> Region:
    """Lock one region at the version the caller has seen."""
    return rows.for_change(session, Region, Region.code == code, expected=expected)


def placed(session: Session, *, code: str, pointer: str) -> Region:
    """Give the region a request names.

    Raises:
        Invalid: there is none; the pointer says where it was named.
    """
    found = session.get(Region, code)
    if found is None:
        raise Invalid.at(
            pointer,
            Words(f"没有区划“{code}”。", f"There is no region '{code}'."),
            code="unknown_region",
        )
    return found
