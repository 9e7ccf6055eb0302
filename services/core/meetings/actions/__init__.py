"""Writes of meetings: preparing, announcing, answering, holding, minutes, reminding."""

from services.core.meetings.actions.answer import reply
from services.core.meetings.actions.drafting import change, draft
from services.core.meetings.actions.following import READERS
from services.core.meetings.actions.life import cancel, close, hold, move, schedule
from services.core.meetings.actions.minutes import approve_minutes, write_minutes
from services.core.meetings.actions.reminding import remind_due

__all__ = (
    "READERS",
    "approve_minutes",
    "cancel",
    "change",
    "close",
    "draft",
    "hold",
    "move",
    "remind_due",
    "reply",
    "schedule",
    "write_minutes",
)
