"""The caller's own jobs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.jobs import actions, queries, schemas
from services.core.jobs.rules import JobState

router = APIRouter(tags=["jobs"])


class JobsQuery(ListQuery):
    """Filters of the list."""

    state: JobState | None = None


class JobItemsQuery(ListQuery):
    """Filters of a job's items."""

    failed: Annotated[
        bool | None, Field(description="Only items that failed, or only those that did not.")
    ] = None


@router.get("/jobs", response_model=schemas.JobPage)
@in_reading
def list_jobs(door: Enter, query: Annotated[JobsQuery, Query()]) -> Response:
    """List your own batches that are done after their request."""
    return door.many(queries.jobs(door.session, door.caller, ask=query.ask(), state=query.state))


@router.get("/jobs/{job_id}", response_model=schemas.Job)
@in_reading
def get_job(door: Enter, job_id: UUID) -> Response:
    """Read how far one of your jobs is."""
    return door.one(queries.job(door.session, door.caller, job_id=job_id))


@router.get("/jobs/{job_id}/items", response_model=schemas.JobItemPage)
@in_reading
def list_job_items(door: Enter, job_id: UUID, query: Annotated[JobItemsQuery, Query()]) -> Response:
    """List what came of each item of one of your jobs."""
    return door.many(
        queries.items(
            door.session, door.caller, job_id=job_id, ask=query.ask(), failed=query.failed
        )
    )


@router.post("/jobs/{job_id}/cancel", response_model=schemas.Job)
@in_transaction
def cancel_job(door: Enter, job_id: UUID) -> Response:
    """Leave undone what is not done yet; `If-Match: *` where progress outruns the ETag."""
    door.shows(lambda: queries.job(door.session, door.caller, job_id=job_id))
    actions.cancel(door.session, job_id=job_id, expected=door.expected(), by=door.caller)
    return door.changed()
