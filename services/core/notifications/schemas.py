"""What notifications and their deliveries look like from outside."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import BothWords, PageOf, Shown
from services.core.notifications.rules import Channel, DeliveryState


class Notification(Shown):
    """One message to the caller."""

    id: UUID
    cause_kind: str = Field(
        description="reminder, digest, escalation_step, escalation_end, supervision_order, "
        "total_finding."
    )
    cause_id: UUID
    project_id: UUID | None
    title: BothWords
    body: BothWords
    link: str | None
    created_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None
    version: int


class NotificationPage(PageOf):
    """One page of the caller's inbox."""

    items: list[Notification]


class Delivery(Shown):
    """One notification by one channel, with the platform's own answer: the proof."""

    id: UUID
    notification_id: UUID
    account_id: UUID
    account_name: str
    channel: Channel
    state: DeliveryState
    attempts: int
    next_at: datetime | None = Field(description="When it is tried again; null: it is settled.")
    answer: str | None = Field(description="What the platform said last, in its own words.")
    created_at: datetime
    delivered_at: datetime | None


class DeliveryPage(PageOf):
    """One page of deliveries."""

    items: list[Delivery]
