"""Health and findings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading
from services.api.listing import ListQuery
from services.core.kit.shapes import AsOf
from services.core.monitoring import past, queries, schemas
from services.core.monitoring.models import FindingState
from services.core.monitoring.queries import totals
from services.core.policies.pack import Light

router = APIRouter(tags=["monitoring"])


class FindingsQuery(ListQuery):
    """Filters of the list."""

    project_id: UUID | None = None
    group_id: UUID | None = None
    rule: Annotated[str | None, Field(max_length=20, examples=["MR-03"])] = None
    state: FindingState | None = None
    light: Light | None = None


@router.get("/projects/{project_id}/health", response_model=schemas.Health)
@in_reading
def get_project_health(door: Enter, project_id: UUID, as_of: AsOf = None) -> Response:
    """Ask a project's light why: every rule with its arithmetic and what would turn it green.

    With `as_of`, the light as it was recorded then, with the arithmetic of that time.
    """
    if as_of:
        return door.one(
            past.past_health(door.session, door.caller, project_id=project_id, as_of=as_of)
        )
    return door.one(queries.health(door.session, door.caller, project_id=project_id))


@router.get("/projects/{project_id}/health/history", response_model=schemas.PastHealthPage)
@in_reading
def list_project_health(
    door: Enter, project_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List how a project's light changed."""
    return door.many(
        past.health_history(door.session, door.caller, project_id=project_id, ask=query.ask())
    )


@router.get("/findings", response_model=schemas.FindingPage)
@in_reading
def list_findings(door: Enter, query: Annotated[FindingsQuery, Query()]) -> Response:
    """List what the rules found."""
    return door.many(
        queries.findings(
            door.session,
            door.caller,
            ask=query.ask(),
            project_id=query.project_id,
            group_id=query.group_id,
            rule=query.rule,
            state=query.state,
            light=query.light,
        )
    )


class TotalFindingsQuery(ListQuery):
    """Filters of the list."""

    target_id: UUID | None = None
    statement_id: UUID | None = None
    state: FindingState | None = None
    light: Light | None = None


@router.get("/total-findings", response_model=schemas.TotalFindingPage)
@in_reading
def list_total_findings(door: Enter, query: Annotated[TotalFindingsQuery, Query()]) -> Response:
    """List what the rules found of targets and statements whose regulator is in your scope."""
    return door.many(
        totals.total_findings(
            door.session,
            door.caller,
            ask=query.ask(),
            target_id=query.target_id,
            statement_id=query.statement_id,
            state=query.state,
            light=query.light,
        )
    )
