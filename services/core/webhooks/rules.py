"""What an endpoint is owed, and when a failed attempt is made again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class EndpointState(StrEnum):
    """An endpoint works, was paused by its owner, or was disabled after long failure."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """A delivery is due until it was taken, given up, or its endpoint went away."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


def wants(event_types: Sequence[str], name: str) -> bool:
    """Say whether a filter takes an event: by name, by `noun.*`, or by `*`."""
    noun = name.partition(".")[0]
    return any(wanted in ("*", name, f"{noun}.*") for wanted in event_types)


def next_try(
    attempts: int, *, now: datetime, schedule: Sequence[timedelta], jitter: float
) -> datetime | None:
    """Give when to try again after `attempts` failures; None: the schedule is spent.

    `jitter` in [-1, 1] moves the wait by up to a fifth, so that many endpoints that failed
    together do not come back together (Svix: ±20 %).
    """
    if attempts > len(schedule):
        return None
    return now + schedule[attempts - 1] * (1 + 0.2 * jitter)
