"""Reads of passwords, second factors, invitations and identities: for the house, never shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from services.core.access.models import (
    Account,
    Invitation,
    OidcIdentity,
    Password,
    SecondFactor,
)
from services.core.access.rules import Permission
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Fields, Found, Page
from services.core.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Known:
    """An account somebody says they are: what there is to compare with."""

    account_id: UUID
    argon2: str | None


def known(session: Session, *, login: str, seen_since: datetime) -> Known | None:
    """Give the open account of a log-in that is not dormant, with its password if it has one."""
    row = session.execute(
        select(Account.id, Password.argon2)
        .outerjoin(Password, (Password.account_id == Account.id) & Password.replaced_at.is_(None))
        .where(
            Account.login == login,
            Account.is_active,
            func.coalesce(Account.last_seen_at, seen_since) >= seen_since,
        )
    ).one_or_none()
    return Known(*row) if row else None


def account_id_of(session: Session, login: str) -> UUID | None:
    """Give the account of a log-in, whatever its state."""
    return session.scalar(select(Account.id).where(Account.login == login))


def current_password(session: Session, account_id: UUID) -> Password | None:
    """Give the password an account has now."""
    return session.scalars(
        select(Password).where(Password.account_id == account_id, Password.replaced_at.is_(None))
    ).one_or_none()


def earlier_passwords(session: Session, *, account_id: UUID, last: int) -> Sequence[str]:
    """Give the hashes of an account's last few passwords, the present one included."""
    return session.scalars(
        select(Password.argon2)
        .where(Password.account_id == account_id)
        .order_by(Password.set_at.desc())
        .limit(last)
    ).all()


@dataclass(frozen=True, slots=True)
class Named:
    """Who chooses a password: words that are easily guessed of them."""

    account_id: UUID
    login: str
    names: tuple[str, ...]


def named(session: Session, account_id: UUID) -> Named:
    """Give the words of an account that its password should not be made of."""
    row = session.execute(
        select(Account.login, Account.name, Account.email, Organisation.name)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(Account.id == account_id)
    ).one()
    login, *names = row
    return Named(account_id, login, tuple(name for name in names if name))


def second_factor(session: Session, account_id: UUID) -> SecondFactor | None:
    """Lock an account's second factor, confirmed or not."""
    return session.scalars(
        select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    ).one_or_none()


def has_second_factor(session: Session, account_id: UUID) -> bool:
    """Say whether an account has a second factor that works."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
                )
            )
        )
    )


def my_second_factor(session: Session, caller: Caller) -> Found:
    """Read whether the caller has a second factor, and how many recovery codes are left."""
    fields: Fields = {
        "is_enrolled": SecondFactor.confirmed_at.is_not(None),
        "enrolled_at": SecondFactor.confirmed_at,
        "recovery_codes_left": func.coalesce(func.cardinality(SecondFactor.recovery), 0),
    }
    source = Account.__table__.outerjoin(
        SecondFactor.__table__, SecondFactor.account_id == Account.id
    )
    return reading.found(
        session,
        fields,
        version=Account.version,
        source=source,
        where=[Account.id == caller.account_id],
    )


def invitation(session: Session, token_hash: bytes, *, now: datetime) -> Invitation | None:
    """Lock an invitation that is still good."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.token_hash == token_hash, Invitation.expires_at > now)
        .with_for_update()
    ).one_or_none()


def is_unclaimed(session: Session) -> bool:
    """Say whether there is no account yet, open or closed."""
    return not session.scalar(select(exists(select(Account.id))))


def account_of(session: Session, *, issuer: str, subject: str) -> UUID | None:
    """Give the account an identity is linked to."""
    return session.scalar(
        select(OidcIdentity.account_id).where(
            OidcIdentity.issuer == issuer, OidcIdentity.subject == subject
        )
    )


def account_by_email(session: Session, email: str) -> UUID | None:
    """Give the one open account with this e-mail address; several are none."""
    found = session.scalars(
        select(Account.id).where(func.lower(Account.email) == email.lower(), Account.is_active)
    ).all()
    return found[0] if len(found) == 1 else None


def comes_in(session: Session, account_id: UUID, *, seen_since: datetime) -> bool:
    """Say whether an account is open and was seen not too long ago."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Account.id == account_id,
                    Account.is_active,
                    func.coalesce(Account.last_seen_at, seen_since) >= seen_since,
                )
            )
        )
    )


IDENTITY: Fields = {
    "id": OidcIdentity.id,
    "account_id": OidcIdentity.account_id,
    "issuer": OidcIdentity.issuer,
    "subject": OidcIdentity.subject,
    "created_at": OidcIdentity.created_at,
    "version": OidcIdentity.version,
}


def identities(session: Session, caller: Caller, *, account_id: UUID, ask: Ask) -> Page:
    """Read a page of an account's links to the identity provider, for who keeps accounts.

    Raises:
        Forbidden: the caller does not.
    """
    caller.must(Permission.KEEP_ACCOUNTS)
    return reading.page(
        session,
        IDENTITY,
        source=OidcIdentity.__table__,
        where=[OidcIdentity.account_id == account_id],
        sorts={"created_at": OidcIdentity.created_at, "id": OidcIdentity.id},
        ask=ask,
    )


def identity(session: Session, caller: Caller, *, identity_id: UUID) -> Found:
    """Read one link between an account and somebody at the identity provider.

    Raises:
        Forbidden: the caller does not keep accounts. Missing: there is none.
    """
    caller.must(Permission.KEEP_ACCOUNTS)
    return reading.found(
        session,
        IDENTITY,
        version=OidcIdentity.version,
        source=OidcIdentity.__table__,
        where=[OidcIdentity.id == identity_id],
    )
