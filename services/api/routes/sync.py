"""A phone's copy over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.api.arrival import JSON
from services.api.door import Enter, in_transaction
from services.api.problems import documented
from services.core.sync import actions, schemas

router = APIRouter(tags=["sync"])

_MOST = 500
_GONE: dict[int | str, dict[str, Any]] = {
    410: documented("The copy cannot be brought up to date: begin without a cursor.")
}


class SyncQuery(BaseModel):
    """Where a copy is, and how much of what it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[
        str | None,
        Field(max_length=4000, description="`next_cursor` of the answer before; none: a new copy."),
    ] = None
    types: Annotated[
        str | None,
        Field(
            max_length=500,
            description="Only these kinds, comma-separated; stays as it was when the copy began.",
            examples=["projects,progress-reports"],
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=_MOST, description="How many changes at most in one answer.")
    ] = 200


@router.get("/sync", response_model=schemas.Sync, responses=_GONE)
@in_transaction
def sync(door: Enter, query: Annotated[SyncQuery, Query()]) -> Response:
    """Bring a copy up to date: everything you may see, then only what has changed since.

    Apply the changes in order and keep the cursor with them. Every record is exactly what its own
    GET shows, with the ETag to change it by. A 410 means: drop the copy, begin without a cursor.
    """
    answer = actions.brought_forward(
        door.session, door.caller, cursor=query.cursor, types=query.types, limit=query.limit
    )
    more = "true" if answer.has_more else "false"
    text = f'{{"changes":{answer.changes},"next_cursor":"{answer.cursor}","has_more":{more}}}'
    return Response(text, media_type=JSON)
