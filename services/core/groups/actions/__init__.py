"""Writes of joint groups: their life, their members and chair, the convener's duties."""

from services.core.groups.actions.duties import assign, end_duty
from services.core.groups.actions.life import change, dissolve, draft, establish
from services.core.groups.actions.members import add_member, end_member, hand_over

__all__ = (
    "add_member",
    "assign",
    "change",
    "dissolve",
    "draft",
    "end_duty",
    "end_member",
    "establish",
    "hand_over",
)
