"""Writes of the second factor: an authenticator's secret (RFC 6238), and codes for its loss."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from services.core.access import queries, rules, schemas
from services.core.access.actions import accounts, passwords, sessions
from services.core.access.actions.passwords import Claim
from services.core.access.events import SecondFactorEnrolled, SecondFactorRemoved
from services.core.access.models import Account, SecondFactor, secret_owner
from services.core.access.rules import EndReason
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.cipher import opened, sealed
from services.core.kit.errors import Conflict, Invalid, Missing
from services.core.kit.events import Actor
from services.core.kit.words import Words

ISSUER = "Tuanzu"
_STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
"""Clocks of phones are half a minute off; more would only help who guesses."""
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


def enrol(session: Session, claimed: Claim, *, by: Caller) -> schemas.Authenticator:
    """Give the caller, who has just proven the password, a secret for an authenticator.

    Raises:
        Conflict: it has a second factor; that one is removed first.
    """
    account = queries.for_change(session, account_id=by.account_id, expected=None)
    passwords.proven(session, claimed, account)
    held = queries.second_factor(session, account.id)
    if held is not None and held.confirmed_at is not None:
        raise Conflict(
            Words("已启用二次验证；请先停用。", "There is a second factor; remove it first.")
        )
    if held is not None:
        session.delete(held)
        session.flush()
    secret = pyotp.random_base32()
    session.add(
        SecondFactor(
            account_id=account.id,
            secret=sealed(secret.encode(), owner=secret_owner(account.id)),
            created_at=by.now,
            last_step=0,
            recovery=[],
        )
    )
    about = queries.of_account(account)
    by_me = Actor.person(by)
    ledger.note(session, "second_factor.started", by=by_me, now=by.now, about=about)
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)
    return schemas.Authenticator(secret=secret, uri=uri)


def confirm(session: Session, *, code: str, by: Caller) -> list[str]:
    """Turn the second factor on by its first code; gives the recovery codes, shown once.

    Every other session ends: it was opened with less.

    Raises:
        Conflict: nothing waits to be confirmed. Invalid: the code is wrong.
    """
    rules.must_be_whole(by.scopes)
    account = queries.for_change(session, account_id=by.account_id, expected=None)
    held = queries.second_factor(session, account.id)
    if held is None or held.confirmed_at is not None:
        raise Conflict(
            Words("没有待确认的二次验证。", "There is no second factor to be confirmed.")
        )
    if not takes(held, code, now=by.now):
        raise wrong_code("/code")
    codes = [_recovery_code() for _ in range(_RECOVERY_CODES)]
    held.confirmed_at, held.recovery = by.now, [_digest(each) for each in codes]
    session.flush()
    actor = Actor.person(by)
    sessions.end_all(
        session, account, EndReason.SECOND_FACTOR_CHANGED, by=actor, now=by.now, but=by
    )
    sessions.relimit(session, account, by=by)
    fact = SecondFactorEnrolled(account_id=account.id)
    ledger.record(session, fact, about=queries.of_account(account), by=actor, now=by.now)
    return codes


def remove(session: Session, claimed: Claim, *, by: Caller) -> None:
    """Remove the caller's second factor, who has just proven the password and a code."""
    account = queries.for_change(session, account_id=by.account_id, expected=None)
    passwords.proven(session, claimed, account)
    _drop(session, account, by=by, but=by)
    sessions.relimit(session, account, by=by)


def reset(session: Session, *, account_id: UUID, expected: int, by: Caller) -> None:
    """Remove the second factor of somebody who has lost it, as who keeps accounts.

    Raises:
        Forbidden: the caller's own, or it keeps no accounts. Missing: there is none.
    """
    rules.must_be_whole(by.scopes)
    account = accounts.kept(session, account_id, expected, by)
    _drop(session, account, by=by)


def passes(session: Session, account_id: UUID, code: str, *, now: datetime) -> bool:
    """Say whether a code, of the authenticator or for its loss, is right, and take it."""
    held = queries.second_factor(session, account_id)
    if held is None or held.confirmed_at is None:
        return False
    digest = _digest(code)
    if digest in held.recovery:
        held.recovery = [each for each in held.recovery if each != digest]
        return True
    return takes(held, code, now=now)


def takes(held: SecondFactor, code: str, *, now: datetime) -> bool:
    """Say whether an authenticator's code is right and new, and take it."""
    generator = pyotp.TOTP(opened(held.secret, owner=secret_owner(held.account_id)).decode())
    present = int(now.timestamp()) // _STEP_SECONDS
    for step in (present + drift for drift in _DRIFT):
        right = hmac.compare_digest(generator.at(step * _STEP_SECONDS).encode(), code.encode())
        if right and step > held.last_step:
            held.last_step = step
            return True
    return False


def wrong_code(pointer: str) -> Invalid:
    """Refuse a code."""
    words = Words("验证码不正确或已使用。", "The code is wrong, or was used.")
    return Invalid.at(pointer, words, code="wrong_code")


def _drop(session: Session, account: Account, *, by: Caller, but: Caller | None = None) -> None:
    held = queries.second_factor(session, account.id)
    if held is None:
        raise Missing
    session.delete(held)
    session.flush()
    actor = Actor.person(by)
    sessions.end_all(
        session, account, EndReason.SECOND_FACTOR_CHANGED, by=actor, now=by.now, but=but
    )
    fact = SecondFactorRemoved(account_id=account.id, by_administrator=account.id != by.account_id)
    ledger.record(session, fact, about=queries.of_account(account), by=actor, now=by.now)


def _recovery_code() -> str:
    """Make 80 random bits in four groups that can be written down."""
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.strip().lower().encode()).digest()
