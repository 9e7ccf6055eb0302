"""Reads of tokens: one's own, and anybody's for who keeps accounts; never a token itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import Session

from services.core.access.models import AccessToken
from services.core.access.rules import Permission
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Fields, Found, Page

FIELDS: Fields = {
    "id": AccessToken.id,
    "account_id": AccessToken.account_id,
    "name": AccessToken.name,
    "kind": AccessToken.kind,
    "hint": AccessToken.hint,
    "scopes": AccessToken.scopes,
    "created_at": AccessToken.created_at,
    "expires_at": AccessToken.expires_at,
    "revoked_at": AccessToken.revoked_at,
    "last_used_at": AccessToken.last_used_at,
    "last_used_from": AccessToken.last_used_from,
    "version": AccessToken.version,
}


def token(session: Session, caller: Caller, *, token_id: UUID) -> Found:
    """Read one token of the caller's own, or anybody's for who keeps accounts.

    Raises:
        Missing: there is none the caller may know of.
    """
    return reading.found(
        session,
        FIELDS,
        version=AccessToken.version,
        source=AccessToken.__table__,
        where=[AccessToken.id == token_id, visible_tokens(caller)],
    )


def issued(session: Session, *, token_id: UUID, text: str) -> Found:
    """Read a token just issued, with its text; nothing can read that again."""
    return reading.found(
        session,
        {**FIELDS, "token": literal(text)},
        version=AccessToken.version,
        source=AccessToken.__table__,
        where=[AccessToken.id == token_id],
    )


def tokens(session: Session, caller: Caller, *, ask: Ask, account_id: UUID | None) -> Page:
    """Read a page of the caller's own tokens, or of another account's for who keeps accounts."""
    where = [visible_tokens(caller), AccessToken.account_id == (account_id or caller.account_id)]
    return reading.page(
        session,
        FIELDS,
        source=AccessToken.__table__,
        where=where,
        sorts={"created_at": AccessToken.created_at, "id": AccessToken.id},
        ask=ask,
    )


def visible_tokens(caller: Caller) -> ColumnElement[bool]:
    """Write "the caller's own token, or the caller keeps accounts"; those of a session are its."""
    own: ColumnElement[bool] = AccessToken.account_id == caller.account_id
    keeps = literal(Permission.KEEP_ACCOUNTS in caller.permissions)
    return and_(AccessToken.session_id.is_(None), or_(own, keeps))


def expiry_of(session: Session, token_id: UUID) -> datetime:
    """Give when a token ends."""
    return session.scalars(select(AccessToken.expires_at).where(AccessToken.id == token_id)).one()


def token_for_change(
    session: Session, caller: Caller, *, token_id: UUID, expected: int
) -> AccessToken:
    """Lock one token the caller may know of, at the version it has seen."""
    return rows.for_change(
        session,
        AccessToken,
        AccessToken.id == token_id,
        visible_tokens(caller),
        expected=expected,
    )


def live_tokens(session: Session, *, account_id: UUID) -> list[AccessToken]:
    """Give an account's own tokens that are not revoked, locked."""
    return list(
        session.scalars(
            select(AccessToken)
            .where(
                AccessToken.account_id == account_id,
                AccessToken.session_id.is_(None),
                AccessToken.revoked_at.is_(None),
            )
            .order_by(AccessToken.id)
            .with_for_update()
        )
    )
