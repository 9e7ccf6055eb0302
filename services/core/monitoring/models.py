"""Findings, and health with its explanation."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index


class FindingState(StrEnum):
    """A finding is open until its cause is gone; a good reason may be accepted for a while."""

    OPEN = "open"
    WAIVED = "waived"
    CLEARED = "cleared"


class Finding(Base):
    """One rule found one thing wrong, once per occurrence, with exactly one of three records."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint(c.one_of("state", FindingState), name="state"),
        CheckConstraint("num_nonnulls(project_id, target_id, statement_id) = 1", name="about"),
        UniqueConstraint("rule", "project_id", "occurrence"),
        UniqueConstraint("target_id", "rule", "occurrence"),
        UniqueConstraint("statement_id", "rule", "occurrence"),
        Index("ix_finding_open", "project_id", postgresql_where=text("state <> 'cleared'")),
    )

    id: Mapped[c.Id]
    rule: Mapped[c.Phrase]
    project_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("project.id"))
    target_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("annual_target.id"))
    statement_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("library_statement.id"))
    group_id: Mapped[c.MaybeRef]
    organisation_id: Mapped[c.Ref]
    """The unit that answers for it: of a total, the regulator of its place."""
    occurrence: Mapped[c.Phrase]
    """What makes it this finding and no other: the period, the milestone, the year."""
    state: Mapped[c.Phrase]
    light: Mapped[c.Phrase]
    worst_light: Mapped[c.Phrase]
    due_at: Mapped[c.Instant]
    """Since when it is wrong: the original due of what is missing."""
    opened_at: Mapped[c.Instant]
    cleared_at: Mapped[c.MaybeInstant]
    waived_until: Mapped[c.MaybeInstant]
    explanation: Mapped[c.Document]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class TotalKind(StrEnum):
    """Totals that are watched: a year's target, or the library as somebody stated it."""

    TARGET = "target"
    STATEMENT = "statement"


class TotalWatch(Base):
    """When a target or a statement is looked at next; its id is that of what it watches."""

    __tablename__ = "total_watch"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", TotalKind), name="kind"),
        due_index("total_watch"),
        Index(None, "region_code"),
    )

    id: Mapped[c.Ref] = mapped_column(primary_key=True)
    kind: Mapped[c.Phrase]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    next_at: Mapped[c.MaybeInstant]


Lights = list[tuple[str, str, str | None, bool]]
"""Of each rule its name, its dimension, its light, and whether a reason was accepted for it."""


class HealthAssessment(Base):
    """A project's lights as computed at one moment, kept whenever one of them changes."""

    __tablename__ = "health_assessment"
    __table_args__ = (Index(None, "project_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    computed_at: Mapped[c.Instant]
    light: Mapped[c.MaybeWords]
    """Null: nothing could be judged, or the project is at rest."""
    policy_code: Mapped[c.Phrase]
    policy_number: Mapped[int]
    dimensions: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    lights: Mapped[Lights] = mapped_column(
        JSONB, Computed("health_lights(dimensions)", persisted=True)
    )
    """What of the dimensions is compared and counted, without their explanations."""


class Proof(Base):
    """One night's proof: every project judged anew, and compared with what is kept of it."""

    __tablename__ = "monitoring_proof"

    night: Mapped[c.Day] = mapped_column(primary_key=True)
    began_at: Mapped[c.Instant]
    ended_at: Mapped[c.MaybeInstant]
    after_id: Mapped[c.MaybeRef]
    """The last project that was looked at: the pass goes on behind it, whoever takes it up."""
    projects: Mapped[int]
    differences: Mapped[int]
    """How many projects were found otherwise than kept."""
