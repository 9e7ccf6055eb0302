"""Personal and service tokens over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.access import actions, queries, schemas

router = APIRouter(tags=["access"])


class TokensQuery(ListQuery):
    """Filters of the tokens."""

    account_id: Annotated[
        UUID | None, Field(description="Another account's tokens, for who keeps accounts.")
    ] = None


@router.get("/tokens", response_model=schemas.TokenPage)
@in_reading
def list_tokens(door: Enter, query: Annotated[TokensQuery, Query()]) -> Response:
    """List my tokens; those of another account for who keeps accounts."""
    return door.many(
        queries.tokens(door.session, door.caller, ask=query.ask(), account_id=query.account_id)
    )


@router.post("/tokens", status_code=201, response_model=schemas.IssuedToken)
@in_transaction
def issue_token(door: Enter, given: schemas.NewToken) -> Response:
    """Issue a token of my own; its text is shown only in this answer."""
    token, text = actions.issue_own(door.session, given=given, by=door.caller)
    return door.created(
        f"/tokens/{token.id}", queries.issued(door.session, token_id=token.id, text=text)
    )


@router.get("/tokens/{token_id}", response_model=schemas.Token)
@in_reading
def get_token(door: Enter, token_id: UUID) -> Response:
    """Read one token, without its text."""
    return door.one(queries.token(door.session, door.caller, token_id=token_id))


@router.delete("/tokens/{token_id}", response_model=schemas.Token)
@in_transaction
def revoke_token(door: Enter, token_id: UUID) -> Response:
    """Revoke a token; the next request with it is refused."""
    door.shows(lambda: queries.token(door.session, door.caller, token_id=token_id))
    actions.revoke(door.session, token_id=token_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/accounts/{account_id}/tokens", status_code=201, response_model=schemas.IssuedToken)
@in_transaction
def issue_service_token(door: Enter, account_id: UUID, given: schemas.NewToken) -> Response:
    """Issue a token of an integrator's account, as who keeps accounts."""
    token, text = actions.issue_for(
        door.session, account_id=account_id, given=given, by=door.caller
    )
    return door.created(
        f"/tokens/{token.id}", queries.issued(door.session, token_id=token.id, text=text)
    )
