"""Reminders: planned when a duty opens, sent once, withdrawn when the duty is done."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index
from services.core.reminders.rules import ReminderState


class Reminder(Base):
    """One reminder for one occurrence of one duty (I-15: at most once each)."""

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint(c.one_of("state", ReminderState), name="state"),
        UniqueConstraint("rule", "subject_id", "occurrence"),
        due_index("reminder"),
    )

    id: Mapped[c.Id]
    rule: Mapped[c.Phrase]
    subject_kind: Mapped[c.Phrase]
    subject_id: Mapped[c.Ref]
    project_id: Mapped[c.MaybeRef]
    group_id: Mapped[c.MaybeRef]
    organisation_id: Mapped[c.Ref]
    """Whom it reminds: people are looked up when it is sent, so that a handover is heeded."""
    occurrence: Mapped[c.Phrase]
    """T-3, T-1, T, T+2, …: working days from the due day."""
    due_at: Mapped[c.Instant]
    planned_at: Mapped[c.Instant]
    state: Mapped[c.Phrase]
    next_at: Mapped[c.MaybeInstant]
    sent_at: Mapped[c.MaybeInstant]
    ended_reason: Mapped[c.MaybeWords]
