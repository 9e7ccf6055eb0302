"""How often somebody may try a password: three tallies, none of which locks an owner out.

*Pair* (log-in and network): after five failures a minute, doubled up to a quarter of an hour.
*Network* (over all log-ins): a wide net against somebody who tries one password on everybody.
*Account* (over all networks): far higher, and it blocks nobody. Beyond it every network has one
free attempt instead of five, so a crowd of machines is slowed while the owner, from a network
that has not failed, still comes in with the first correct password.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Bounds:
    """One tally's numbers."""

    free: int
    """So many failures are nobody's business."""
    memory: timedelta
    """Failures are forgotten when none was added for this long."""
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(minutes=15)


PAIR = Bounds(free=5, memory=timedelta(hours=24))
NETWORK = Bounds(free=100, memory=timedelta(minutes=15))
ACCOUNT = Bounds(free=100, memory=timedelta(hours=24))

_SLOWED = replace(PAIR, free=1)
_MOST_DOUBLINGS = 10
"""More would only overflow: the longest block is reached long before."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures in a row, when the last was, and until when nothing is tried."""

    failures: int = 0
    last_at: datetime | None = None
    blocked_until: datetime | None = None


def counted(tally: Tally, bounds: Bounds, now: datetime, *, slowed: bool = False) -> Tally:
    """Count one attempt as failed; whoever then proves right takes it back."""
    held = _SLOWED if slowed else bounds
    forgotten = tally.last_at is None or now - tally.last_at >= held.memory
    failures = 1 if forgotten else tally.failures + 1
    over = failures - held.free
    block = min(held.first * 2 ** min(over, _MOST_DOUBLINGS), held.longest) if over >= 0 else None
    return Tally(failures, now, now + block if block else None)


def is_slowed(tally: Tally, now: datetime) -> bool:
    """Say whether so many failures of one account are remembered that every network is slowed."""
    recent = tally.last_at is not None and now - tally.last_at < ACCOUNT.memory
    return recent and tally.failures >= ACCOUNT.free
