"""Rulings of people about a project's light."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.policies.pack import Dimension, Light


class Ruling(Base):
    """One dimension waived, or the whole light declared, until the end of a day."""

    __tablename__ = "ruling"
    __table_args__ = (
        CheckConstraint(c.one_of("dimension", Dimension), name="dimension"),
        CheckConstraint(c.one_of("light", Light), name="light"),
        CheckConstraint("(dimension IS NULL) <> (light IS NULL)", name="one_of"),
        Index(None, "project_id", "expires_on"),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    dimension: Mapped[c.MaybeWords]
    light: Mapped[c.MaybeWords]
    reason: Mapped[c.Phrase]
    expires_on: Mapped[c.Day]
    """The last day on which it counts."""
    made_at: Mapped[c.Instant]
    made_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[c.MaybeInstant]
    ended_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
