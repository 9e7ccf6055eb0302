"""Channels, the states of a delivery, and when a failed one is tried again."""

from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """Ways a notification reaches a person."""

    INBOX = "inbox"
    EMAIL = "email"


class DeliveryState(StrEnum):
    """A delivery is due until the platform took it or it was given up."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"


def next_try(attempts: int, *, now: datetime, base: timedelta, limit: int) -> datetime | None:
    """Give when to try again after `attempts` failures, doubling; None: give up."""
    if attempts >= limit:
        return None
    return now + base * (2 ** (attempts - 1))
