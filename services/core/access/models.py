"""Accounts and their tokens."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.core.access.rules import Role
from services.core.kit import columns as c
from services.core.kit.db import Base


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
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class AccessToken(Base):
    """A bearer token; only its hash is kept, and it is shown once."""

    __tablename__ = "access_token"

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[c.Phrase]
    hint: Mapped[c.Phrase]
    """The first characters, by which an owner recognises it in a list."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[c.Instant]
    expires_at: Mapped[c.Instant]
    revoked_at: Mapped[c.MaybeInstant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
