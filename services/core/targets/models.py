"""What was promised for a year, and aggregates as they were reported (never overwritten, I-13)."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.money import Qualifier


class AnnualTarget(c.Provenance, Base):
    """A year's target for a region: so many projects, so much investment (2023: ≥70, ≥100亿)."""

    __tablename__ = "annual_target"
    __table_args__ = (
        UniqueConstraint("region_code", "year"),
        CheckConstraint(c.one_of("project_qualifier", Qualifier), name="project_qualifier"),
        CheckConstraint(c.one_of("investment_qualifier", Qualifier), name="investment_qualifier"),
    )

    id: Mapped[c.Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    year: Mapped[c.Small]
    project_count: Mapped[int]
    project_qualifier: Mapped[c.Phrase]
    investment: Mapped[c.Cny]
    investment_qualifier: Mapped[c.Phrase]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class LibraryStatement(c.Provenance, Base):
    """The library's size as somebody stated it (291 projects, ≥ 2800亿)."""

    __tablename__ = "library_statement"
    __table_args__ = (
        CheckConstraint(c.one_of("project_qualifier", Qualifier), name="project_qualifier"),
        CheckConstraint(c.one_of("investment_qualifier", Qualifier), name="investment_qualifier"),
    )

    id: Mapped[c.Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    as_of_month: Mapped[c.Phrase]
    project_count: Mapped[int]
    project_qualifier: Mapped[c.Phrase]
    investment: Mapped[c.Cny]
    investment_qualifier: Mapped[c.Phrase]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
