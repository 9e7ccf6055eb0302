"""Indicators of projects, and what was observed of them."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.money import Qualifier
from services.core.outcomes.rules import Measure


class OutcomeIndicator(c.Provenance, Base):
    """Something a project brings about, in one unit (成效指标)."""

    __tablename__ = "outcome_indicator"
    __table_args__ = (
        CheckConstraint(c.one_of("measure", Measure), name="measure"),
        UniqueConstraint("project_id", "name"),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    name: Mapped[c.Phrase]
    unit: Mapped[c.Phrase]
    measure: Mapped[c.Phrase]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class IndicatorObservation(c.Provenance, Base):
    """What an indicator was found to be; a corrected one stays, and counts no more."""

    __tablename__ = "indicator_observation"
    __table_args__ = (
        CheckConstraint(c.one_of("qualifier", Qualifier), name="qualifier"),
        CheckConstraint("verified_by <> observed_by", name="four_eyes"),
        Index(
            "uq_indicator_observation_current",
            "indicator_id",
            "as_of",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[c.Id]
    indicator_id: Mapped[c.Ref] = mapped_column(ForeignKey("outcome_indicator.id"))
    as_of: Mapped[c.Day]
    value: Mapped[Decimal] = mapped_column(Numeric(20, 2))
    qualifier: Mapped[c.Phrase]
    reason: Mapped[c.MaybeWords]
    """Why it takes the place of an earlier one, or falls."""
    is_current: Mapped[bool] = mapped_column(default=True)
    observed_at: Mapped[c.Instant]
    observed_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    verified_at: Mapped[c.MaybeInstant]
    verified_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
