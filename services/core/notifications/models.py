"""Notifications in the inbox, and each further delivery with the platform's answer: the proof."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index
from services.core.notifications.rules import Channel, DeliveryState


class Notification(Base):
    """One message to one person about one cause; its row is the inbox."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("account_id", "cause_kind", "cause_id"),
        Index(
            "ix_notification_unread", "account_id", "id", postgresql_where=text("read_at IS NULL")
        ),
        Index(None, "account_id", "id"),
    )

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    cause_kind: Mapped[c.Phrase]
    """reminder, escalation_step, escalation_end, supervision_order, meeting_scheduled, …"""
    cause_id: Mapped[c.Ref]
    project_id: Mapped[c.MaybeRef]
    title_zh: Mapped[c.Phrase]
    title_en: Mapped[c.Phrase]
    body_zh: Mapped[c.Phrase]
    body_en: Mapped[c.Phrase]
    link: Mapped[c.MaybeWords]
    created_at: Mapped[c.Instant]
    read_at: Mapped[c.MaybeInstant]
    acknowledged_at: Mapped[c.MaybeInstant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class NotificationDelivery(Base):
    """One notification by one channel, with every answer the platform gave."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        CheckConstraint(c.one_of("channel", Channel), name="channel"),
        CheckConstraint(c.one_of("state", DeliveryState), name="state"),
        UniqueConstraint("notification_id", "channel"),
        due_index("notification_delivery"),
    )

    id: Mapped[c.Id]
    notification_id: Mapped[c.Ref] = mapped_column(ForeignKey("notification.id"))
    channel: Mapped[c.Phrase]
    address: Mapped[c.MaybeWords]
    state: Mapped[c.Phrase]
    next_at: Mapped[c.MaybeInstant]
    attempts: Mapped[c.Small] = mapped_column(default=0)
    answer: Mapped[c.MaybeWords]
    """The platform's own words: the SMTP reply, an error code."""
    delivered_at: Mapped[c.MaybeInstant]
