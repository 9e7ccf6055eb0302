"""What may be owed to an endpoint again, and what the log of attempts is asked for."""

from collections.abc import Mapping
from enum import StrEnum

from services.core.webhooks.rules.deliveries import DeliveryState


class ReplayState(StrEnum):
    """A replay runs until all was looked at, or somebody stopped it."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class ReplayVerb(StrEnum):
    """What may be done to a replay."""

    FINISH = "finish"
    CANCEL = "cancel"


REPLAY_MOVES: Mapping[tuple[ReplayState, ReplayVerb], ReplayState] = {
    (ReplayState.RUNNING, ReplayVerb.FINISH): ReplayState.DONE,
    (ReplayState.RUNNING, ReplayVerb.CANCEL): ReplayState.CANCELLED,
}


class ReplayMode(StrEnum):
    """What failed, what never succeeded, or everything."""

    FAILED = "failed"
    MISSING = "missing"
    ALL = "all"


class AttemptOutcome(StrEnum):
    """An attempt was taken (2xx), was answered otherwise, or had no answer at all."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


_AGAIN: Mapping[ReplayMode, frozenset[DeliveryState]] = {
    ReplayMode.FAILED: frozenset({DeliveryState.FAILED, DeliveryState.DUE}),
    ReplayMode.MISSING: frozenset(
        {DeliveryState.FAILED, DeliveryState.DUE, DeliveryState.CANCELLED}
    ),
    ReplayMode.ALL: frozenset(
        {
            DeliveryState.FAILED,
            DeliveryState.DUE,
            DeliveryState.CANCELLED,
            DeliveryState.DELIVERED,
        }
    ),
}
"""Of these states; what is due already is only hurried, where it waits for another try."""


def owes_again(mode: ReplayMode, state: DeliveryState | None) -> bool:
    """Say whether a replay concerns a message: None is one that was never planned."""
    if state is None:
        return mode != ReplayMode.FAILED
    return state in _AGAIN[mode]
