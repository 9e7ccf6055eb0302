"""Targets and library statements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.shapes import RegionCode
from services.core.monitoring import schemas as monitored
from services.core.monitoring.queries import totals
from services.core.targets import actions, queries, schemas

router = APIRouter(tags=["targets"])


_Region = Annotated[
    RegionCode | None, Field(description="Only for this region and those below it.")
]


class TargetsQuery(ListQuery):
    """Filters of the list of targets."""

    region: _Region = None
    year: Annotated[int | None, Field(ge=2000, le=2100)] = None


class StatementsQuery(ListQuery):
    """Filters of the list of statements."""

    region: _Region = None


@router.get("/annual-targets", response_model=monitored.WatchedTargetPage)
@in_reading
def list_annual_targets(door: Enter, query: Annotated[TargetsQuery, Query()]) -> Response:
    """List targets, each beside what your scope of the library records, and what was found."""
    sought = queries.Sought(region=query.region, year=query.year)
    return door.many(totals.targets_page(door.session, door.caller, ask=query.ask(), sought=sought))


@router.post("/annual-targets", status_code=201, response_model=monitored.WatchedTarget)
@in_transaction
def set_annual_target(door: Enter, given: schemas.NewTarget) -> Response:
    """Set a region's target for a year."""
    target = actions.set_target(door.session, given=given, by=door.caller)
    found = totals.target(door.session, door.caller, target_id=target.id)
    return door.created(f"/annual-targets/{target.id}", found)


@router.get("/annual-targets/{target_id}", response_model=monitored.WatchedTarget)
@in_reading
def get_annual_target(door: Enter, target_id: UUID) -> Response:
    """Read one target, and why it is at risk, if it is."""
    return door.one(totals.target(door.session, door.caller, target_id=target_id))


@router.patch("/annual-targets/{target_id}", response_model=monitored.WatchedTarget)
@in_transaction
def change_annual_target(door: Enter, target_id: UUID, given: schemas.TargetChange) -> Response:
    """Correct a target (JSON Merge Patch)."""
    door.shows(lambda: totals.target(door.session, door.caller, target_id=target_id))
    actions.change_target(
        door.session, target_id=target_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.get("/library-statements", response_model=monitored.WatchedStatementPage)
@in_reading
def list_library_statements(door: Enter, query: Annotated[StatementsQuery, Query()]) -> Response:
    """List what was stated of the library, each beside what it records in your scope."""
    sought = queries.Sought(region=query.region)
    return door.many(
        totals.statements_page(door.session, door.caller, ask=query.ask(), sought=sought)
    )


@router.post("/library-statements", status_code=201, response_model=monitored.WatchedStatement)
@in_transaction
def state_library(door: Enter, given: schemas.NewStatement) -> Response:
    """Record what somebody stated of the library."""
    statement = actions.state_library(door.session, given=given, by=door.caller)
    found = totals.statement(door.session, door.caller, statement_id=statement.id)
    return door.created(f"/library-statements/{statement.id}", found)


@router.get("/library-statements/{statement_id}", response_model=monitored.WatchedStatement)
@in_reading
def get_library_statement(door: Enter, statement_id: UUID) -> Response:
    """Read one statement, and how far the records are from it, if they are."""
    return door.one(totals.statement(door.session, door.caller, statement_id=statement_id))
