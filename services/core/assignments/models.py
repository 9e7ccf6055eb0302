"""Which policy counts where."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.projects.rules import LibraryClass


class PolicyAssignment(Base):
    """One pack for a place and all below it, for all projects or those of one class."""

    __tablename__ = "policy_assignment"
    __table_args__ = (
        CheckConstraint(c.one_of("library_class", LibraryClass), name="library_class"),
        Index(None, "region_code"),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    library_class: Mapped[c.MaybeWords]
    """Null: all classes."""
    effective_on: Mapped[c.Day]
    reason: Mapped[c.Phrase]
    made_at: Mapped[c.Instant]
    made_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[c.MaybeInstant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
