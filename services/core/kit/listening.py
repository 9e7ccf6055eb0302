"""Outside readers of the feed: which facts a caller may hear, from which number on.

One rule says who hears a fact, as SQL for pages and as a function for what is sent on as it comes.
A page looks at a bounded stretch of the log, however little of it concerns the caller.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from services.core.kit import db
from services.core.kit.caller import Caller
from services.core.kit.errors import Kind, Refusal
from services.core.kit.feed import FeedEvent
from services.core.kit.scope import among, overlapping
from services.core.kit.words import Words

STRETCH = 10_000
"""Facts one page looks at (some 10 ms); the next page goes on behind them."""


class FactsGone(Refusal):
    """The log does not reach back that far, or not that far ahead."""

    kind = Kind.GONE
    code = "events_gone"
    title = Words("事件已不再保留", "These events are not kept any more")


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last number of the log, and when the last was given."""

    oldest: int
    newest: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What a reader asks for; what is None or empty does not matter."""

    after: int | None
    limit: int
    types: tuple[str, ...] = ()
    group_id: UUID | None = None
    subject: tuple[str, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """Some facts as everybody gets them, and where to read on."""

    facts: tuple[tuple[int, str], ...]
    next_after: int
    newest: int


@dataclass(frozen=True, slots=True)
class Told:
    """One fact with whom it is for."""

    seq: int
    type: str
    group_id: UUID | None
    organisation_ids: tuple[UUID, ...]
    body: str


def hears(caller: Caller, group_id: UUID | None, organisation_ids: Collection[UUID]) -> bool:
    """Say whether a fact is for a caller; one about nobody in particular is for everybody."""
    if group_id is None and not organisation_ids:
        return True
    return group_id in caller.group_ids or any(
        one in caller.organisation_ids for one in organisation_ids
    )


def audible(caller: Caller) -> ColumnElement[bool]:
    """Write the same as a condition."""
    return or_(
        among(FeedEvent.group_id, caller.group_ids),
        overlapping(FeedEvent.organisation_ids, caller.organisation_ids),
        and_(FeedEvent.group_id.is_(None), func.cardinality(FeedEvent.organisation_ids) == 0),
    )


_ENDS = text(
    """
    SELECT coalesce((SELECT min(seq) FROM event), h.seq + 1), h.seq,
           (SELECT stamped_at FROM event WHERE seq = h.seq)
    FROM feed_head h WHERE h.shard = 0
    """
)


def ends(session: Session) -> Ends:
    """Read how far the log goes: the first event a caller may see need not be the oldest."""
    with db.as_the_service(session):
        return Ends(*session.execute(_ENDS).one())


def beginning(found: Ends, after: int | None) -> int:
    """Give the number to read on from: the one asked for, or just before the oldest.

    Raises:
        FactsGone: what follows it is not kept any more, or it was never given.
    """
    if after is None:
        return found.oldest - 1
    if after < found.oldest - 1:
        raise FactsGone(
            Words(
                f"最早保留的序号为 {found.oldest}；请重读所需记录，再从 /events/head 继续。",
                f"The oldest event kept is {found.oldest}: read again what you keep, then go on "
                "from /events/head.",
            )
        )
    if after > found.newest:
        raise FactsGone(
            Words(
                f"序号 {after} 尚未产生（最新为 {found.newest}）；服务器可能已从备份恢复。",
                f"{after} was never given, the newest is {found.newest}: the server may have been "
                "restored from a backup.",
            )
        )
    return after


def heard(session: Session, caller: Caller, sought: Sought) -> Heard:
    """Read what follows, in order; `next_after` moves on even where nothing was for the caller.

    Raises:
        FactsGone: the log does not reach there.
    """
    found = ends(session)
    after = beginning(found, sought.after)
    upto = found.newest if sought.subject else min(after + STRETCH, found.newest)
    where = [audible(caller), FeedEvent.seq > after, FeedEvent.seq <= upto]
    if sought.types:
        where.append(FeedEvent.type.in_(sought.types))
    if sought.group_id:
        where.append(FeedEvent.group_id == sought.group_id)
    if sought.subject:
        kind, record_id = sought.subject
        where += [FeedEvent.aggregate_id == record_id, FeedEvent.aggregate_kind == kind]
    rows = session.execute(
        select(FeedEvent.seq, FeedEvent.body)
        .where(*where)
        .order_by(FeedEvent.seq)
        .limit(sought.limit)
    )
    facts = tuple((seq, body) for seq, body in rows)
    full = len(facts) == sought.limit
    return Heard(facts, facts[-1][0] if full else upto, found.newest)


def told_after(session: Session, seq: int, *, limit: int) -> Sequence[Told]:
    """Read what follows for everybody, for who sends it on as it comes."""
    rows = session.execute(
        select(
            FeedEvent.seq,
            FeedEvent.type,
            FeedEvent.group_id,
            FeedEvent.organisation_ids,
            FeedEvent.body,
        )
        .where(FeedEvent.seq > seq)
        .order_by(FeedEvent.seq)
        .limit(limit)
    )
    return [Told(row[0], row[1], row[2], tuple(row[3]), row[4]) for row in rows]
