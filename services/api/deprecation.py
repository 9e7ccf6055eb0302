"""Routes on their way out say so: in the contract, on each answer, and in the metrics.

`@deprecated(Leaving(since=…, sunset=…, successor=…, explained_at=…))` stands above the door's
decorator.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from email.utils import format_datetime
from typing import ParamSpec, TypeVar

from prometheus_client import Counter
from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from services.core.calendar.rules import instant_of

_Route = ParamSpec("_Route")
_Answer = TypeVar("_Answer")
_ATTRIBUTE = "leaving"
_USES = Counter("tuanzu_deprecated_uses", "Requests to routes on their way out", ["operation"])


@dataclass(frozen=True, slots=True)
class Leaving:
    """Since when a route is deprecated, when it goes, and where to go instead."""

    since: date
    sunset: date
    successor: str
    """The path template that takes its place."""
    explained_at: str
    """The page of the documentation that says how to move."""

    def headers(self) -> dict[str, str]:
        """Write Deprecation (RFC 9745), Sunset (RFC 8594) and the two links."""
        began, ends = instant_of(self.since, time()), instant_of(self.sunset, time())
        return {
            "Deprecation": f"@{int(began.timestamp())}",
            "Sunset": format_datetime(ends, usegmt=True),
            "Link": f'<{self.explained_at}>; rel="deprecation"; type="text/html", '
            f'<{self.successor}>; rel="successor-version"',
        }


def deprecated(
    leaving: Leaving,
) -> Callable[[Callable[_Route, _Answer]], Callable[_Route, _Answer]]:
    """Mark a route as on its way out; the contract and every answer say so from then on."""

    def marked(route: Callable[_Route, _Answer]) -> Callable[_Route, _Answer]:
        for function in (route, inspect.unwrap(route)):
            function.__dict__[_ATTRIBUTE] = leaving
        return route

    return marked


def of(route: object) -> Leaving | None:
    """Say whether a route is on its way out."""
    found = getattr(route, "__dict__", {}).get(_ATTRIBUTE)
    return found if isinstance(found, Leaving) else None


def tell(scope: Scope, headers: MutableHeaders) -> None:
    """Say it on an answer of such a route, and count the use: who still has to move is seen."""
    route = scope.get("route")
    left = of(getattr(route, "endpoint", None))
    if left is None:
        return
    for name, value in left.headers().items():
        headers.append(name, value)
    _USES.labels(getattr(route, "name", "")).inc()
