"""Writes of the tokens that people and programs hold themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.access import bearers, queries, rules, schemas
from services.core.access.bearers import Mark
from services.core.access.events import TokenIssued, TokenRevoked
from services.core.access.models import AccessToken, Account
from services.core.access.rules import Permission, Role, TokenKind
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Invalid
from services.core.kit.events import Actor
from services.core.kit.settings import settings
from services.core.kit.words import Words

_COMMAND_LINE = Actor.part("command-line")

_USED = text(
    """
    WITH used AS (
      SELECT id, account_id, session_id FROM access_token WHERE id = :token_id
    ), went_on AS (
      UPDATE login_session s SET last_used_at = :at,
        expires_at = CASE s.kind WHEN 'browser' THEN LEAST(CAST(:idle_at AS timestamptz), s.ends_by)
                     ELSE s.expires_at END
      FROM used WHERE s.id = used.session_id AND s.ended_at IS NULL
      RETURNING s.expires_at
    ), seen AS (
      UPDATE account a SET last_seen_at = :at FROM used WHERE a.id = used.account_id
    )
    UPDATE access_token t SET last_used_at = :at, last_used_from = :address,
      expires_at = CASE t.kind WHEN 'cookie' THEN COALESCE(went_on.expires_at, t.expires_at)
                   ELSE t.expires_at END
    FROM used LEFT JOIN went_on ON true WHERE t.id = used.id
    """
)


@dataclass(frozen=True, slots=True)
class Use:
    """One token was used: when, and from where."""

    token_id: UUID
    at: datetime
    address: str | None


def issue_token(  # noqa: PLR0913 the parts of one token
    session: Session,
    account: Account,
    *,
    name: str,
    now: datetime,
    life: timedelta,
    by: Actor = _COMMAND_LINE,
    scopes: list[str] | None = None,
) -> tuple[AccessToken, str]:
    """Issue a bearer token of an account; gives it with its text, which nobody can read again.

    Raises:
        Conflict: the account is closed.
    """
    rules.must_be_open(is_active=account.is_active)
    service = account.role == Role.INTEGRATOR
    secret = bearers.minted(Mark.SERVICE if service else Mark.PERSONAL)
    token = AccessToken(
        account_id=account.id,
        kind=TokenKind.SERVICE if service else TokenKind.PERSONAL,
        name=name,
        hint=secret.hint,
        token_hash=secret.hash,
        scopes=scopes,
        created_at=now,
        expires_at=now + life,
    )
    session.add(token)
    session.flush()
    fact = TokenIssued(token_id=token.id, account_id=account.id, expires_at=token.expires_at)
    ledger.record(
        session, fact, about=queries.of_account(account, "token", token.id), by=by, now=now
    )
    return token, secret.text


def issue_own(session: Session, *, given: schemas.NewToken, by: Caller) -> tuple[AccessToken, str]:
    """Issue a token of the caller's own account, for no more than the caller may do itself.

    What a token issues lives no longer than that token: a leaked one cannot outlive itself.

    Raises:
        Invalid: a scope that the caller does not hold.
    """
    account = queries.for_change(session, account_id=by.account_id, expected=None)
    life = _life(given)
    if by.token_id and by.session_id is None:
        life = min(life, queries.expiry_of(session, by.token_id) - by.now)
    held = rules.PERMISSIONS[Role(account.role)]
    scopes = rules.narrowed(given.scopes, held=held, scopes=by.scopes)
    actor = Actor.person(by)
    return issue_token(
        session, account, name=given.name, now=by.now, life=life, by=actor, scopes=scopes
    )


def issue_for(
    session: Session, *, account_id: UUID, given: schemas.NewToken, by: Caller
) -> tuple[AccessToken, str]:
    """Issue a service token of an integrator's account, as who keeps accounts.

    Raises:
        Forbidden: the caller does not. Invalid: it is no integrator's, or a scope it does not hold.
    """
    by.must(Permission.KEEP_ACCOUNTS)
    rules.must_be_whole(by.scopes)
    account = queries.for_change(session, account_id=account_id, expected=None)
    if account.role != Role.INTEGRATOR:
        words = Words(
            "只能为系统对接账户签发令牌；个人自行签发。",
            "Only an integrator's token is issued by somebody else; people issue their own.",
        )
        raise Invalid(words)
    scopes = rules.narrowed(given.scopes, held=rules.PERMISSIONS[Role.INTEGRATOR], scopes=None)
    actor = Actor.person(by)
    return issue_token(
        session, account, name=given.name, now=by.now, life=_life(given), by=actor, scopes=scopes
    )


def revoke(session: Session, *, token_id: UUID, expected: int, by: Caller) -> AccessToken:
    """Revoke a token, one's own or as who keeps accounts; the next request with it is refused.

    Raises:
        Missing: there is none the caller may know of. Conflict: it is revoked.
    """
    token = queries.token_for_change(session, by, token_id=token_id, expected=expected)
    if token.id != by.token_id:
        rules.must_be_whole(by.scopes)
    if token.revoked_at is not None:
        raise Conflict(Words("令牌已撤销。", "The token is revoked already."))
    revoke_one(session, token, by)
    return token


def revoke_one(session: Session, token: AccessToken, by: Caller) -> None:
    """Revoke a token that is locked already."""
    token.revoked_at = by.now
    account = session.get_one(Account, token.account_id)
    fact = TokenRevoked(token_id=token.id, account_id=token.account_id)
    ledger.record(
        session,
        fact,
        about=queries.of_account(account, "token", token.id),
        by=Actor.person(by),
        now=by.now,
    )


def note_uses(session: Session, uses: Iterable[Use]) -> None:
    """Write down when tokens were last used, and move the idle end of a browser's session on."""
    rows: list[dict[str, Any]] = [
        {
            "token_id": use.token_id,
            "at": use.at,
            "address": use.address,
            "idle_at": use.at + settings().session_idle,
        }
        for use in sorted(uses, key=lambda use: use.token_id)
    ]
    if rows:
        session.execute(_USED, rows)


def _life(given: schemas.NewToken) -> timedelta:
    if given.expires_in_days:
        return timedelta(days=given.expires_in_days)
    return settings().token_life
