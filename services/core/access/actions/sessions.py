"""Writes of sessions: opened, refreshed, ended; their tokens come and go with them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.core.access import bearers, queries, rules, schemas
from services.core.access.bearers import Mark
from services.core.access.events import SessionCompromised
from services.core.access.models import (
    AccessToken,
    Account,
    LoginSession,
    RefreshToken,
    answer_owner,
)
from services.core.access.rules import (
    EndReason,
    Limit,
    SessionKind,
    SessionMethod,
    TokenKind,
)
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.cipher import opened, sealed
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.kit.settings import settings
from services.core.kit.trace import ADDRESS

_LONGEST_USER_AGENT = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and the secrets that only its client gets; `cookie` for a browser."""

    session: LoginSession
    limit: Limit | None
    cookie: str | None = None
    phone: schemas.PhoneTokens | None = None


def open_session(
    session: Session,
    account: Account,
    *,
    kind: SessionKind,
    method: SessionMethod,
    user_agent: str | None,
    now: datetime,
) -> Opened:
    """Open a session of somebody who has proven who they are; the oldest beyond the limit ends."""
    others = queries.open_sessions(session, account_id=account.id, now=now)
    for oldest in others[: max(len(others) - settings().session_limit + 1, 0)]:
        _end(session, oldest, EndReason.TOO_MANY, now=now, by=_actor(account))
    browser = kind is SessionKind.BROWSER
    made = LoginSession(
        id=new_id(),
        account_id=account.id,
        kind=kind,
        method=method,
        user_agent=(user_agent or "")[:_LONGEST_USER_AGENT] or None,
        address=ADDRESS.get(),
        created_at=now,
        last_used_at=now,
        expires_at=now + (settings().session_idle if browser else settings().refresh_life),
        ends_by=now + settings().session_life if browser else None,
    )
    session.add(made)
    session.flush()
    account.last_seen_at = now
    limit = limit_now(session, account, method, now)
    ledger.note(
        session,
        "session.opened",
        by=_actor(account),
        now=now,
        about=queries.of_account(account, "session", made.id),
        details={"kind": kind, "method": method, "limited_to": limit},
    )
    if browser:
        return Opened(made, limit, cookie=_cookie(session, made, limit, now))
    return Opened(made, limit, phone=_links(session, made, limit, now))


def refresh(session: Session, presented: str, *, now: datetime) -> schemas.PhoneTokens | None:
    """Give a phone its next two tokens; None: the token is none, or was used up.

    Used again within the grace it gets the same answer (the first one was lost on the way); later,
    or when its successor was used already, two hold what only one should: the session ends. The
    door commits before it says no.
    """
    found = queries.refreshing(session, bearers.hashed(presented))
    if found is None:
        return None
    link, family = found
    account = session.get_one(Account, family.account_id)
    if family.ended_at or not account.is_active or link.expires_at <= now:
        return None
    if link.used_at is not None:
        if link.answer and now < link.used_at + settings().refresh_grace:
            return schemas.PhoneTokens.model_validate_json(
                opened(link.answer, owner=answer_owner(link.token_hash))
            )
        _compromised(session, family, account, now)
        return None
    family.last_used_at = account.last_seen_at = now
    family.expires_at = now + settings().refresh_life
    _forget_answers(session, family)
    limit = limit_now(session, account, SessionMethod(family.method), now)
    tokens = _links(session, family, limit, now)
    link.used_at = now
    link.answer = sealed(tokens.model_dump_json().encode(), owner=answer_owner(link.token_hash))
    return tokens


def end(session: Session, ended: LoginSession, *, by: Caller) -> None:
    """End a session, one's own or as who keeps accounts; ending it again changes nothing."""
    if ended.ended_at is None:
        reason = EndReason.ENDED_BY_ADMINISTRATOR
        if ended.id == by.session_id:
            reason = EndReason.SIGNED_OUT
        elif ended.account_id == by.account_id:
            reason = EndReason.ENDED_ELSEWHERE
        _end(session, ended, reason, now=by.now, by=Actor.person(by))


def end_all(
    session: Session,
    account: Account,
    reason: EndReason,
    *,
    by: Actor,
    now: datetime,
    but: Caller | None = None,
) -> None:
    """End every session of an account, but the one that asks."""
    for each in queries.open_sessions(session, account_id=account.id, now=now):
        if but is None or each.id != but.session_id:
            _end(session, each, reason, now=now, by=by)


def limit_now(
    session: Session, account: Account, method: SessionMethod, now: datetime
) -> Limit | None:
    """Say what a session must do first; whoever comes by a provider has done it there."""
    if method is not SessionMethod.PASSWORD:
        return None
    password = queries.current_password(session, account.id)
    return rules.limit_of(
        has_second_factor=queries.has_second_factor(session, account.id),
        needs_second_factor=account.role in settings().second_factor_roles,
        set_at=password.set_at if password else None,
        life=rules.policy(rules.Profile(settings().password_profile)).life,
        now=now,
    )


def relimit(session: Session, account: Account, *, by: Caller) -> None:
    """Let the tokens of the caller's session do what they now may, or no longer may."""
    if by.session_id is None:
        return
    method = SessionMethod(session.get_one(LoginSession, by.session_id).method)
    limit = limit_now(session, account, method, by.now)
    session.execute(
        update(AccessToken).where(AccessToken.session_id == by.session_id).values(limited_to=limit)
    )


def _end(
    session: Session, ended: LoginSession, reason: EndReason, *, now: datetime, by: Actor
) -> None:
    ended.ended_at, ended.end_reason = now, reason
    session.execute(
        update(AccessToken)
        .where(AccessToken.session_id == ended.id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    _forget_answers(session, ended)
    ledger.note(
        session,
        "session.ended",
        by=by,
        now=now,
        about=Subject("session", ended.id),
        details={"reason": reason},
    )


def _compromised(session: Session, family: LoginSession, account: Account, now: datetime) -> None:
    by = Actor.part("sessions")
    _end(session, family, EndReason.TOKEN_REUSED, now=now, by=by)
    fact = SessionCompromised(session_id=family.id, account_id=account.id)
    ledger.record(
        session, fact, about=queries.of_account(account, "session", family.id), by=by, now=now
    )


def _cookie(session: Session, made: LoginSession, limit: Limit | None, now: datetime) -> str:
    """Make the token of a browser's cookie; it expires with idleness, and is moved on by use."""
    secret = bearers.minted(Mark.COOKIE)
    _keep(session, made, secret, TokenKind.COOKIE, limit, now)
    return secret.text


def _links(
    session: Session, made: LoginSession, limit: Limit | None, now: datetime
) -> schemas.PhoneTokens:
    """Make a phone's next two tokens."""
    access, following = bearers.minted(Mark.ACCESS), bearers.minted(Mark.REFRESH)
    _keep(session, made, access, TokenKind.ACCESS, limit, now)
    session.add(
        RefreshToken(
            token_hash=following.hash,
            session_id=made.id,
            expires_at=now + settings().refresh_life,
        )
    )
    session.flush()
    return schemas.PhoneTokens(
        access_token=access.text,
        refresh_token=following.text,
        expires_in=int(settings().access_life.total_seconds()),
    )


def _keep(
    session: Session,
    made: LoginSession,
    secret: bearers.Secret,
    kind: TokenKind,
    limit: Limit | None,
    now: datetime,
) -> None:
    life = settings().access_life if kind is TokenKind.ACCESS else settings().session_idle
    session.add(
        AccessToken(
            account_id=made.account_id,
            kind=kind,
            session_id=made.id,
            name=made.kind,
            hint=secret.hint,
            token_hash=secret.hash,
            limited_to=limit,
            created_at=now,
            expires_at=now + life,
        )
    )
    session.flush()


def _forget_answers(session: Session, family: LoginSession) -> None:
    """Forget what was kept for a lost answer: the phone has gone on from there."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.session_id == family.id, RefreshToken.answer.is_not(None))
        .values(answer=None)
    )


def _actor(account: Account) -> Actor:
    return Actor(account.name, account.id, account.organisation_id)
