"""Accounts, and everything by which somebody comes in as one."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.core.access.rules import (
    EndReason,
    Limit,
    Role,
    SessionKind,
    SessionMethod,
    TokenKind,
)
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.sealing import Sealed


class Account(c.Provenance, Base):
    """One person's or one integrator's log-in, bound to an organisation."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(c.one_of("role", Role), name="role"),)

    id: Mapped[c.Id]
    login: Mapped[c.Phrase] = mapped_column(unique=True)
    name: Mapped[c.Phrase]
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[c.Phrase]
    email: Mapped[c.MaybeWords]
    language: Mapped[c.Phrase] = mapped_column(default="zh")
    is_active: Mapped[bool] = mapped_column(default=True)
    last_seen_at: Mapped[c.MaybeInstant]
    """To the minute; who was not seen for long cannot sign in until invited again."""
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class LoginSession(Base):
    """Somebody signed in at one browser or phone; its tokens end with it."""

    __tablename__ = "login_session"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", SessionKind), name="kind"),
        CheckConstraint(c.one_of("method", SessionMethod), name="method"),
        CheckConstraint(c.one_of("end_reason", EndReason), name="end_reason"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
    )

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[c.Phrase]
    method: Mapped[c.Phrase]
    user_agent: Mapped[c.MaybeWords]
    address: Mapped[c.MaybeWords]
    """Where it was opened from."""
    created_at: Mapped[c.Instant]
    last_used_at: Mapped[c.Instant]
    """To the minute."""
    expires_at: Mapped[c.Instant]
    """Unless it is used before."""
    ends_by: Mapped[c.MaybeInstant]
    """However much it is used; null for a phone, which goes on while it refreshes."""
    ended_at: Mapped[c.MaybeInstant]
    end_reason: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class AccessToken(Base):
    """A bearer token; only its hash is kept, and it is shown once."""

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", TokenKind), name="kind"),
        CheckConstraint(c.one_of("limited_to", Limit), name="limited_to"),
        CheckConstraint("(session_id IS NULL) = (kind IN ('personal', 'service'))", name="session"),
    )

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[c.Phrase] = mapped_column(default=TokenKind.PERSONAL, server_default="personal")
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("login_session.id"), index=True)
    name: Mapped[c.Phrase]
    hint: Mapped[c.Phrase]
    """The first characters, by which an owner recognises it in a list."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """Permissions it is confined to; null: all of the role, empty: it reads only."""
    limited_to: Mapped[c.MaybeWords]
    """The one thing its session must do first."""
    created_at: Mapped[c.Instant]
    expires_at: Mapped[c.Instant]
    revoked_at: Mapped[c.MaybeInstant]
    last_used_at: Mapped[c.MaybeInstant]
    """To the minute."""
    last_used_from: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class RefreshToken(Base):
    """One link of a phone's chain: good once; used again it ends the whole session."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[c.Ref] = mapped_column(ForeignKey("login_session.id"), index=True)
    expires_at: Mapped[c.Instant]
    used_at: Mapped[c.MaybeInstant]
    answer: Mapped[c.MaybeWords]
    """What it was answered, sealed, for a phone that lost the answer; gone within the minute."""


class Password(Base):
    """An account's password, or one it had before; only the argon2id hash is kept."""

    __tablename__ = "password"
    __table_args__ = (
        Index(
            "uq_password_current",
            "account_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    argon2: Mapped[c.Phrase]
    set_at: Mapped[c.Instant]
    replaced_at: Mapped[c.MaybeInstant]


def answer_owner(token_hash: bytes) -> str:
    """Bind a kept answer to the token it was given for."""
    return f"refresh_token|{token_hash.hex()}"


def secret_owner(account_id: UUID) -> str:
    """Bind an authenticator's secret to the account whose it is."""
    return f"second_factor|{account_id}"


class SecondFactor(Base):
    """The secret of somebody's authenticator (RFC 6238), sealed."""

    __tablename__ = "second_factor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[c.Phrase]
    created_at: Mapped[c.Instant]
    confirmed_at: Mapped[c.MaybeInstant]
    """Null until the first code proves that the authenticator has it."""
    last_step: Mapped[int] = mapped_column(default=0)
    """The half minute of the last code taken: no code is taken twice."""
    recovery: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), default=list)
    """Hashes of the recovery codes that are left."""


class Invitation(Base):
    """A link that lets somebody set a password once; without an account, the very first one's."""

    __tablename__ = "invitation"

    id: Mapped[c.Id]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[c.Instant]
    expires_at: Mapped[c.Instant]


class OidcIdentity(Base):
    """Somebody at an identity provider who comes in as an account here."""

    __tablename__ = "oidc_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    issuer: Mapped[c.Phrase]
    subject: Mapped[c.Phrase]
    created_at: Mapped[c.Instant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class SignInFailure(Base):
    """One tally of failed attempts; the key is a digest, for people type passwords as log-ins."""

    __tablename__ = "sign_in_failure"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[c.MaybeInstant]
    blocked_until: Mapped[c.MaybeInstant]


SEALED = (Sealed(SecondFactor.secret, secret_owner), Sealed(RefreshToken.answer, answer_owner))
