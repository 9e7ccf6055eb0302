"""What becomes of a delivery: when it is tried again, and when it is given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryKind(StrEnum):
    """A delivery carries an event, asks whether the receiver is who it says, or tries it out."""

    EVENT = "event"
    HANDSHAKE = "handshake"
    TEST = "test"


class DeliveryState(StrEnum):
    """It is due until it was taken, given up, or its endpoint went away; or kept to poll."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KEPT = "kept"


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


def bounded_wait(
    asked_seconds: float | None, planned: datetime | None, *, now: datetime
) -> datetime | None:
    """Honour Retry-After between the planned wait and twice that; None stays given up."""
    if planned is None or asked_seconds is None:
        return planned
    wait = planned - now
    return now + min(max(wait, timedelta(seconds=asked_seconds)), 2 * wait)
