"""Rulings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.rulings import actions, queries, schemas

router = APIRouter(tags=["rulings"])


@router.get("/projects/{project_id}/rulings", response_model=schemas.RulingPage)
@in_reading
def list_rulings(door: Enter, project_id: UUID, query: Annotated[ListQuery, Query()]) -> Response:
    """List what people ruled about a project's light, ended and expired rulings too."""
    return door.many(
        queries.rulings(door.session, door.caller, project_id=project_id, ask=query.ask())
    )


@router.post("/projects/{project_id}/rulings", status_code=201, response_model=schemas.RulingShown)
@in_transaction
def make_ruling(door: Enter, project_id: UUID, given: schemas.NewRuling) -> Response:
    """Accept a good reason for one dimension, or declare the whole light, until a day.

    The computed light and its arithmetic stay to be seen.
    """
    ruling = actions.make(door.session, project_id=project_id, given=given, by=door.caller)
    found = queries.ruling(door.session, door.caller, ruling_id=ruling.id)
    return door.created(f"/rulings/{ruling.id}", found)


@router.get("/rulings/{ruling_id}", response_model=schemas.RulingShown)
@in_reading
def get_ruling(door: Enter, ruling_id: UUID) -> Response:
    """Read one ruling."""
    return door.one(queries.ruling(door.session, door.caller, ruling_id=ruling_id))


@router.post("/rulings/{ruling_id}/end", response_model=schemas.RulingShown)
@in_transaction
def end_ruling(door: Enter, ruling_id: UUID) -> Response:
    """End a ruling before its last day."""
    door.shows(lambda: queries.ruling(door.session, door.caller, ruling_id=ruling_id))
    actions.end(door.session, ruling_id=ruling_id, expected=door.expected(), by=door.caller)
    return door.changed()
