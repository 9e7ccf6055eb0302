"""Writes of escalations: climbing a ladder, and the papers people issue."""

from services.core.escalations.actions.climb import READERS, climb_due
from services.core.escalations.actions.orders import (
    change,
    close,
    draft,
    issue,
    reply,
    return_reply,
    sign,
    withdraw,
)

__all__ = (
    "READERS",
    "change",
    "climb_due",
    "close",
    "draft",
    "issue",
    "reply",
    "return_reply",
    "sign",
    "withdraw",
)
