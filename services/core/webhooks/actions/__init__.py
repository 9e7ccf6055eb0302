"""Writes of endpoints, of what is owed to them, and of what came of it."""

from services.core.webhooks.actions.delivering import Claimed, Outcome, claim, settle
from services.core.webhooks.actions.endpoints import change, move, register, rotate
from services.core.webhooks.actions.planning import READERS
from services.core.webhooks.actions.repair import resend

__all__ = (
    "READERS",
    "Claimed",
    "Outcome",
    "change",
    "claim",
    "move",
    "register",
    "resend",
    "rotate",
    "settle",
)
