"""The working calendar over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.core.calendar import actions, queries, schemas
from services.core.kit.shapes import OnDay, RegionCode
from services.core.regions import queries as regions

router = APIRouter(tags=["calendar"])

_Region = Annotated[
    RegionCode | None, Field(description="With this region's own days; else the nation's only.")
]


class LayerQuery(BaseModel):
    """Whose own day is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: _Region = None


class StretchQuery(LayerQuery):
    """From one day to another."""

    since: Annotated[OnDay, Field(alias="from")]
    to: OnDay


@router.get("/calendar/days", response_model=schemas.DayPage)
@in_reading
def list_calendar_days(door: Enter, query: Annotated[StretchQuery, Query()]) -> Response:
    """List every day of a stretch, both ends included: whether it works, why, and who says so."""
    return door.many(
        queries.days(door.session, since=query.since, to=query.to, region_code=query.region)
    )


@router.put("/calendar/days", response_model=schemas.OwnDayPage)
@in_transaction
def publish_calendar_days(door: Enter, given: schemas.Notice) -> Response:
    """Import a notice: name days as working or free, all or none."""
    within = _lineage(door, given.region_code, "/region_code")
    actions.publish(door.session, given=given, within=within, by=door.caller)
    door.session.flush()
    return door.many(
        queries.imported(
            door.session, region_code=given.region_code, days=[new.day for new in given.days]
        )
    )


@router.get("/calendar/days/{day}", response_model=schemas.OwnDay)
@in_reading
def get_calendar_day(door: Enter, day: OnDay, query: Annotated[LayerQuery, Query()]) -> Response:
    """Read one day as it was imported; its ETag is needed to withdraw it."""
    return door.one(queries.own_day(door.session, day=day, region_code=query.region))


@router.delete("/calendar/days/{day}", status_code=204)
@in_transaction
def withdraw_calendar_day(
    door: Enter, day: OnDay, query: Annotated[LayerQuery, Query()]
) -> Response:
    """Withdraw one imported day; what was published or assumed counts again."""
    door.shows(lambda: queries.own_day(door.session, day=day, region_code=query.region))
    actions.withdraw(
        door.session,
        day=day,
        within=_lineage(door, query.region, "?region"),
        expected=door.expected(),
        by=door.caller,
    )
    return Response(status_code=204)


@router.get("/calendar/explain", response_model=schemas.Explanation)
@in_reading
def explain_working_days(door: Enter, query: Annotated[StretchQuery, Query()]) -> Response:
    """Count the working days between two days, and show each day that was looked at."""
    return door.one(
        queries.explanation(door.session, since=query.since, to=query.to, region_code=query.region)
    )


def _lineage(door: Door, code: str | None, pointer: str) -> list[str] | None:
    """Give the codes of the region whose days are meant, from the top; None: the nation's."""
    return regions.placed(door.session, code=code, pointer=pointer).lineage if code else None
