"""What a route takes, read from its signature: path, `query`, and `given`, the body."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter

_HOUSE = frozenset({"door", "part", "request", "return"})
"""What the house gives a route itself; a part is the bytes of a body that is no JSON."""
QUERY, BODY = "query", "given"
"""Every route names its query model and its body so."""


@dataclass(frozen=True, slots=True)
class Takes:
    """The parameters of one route function, each checked as pydantic checks it."""

    plain: Mapping[str, TypeAdapter[Any]]
    """Path and simple query parameters."""
    query: TypeAdapter[Any] | None
    body: TypeAdapter[Any] | None
    may_lack_body: bool

    def part(self, name: str) -> TypeAdapter[Any] | None:
        """Give what pydantic calls `query` or `body` in a location."""
        return {"query": self.query, "body": self.body}.get(name)


@lru_cache(maxsize=1024)
def takes(route: Callable[..., Any]) -> Takes:
    """Read what a route takes, past the decorators of the door."""
    function = inspect.unwrap(route)
    hints = get_type_hints(function, include_extras=True)
    adapters = {name: TypeAdapter[Any](hint) for name, hint in hints.items() if name not in _HOUSE}
    given = inspect.signature(function).parameters.get(BODY)
    return Takes(
        query=adapters.pop(QUERY, None),
        body=adapters.pop(BODY, None),
        plain=adapters,
        may_lack_body=given is None or given.default is not inspect.Parameter.empty,
    )
