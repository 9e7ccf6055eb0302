"""What can be said of a request before anything is opened for it."""

from fastapi import Request

from services.api import limits
from services.api.signatures import takes
from services.core.kit.errors import Fault, Invalid, Unauthenticated
from services.core.kit.networks import IPV4_HOST, network_of
from services.core.kit.trace import ADDRESS
from services.core.kit.words import Words

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
NO_TOKEN = Words(
    "请在 Authorization 头中提供 Bearer 令牌。", "Send a bearer token in the Authorization header."
)


def has_credentials(request: Request) -> bool:
    """Say whether somebody claims to be known; whether it is true is asked later."""
    return "authorization" in request.headers or "cookie" in request.headers


async def for_everybody(request: Request) -> None:
    """Look at a request to a route that has no door, because it asks nobody who they are.

    Raises:
        TooMany, Invalid: as the door refuses.
    """
    count_stranger()
    refuse_unknown_parameters(request)


def meet_stranger(request: Request) -> None:
    """Count a request without credentials, and let it go on only where nobody needs to be known.

    Raises:
        OverQuota: this address asked too often. Unauthenticated: this route is not for everybody.
    """
    count_stranger()
    if (request.scope["route"].openapi_extra or {}).get("security") != []:
        raise Unauthenticated(NO_TOKEN)


def count_stranger() -> None:
    """Count one request of somebody we do not know, for the address it comes from.

    Raises:
        OverQuota: there were too many of them.
    """
    limits.addresses().take(network_of(ADDRESS.get(), ipv4_bits=IPV4_HOST))


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse query parameters a route does not have; a query model does so by itself.

    Raises:
        Invalid: a name is not known; those that are stand beside it.
    """
    if not request.scope["query_string"]:
        return
    taken = takes(request.scope["route"].endpoint)
    if taken.query is not None:
        return
    known = tuple(name for name in taken.plain if name not in request.path_params)
    words = Words("没有此参数。", "There is no such parameter.")
    faults = [
        Fault(f"?{name}", "extra_forbidden", words, known)
        for name in dict.fromkeys(request.query_params)
        if name not in known
    ]
    if faults:
        raise Invalid(words, faults=faults)
