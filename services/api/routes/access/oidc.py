"""Signing in by the identity provider, and who is linked to whom, over HTTP."""

import secrets
import time
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field, ValidationError

from services.api import credentials
from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.api.problems import documented
from services.api.routes.access.sessions import LOOKED_AT, OPEN
from services.core.access import actions, oidc, queries, schemas
from services.core.access.oidc import Start
from services.core.kit import db
from services.core.kit.cipher import Unopenable, opened, sealed
from services.core.kit.settings import settings

router = APIRouter(tags=["access"])

_START = "-oidc"
_START_LIFE = timedelta(minutes=10)
_Path = Annotated[
    str,
    Field(
        pattern=r"^/([^/\\\x00-\x20].*)?$",
        max_length=500,
        description="A path of ours to come back to.",
    ),
]


@router.get(
    "/oidc/start",
    status_code=303,
    openapi_extra=OPEN,
    dependencies=LOOKED_AT,
    responses={404: documented("There is no identity provider here.")},
)
def start_oidc(return_to: Annotated[_Path, Query()] = "/") -> Response:
    """Send a browser to the identity provider."""
    start = oidc.begun(return_to=return_to, now=time.time(), life=_START_LIFE.total_seconds())
    response = RedirectResponse(oidc.address_of(start, redirect_uri=_back()), status_code=303)
    kept = sealed(start.model_dump_json().encode(), owner=_START)
    credentials.keep(response, kept, life=_START_LIFE, purpose=_START)
    return response


@router.get(
    "/oidc/callback",
    status_code=303,
    openapi_extra=OPEN,
    dependencies=LOOKED_AT,
    responses={404: documented("There is no identity provider here.")},
)
def finish_oidc(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """Take a browser back from the identity provider, signed in."""
    start = _started(request.cookies.get(credentials.cookie_name(_START)))
    if start is None or not secrets.compare_digest(start.state, state) or not code:
        raise oidc.refused()
    who = oidc.identified(start, code=code, redirect_uri=_back())
    with db.unit_of_work() as session:
        found = actions.oidc.sign_in(session, who, user_agent=request.headers.get("user-agent"))
    if found is None or found.cookie is None:
        raise oidc.refused()
    response = RedirectResponse(start.return_to, status_code=303)
    credentials.keep(response, found.cookie, life=settings().session_life)
    credentials.drop(response, purpose=_START)
    return response


@router.get("/accounts/{account_id}/identities", response_model=schemas.IdentityPage)
@in_reading
def list_identities(
    door: Enter, account_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List who at the identity provider comes in as an account."""
    return door.many(
        queries.identities(door.session, door.caller, account_id=account_id, ask=query.ask())
    )


@router.post("/accounts/{account_id}/identities", status_code=201, response_model=schemas.Identity)
@in_transaction
def link_identity(door: Enter, account_id: UUID, given: schemas.NewIdentity) -> Response:
    """Let somebody at the identity provider come in as an account."""
    made = actions.oidc.link(door.session, account_id=account_id, given=given, by=door.caller)
    return door.created(
        f"/identities/{made.id}",
        queries.identity(door.session, door.caller, identity_id=made.id),
    )


@router.get("/identities/{identity_id}", response_model=schemas.Identity)
@in_reading
def get_identity(door: Enter, identity_id: UUID) -> Response:
    """Read one link between an account and somebody at the identity provider."""
    return door.one(queries.identity(door.session, door.caller, identity_id=identity_id))


@router.delete("/identities/{identity_id}", status_code=204)
@in_transaction
def unlink_identity(door: Enter, identity_id: UUID) -> Response:
    """Unlink an identity; the account's sessions end."""
    door.shows(lambda: queries.identity(door.session, door.caller, identity_id=identity_id))
    actions.oidc.unlink(
        door.session, identity_id=identity_id, expected=door.expected(), by=door.caller
    )
    return Response(status_code=204)


def _back() -> str:
    return f"{settings().address()}/api/v1/oidc/callback"


def _started(kept: str | None) -> Start | None:
    """Open what the browser kept; None: nothing, altered, or too old."""
    try:
        start = Start.model_validate_json(opened(kept or "", owner=_START))
    except (Unopenable, ValidationError, ValueError):
        return None
    return start if time.time() < start.until else None
