"""Periodic reports: owed, drafted, submitted, accepted or returned."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.progress.rules import CorrectionState, ReportState


class ProgressReport(c.Provenance, Base):
    """One project's report for one period; it exists from the day it is owed."""

    __tablename__ = "progress_report"
    __table_args__ = (
        CheckConstraint(c.one_of("state", ReportState), name="state"),
        CheckConstraint("physical_percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("cumulative_year <= cumulative_all", name="cumulative"),
        CheckConstraint("paid_year <= paid_all", name="paid"),
        UniqueConstraint("project_id", "period"),
        Index(
            "ix_progress_report_open",
            "project_id",
            "original_due_at",
            postgresql_where=text("state <> 'accepted'"),
        ),
        Index(
            "ix_progress_report_owed",
            "current_due_at",
            postgresql_where=text("state IN ('due', 'draft', 'returned')"),
        ),
        Index(
            "ix_progress_report_of_unit",
            "organisation_id",
            "current_due_at",
            postgresql_where=text("state IN ('due', 'draft', 'returned')"),
        ),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    period: Mapped[c.Phrase]
    last_on: Mapped[c.Day] = mapped_column(Computed("progress_period_ends(period)", persisted=True))
    """The period's last day, by which periods of all kinds lie in order."""
    state: Mapped[c.Phrase]
    opened_at: Mapped[c.Instant]
    original_due_at: Mapped[c.Instant]
    """Never moves: assessment always uses it (I-9)."""
    current_due_at: Mapped[c.Instant]
    invested_period: Mapped[c.MaybeCny]
    cumulative_year: Mapped[c.MaybeCny]
    cumulative_all: Mapped[c.MaybeCny]
    paid_year: Mapped[c.MaybeCny]
    """Funds paid in the year so far; null: it was not said, as nobody has to."""
    paid_all: Mapped[c.MaybeCny]
    physical_percent: Mapped[c.MaybePercent]
    image_progress: Mapped[c.MaybeWords]
    problems: Mapped[c.MaybeWords]
    next_steps: Mapped[c.MaybeWords]
    help_needed: Mapped[c.MaybeWords]
    is_no_change: Mapped[bool] = mapped_column(default=False)
    no_change_reason: Mapped[c.MaybeWords]
    correction_reason: Mapped[c.MaybeWords]
    """Why a cumulative figure may fall below the last one (I-11)."""
    warnings: Mapped[list[dict[str, object]]] = mapped_column(JSONB, default=list)
    """What the rules found remarkable in the figures, for the reviewer's eyes."""
    submitted_at: Mapped[c.MaybeInstant]
    submitted_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[c.MaybeInstant]
    reviewed_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    review_note: Mapped[c.MaybeWords]
    is_late: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class ProgressCorrection(Base):
    """A correction of an accepted report: who, why, before and after; a second person accepts it.

    The report then says the corrected figures; the first ones stay readable here.
    """

    __tablename__ = "progress_correction"
    __table_args__ = (
        CheckConstraint(c.one_of("state", CorrectionState), name="state"),
        CheckConstraint("decided_by <> requested_by", name="four_eyes"),
        CheckConstraint("(state = 'requested') = (decided_by IS NULL)", name="decided"),
        Index(None, "report_id", "requested_at"),
        Index(
            "uq_progress_correction_open",
            "report_id",
            unique=True,
            postgresql_where=text("state = 'requested'"),
        ),
    )

    id: Mapped[c.Id]
    report_id: Mapped[c.Ref] = mapped_column(ForeignKey("progress_report.id"))
    state: Mapped[c.Phrase] = mapped_column(default=CorrectionState.REQUESTED)
    reason: Mapped[c.Phrase]
    changes: Mapped[list[dict[str, str | None]]] = mapped_column(JSONB)
    """Each field with what it said before and says after, as text; amounts in CNY."""
    questions: Mapped[list[dict[str, object]]] = mapped_column(JSONB, default=list)
    """What the corrected figures are asked, with the answers."""
    requested_at: Mapped[c.Instant]
    requested_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[c.MaybeInstant]
    decided_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    decision_note: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
