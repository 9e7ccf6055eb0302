"""What reminders look like from outside."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import Given, PageOf, Shown
from services.core.progress.schemas import Named, ProjectNamed
from services.core.reminders.rules import ReminderState


class Reached(Shown):
    """A person the reminder went to; whether it was opened is that person's own business."""

    account_id: UUID
    name: str = Field(examples=["叶某（示意）"])
    notification_id: UUID
    acknowledged_at: datetime | None


class Reminder(Shown):
    """One reminder for one occurrence of one duty."""

    id: UUID
    rule: str = Field(description="The plan of the policy it follows.", examples=["report"])
    subject_kind: str
    subject_id: UUID
    project: ProjectNamed | None
    group_id: UUID | None
    organisation: Named
    occurrence: str = Field(description="T-3, T-1, T, T+2, … working days; S1, S2: put off.")
    due_at: datetime
    planned_at: datetime
    state: ReminderState
    next_at: datetime | None
    sent_at: datetime | None
    ended_reason: str | None
    recipients: list[Reached]
    version: int


class ReminderPage(PageOf):
    """One page of reminders."""

    items: list[Reminder]


class Snooze(Given):
    """Remind me again in so many working days; at most twice for one report."""

    working_days: Literal[1, 2, 5] = Field(examples=[2])
