"""Reminders: planned when a duty opens, sent once, withdrawn when the duty is done."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    """T-3, T-1, T, T+2, …: working days from the due day; S1, S2: put off by a person."""
    due_at: Mapped[c.Instant]
    planned_at: Mapped[c.Instant]
    state: Mapped[c.Phrase]
    next_at: Mapped[c.MaybeInstant]
    sent_at: Mapped[c.MaybeInstant]
    ended_reason: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class ReminderRecipient(Base):
    """A person a reminder was sent to, and the message it was in; a digest carries several."""

    __tablename__ = "reminder_recipient"
    __table_args__ = (Index(None, "account_id", "notification_id"),)

    reminder_id: Mapped[c.Ref] = mapped_column(ForeignKey("reminder.id"), primary_key=True)
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), primary_key=True)
    notification_id: Mapped[c.Ref] = mapped_column(ForeignKey("notification.id"), index=True)
