"""What happens to notifications that others may know; reading is not among it."""

from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class ReminderAcknowledged(Fact):
    """A person said "I know" to a reminder or to a step of a ladder; that is not yet "done"."""

    NAME: ClassVar[str] = "reminder.acknowledged"
    TITLE: ClassVar[Words] = Words("提醒已知悉", "A reminder was acknowledged")

    notification_id: UUID
    account_id: UUID
    cause_kind: str
    cause_id: UUID


class ReminderFailed(Fact):
    """A message was given up by one channel; the inbox still holds it."""

    NAME: ClassVar[str] = "reminder.failed"
    TITLE: ClassVar[Words] = Words("提醒发送失败", "A reminder could not be delivered")

    notification_id: UUID
    account_id: UUID
    cause_kind: str
    cause_id: UUID
    channel: str
    attempts: int
