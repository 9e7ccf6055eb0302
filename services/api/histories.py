"""`/…/{id}/history` of every record that can be read by its id: mounted from the routes themselves.

Who may see the record may see what happened to it: the record's own route is asked first, so it is
404 or 403 here whenever it is there, and what it does not show of the record now is left out here.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from services.api.door import Door, Enter, in_reading
from services.api.listing import ListQuery
from services.core.audit import queries, schemas
from services.core.kit.reading import Found
from services.core.regions import queries as regions

_Named = Callable[[Session, Any], UUID]
_BY_OTHER_NAMES: Mapping[str, _Named] = {"code": regions.id_of}
"""Parameters by which a path names a record without its id."""


class _Look(Door):
    """A door to see what a route would show, without answering."""

    found: Found | None = None

    def one(self, found: Found) -> Response:
        """Keep what is shown."""
        self.found = found
        return Response()


def of(rooms: Iterable[APIRouter]) -> APIRouter:
    """Give the history routes of these rooms."""
    router = APIRouter()
    for room in rooms:
        for route in room.routes:
            named = _record_of(route) if isinstance(route, APIRoute) else None
            if named and isinstance(route, APIRoute):
                router.add_api_route(
                    f"{route.path}/history",
                    _history(inspect.unwrap(route.endpoint), named),
                    name=f"list_{route.name.removeprefix('get_')}_history",
                    response_model=schemas.HistoryPage,
                    tags=route.tags,
                )
    return router


def _record_of(route: APIRoute) -> str | None:
    """Give the parameter that names the record, if a route reads one by its id."""
    last = route.path.rpartition("/")[2]
    if "GET" not in (route.methods or ()) or not last.startswith("{"):
        return None
    name = last.strip("{}")
    is_id = inspect.signature(route.endpoint).parameters[name].annotation is UUID
    return name if is_id or name in _BY_OTHER_NAMES else None


def _history(detail: Callable[..., Response], named: str) -> Callable[..., Response]:
    """Make the history route of a record from the route that reads it."""

    def history(door: Enter, query: Annotated[ListQuery, Query()], **path: Any) -> Response:  # noqa: ANN401 whatever the record's route takes
        """List what happened to this record, newest first: who, when, what, before and after."""
        look = _Look(door.request, door.body)
        look.session, look.caller = door.session, door.caller
        detail(door=look, **path)
        subject_id = _BY_OTHER_NAMES.get(named, _as_is)(door.session, path[named])
        shown = queries.history(
            door.session,
            door.caller,
            subject_id=subject_id,
            closed=_closed(look.found),
            ask=query.ask(),
        )
        return door.many(shown)

    own = inspect.signature(history).parameters
    asked = inspect.signature(detail).parameters.values()
    taken = [one for one in asked if one.name != "door" and one.default is one.empty]
    vars(history)["__signature__"] = inspect.Signature(  # what FastAPI reads
        [
            own["door"],
            *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in taken),
            own["query"].replace(kind=inspect.Parameter.KEYWORD_ONLY),
        ]
    )
    return in_reading(history)


def _as_is(_: Session, subject_id: UUID) -> UUID:
    return subject_id


def _closed(found: Found | None) -> frozenset[str]:
    """Name the fields that the record does not show to this caller now.

    A record that says `is_open: false` (a draft of another unit) shows null where it holds more.
    """
    shown = orjson.loads(found.body) if found else {}
    if shown.get("is_open", True):
        return frozenset()
    return frozenset(name for name, value in shown.items() if value is None)
