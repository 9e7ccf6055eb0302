"""Writes of accounts and tokens."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access import queries, rules, schemas
from services.core.access.events import (
    AccountChanged,
    AccountClosed,
    AccountOpened,
    TokenIssued,
    TokenRevoked,
)
from services.core.access.models import AccessToken, Account
from services.core.access.rules import Permission, Role
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.organisations.rules import GOVERNMENT

_TOKEN_BYTES = 32
_HINT_LENGTH = 8
"""The prefix and five characters: enough to tell one's tokens apart, nothing to guess from."""
_COMMAND_LINE = Actor.part("command-line")


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

    Raises:
        Forbidden: it is the caller's own. Conflict: it is closed.
    """
    account = _kept(session, account_id, expected, by)
    values = given.given()
    changes = rows.merged(account, values)
    if {"role", "organisation_id"} & changes.keys():
        _must_fit(session, Role(account.role), account.organisation_id)
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
    """Close an account of somebody else for good; every token of it is revoked.

    Raises:
        Forbidden: it is the caller's own. Conflict: it is closed.
    """
    account = _kept(session, account_id, expected, by)
    account.is_active = False
    for token in queries.live_tokens(session, account_id=account.id):
        _revoke(session, token, by)
    fact = AccountClosed(account_id=account.id, organisation_id=account.organisation_id)
    changes: dict[str, list[Any]] = {"is_active": [True, False], "reason": [None, given.reason]}
    _tell(session, account, fact, by, changes)
    return account


def issue_token(
    session: Session,
    account: Account,
    *,
    name: str,
    now: datetime,
    life: timedelta,
    by: Actor = _COMMAND_LINE,
) -> tuple[AccessToken, str]:
    """Issue a bearer token of an account; gives it with its text, which nobody can read again.

    Raises:
        Conflict: the account is closed.
    """
    rules.must_be_open(is_active=account.is_active)
    secret = queries.TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    token = AccessToken(
        account_id=account.id,
        name=name,
        hint=secret[:_HINT_LENGTH],
        token_hash=queries.hashed(secret),
        created_at=now,
        expires_at=now + life,
    )
    session.add(token)
    session.flush()
    fact = TokenIssued(token_id=token.id, account_id=account.id, expires_at=token.expires_at)
    ledger.record(session, fact, about=_about(account, token), by=by, now=now)
    return token, secret


def issue_own(
    session: Session, *, given: schemas.NewToken, usual_life: timedelta, by: Caller
) -> tuple[AccessToken, str]:
    """Issue a token of the caller's own account."""
    account = queries.for_change(session, account_id=by.account_id, expected=None)
    life = timedelta(days=given.expires_in_days) if given.expires_in_days else usual_life
    return issue_token(
        session, account, name=given.name, now=by.now, life=life, by=Actor.person(by)
    )


def revoke(session: Session, *, token_id: UUID, expected: int, by: Caller) -> AccessToken:
    """Revoke a token, one's own or as who keeps accounts; the next request with it is refused.

    Raises:
        Missing: there is none the caller may know of. Conflict: it is revoked.
    """
    token = queries.token_for_change(session, by, token_id=token_id, expected=expected)
    if token.revoked_at is not None:
        raise Conflict(Words("令牌已撤销。", "The token is revoked already."))
    _revoke(session, token, by)
    return token


def _revoke(session: Session, token: AccessToken, by: Caller) -> None:
    token.revoked_at = by.now
    fact = TokenRevoked(token_id=token.id, account_id=token.account_id)
    account = session.get_one(Account, token.account_id)
    ledger.record(session, fact, about=_about(account, token), by=Actor.person(by), now=by.now)


def _about(account: Account, token: AccessToken) -> Subject:
    """Name a token for the account's organisation: a fact of nobody in particular is public."""
    return Subject("token", token.id, organisation_ids=(account.organisation_id,))


def _kept(session: Session, account_id: UUID, expected: int, by: Caller) -> Account:
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
