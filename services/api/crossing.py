"""Where two addresses cross: `/groups/batch` is not the group whose id is `batch`.

The framework would take the wrong method of the one for a right method of the other, and complain
about an id. Here it says 405 first, with the methods of the address that was meant.
"""

from collections.abc import Mapping
from re import Pattern

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send

from services.api import problems

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class _Crossings(BaseRoute):
    """Takes the wrong methods of every crossed address; first of all routes, so asked each time.

    An address without an id is looked up; the few with one are compared, one after the other.
    """

    def __init__(self, wrong: Mapping[str, frozenset[str]]) -> None:
        """Keep each address as the contract writes it, with the methods that are wrong there."""
        self._plain = {path: methods for path, methods in wrong.items() if "{" not in path}
        self._formed: list[tuple[Pattern[str], frozenset[str]]] = [
            (compile_path(path)[0], methods) for path, methods in wrong.items() if "{" in path
        ]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether this is a wrong method of a crossed address."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path, method = scope["path"], scope["method"]
        wrong = self._plain.get(path) or next(
            (methods for form, methods in self._formed if form.match(path)), frozenset()
        )
        return (Match.FULL, {}) if method in wrong else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 405."""
        await problems.wrong_method(Request(scope))(scope, receive, send)


def install(app: FastAPI) -> None:
    """Answer 405 wherever one address is also, by its form, another one with an id."""
    methods: dict[str, set[str]] = {}
    for context in iter_route_contexts(app.routes):
        if context.path and context.methods:
            methods.setdefault(context.path, set()).update(context.methods)
    wrong = {}
    for path, own in methods.items():
        crossed = [others for other, others in methods.items() if _crosses(path, other)]
        wrong[path] = _METHODS & set().union(*crossed) - own
    crossings = _Crossings({path: frozenset(those) for path, those in wrong.items() if those})
    app.router.routes.insert(0, crossings)


def _crosses(path: str, other: str) -> bool:
    """Say whether an address fits another one that says less of it."""
    mine, theirs = path.split("/"), other.split("/")
    if len(mine) != len(theirs) or path.count("{") >= other.count("{"):
        return False
    return all(one == two or one.startswith("{") for one, two in zip(theirs, mine, strict=True))
