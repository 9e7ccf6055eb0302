"""Attempts to prove who one is: counted as failed before they are judged, taken back if right.

So a crowd of attempts at once is counted whole, and a process that dies in between has counted.
The door commits the count by itself: whatever becomes of the request, it stands.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access import rules
from services.core.access.models import SignInFailure
from services.core.access.rules import Tally
from services.core.kit.errors import TooMany
from services.core.kit.networks import IPV4_OFFICE, network_of
from services.core.kit.words import Words


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was counted: its three tallies, and whether it began a block."""

    pair: bytes
    network: bytes
    account: bytes
    blocks: bool = False
    had_failed: bool = False


def begin(session: Session, *, login: str, address: str | None, now: datetime) -> Attempt:
    """Count an attempt on a log-in from an address.

    Raises:
        TooMany: nothing is tried now; it says when again.
    """
    network = network_of(address, ipv4_bits=IPV4_OFFICE)
    made = Attempt(_key("pair", login, network), _key("network", network), _key("account", login))
    found = _locked(session, made)
    waits = [row.blocked_until - now for row in found.values() if row.blocked_until]
    if any(wait > timedelta(0) for wait in waits):
        raise TooMany(
            Words(
                "尝试次数过多，请稍后再试。",
                "Too many attempts; please wait before the next one.",
            ),
            retry_after=max(waits),
        )
    slowed = rules.is_slowed(_tally(found[made.account]), now)
    pair = found[made.pair]
    had_failed = pair.failures > 0
    _count(pair, rules.counted(_tally(pair), rules.PAIR, now, slowed=slowed))
    _count(found[made.network], rules.counted(_tally(found[made.network]), rules.NETWORK, now))
    total = rules.counted(_tally(found[made.account]), rules.ACCOUNT, now)
    _count(found[made.account], Tally(total.failures, total.last_at))
    session.flush()
    return Attempt(
        made.pair, made.network, made.account, pair.blocked_until is not None, had_failed
    )


def take_back(session: Session, made: Attempt, *, proven: bool) -> bool:
    """Take an attempt's count back: it was no failure. Proven right, the pair is forgotten too.

    Gives whether that ended a row of failures.
    """
    found = _locked(session, made)
    for key, row in found.items():
        row.failures = 0 if proven and key == made.pair else max(row.failures - 1, 0)
        row.blocked_until = None
    session.flush()
    return proven and made.had_failed


def forget(session: Session, *, now: datetime) -> None:
    """Remove tallies that nothing was added to for long."""
    oldest = now - max(bounds.memory for bounds in (rules.PAIR, rules.NETWORK, rules.ACCOUNT))
    stale = select(SignInFailure).where(SignInFailure.last_at < oldest)
    for row in session.scalars(stale.with_for_update(skip_locked=True)):
        session.delete(row)


def _locked(session: Session, made: Attempt) -> dict[bytes, SignInFailure]:
    """Lock the three tallies, made if need be, always in the same order."""
    keys = sorted((made.pair, made.network, made.account))
    session.execute(
        insert(SignInFailure)
        .values([{"key": key, "failures": 0} for key in keys])
        .on_conflict_do_nothing()
    )
    rows = session.scalars(
        select(SignInFailure)
        .where(SignInFailure.key.in_(keys))
        .order_by(SignInFailure.key)
        .with_for_update()
    )
    return {row.key: row for row in rows}


def _tally(row: SignInFailure) -> Tally:
    return Tally(row.failures, row.last_at, row.blocked_until)


def _count(row: SignInFailure, tally: Tally) -> None:
    row.failures, row.last_at, row.blocked_until = (
        tally.failures,
        tally.last_at,
        tally.blocked_until,
    )


def _key(*parts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=32).digest()
