"""Periodic reports: owed, drafted, submitted, accepted or returned."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.progress.rules import ReportState


class ProgressReport(c.Provenance, Base):
    """One project's report for one period; it exists from the day it is owed."""

    __tablename__ = "progress_report"
    __table_args__ = (
        CheckConstraint(c.one_of("state", ReportState), name="state"),
        CheckConstraint("physical_percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("cumulative_year <= cumulative_all", name="cumulative"),
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
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    period: Mapped[c.Phrase]
    state: Mapped[c.Phrase]
    opened_at: Mapped[c.Instant]
    original_due_at: Mapped[c.Instant]
    """Never moves: assessment always uses it (I-9)."""
    current_due_at: Mapped[c.Instant]
    invested_period: Mapped[c.MaybeCny]
    cumulative_year: Mapped[c.MaybeCny]
    cumulative_all: Mapped[c.MaybeCny]
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
