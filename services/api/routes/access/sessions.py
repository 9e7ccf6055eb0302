"""Signing in, refreshing and signing out over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.api import arrival, credentials
from services.api.arrival import JSON
from services.api.door import Enter, EnterLimited, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.access import actions, passwords, queries, rules, schemas
from services.core.access.actions import sessions
from services.core.access.actions.sessions import Opened
from services.core.access.rules import SessionKind
from services.core.kit import db
from services.core.kit.clock import house_now
from services.core.kit.errors import Missing, Refusal, Unauthenticated
from services.core.kit.settings import settings
from services.core.kit.words import Words

router = APIRouter(tags=["access"])
OPEN: dict[str, Any] = {"security": []}
LOOKED_AT = [Depends(arrival.for_everybody)]
"""For a route that asks nobody who they are, and what stands in for its door."""


class SessionsQuery(ListQuery):
    """Filters of the sessions."""

    account_id: Annotated[
        UUID | None, Field(description="Another account's sessions, for who keeps accounts.")
    ] = None
    is_open: Annotated[
        bool | None, Field(description="Only those that go on; false: only those that ended.")
    ] = None


@router.get("/sign-in", response_model=schemas.WaysIn, openapi_extra=OPEN, dependencies=LOOKED_AT)
def get_ways_in() -> Response:
    """Read how one signs in here: the rules for passwords, and the identity provider if any."""
    profile = rules.Profile(settings().password_profile)
    way = schemas.OidcWay(name=settings().oidc_name, start="/api/v1/oidc/start")
    shown = schemas.WaysIn(
        password_profile=profile,
        password_min_length=rules.policy(profile).min_length,
        oidc=way if settings().oidc_issuer else None,
    )
    return Response(shown.model_dump_json(), media_type=JSON)


@router.post(
    "/sessions",
    status_code=201,
    response_model=schemas.OpenedSession,
    openapi_extra=OPEN,
    dependencies=LOOKED_AT,
)
def open_session(request: Request, given: schemas.SignIn) -> Response:
    """Sign in: a browser gets its cookie, a phone its two tokens.

    The attempt is counted in a transaction of its own, before the password is looked at.
    """
    if given.kind is SessionKind.BROWSER:
        credentials.must_keep_cookies()
        credentials.must_be_ours(request)
    with db.unit_of_work() as session:
        claimed = actions.passwords.claim(session, login=given.login, now=house_now(session))
    is_right = passwords.matches(given.password, claimed.argon2)
    with db.unit_of_work() as session:
        outcome = actions.sign_in(
            session,
            claimed,
            is_right=is_right,
            code=given.code,
            kind=given.kind,
            user_agent=request.headers.get("user-agent"),
        )
    if isinstance(outcome, Refusal):
        raise outcome
    return welcomed(outcome)


@router.post(
    "/sessions/refresh",
    status_code=201,
    response_model=schemas.PhoneTokens,
    openapi_extra=OPEN,
    dependencies=LOOKED_AT,
)
def refresh_session(given: schemas.Refresh) -> Response:
    """Give a phone its next two tokens; the refresh token is good once."""
    with db.unit_of_work() as session:
        tokens = sessions.refresh(session, given.refresh_token, now=house_now(session))
    if tokens is None:
        raise Unauthenticated(
            Words("会话已结束，请重新登录。", "The session is over; please sign in again.")
        )
    return Response(tokens.model_dump_json(), status_code=201, media_type=JSON)


@router.get("/sessions", response_model=schemas.SessionPage)
@in_reading
def list_sessions(door: Enter, query: Annotated[SessionsQuery, Query()]) -> Response:
    """List my sessions; those of another account for who keeps accounts."""
    return door.many(
        queries.login_sessions(
            door.session,
            door.caller,
            ask=query.ask(),
            account_id=query.account_id,
            is_open=query.is_open,
        )
    )


@router.delete("/sessions/current", status_code=204)
@in_transaction
def sign_out(door: EnterLimited) -> Response:
    """Sign out: the session that asks is over, and a browser's cookie gone."""
    if door.caller.session_id is None:
        raise Missing
    found = queries.session_for_change(door.session, door.caller, session_id=door.caller.session_id)
    sessions.end(door.session, found, by=door.caller)
    response = Response(status_code=204)
    credentials.drop(response)
    return response


@router.get("/sessions/{session_id}", response_model=schemas.Session)
@in_reading
def get_session(door: Enter, session_id: UUID) -> Response:
    """Read one session."""
    return door.one(queries.login_session(door.session, door.caller, session_id=session_id))


@router.delete("/sessions/{session_id}", response_model=schemas.Session)
@in_transaction
def end_session(door: Enter, session_id: UUID) -> Response:
    """End a session of mine, or anybody's as who keeps accounts; its tokens are dead at once."""
    rules.must_be_whole(door.caller.scopes)
    door.shows(lambda: queries.login_session(door.session, door.caller, session_id=session_id))
    found = queries.session_for_change(door.session, door.caller, session_id=session_id)
    sessions.end(door.session, found, by=door.caller)
    return door.changed()


def welcomed(opened: Opened) -> Response:
    """Answer a sign-in: the tokens in the body, or the cookie beside it."""
    shown = schemas.OpenedSession(
        session_id=opened.session.id,
        account_id=opened.session.account_id,
        limited_to=opened.limit,
        tokens=opened.phone,
    )
    response = Response(
        shown.model_dump_json(),
        status_code=201,
        media_type=JSON,
        headers={"Location": f"/api/v1/sessions/{opened.session.id}"},
    )
    if opened.cookie:
        credentials.keep(response, opened.cookie, life=settings().session_life)
    return response
