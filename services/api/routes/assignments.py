"""Assignments of policies over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.assignments import actions, queries, schemas
from services.core.kit.shapes import RegionCode

router = APIRouter(tags=["assignments"])


class AssignmentsQuery(ListQuery):
    """Filters of the list."""

    region_code: Annotated[
        RegionCode | None, Field(description="Only those that reach this place.")
    ] = None


@router.get("/policy-assignments", response_model=schemas.AssignmentPage)
@in_reading
def list_policy_assignments(door: Enter, query: Annotated[AssignmentsQuery, Query()]) -> Response:
    """List which policies count where."""
    return door.many(
        queries.assignments(door.session, ask=query.ask(), region_code=query.region_code)
    )


@router.post("/policy-assignments", status_code=201, response_model=schemas.Assignment)
@in_transaction
def assign_policy(door: Enter, given: schemas.NewAssignment) -> Response:
    """Let a policy count for a place and all below it, or for one class of its projects.

    The most specific choice counts: class, then group, then county, city, province, default.
    """
    assignment = actions.assign(door.session, given=given, by=door.caller)
    found = queries.assignment(door.session, assignment_id=assignment.id)
    return door.created(f"/policy-assignments/{assignment.id}", found)


@router.get("/policy-assignments/{assignment_id}", response_model=schemas.Assignment)
@in_reading
def get_policy_assignment(door: Enter, assignment_id: UUID) -> Response:
    """Read one assignment."""
    return door.one(queries.assignment(door.session, assignment_id=assignment_id))


@router.post("/policy-assignments/{assignment_id}/end", response_model=schemas.Assignment)
@in_transaction
def end_policy_assignment(door: Enter, assignment_id: UUID) -> Response:
    """Let an assignment no longer count."""
    door.shows(lambda: queries.assignment(door.session, assignment_id=assignment_id))
    actions.end(door.session, assignment_id=assignment_id, expected=door.expected(), by=door.caller)
    return door.changed()
