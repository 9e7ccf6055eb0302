"""The first screen over HTTP."""

from fastapi import APIRouter, Response

from services.api.door import Enter, in_reading
from services.core.overview import queries, schemas

router = APIRouter(tags=["overview"])


@router.get("/home", response_model=schemas.Home)
@in_reading
def get_home(door: Enter) -> Response:
    """Read your first screen in one call: what waits for you, and what of yours is at risk.

    Each section counts everything and shows the first few. Send the ETag as If-None-Match: most
    looks find nothing new.
    """
    return door.one(queries.home(door.session, door.caller))
