"""Reads of sessions: one's own, and anybody's for who keeps accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from services.core.access.models import LoginSession, RefreshToken
from services.core.access.rules import Permission
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Fields, Found, Page


def _fields(caller: Caller) -> Fields:
    return {
        "id": LoginSession.id,
        "account_id": LoginSession.account_id,
        "kind": LoginSession.kind,
        "method": LoginSession.method,
        "is_current": func.coalesce(
            LoginSession.id == literal(caller.session_id, Uuid()), literal(value=False)
        ),
        "user_agent": LoginSession.user_agent,
        "address": LoginSession.address,
        "created_at": LoginSession.created_at,
        "last_used_at": LoginSession.last_used_at,
        "expires_at": LoginSession.expires_at,
        "ended_at": LoginSession.ended_at,
        "end_reason": LoginSession.end_reason,
        "version": LoginSession.version,
    }


def login_session(session: Session, caller: Caller, *, session_id: UUID) -> Found:
    """Read one session of the caller's own, or anybody's for who keeps accounts.

    Raises:
        Missing: there is none the caller may know of.
    """
    return reading.found(
        session,
        _fields(caller),
        version=LoginSession.version,
        source=LoginSession.__table__,
        where=[LoginSession.id == session_id, visible_sessions(caller)],
    )


def login_sessions(
    session: Session, caller: Caller, *, ask: Ask, account_id: UUID | None, is_open: bool | None
) -> Page:
    """Read a page of the caller's own sessions, or of another's for who keeps accounts."""
    where = [visible_sessions(caller), LoginSession.account_id == (account_id or caller.account_id)]
    if is_open is not None:
        where.append(_is_open(caller.now) if is_open else ~_is_open(caller.now))
    return reading.page(
        session,
        _fields(caller),
        source=LoginSession.__table__,
        where=where,
        sorts={
            "created_at": LoginSession.created_at,
            "last_used_at": LoginSession.last_used_at,
            "id": LoginSession.id,
        },
        ask=ask,
    )


def visible_sessions(caller: Caller) -> ColumnElement[bool]:
    """Write "the caller's own session, or the caller keeps accounts"."""
    own: ColumnElement[bool] = LoginSession.account_id == caller.account_id
    return or_(own, literal(Permission.KEEP_ACCOUNTS in caller.permissions))


def session_for_change(session: Session, caller: Caller, *, session_id: UUID) -> LoginSession:
    """Lock one session the caller may know of."""
    return rows.for_change(
        session, LoginSession, LoginSession.id == session_id, visible_sessions(caller)
    )


def open_sessions(session: Session, *, account_id: UUID, now: datetime) -> list[LoginSession]:
    """Give an account's open sessions, the longest unused first, locked."""
    return list(
        session.scalars(
            select(LoginSession)
            .where(LoginSession.account_id == account_id, _is_open(now))
            .order_by(LoginSession.last_used_at, LoginSession.id)
            .with_for_update()
        )
    )


def refreshing(session: Session, token_hash: bytes) -> tuple[RefreshToken, LoginSession] | None:
    """Lock a refresh token and its session, the session first; None: nobody has such a token."""
    session_id = session.scalar(
        select(RefreshToken.session_id).where(RefreshToken.token_hash == token_hash)
    )
    if session_id is None:
        return None
    family = rows.for_change(session, LoginSession, LoginSession.id == session_id)
    return rows.for_change(session, RefreshToken, RefreshToken.token_hash == token_hash), family


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(LoginSession.ended_at.is_(None), LoginSession.expires_at > now)
