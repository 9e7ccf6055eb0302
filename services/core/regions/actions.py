"""Writes of regions."""

from typing import Any, Literal

from sqlalchemy.orm import Session

from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict
from services.core.kit.events import Actor, Subject
from services.core.kit.words import Words
from services.core.regions import queries, rules, schemas
from services.core.regions.events import RegionChanged
from services.core.regions.models import Region, RegionDesignation


def enter(session: Session, *, given: schemas.NewRegion, by: Caller) -> Region:
    """Enter a region below its parent.

    Raises:
        Conflict: the code is taken. Invalid: the parent is unknown or of the wrong level.
    """
    by.must("regions.keep")
    if session.get(Region, given.code):
        raise Conflict(
            Words(f"区划“{given.code}”已存在。", f"The region '{given.code}' exists already.")
        )
    parent = (
        queries.placed(session, code=given.parent_code, pointer="/parent_code")
        if given.parent_code
        else None
    )
    by.must_supervise(parent.lineage if parent else ())
    above = (parent.level, parent.lineage) if parent else None
    region = Region(**given.model_dump(), lineage=rules.lineage(given.code, given.level, above))
    session.add(region)
    session.flush()
    _record(session, region, "entered", by)
    return region


def change(
    session: Session, *, code: str, given: schemas.RegionChange, expected: int, by: Caller
) -> Region:
    """Change a region's names or source."""
    by.must("regions.keep")
    region = queries.for_change(session, code=code, expected=expected)
    by.must_supervise(region.lineage)
    changes = rows.merged(region, given.given())
    if changes:
        _record(session, region, "changed", by, changes)
    return region


def designate(
    session: Session, *, code: str, given: schemas.NewDesignation, expected: int, by: Caller
) -> Region:
    """Put a place on a list from one day on."""
    by.must("regions.keep")
    region = queries.for_change(session, code=code, expected=expected)
    by.must_supervise(region.lineage)
    session.add(RegionDesignation(region_code=code, **given.model_dump()))
    rows.touch(region)
    _record(session, region, "designated", by, {given.kind.value: [None, given.valid_from]})
    return region


def _record(
    session: Session,
    region: Region,
    what: Literal["entered", "changed", "designated"],
    by: Caller,
    changes: dict[str, Any] | None = None,
) -> None:
    ledger.record(
        session,
        RegionChanged(region_code=region.code, change=what),
        about=Subject("region", region.id, for_everybody=True),
        by=Actor.person(by),
        now=by.now,
        changes=changes,
    )
