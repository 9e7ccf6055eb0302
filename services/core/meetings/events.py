"""What happens to meetings; a draft is known to its own unit only."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.meetings.rules import MeetingKind, MeetingState, Reply


class _AboutMeeting(Fact):
    """What every fact of this room says first."""

    meeting_id: UUID
    meeting_code: str
    kind: MeetingKind
    state: MeetingState
    starts_at: datetime


class MeetingDrafted(_AboutMeeting):
    """A unit began to prepare a meeting."""

    NAME: ClassVar[str] = "meeting.drafted"
    TITLE: ClassVar[Words] = Words("会议筹备", "A meeting was drafted")


class MeetingChanged(_AboutMeeting):
    """A meeting's title, agenda, units or convener changed; its time and place move instead."""

    NAME: ClassVar[str] = "meeting.changed"
    TITLE: ClassVar[Words] = Words("会议安排变更", "A meeting changed")

    fields: tuple[str, ...]


class MeetingScheduled(_AboutMeeting):
    """A meeting was announced, and its units were told; this start is kept for ever."""

    NAME: ClassVar[str] = "meeting.scheduled"
    TITLE: ClassVar[Words] = Words("会议通知", "A meeting was scheduled")

    ends_at: datetime


class MeetingMoved(_AboutMeeting):
    """An announced meeting got another time or place; its units are asked for their reply again."""

    NAME: ClassVar[str] = "meeting.moved"
    TITLE: ClassVar[Words] = Words("会议改期", "A meeting was moved")

    ends_at: datetime
    from_starts_at: datetime
    original_starts_at: datetime
    reason: str


class MeetingAnswered(_AboutMeeting):
    """An invited unit said whether it comes."""

    NAME: ClassVar[str] = "meeting.answered"
    TITLE: ClassVar[Words] = Words("会议回复", "An invitation was answered")

    invitation_id: UUID
    organisation_id: UUID
    reply: Reply


class MeetingCancelled(_AboutMeeting):
    """A meeting will not take place."""

    NAME: ClassVar[str] = "meeting.cancelled"
    TITLE: ClassVar[Words] = Words("会议取消", "A meeting was cancelled")

    reason: str


class MeetingReminded(_AboutMeeting):
    """People were reminded of a meeting, once for each announced start."""

    NAME: ClassVar[str] = "meeting.reminded"
    TITLE: ClassVar[Words] = Words("会议提醒", "People were reminded of a meeting")

    occurrence: str
    """T-2: working days before the start."""
    account_ids: tuple[UUID, ...]


class MeetingHeld(_AboutMeeting):
    """A meeting took place; how many units came, sent somebody in place, or were absent."""

    NAME: ClassVar[str] = "meeting.held"
    TITLE: ClassVar[Words] = Words("会议召开", "A meeting was held")

    present: int
    proxy: int
    absent: int


class MeetingMinutesDrafted(_AboutMeeting):
    """The minutes were written or rewritten; others read them when they are approved."""

    NAME: ClassVar[str] = "meeting.minutes_drafted"
    TITLE: ClassVar[Words] = Words("会议纪要起草", "The minutes of a meeting were drafted")


class MeetingMinutesApproved(_AboutMeeting):
    """Another person approved the minutes; nothing of them changes any more."""

    NAME: ClassVar[str] = "meeting.minutes_approved"
    TITLE: ClassVar[Words] = Words("会议纪要审定", "The minutes of a meeting were approved")

    number: str = Field(description="文号 of the minutes.", examples=["景国资纪要〔2026〕12号"])
    prepared_by: UUID
    approved_by: UUID


class MeetingClosed(_AboutMeeting):
    """Nothing is left to do about a meeting."""

    NAME: ClassVar[str] = "meeting.closed"
    TITLE: ClassVar[Words] = Words("会议办结", "A meeting was closed")
