"""Organisations as a tree, and the officers who answer for them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.organisations.rules import Duty, OrganisationKind, OrganisationLevel


class Organisation(c.Provenance, Base):
    """One unit; `lineage` holds its own id and those above it, the topmost first."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(c.one_of("level", OrganisationLevel), name="level"),
        CheckConstraint(c.one_of("kind", OrganisationKind), name="kind"),
        # every request looks its scope up here: no list of pending entries to read besides
        Index(None, "lineage", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    name: Mapped[c.Phrase]
    name_en: Mapped[c.MaybeWords]
    short_names: Mapped[c.Tags] = mapped_column(default=list)
    credit_code: Mapped[str | None] = mapped_column(unique=True)
    level: Mapped[c.Phrase]
    kind: Mapped[c.Phrase]
    parent_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("organisation.id"), index=True)
    lineage: Mapped[c.Refs]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    is_placeholder: Mapped[bool] = mapped_column(default=False)
    """A unit the source counts but does not name; it can hold no accounts."""
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class Officer(c.Provenance, Base):
    """A person who answers for an organisation in one duty, from one day until another."""

    __tablename__ = "officer"
    __table_args__ = (
        CheckConstraint(c.one_of("duty", Duty), name="duty"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        Index(None, "organisation_id", "duty"),
    )

    id: Mapped[c.Id]
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[c.MaybeRef]
    """The officer's log-in, if there is one (a plain id: accounts live on a higher floor)."""
    deputy_account_id: Mapped[c.MaybeRef]
    name: Mapped[c.Phrase]
    duty: Mapped[c.Phrase]
    phone: Mapped[c.MaybeWords]
    valid_from: Mapped[c.Day]
    valid_to: Mapped[c.MaybeDay]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
