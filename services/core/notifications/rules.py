"""Channels, the states of a delivery, and what becomes of one after an attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    """Ways a notification reaches a person."""

    INBOX = "inbox"
    EMAIL = "email"


class DeliveryState(StrEnum):
    """A delivery is due until the platform took it or it was given up."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cause:
    """What a person is told about; one person is told of one cause once."""

    kind: str
    id: UUID
    project_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """One letter a worker took for one attempt; `attempt` fences what it may write afterwards."""

    delivery_id: UUID
    notification_id: UUID
    attempt: int
    address: str
    language: str
    title: str
    body: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the platform said to one attempt, in its own words; `is_final`: no other try helps."""

    is_taken: bool
    answer: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The delivery's state after an attempt, and when it is tried again."""

    state: DeliveryState
    next_at: datetime | None


def verdict(
    outcome: Outcome, attempts: int, *, now: datetime, base: timedelta, limit: int
) -> Verdict:
    """Say what becomes of a delivery after `attempts` tries: taken, tried again, or given up."""
    if outcome.is_taken:
        return Verdict(DeliveryState.DELIVERED, None)
    again = None if outcome.is_final else next_try(attempts, now=now, base=base, limit=limit)
    return Verdict(DeliveryState.DUE if again else DeliveryState.FAILED, again)


def next_try(attempts: int, *, now: datetime, base: timedelta, limit: int) -> datetime | None:
    """Give when to try again after `attempts` failures, doubling; None: give up."""
    if attempts >= limit:
        return None
    doublings: int = 2 ** (attempts - 1)
    return now + base * doublings


def batch_within(lease: timedelta, *, timeout: timedelta, limit: int) -> int:
    """Give how many letters one worker may claim and still settle inside the lease.

    A silent server costs a whole timeout for each letter; what outlives the lease goes twice.
    """
    return max(1, min(limit, lease // timeout))
