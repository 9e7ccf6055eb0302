"""What each collection can do to its records, read from the routes of the rooms."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute, iter_route_contexts

from services.api.door import is_one_transaction
from services.api.signatures import takes

NOT_BATCHED: Mapping[str, str] = {
    "/jobs": "a job is a batch itself",
    "/sessions": "one logs in by oneself, one at a time",
    "/calendar/days": "a notice is many days already",
}
"""Collections whose records change one by one, each with its reason."""

CREATE, CHANGE, REMOVE = "create", "change", "remove"
_PARAMETER = re.compile(r"\{(\w+)\}")
_SHOWN_ONCE = frozenset({"token", "secret"})
"""Fields of an answer that nobody can read again."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as an item asks for it."""

    name: str
    method: str
    path: str
    route: Callable[..., Response]
    """Under the door's decorator there is the plain function: the batch is its door."""
    id_parameter: str | None
    shows_a_secret: bool
    tag: str


class _Route(NamedTuple):
    """What is read of a route."""

    path: str
    methods: frozenset[str]
    endpoint: Callable[..., Response]
    shows_a_secret: bool
    tag: str


@dataclass(slots=True)
class Collection:
    """A path, and what can be done to its records."""

    path: str
    operations: dict[str, Operation] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """Name the parameters of the path itself: of a group's members, the group."""
        return _PARAMETER.findall(self.path)

    def shows_a_secret(self, name: str) -> bool:
        """Say whether an answer holds what is shown only once, so that no job may do it."""
        return name in self.operations and self.operations[name].shows_a_secret

    @property
    def name(self) -> str:
        """Name the batch as operationIds do: `batch_group_members`."""
        *above, own = (part for part in self.path.split("/") if part and part[0] != "{")
        words = [*(part.removesuffix("s") for part in above), own]
        return "batch_" + "_".join(words).replace("-", "_")


def collections_of(rooms: Iterable[APIRouter]) -> dict[str, Collection]:
    """Find every collection that has routes which change something, by its path."""
    routes = list(_routes(rooms))
    listed = {
        route.path
        for route in routes
        if "GET" in route.methods and takes(route.endpoint).query is not None
    }
    paths = {route.path for route in routes}
    found: dict[str, Collection] = {}
    for path, operation in _operations(routes, listed, paths):
        if path not in NOT_BATCHED:
            collection = found.setdefault(path, Collection(path))
            collection.operations[operation.name] = operation
    return found


def _routes(rooms: Iterable[APIRouter]) -> Iterator[_Route]:
    """Give every route of the rooms, those of a room's own parts too."""
    for room in rooms:
        for route in iter_route_contexts(room.routes):
            if isinstance(route.original_route, APIRoute) and route.path and route.endpoint:
                fields = getattr(route.response_model, "model_fields", {})
                yield _Route(
                    route.path,
                    frozenset(route.methods or ()),
                    route.endpoint,
                    bool(_SHOWN_ONCE & set(fields)),
                    str(route.tags[0]) if route.tags else "",
                )


def _operations(
    routes: Iterable[_Route], listed: set[str], paths: set[str]
) -> Iterator[tuple[str, Operation]]:
    """Give each changing route with the collection it belongs to."""
    for route in routes:
        if not is_one_transaction(route.endpoint) or takes(route.endpoint).query is not None:
            continue
        for method in sorted(route.methods - {"GET"}):
            named = _named(method, route.path, listed, paths)
            if named:
                collection, name, id_parameter = named
                yield collection, _operation(route, method, name, id_parameter)


def _named(
    method: str, path: str, listed: set[str], paths: set[str]
) -> tuple[str, str, str | None] | None:
    """Say to which collection a route belongs, as what, and which parameter is the record's id."""
    above, _, last = path.rpartition("/")
    parameter = _PARAMETER.fullmatch(last)
    if parameter and method in ("PATCH", "DELETE"):
        return above, CHANGE if method == "PATCH" else REMOVE, parameter[1]
    if parameter or method != "POST":
        return None
    if path in listed or any(_is_record_of(path, other) for other in paths):
        return path, CREATE, None
    above, _, record = above.rpartition("/")
    parameter = _PARAMETER.fullmatch(record)
    is_noun = f"/{last}" in listed
    return (above, last, parameter[1]) if parameter and not is_noun else None


def _is_record_of(collection: str, path: str) -> bool:
    above, _, last = path.rpartition("/")
    return above == collection and _PARAMETER.fullmatch(last) is not None


def _operation(route: _Route, method: str, name: str, id_parameter: str | None) -> Operation:
    return Operation(
        name=name,
        method=method,
        path=route.path,
        route=route.endpoint,
        id_parameter=id_parameter,
        shows_a_secret=route.shows_a_secret,
        tag=route.tag,
    )
