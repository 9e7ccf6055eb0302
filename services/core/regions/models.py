"""Places, and what they are designated as from when to when."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.ids import new_id
from services.core.regions.rules import DesignationKind, RegionLevel


class Region(c.Provenance, Base):
    """One place; `lineage` holds its own code and those above it, the province first."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(c.one_of("level", RegionLevel), name="level"),
        Index(None, "lineage", postgresql_using="gin"),
    )

    code: Mapped[c.Phrase] = mapped_column(primary_key=True)
    id: Mapped[c.Ref] = mapped_column(unique=True, default=new_id)
    """What facts about it are about; everything else names a region by its code."""
    name: Mapped[c.Phrase]
    name_en: Mapped[c.MaybeWords]
    level: Mapped[c.Phrase]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    lineage: Mapped[c.Tags]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class RegionDesignation(c.Provenance, Base):
    """A place stands on a list from one day until another."""

    __tablename__ = "region_designation"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", DesignationKind), name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        UniqueConstraint("region_code", "kind", "valid_from"),
    )

    id: Mapped[c.Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[c.Phrase]
    valid_from: Mapped[c.Day]
    valid_to: Mapped[c.MaybeDay]
