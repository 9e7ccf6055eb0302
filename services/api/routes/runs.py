"""The daily account of the watch, and whether it runs, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Enter, in_reading
from services.api.listing import ListQuery
from services.core.runs import queries, schemas
from services.core.runs.rules import RunState

router = APIRouter(tags=["monitoring"])


class RunsQuery(ListQuery):
    """Filters of the list of runs."""

    state: RunState | None = None


@router.get("/monitor-runs", response_model=schemas.RunPage)
@in_reading
def list_monitor_runs(door: Enter, query: Annotated[RunsQuery, Query()]) -> Response:
    """List the daily accounts of the watch, also those of nothing, and those that were missed."""
    return door.many(queries.runs(door.session, ask=query.ask(), state=query.state))


@router.get("/monitor-runs/{monitor_run_id}", response_model=schemas.Run)
@in_reading
def get_monitor_run(door: Enter, monitor_run_id: UUID) -> Response:
    """Read one account of the watch."""
    return door.one(queries.run(door.session, monitor_run_id=monitor_run_id))


@router.get("/monitor-check", response_model=schemas.SelfCheck)
@in_reading
def get_monitor_check(door: Enter) -> Response:
    """Ask whether the watch itself runs: what is late, how much, since when (MR-23)."""
    return door.one(queries.self_check(door.session, now=door.caller.now))
