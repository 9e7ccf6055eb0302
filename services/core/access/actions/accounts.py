"""Writes of accounts."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.core.access import queries, rules, schemas
from services.core.access.actions import sessions, tokens
from services.core.access.events import (
    AccountChanged,
    AccountClosed,
    AccountOpened,
)
from services.core.access.models import Account, Invitation
from services.core.access.rules import EndReason, Permission, Role
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.organisations.rules import GOVERNMENT


def open_account(session: Session, *, given: schemas.NewAccount, by: Caller) -> Account:
    """Open an account for a person or an integrator of an organisation.

    Raises:
        Conflict: the log-in is taken. Invalid: no such organisation, or a role it cannot have.
    """
    by.must(Permission.KEEP_ACCOUNTS)
    if queries.has_login(session, given.login):
        words = Words(f"登录名“{given.login}”已被使用。", f"The login '{given.login}' is taken.")
        raise Conflict(words, faults=[Fault("/login", "taken", words)])
    _must_fit(session, given.role, given.organisation_id)
    account = Account(**given.model_dump())
    session.add(account)
    session.flush()
    fact = AccountOpened(
        account_id=account.id, organisation_id=account.organisation_id, role=given.role
    )
    _tell(session, account, fact, by)
    return account


def change(
    session: Session, *, account_id: UUID, given: schemas.AccountChange, expected: int, by: Caller
) -> Account:
    """Change an account of somebody else; its tokens have the new scope with their next request.

    With another role its sessions end: that role may need another way in.

    Raises:
        Forbidden: it is the caller's own. Conflict: it is closed.
    """
    account = kept(session, account_id, expected, by)
    values = given.given()
    changes = rows.merged(account, values)
    if {"role", "organisation_id"} & changes.keys():
        _must_fit(session, Role(account.role), account.organisation_id)
    if "role" in changes:  # another role may need another way in
        sessions.end_all(
            session, account, EndReason.ACCOUNT_CHANGED, by=Actor.person(by), now=by.now
        )
    if changes:
        fact = AccountChanged(
            account_id=account.id,
            organisation_id=account.organisation_id,
            role=Role(account.role),
            fields=tuple(sorted(changes)),
        )
        _tell(session, account, fact, by, changes)
    return account


def close(
    session: Session, *, account_id: UUID, given: schemas.AccountClose, expected: int, by: Caller
) -> Account:
    """Close an account of somebody else for good; its sessions, tokens and invitations end.

    Raises:
        Forbidden: it is the caller's own. Conflict: it is closed.
    """
    account = kept(session, account_id, expected, by)
    account.is_active = False
    for token in queries.live_tokens(session, account_id=account.id):
        tokens.revoke_one(session, token, by)
    sessions.end_all(session, account, EndReason.ACCOUNT_CHANGED, by=Actor.person(by), now=by.now)
    session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    fact = AccountClosed(account_id=account.id, organisation_id=account.organisation_id)
    changes: dict[str, list[Any]] = {"is_active": [True, False], "reason": [None, given.reason]}
    _tell(session, account, fact, by, changes)
    return account


def kept(session: Session, account_id: UUID, expected: int | None, by: Caller) -> Account:
    """Lock an open account of somebody else, for who keeps accounts."""
    by.must(Permission.KEEP_ACCOUNTS)
    account = queries.for_change(session, account_id=account_id, expected=expected)
    rules.must_be_other(account.id, by.account_id)
    rules.must_be_open(is_active=account.is_active)
    return account


def _must_fit(session: Session, role: Role, organisation_id: UUID) -> None:
    unit = organisations.placed(
        session, organisation_id=organisation_id, pointer="/organisation_id"
    )
    rules.must_fit(role, is_government=unit.kind in GOVERNMENT, is_placeholder=unit.is_placeholder)


def _tell(
    session: Session,
    account: Account,
    fact: Fact,
    by: Caller,
    changes: dict[str, list[Any]] | None = None,
) -> None:
    about = Subject("account", account.id, organisation_ids=(account.organisation_id,))
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
