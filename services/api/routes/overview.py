"""The first screen over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from services.api.door import Enter, in_reading
from services.core.overview import queries, rollups, schemas
from services.core.overview.rules import By
from services.core.projects.schemas import ProjectFilters

router = APIRouter(tags=["overview"])


class TotalsQuery(ProjectFilters):
    """What to add up by, and the filters of the list of projects."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Annotated[By, Field(description="What the totals are of.")]


@router.get("/home", response_model=schemas.Home)
@in_reading
def get_home(door: Enter) -> Response:
    """Read your first screen in one call: what waits for you, and what of yours is at risk.

    Each section counts everything and shows the first few. Send the ETag as If-None-Match: most
    looks find nothing new.
    """
    return door.one(queries.home(door.session, door.caller))


@router.get("/totals", response_model=schemas.Totals)
@in_reading
def get_totals(door: Enter, query: Annotated[TotalsQuery, Query()]) -> Response:
    """Add up the projects in your scope by one thing; each total names the list of its rows.

    A part brings no figure of its own where its whole stands in the same total. With `as_of`, the
    library is added up as it was known then, and so is each list that is named.
    """
    return door.plain(rollups.totals(door.session, door.caller, by=query.by, wanted=query))
