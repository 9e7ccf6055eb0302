"""Oneself and accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from services.api.door import Enter, EnterLimited, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.access import actions, queries, schemas
from services.core.access.rules import Role

router = APIRouter(tags=["access"])

_Part = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class AccountsQuery(ListQuery):
    """Filters of the accounts."""

    organisation_id: UUID | None = None
    role: Role | None = None
    is_active: bool | None = None
    q: Annotated[_Part | None, Field(description="Part of the login or the name.")] = None

    def sought(self) -> queries.Sought:
        """Give the filters in the core's words."""
        return queries.Sought(
            organisation_id=self.organisation_id,
            role=self.role,
            is_active=self.is_active,
            q=self.q,
        )


@router.get("/me", response_model=schemas.Me)
@in_reading
def get_me(door: EnterLimited) -> Response:
    """Read who I am: account, organisation, permissions and scope."""
    return door.one(queries.me(door.session, door.caller))


@router.get("/accounts", response_model=schemas.AccountPage)
@in_reading
def list_accounts(door: Enter, query: Annotated[AccountsQuery, Query()]) -> Response:
    """List accounts."""
    return door.many(
        queries.accounts(door.session, door.caller, ask=query.ask(), sought=query.sought())
    )


@router.post("/accounts", status_code=201, response_model=schemas.Account)
@in_transaction
def open_account(door: Enter, given: schemas.NewAccount) -> Response:
    """Open an account."""
    made = actions.open_account(door.session, given=given, by=door.caller)
    return door.created(
        f"/accounts/{made.id}", queries.account(door.session, door.caller, account_id=made.id)
    )


@router.get("/accounts/{account_id}", response_model=schemas.Account)
@in_reading
def get_account(door: Enter, account_id: UUID) -> Response:
    """Read one account."""
    return door.one(queries.account(door.session, door.caller, account_id=account_id))


@router.patch("/accounts/{account_id}", response_model=schemas.Account)
@in_transaction
def change_account(door: Enter, account_id: UUID, given: schemas.AccountChange) -> Response:
    """Change an account of somebody else (JSON Merge Patch)."""
    door.shows(lambda: queries.account(door.session, door.caller, account_id=account_id))
    actions.change(
        door.session, account_id=account_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/accounts/{account_id}/close", response_model=schemas.Account)
@in_transaction
def close_account(door: Enter, account_id: UUID, given: schemas.AccountClose) -> Response:
    """Close an account for good; its sessions and tokens end."""
    door.shows(lambda: queries.account(door.session, door.caller, account_id=account_id))
    actions.close(
        door.session, account_id=account_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()
