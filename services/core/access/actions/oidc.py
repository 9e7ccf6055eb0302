"""Writes of coming in by an identity provider: who is linked to which account, and sessions."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access import queries, rules, schemas
from services.core.access.actions import accounts, sessions
from services.core.access.actions.sessions import Opened
from services.core.access.events import IdentityLinked, IdentityUnlinked
from services.core.access.models import Account, OidcIdentity
from services.core.access.oidc import Identity
from services.core.access.rules import EndReason, Permission, SessionKind, SessionMethod
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.clock import house_now
from services.core.kit.errors import Conflict
from services.core.kit.events import Actor
from services.core.kit.settings import settings
from services.core.kit.words import Words


def sign_in(session: Session, who: Identity, *, user_agent: str | None) -> Opened | None:
    """Open a browser's session for somebody the provider knows; None: nobody here, commit so."""
    now = house_now(session)
    account = _account(session, who)
    if account is None or not queries.comes_in(
        session, account.id, seen_since=now - settings().dormant_after
    ):
        about = queries.of_account(account) if account else None
        by = Actor("anonymous")
        ledger.note(
            session, "session.refused", by=by, now=now, about=about, outcome="unknown_identity"
        )
        return None
    return sessions.open_session(
        session,
        account,
        kind=SessionKind.BROWSER,
        method=SessionMethod.OIDC,
        user_agent=user_agent,
        now=now,
    )


def link(
    session: Session, *, account_id: UUID, given: schemas.NewIdentity, by: Caller
) -> OidcIdentity:
    """Link an account of somebody else to an identity, as who keeps accounts.

    Raises:
        Forbidden: the caller's own, or it keeps none. Conflict: the identity is linked already.
    """
    rules.must_be_whole(by.scopes)
    account = accounts.kept(session, account_id, None, by)
    issuer = given.issuer or settings().oidc_issuer
    if queries.account_of(session, issuer=issuer, subject=given.subject) is not None:
        raise Conflict(Words("该身份已绑定。", "This identity is linked already."))
    who = Identity(issuer, given.subject, None)
    return _link(session, account, who, by=Actor.person(by), by_email=False)


def unlink(session: Session, *, identity_id: UUID, expected: int, by: Caller) -> OidcIdentity:
    """Unlink an identity, as who keeps accounts; the account's sessions end.

    Raises:
        Forbidden: the caller keeps none, or the account is its own. Missing: there is none.
    """
    by.must(Permission.KEEP_ACCOUNTS)
    rules.must_be_whole(by.scopes)
    found = rows.for_change(
        session, OidcIdentity, OidcIdentity.id == identity_id, expected=expected
    )
    rules.must_be_other(found.account_id, by.account_id)
    account = queries.for_change(session, account_id=found.account_id, expected=None)
    session.delete(found)
    session.flush()
    actor = Actor.person(by)
    sessions.end_all(session, account, EndReason.ACCOUNT_CHANGED, by=actor, now=by.now)
    fact = IdentityUnlinked(identity_id=found.id, account_id=account.id)
    about = queries.of_account(account, "identity", found.id)
    ledger.record(session, fact, about=about, by=actor, now=by.now)
    return found


def _account(session: Session, who: Identity) -> Account | None:
    """Find the account of an identity; by its verified address only where the operator allows."""
    linked = queries.account_of(session, issuer=who.issuer, subject=who.subject)
    if linked is not None:
        return queries.for_change(session, account_id=linked, expected=None)
    if not settings().oidc_match_email or who.email is None:
        return None
    found = queries.account_by_email(session, who.email)
    if found is None:
        return None
    account = queries.for_change(session, account_id=found, expected=None)
    _link(session, account, who, by=Actor.part("oidc"), by_email=True)
    return account


def _link(
    session: Session, account: Account, who: Identity, *, by: Actor, by_email: bool
) -> OidcIdentity:
    now = house_now(session)
    made = OidcIdentity(
        account_id=account.id, issuer=who.issuer, subject=who.subject, created_at=now
    )
    session.add(made)
    session.flush()
    fact = IdentityLinked(identity_id=made.id, account_id=account.id, by_email=by_email)
    about = queries.of_account(account, "identity", made.id)
    ledger.record(session, fact, about=about, by=by, now=now)
    return made
