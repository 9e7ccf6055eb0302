"""Is the chain in the database as it was sealed?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from services.core.audit import rules
from services.core.audit.models import AuditTombstone
from services.core.audit.queries import chain
from services.core.audit.rules import GENESIS, Anchor, Break
from services.core.kit import cipher
from services.core.kit.words import Words

UNSEALED_TOO_LONG = timedelta(minutes=1)
"""The relay seals within a second: after a minute it is dead, or somebody holds lines back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found."""

    lines: int
    first_seq: int
    head: Anchor
    anchors: int
    """Anchors that were met on the way and fit."""
    breaks: list[Break] = field(default_factory=list)


def key_of(known_as: str) -> bytes | None:
    """Give the key of a name, None where it is not here."""
    try:
        return cipher.derived(rules.KEY, known_as)
    except cipher.UnknownKey:
        return None


def verify(
    session: Session, *, given: Iterable[Anchor], progress: Callable[[int], None]
) -> Verdict:
    """Walk every line after the last tombstone; the door opens one snapshot for all of it.

    `given` are anchors that somebody kept outside; those the feed has told are compared as well.
    `progress` hears of each batch how many lines it had.
    """
    stones = chain.tombstones(session)
    start = Anchor(stones[-1].last_seq, stones[-1].last_hash) if stones else Anchor(0, GENESIS)
    anchors = [*chain.known_anchors(session), *given]
    walk = rules.Walk(start, key_of, [anchor for anchor in anchors if anchor.seq >= start.seq])
    for batch in chain.links(session, after=start.seq):
        walk.through(batch)
        progress(len(batch))
    breaks = [*_stones(stones), *walk.end(chain.head(session)), *_unsealed(session, walk.at.seq)]
    return Verdict(walk.lines, start.seq + 1, walk.at, walk.fitting, breaks)


def boundary(stone: AuditTombstone) -> dict[str, object]:
    """Give what the mark of a tombstone signs."""
    return {
        "first_seq": stone.first_seq,
        "last_seq": stone.last_seq,
        "last_hash": stone.last_hash.hex(),
        "file": stone.file,
        "sha256": stone.sha256.hex(),
    }


def _stones(stones: Sequence[AuditTombstone]) -> list[Break]:
    """Check that what was dropped was dropped by us, stretch after stretch."""
    breaks, last = [], 0
    for stone in stones:
        key = key_of(stone.key_id)
        signed = key is not None and rules.same(rules.marked(key, boundary(stone)), stone.mark)
        if stone.first_seq != last + 1 or not signed:
            span = f"{stone.first_seq}-{stone.last_seq}"
            words = Words(
                f"{span} 的归档边界不连续，或非本系统签署",
                f"the tombstone of {span} does not follow, or was not signed by this service",
            )
            breaks.append(Break("tombstone", stone.first_seq, words))
        last = stone.last_seq
    return breaks


def _unsealed(session: Session, end: int) -> list[Break]:
    """Name lines outside the chain; what was written just now may wait for a moment."""
    breaks = []
    for entry_id, waits, age in chain.unsealed(session):
        if waits is None:
            code, zh, en = "removed", "在封签前被删除", "was removed before it was sealed"
        elif not waits:
            code, zh, en = "inserted", "不在链上：系写入后插入", "is not of the chain: inserted"
        elif age is not None and age > UNSEALED_TOO_LONG:
            code, zh, en = "unsealed", "超过一分钟未封签", "has waited over a minute for its seal"
        else:
            continue
        breaks.append(Break(code, end + 1, Words(f"记录 {entry_id} {zh}", f"line {entry_id} {en}")))
    return breaks[: rules.MOST_BREAKS]
