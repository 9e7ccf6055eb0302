"""Promises to projects over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.calendar.rules import day_of
from services.core.guarantees import actions, queries, schemas
from services.core.guarantees.rules import GuaranteeKind, GuaranteeState

router = APIRouter(tags=["guarantees"])


class GuaranteesQuery(ListQuery):
    """Filters of the list."""

    project_id: UUID | None = None
    group_id: UUID | None = None
    promiser_id: Annotated[
        UUID | None, Field(description="Only what this organisation promised.")
    ] = None
    kind: GuaranteeKind | None = None
    state: GuaranteeState | None = None
    overdue: Annotated[
        bool, Field(description="Only what is owed still, after the day it was first due on.")
    ] = False


@router.get("/guarantees", response_model=schemas.GuaranteePage)
@in_reading
def list_guarantees(door: Enter, query: Annotated[GuaranteesQuery, Query()]) -> Response:
    """List what was promised to the projects in your scope."""
    sought = queries.Sought(
        project_id=query.project_id,
        group_id=query.group_id,
        promiser_id=query.promiser_id,
        kind=query.kind,
        state=query.state,
        overdue_on=day_of(door.caller.now) if query.overdue else None,
    )
    return door.many(queries.guarantees(door.session, door.caller, ask=query.ask(), sought=sought))


@router.post("/projects/{project_id}/guarantees", status_code=201, response_model=schemas.Guarantee)
@in_transaction
def promise_guarantee(door: Enter, project_id: UUID, given: schemas.NewGuarantee) -> Response:
    """Record what somebody promised to a project."""
    made = actions.promise(door.session, project_id=project_id, given=given, by=door.caller)
    found = queries.guarantee(door.session, door.caller, guarantee_id=made.id)
    return door.created(f"/guarantees/{made.id}", found)


@router.get("/guarantees/{guarantee_id}", response_model=schemas.Guarantee)
@in_reading
def get_guarantee(door: Enter, guarantee_id: UUID) -> Response:
    """Read one promise, and what of it came."""
    return door.one(queries.guarantee(door.session, door.caller, guarantee_id=guarantee_id))


@router.patch("/guarantees/{guarantee_id}", response_model=schemas.Guarantee)
@in_transaction
def change_guarantee(door: Enter, guarantee_id: UUID, given: schemas.GuaranteeChange) -> Response:
    """Change what is recorded of a promise (JSON Merge Patch); the promise itself never changes."""
    _shows(door, guarantee_id)
    actions.change(
        door.session,
        guarantee_id=guarantee_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/guarantees/{guarantee_id}/report", response_model=schemas.Guarantee)
@in_transaction
def report_guarantee(door: Enter, guarantee_id: UUID, given: schemas.Delivery) -> Response:
    """Say what has come by now, with the evidence."""
    _shows(door, guarantee_id)
    actions.report(
        door.session,
        guarantee_id=guarantee_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/guarantees/{guarantee_id}/confirm", response_model=schemas.Guarantee)
@in_transaction
def confirm_guarantee(door: Enter, guarantee_id: UUID) -> Response:
    """Confirm, as a second person, that what was promised has come."""
    _shows(door, guarantee_id)
    actions.confirm(
        door.session, guarantee_id=guarantee_id, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/guarantees/{guarantee_id}/return", response_model=schemas.Guarantee)
@in_transaction
def return_guarantee(door: Enter, guarantee_id: UUID, given: schemas.Because) -> Response:
    """Return a reported delivery that is none."""
    _shows(door, guarantee_id)
    actions.send_back(
        door.session,
        guarantee_id=guarantee_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/guarantees/{guarantee_id}/withdraw", response_model=schemas.Guarantee)
@in_transaction
def withdraw_guarantee(door: Enter, guarantee_id: UUID, given: schemas.Because) -> Response:
    """Let a promise be owed no more."""
    _shows(door, guarantee_id)
    actions.withdraw(
        door.session,
        guarantee_id=guarantee_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _shows(door: Door, guarantee_id: UUID) -> None:
    door.shows(lambda: queries.guarantee(door.session, door.caller, guarantee_id=guarantee_id))
