"""Simulations over HTTP."""

from fastapi import APIRouter, Response

from services.api.door import Enter, in_reading
from services.core.simulations import queries, schemas

router = APIRouter(tags=["simulations"])


@router.post("/simulations", response_model=schemas.SimulationAnswer)
@in_reading
def simulate_policy(door: Enter, given: schemas.Simulation) -> Response:
    """Ask what a draft or another pack would have said of months that are over.

    Which lights and ladder steps would have been different, for each project you see and in sum.
    Nothing is changed or kept; the transaction can only read.
    """
    return door.plain(queries.simulation(door.session, door.caller, given=given))
