"""Writes of endpoints, of what is owed to them, and of what came of it."""

from services.core.webhooks.actions.claiming import Claimed, Target, claim
from services.core.webhooks.actions.delivering import Outcome, settle, settle_all
from services.core.webhooks.actions.disabling import cancel_owed
from services.core.webhooks.actions.endpoints import change, move, register, rotate
from services.core.webhooks.actions.planning import READERS
from services.core.webhooks.actions.repair import resend

__all__ = (
    "READERS",
    "Claimed",
    "Outcome",
    "Target",
    "cancel_owed",
    "change",
    "claim",
    "move",
    "register",
    "resend",
    "rotate",
    "settle",
    "settle_all",
)
