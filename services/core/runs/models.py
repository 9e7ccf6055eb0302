"""The daily runs of the watch."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.runs.rules import RunState


class MonitorRun(Base):
    """One account of the watch: what it looked at, found and sent since the one before."""

    __tablename__ = "monitor_run"
    __table_args__ = (
        CheckConstraint(c.one_of("state", RunState), name="state"),
        CheckConstraint("(state = 'missed') = (ran_at IS NULL)", name="ran"),
        CheckConstraint("(state = 'completed') = (runs_missed = 0)", name="missed"),
        UniqueConstraint("due_at"),
    )

    id: Mapped[c.Id]
    due_at: Mapped[c.Instant]
    """The latest moment at which it was due; once each."""
    state: Mapped[c.Phrase]
    since_at: Mapped[c.Instant]
    """Counted from here: when the run before was done."""
    ran_at: Mapped[c.MaybeInstant]
    runs_missed: Mapped[int] = mapped_column(default=0)
    first_missed_at: Mapped[c.MaybeInstant]
    noticed_at: Mapped[c.MaybeInstant]
    silent_since: Mapped[c.MaybeInstant]
    """When the watch was last seen at work; null: it was at work, and did not come to an end."""
    projects_watched: Mapped[int] = mapped_column(default=0)
    findings_opened: Mapped[int] = mapped_column(default=0)
    findings_cleared: Mapped[int] = mapped_column(default=0)
    findings_open: Mapped[int] = mapped_column(default=0)
    reminders_sent: Mapped[int] = mapped_column(default=0)
    steps_taken: Mapped[int] = mapped_column(default=0)
    self_findings: Mapped[list[dict[str, object]]] = mapped_column(JSONB, default=list)
    """What was wrong with the watch itself when it ran (MR-23)."""
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_zero(self) -> bool:
        """Say whether it tells of nothing: nothing found, cleared, sent or still open."""
        told = (
            self.findings_opened,
            self.findings_cleared,
            self.findings_open,
            self.reminders_sent,
            self.steps_taken,
        )
        return self.ran_at is not None and not any(told)
