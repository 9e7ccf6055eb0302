"""What becomes of a delivery and its endpoint after an attempt, and how many may be made now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
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


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares: failures in a row, since when, and until when it is left alone."""

    failures: int = 0
    failing_since: datetime | None = None
    quiet_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """After how many failures in a row an endpoint is left alone, at first and at most."""

    trips_after: int
    first: timedelta
    longest: timedelta


_SPREAD = 0.2
"""Waits move by up to a fifth, so that what failed together does not come back together (Svix)."""
_BURST = timedelta(seconds=3)
"""What an endpoint did not use of its rate in this time it may use at once."""


def next_try(
    tries: int, *, now: datetime, schedule: Sequence[timedelta], jitter: float
) -> datetime | None:
    """Give when to try again after so many failures; None: the schedule is spent.

    `jitter` in [-1, 1].
    """
    if tries > len(schedule):
        return None
    return now + schedule[tries - 1] * (1 + _SPREAD * jitter)


def bounded_wait(
    asked: timedelta | None, planned: datetime | None, *, now: datetime, longest: timedelta
) -> datetime | None:
    """Honour Retry-After from the planned wait up to twice that or `longest`; None stays None."""
    if planned is None or asked is None:
        return planned
    wait = planned - now
    return now + min(max(wait, asked), max(2 * wait, longest))


def retry_after(header: str | None, *, now: datetime) -> timedelta | None:
    """Read Retry-After, in seconds or as an HTTP date; None: there is none that can be read."""
    told = (header or "").strip()
    if told.isascii() and told.isdecimal():
        return timedelta(seconds=min(int(told[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # `-0000`: UTC, of a source that does not know its own zone
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))


def after_failure(
    health: Health, *, was_probe: bool, now: datetime, breaker: Breaker, jitter: float
) -> Health:
    """Count a failure, and leave the endpoint alone once there were too many in a row.

    Attempts that were under way when it tripped do not count further: only a probe that fails
    lengthens the silence, which doubles each time up to its longest.
    """
    failures = health.failures + 1
    if not was_probe:
        failures = min(failures, max(breaker.trips_after, health.failures))
    known = replace(health, failures=failures, failing_since=health.failing_since or now)
    if failures < breaker.trips_after or (health.failures == failures and health.quiet_until):
        return known
    doublings = min(failures - breaker.trips_after, 30)
    silence = min(breaker.first * 2**doublings, breaker.longest)
    until = now + silence * (1 + _SPREAD * jitter)
    return replace(known, quiet_until=until) if was_probe else quieter(known, until=until)


def quieter(health: Health, *, until: datetime) -> Health:
    """Leave an endpoint alone at least until then."""
    return replace(health, quiet_until=max(health.quiet_until or until, until))


def within_rate(
    free_at: datetime | None, *, now: datetime, per_minute: int, wanted: int
) -> tuple[int, datetime | None]:
    """Give how many attempts are within a rate now, and when the next is after them.

    The generic cell rate algorithm: exact at any moment, with one instant to remember. An
    endpoint that was idle has a burst of three seconds' worth, and at least one.
    """
    apart = timedelta(minutes=1) / per_minute
    begun = now - max(_BURST - apart, timedelta(0))
    begun = max(free_at or begun, begun)
    if begun > now:
        return 0, free_at
    count = min(wanted, (now - begun) // apart + 1)
    return count, begun + count * apart
