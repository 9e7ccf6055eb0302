"""Blockers, the times their clock stood still, and the consultations on them."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.blockers.rules import (
    LONGEST_STOP_DAYS,
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    BlockerState,
    ConsultationOutcome,
)
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index


class Blocker(c.Provenance, Base):
    """What is in a project's way; `original_due_on` is the due first set and never moves (I-9)."""

    __tablename__ = "blocker"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", BlockerKind), name="kind"),
        CheckConstraint(c.one_of("severity", BlockerSeverity), name="severity"),
        CheckConstraint(c.one_of("level", BlockerLevel), name="level"),
        CheckConstraint(c.one_of("state", BlockerState), name="state"),
        CheckConstraint(
            "state IN ('raised', 'triaged', 'suspended') OR owner_organisation_id IS NOT NULL",
            name="owned",
        ),
        CheckConstraint(
            "(verified_by IS NULL OR verified_by <> resolved_by) "
            "AND (closed_by IS NULL OR closed_by <> resolved_by)",
            name="four_eyes",
        ),
        CheckConstraint(
            "state <> 'closed' OR (evidence IS NOT NULL AND closed_on IS NOT NULL)",
            name="closed_with_evidence",
        ),
        Index(
            "ix_blocker_open",
            "project_id",
            postgresql_where=text("state NOT IN ('resolved', 'verified', 'closed')"),
        ),
        Index(None, "project_id", "id"),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[c.Phrase]
    severity: Mapped[c.Phrase]
    level: Mapped[c.Phrase]
    """The lowest level that can solve it, as far as is known."""
    state: Mapped[c.Phrase]
    title: Mapped[c.Phrase]
    description: Mapped[c.Phrase]
    ladder: Mapped[c.MaybeWords]
    """Code of the ladder of coordination it follows."""
    raised_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    raised_by_organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    raised_on: Mapped[c.Day]
    owner_organisation_id: Mapped[c.MaybeRef] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    responsible_person: Mapped[c.MaybeWords]
    responsible_account_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    original_due_on: Mapped[c.Day]
    current_due_on: Mapped[c.Day]
    assessed_due_on: Mapped[c.Day]
    """The original due moved by the stopped working days; of a reopened one its new due."""
    next_consultation_on: Mapped[c.MaybeDay]
    resolved_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    resolved_by_organisation_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("organisation.id"))
    resolved_on: Mapped[c.MaybeDay]
    resolution: Mapped[c.MaybeWords]
    verified_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    verified_on: Mapped[c.MaybeDay]
    closed_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    closed_on: Mapped[c.MaybeDay]
    evidence: Mapped[c.MaybeWords]
    recheck_due_on: Mapped[c.MaybeDay]
    rechecked_on: Mapped[c.MaybeDay]
    reopened_count: Mapped[c.Small] = mapped_column(default=0)
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class BlockerSuspension(Base):
    """A time in which a blocker's clock stood still, and for how many working days."""

    __tablename__ = "blocker_suspension"
    __table_args__ = (
        CheckConstraint(
            "state_before IN ('triaged', 'assigned', 'consulting')", name="state_before"
        ),
        CheckConstraint(f"limit_days BETWEEN 1 AND {LONGEST_STOP_DAYS}", name="limit"),
        Index(
            "uq_blocker_suspension_open",
            "blocker_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index(None, "blocker_id", "began_on"),
        due_index("blocker_suspension"),
    )

    id: Mapped[c.Id]
    blocker_id: Mapped[c.Ref] = mapped_column(ForeignKey("blocker.id"))
    state_before: Mapped[c.Phrase]
    reason: Mapped[c.Phrase]
    began_on: Mapped[c.Day]
    limit_days: Mapped[c.Small]
    until_on: Mapped[c.Day]
    next_at: Mapped[c.MaybeInstant]
    """When the clock runs again by itself; empty once it does."""
    ended_on: Mapped[c.MaybeDay]
    stopped_working_days: Mapped[c.Small | None]


class BlockerConsultation(Base):
    """One consultation (会商) on a blocker: written down once, never changed."""

    __tablename__ = "blocker_consultation"
    __table_args__ = (
        CheckConstraint(c.one_of("level", BlockerLevel), name="level"),
        CheckConstraint(c.one_of("outcome", ConsultationOutcome), name="outcome"),
        UniqueConstraint("blocker_id", "number"),
    )

    id: Mapped[c.Id]
    blocker_id: Mapped[c.Ref] = mapped_column(ForeignKey("blocker.id"))
    number: Mapped[int]
    level: Mapped[c.Phrase]
    """At which level it was held."""
    convened_by_organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    held_on: Mapped[c.Day]
    attendee_ids: Mapped[c.Refs]
    conclusion: Mapped[c.Phrase]
    commitments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    outcome: Mapped[c.Phrase]
    recorded_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
