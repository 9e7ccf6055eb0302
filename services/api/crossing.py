"""Where two addresses cross: `/groups/batch` is not the group whose id is `batch`.

The framework would take the wrong method of the one for a right method of the other, and complain
about an id. Here it says 405 first, with the methods of the address that was meant.
"""

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from services.api import problems

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def install(app: FastAPI) -> None:
    """Answer 405 wherever one address is also, by its form, another one with an id."""
    methods: dict[str, set[str]] = {}
    for context in iter_route_contexts(app.routes):
        if context.path and context.methods:
            methods.setdefault(context.path, set()).update(context.methods)
    router = APIRouter(include_in_schema=False)
    for path, own in methods.items():
        crossed = [others for other, others in methods.items() if _crosses(path, other)]
        wrong = _METHODS & set().union(*crossed) - own
        if wrong:
            router.add_api_route(path, problems.wrong_method, methods=sorted(wrong))
    app.include_router(router)
    app.router.routes.insert(0, app.router.routes.pop())  # before those they would be taken for


def _crosses(path: str, other: str) -> bool:
    """Say whether an address fits another one that says less of it."""
    mine, theirs = path.split("/"), other.split("/")
    if len(mine) != len(theirs) or path.count("{") >= other.count("{"):
        return False
    return all(one == two or one.startswith("{") for one, two in zip(theirs, mine, strict=True))
