"""Writes of passwords: proven, changed, and set for the first time by an invitation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.core.access import bearers, queries, rules
from services.core.access.actions import sessions, throttle
from services.core.access.actions.throttle import Attempt
from services.core.access.bearers import Mark
from services.core.access.events import AccountInvited, PasswordChanged
from services.core.access.models import Account, Invitation, Password
from services.core.access.queries import Known, Named
from services.core.access.rules import EndReason
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.errors import Gone
from services.core.kit.events import Actor, Subject
from services.core.kit.settings import settings
from services.core.kit.trace import ADDRESS
from services.core.kit.words import Words

_NOBODY = Actor("anonymous")


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says they are a log-in: the attempt, counted, and what there is to compare with."""

    attempt: Attempt
    known: Known | None
    now: datetime

    @property
    def argon2(self) -> str | None:
        """Give the hash to compare with."""
        return self.known.argon2 if self.known else None


def claim(session: Session, *, login: str, now: datetime) -> Claim:
    """Count an attempt on a log-in, and give what there is to compare with; commit before that.

    Raises:
        TooMany: nothing is tried now; it says when again.
    """
    attempt = throttle.begin(session, login=login, address=ADDRESS.get(), now=now)
    found = queries.known(session, login=login, seen_since=now - settings().dormant_after)
    return Claim(attempt, found, now)


def failed(session: Session, claimed: Claim, *, outcome: str) -> None:
    """Write down that a claim was wrong, and the block if that began one; commit it by itself."""
    about = Subject("account", claimed.known.account_id) if claimed.known else None
    ledger.note(
        session, "session.refused", by=_NOBODY, now=claimed.now, about=about, outcome=outcome
    )
    if claimed.attempt.blocks:
        ledger.note(session, "session.locked", by=_NOBODY, now=claimed.now, about=about)


def proven(session: Session, claimed: Claim, account: Account) -> None:
    """Take the count back: who claimed it is who they say."""
    if throttle.take_back(session, claimed.attempt, proven=True):
        by = Actor(account.name, account.id, account.organisation_id)
        about = queries.of_account(account)
        ledger.note(session, "session.unlocked", by=by, now=claimed.now, about=about)


def earlier(session: Session, named: Named) -> tuple[str, ...]:
    """Give the hashes a new password must differ from."""
    last = rules.policy(rules.Profile(settings().password_profile)).remembered
    return tuple(queries.earlier_passwords(session, account_id=named.account_id, last=last))


def set_password(
    session: Session,
    account: Account,
    argon2: str,
    *,
    now: datetime,
    by: Actor,
    but: Caller | None = None,
) -> None:
    """Give an account its new password, and end its sessions but the one that asks."""
    present = queries.current_password(session, account.id)
    if present is not None:
        present.replaced_at = now
        session.flush()
    session.add(Password(account_id=account.id, argon2=argon2, set_at=now))
    sessions.end_all(session, account, EndReason.PASSWORD_CHANGED, by=by, now=now, but=but)
    session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    fact = PasswordChanged(account_id=account.id)
    ledger.record(session, fact, about=queries.of_account(account), by=by, now=now)


def change_own(session: Session, claimed: Claim, argon2: str, *, by: Caller) -> None:
    """Change the caller's password, which it has just proven to know."""
    account = queries.for_change(session, account_id=by.account_id, expected=None)
    proven(session, claimed, account)
    set_password(session, account, argon2, now=by.now, by=Actor.person(by), but=by)
    sessions.relimit(session, account, by=by)


def invite(session: Session, *, account: Account, by: Caller) -> tuple[Invitation, str]:
    """Let an account's person set a password by a link that is good once; the one before is void.

    Raises:
        Forbidden: it is the caller's own, or the caller keeps no accounts. Conflict: it is closed.
    """
    rules.must_be_whole(by.scopes)
    session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    secret = bearers.minted(Mark.INVITATION)
    made = Invitation(
        account_id=account.id,
        token_hash=secret.hash,
        created_at=by.now,
        expires_at=by.now + settings().invitation_life,
    )
    session.add(made)
    session.flush()
    fact = AccountInvited(account_id=account.id, expires_at=made.expires_at)
    about = queries.of_account(account)
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now)
    return made, secret.text


def invited(session: Session, token: str, *, now: datetime) -> Named:
    """Give whom an invitation is for.

    Raises:
        Gone: it was used, is void or has expired.
    """
    found = queries.invitation(session, bearers.hashed(token), now=now)
    if found is None or found.account_id is None:
        raise _over()
    return queries.named(session, found.account_id)


def accept(session: Session, token: str, argon2: str, *, now: datetime) -> Account:
    """Set the password an invitation lets its person set; it wakes a dormant account.

    Raises:
        Gone: it was used, is void or has expired.
    """
    found = queries.invitation(session, bearers.hashed(token), now=now)
    if found is None or found.account_id is None:
        raise _over()
    account = queries.for_change(session, account_id=found.account_id, expected=None)
    rules.must_be_open(is_active=account.is_active)
    account.last_seen_at = now
    by = Actor(account.name, account.id, account.organisation_id)
    set_password(session, account, argon2, now=now, by=by)
    return account


def _over() -> Gone:
    return Gone(
        Words(
            "链接无效、已使用或已过期；请管理员重新邀请。",
            "The link is unknown, used or expired; ask an administrator for another one.",
        )
    )
