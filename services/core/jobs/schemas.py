"""What a batch takes, and what batches and jobs look like from outside."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.jobs.rules import MOST_ITEMS, JobState
from services.core.kit.shapes import Given, PageOf, Shown

_Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class BatchItem(Given):
    """One request to a route of the collection."""

    op: _Short = Field(
        description="create, change, remove, or a verb of the collection's records.",
        examples=["change"],
    )
    id: _Short | None = Field(default=None, description="The record; none when one is created.")
    if_match: _Short | None = Field(
        default=None, description="Its ETag, as in the header If-Match.", examples=['"3-5f1c"']
    )
    body: dict[str, Any] | None = Field(default=None, description="As the single route takes it.")


class BatchRequest(Given):
    """Many requests to one collection in one."""

    items: tuple[BatchItem, ...] = Field(
        min_length=1, max_length=MOST_ITEMS, description="Done in this order; over 200 as a job."
    )
    atomic: bool = Field(
        default=True, description="All or none; a job (over 200 items) cannot be atomic."
    )


class BatchOutcome(Shown):
    """What came of one item: the answer of its route, or its problem."""

    op: str
    status: int = Field(
        description="HTTP status as the single route answers; 424: undone with the others."
    )
    etag: str | None = None
    location: str | None = None
    body: dict[str, Any] | None = Field(
        default=None,
        description="The record as the single route answers it; null: none.",
        examples=[{"code": "P-07", "version": 4}],
    )
    problem: dict[str, Any] | None = Field(
        default=None,
        description="Why it was refused, as a Problem; null: it was done.",
        examples=[None],
    )


class BatchAnswer(Shown):
    """What came of a batch, item by item in the order they were given."""

    items: list[BatchOutcome]
    succeeded: int
    failed: int


class Job(Shown):
    """A batch that is done after its request."""

    id: UUID
    collection: str = Field(
        description="The path whose routes do the items.", examples=["/regions"]
    )
    state: JobState
    total: int = Field(description="Number of its items.", examples=[450])
    succeeded: int
    failed: int
    created_at: str
    started_at: str | None
    finished_at: str | None = Field(
        description="When nothing was left to do, in UTC; null: it goes on.", examples=[None]
    )
    version: int


class JobPage(PageOf):
    """One page of jobs."""

    items: list[Job]


class JobItemShown(Shown):
    """One item of a job; records are read at their location, a job keeps none."""

    position: int = Field(description="Its place in the batch, from 0.")
    op: str
    status: int | None = Field(
        description="HTTP status as the single route answers; null: not done yet, or cancelled."
    )
    etag: str | None
    location: str | None
    problem: dict[str, Any] | None = Field(
        description="Why it was refused, as a Problem; null: it was not.", examples=[None]
    )


class JobItemPage(PageOf):
    """One page of a job's items."""

    items: list[JobItemShown]
