"""What projects brought about, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.outcomes import actions, queries, schemas

router = APIRouter(tags=["outcomes"])


class IndicatorsQuery(ListQuery):
    """Filters of the list of indicators."""

    project_id: UUID | None = None


@router.get("/outcome-indicators", response_model=schemas.IndicatorPage)
@in_reading
def list_outcome_indicators(door: Enter, query: Annotated[IndicatorsQuery, Query()]) -> Response:
    """List what is observed of the projects in your scope, each with its newest value."""
    page = queries.indicators(
        door.session, door.caller, ask=query.ask(), project_id=query.project_id
    )
    return door.many(page)


@router.post(
    "/projects/{project_id}/outcome-indicators",
    status_code=201,
    response_model=schemas.Indicator,
)
@in_transaction
def define_outcome_indicator(
    door: Enter, project_id: UUID, given: schemas.NewIndicator
) -> Response:
    """Say what is to be observed of a project, in which unit."""
    made = actions.define(door.session, project_id=project_id, given=given, by=door.caller)
    found = queries.indicator(door.session, door.caller, indicator_id=made.id)
    return door.created(f"/outcome-indicators/{made.id}", found)


@router.get("/outcome-indicators/{indicator_id}", response_model=schemas.Indicator)
@in_reading
def get_outcome_indicator(door: Enter, indicator_id: UUID) -> Response:
    """Read one indicator with its newest value."""
    return door.one(queries.indicator(door.session, door.caller, indicator_id=indicator_id))


@router.get(
    "/outcome-indicators/{indicator_id}/observations", response_model=schemas.ObservationPage
)
@in_reading
def list_observations(
    door: Enter, indicator_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List what was observed, by day; corrected values stay readable."""
    page = queries.observations(
        door.session, door.caller, indicator_id=indicator_id, ask=query.ask()
    )
    return door.many(page)


@router.post(
    "/outcome-indicators/{indicator_id}/observations",
    status_code=201,
    response_model=schemas.Observation,
)
@in_transaction
def record_observation(door: Enter, indicator_id: UUID, given: schemas.NewObservation) -> Response:
    """Record a value as of a day; with a reason it corrects what stood there."""
    made = actions.observe(door.session, indicator_id=indicator_id, given=given, by=door.caller)
    found = queries.observation(door.session, door.caller, observation_id=made.id)
    return door.created(f"/observations/{made.id}", found)


@router.get("/observations/{observation_id}", response_model=schemas.Observation)
@in_reading
def get_observation(door: Enter, observation_id: UUID) -> Response:
    """Read one observation."""
    return door.one(queries.observation(door.session, door.caller, observation_id=observation_id))


@router.post("/observations/{observation_id}/verify", response_model=schemas.Observation)
@in_transaction
def verify_observation(door: Enter, observation_id: UUID) -> Response:
    """Verify a value as a second person."""
    door.shows(
        lambda: queries.observation(door.session, door.caller, observation_id=observation_id)
    )
    actions.verify(
        door.session, observation_id=observation_id, expected=door.expected(), by=door.caller
    )
    return door.changed()
