"""Writes of endpoints, of what is owed to them, and of what came of it."""

from services.core.webhooks.actions.claiming import Claimed, Target, claim
from services.core.webhooks.actions.delivering import Outcome, settle, settle_all
from services.core.webhooks.actions.disabling import cancel_owed
from services.core.webhooks.actions.endpoints import change, move, register, retire, rotate
from services.core.webhooks.actions.owing import Example
from services.core.webhooks.actions.planning import plan
from services.core.webhooks.actions.repair import resend, send_test
from services.core.webhooks.actions.replaying import begin as begin_replay
from services.core.webhooks.actions.replaying import cancel as cancel_replay
from services.core.webhooks.actions.replaying import do_due as replay_due

__all__ = (
    "Claimed",
    "Example",
    "Outcome",
    "Target",
    "begin_replay",
    "cancel_owed",
    "cancel_replay",
    "change",
    "claim",
    "move",
    "plan",
    "register",
    "replay_due",
    "resend",
    "retire",
    "rotate",
    "send_test",
    "settle",
    "settle_all",
)
