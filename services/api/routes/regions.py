"""Regions over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.shapes import AsOf, RegionCode
from services.core.regions import actions, queries, schemas
from services.core.regions.rules import RegionLevel

router = APIRouter(tags=["regions"])


class RegionsQuery(ListQuery):
    """Filters of the list."""

    under: Annotated[
        RegionCode | None, Field(description="Only this region and those below it.")
    ] = None
    level: RegionLevel | None = None
    as_of: AsOf = None


@router.get("/regions", response_model=schemas.RegionPage)
@in_reading
def list_regions(door: Enter, query: Annotated[RegionsQuery, Query()]) -> Response:
    """List regions; with `as_of`, of their designations only those in force on that day."""
    return door.many(
        queries.regions(
            door.session,
            ask=query.ask(),
            under=query.under,
            level=query.level,
            as_of=query.as_of,
        )
    )


@router.post("/regions", status_code=201, response_model=schemas.Region)
@in_transaction
def enter_region(door: Enter, given: schemas.NewRegion) -> Response:
    """Enter a region below its parent."""
    region = actions.enter(door.session, given=given, by=door.caller)
    return door.created(f"/regions/{region.code}", queries.region(door.session, code=region.code))


@router.get("/regions/{code}", response_model=schemas.Region)
@in_reading
def get_region(door: Enter, code: RegionCode, as_of: AsOf = None) -> Response:
    """Read one region with its designations, all of them or those in force on one day."""
    return door.one(queries.region(door.session, code=code, as_of=as_of))


@router.patch("/regions/{code}", response_model=schemas.Region)
@in_transaction
def change_region(door: Enter, code: RegionCode, given: schemas.RegionChange) -> Response:
    """Change a region's names or source (JSON Merge Patch)."""
    door.shows(lambda: queries.region(door.session, code=code))
    actions.change(door.session, code=code, given=given, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/regions/{code}/designate", response_model=schemas.Region)
@in_transaction
def designate_region(door: Enter, code: RegionCode, given: schemas.NewDesignation) -> Response:
    """Put a place on a list from one day on."""
    door.shows(lambda: queries.region(door.session, code=code))
    actions.designate(
        door.session, code=code, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()
