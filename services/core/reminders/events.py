"""What happens to reminders; acknowledged and failed are facts of the notification itself."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutReminder(Fact):
    """What every fact of this room says first."""

    reminder_id: UUID
    subject_kind: str
    subject_id: UUID
    project_id: UUID | None
    occurrence: str
    """T-3, T-1, T, T+2, …: working days from the due day; S1, S2: put off by a person."""
    due_at: datetime


class ReminderSent(_AboutReminder):
    """People were reminded of a duty, each occurrence once; a digest sends several at once."""

    NAME: ClassVar[str] = "reminder.sent"
    TITLE: ClassVar[Words] = Words("已提醒", "A reminder was sent")

    planned_at: datetime
    account_ids: tuple[UUID, ...]


class ReminderSnoozed(_AboutReminder):
    """A person asked to be reminded again later; no deadline moves by it."""

    NAME: ClassVar[str] = "reminder.snoozed"
    TITLE: ClassVar[Words] = Words("提醒已推迟", "A reminder was put off")

    until: datetime
    account_id: UUID
