"""The log of facts: pending rows, the stamped gapless feed, and its internal readers.

PostgreSQL is the log; the Redis stream is a copy with the same numbers. A fact waits in
`event_pending` until the relay gives it the next `seq` in `event`, in commit order, without gaps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.trace import TRACEPARENT, continued

_log = structlog.get_logger(__name__)


class _Envelope:
    """What a pending and a stamped fact have in common."""

    event_id: Mapped[c.Ref] = mapped_column(unique=True)
    type: Mapped[c.Phrase]
    schema_version: Mapped[c.Small]
    aggregate_kind: Mapped[c.Phrase]
    aggregate_id: Mapped[c.Ref]
    aggregate_version: Mapped[int]
    group_id: Mapped[c.MaybeRef]
    organisation_ids: Mapped[c.Refs]
    actor: Mapped[c.Phrase]
    trace: Mapped[c.MaybeWords]
    occurred_at: Mapped[c.Instant]
    data: Mapped[c.Document]


class PendingEvent(_Envelope, Base):
    """A fact that is committed and not yet numbered; this table stays almost empty."""

    __tablename__ = "event_pending"
    __table_args__ = (UniqueConstraint("aggregate_id", "aggregate_version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


class FeedEvent(_Envelope, Base):
    """A numbered fact: `seq` has no gaps, `body` is the exact CloudEvents JSON everybody gets."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("aggregate_id", "aggregate_version"),
        Index(None, "group_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[c.Phrase]
    stamped_at: Mapped[c.Instant]


class FeedHead(Base):
    """The counter of the feed: one row, moved only in the stamping transaction."""

    __tablename__ = "feed_head"

    shard: Mapped[c.Small] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class ConsumerCursor(Base):
    """How far one internal reader has come; moved in the transaction of its effects."""

    __tablename__ = "consumer_cursor"

    name: Mapped[c.Phrase] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class ParkedEvent(Base):
    """A fact one reader could not digest: kept with its error, so that it blocks nobody."""

    __tablename__ = "event_parked"

    consumer: Mapped[c.Phrase] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    error: Mapped[c.Phrase]
    parked_at: Mapped[c.Instant]


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact as an internal reader gets it."""

    seq: int
    event_id: UUID
    type: str
    aggregate_kind: str
    aggregate_id: UUID
    group_id: UUID | None
    organisation_ids: tuple[UUID, ...]
    occurred_at: datetime
    trace: str | None
    data: dict[str, Any]
    batch: dict[Any, Any] = field(default_factory=dict)
    """What its reader remembers from one fact to the next of the same batch; gone with it."""


_BEGIN = text(
    "INSERT INTO consumer_cursor (name, seq) SELECT :name, 0 "
    "WHERE NOT EXISTS (SELECT FROM consumer_cursor WHERE name = :name) ON CONFLICT DO NOTHING"
)
Reader = Callable[[Session, Seen, datetime], None]


def consume(
    session: Session, name: str, readers: Mapping[str, Reader], *, now: datetime, limit: int
) -> int:
    """Let one consumer read its next facts; gives how many it passed.

    The cursor's row lock lets one process read at a time; another waits, then reads what is left.
    Effects and cursor commit together: nothing is skipped, nothing has its effect twice.
    A fact whose reader fails is parked with the error and undone alone (savepoint).
    """
    session.execute(_BEGIN, {"name": name})
    cursor = session.scalars(
        select(ConsumerCursor).where(ConsumerCursor.name == name).with_for_update()
    ).one()
    rows = session.execute(
        select(
            FeedEvent.seq,
            FeedEvent.event_id,
            FeedEvent.type,
            FeedEvent.aggregate_kind,
            FeedEvent.aggregate_id,
            FeedEvent.group_id,
            FeedEvent.organisation_ids,
            FeedEvent.occurred_at,
            FeedEvent.trace,
            FeedEvent.data,
        )
        .where(FeedEvent.seq > cursor.seq)
        .order_by(FeedEvent.seq)
        .limit(limit)
    ).all()
    batch: dict[Any, Any] = {}
    for row in rows:
        seen = Seen(
            batch=batch,
            seq=row.seq,
            event_id=row.event_id,
            type=row.type,
            aggregate_kind=row.aggregate_kind,
            aggregate_id=row.aggregate_id,
            group_id=row.group_id,
            organisation_ids=tuple(row.organisation_ids),
            occurred_at=row.occurred_at,
            trace=row.trace,
            data=row.data,
        )
        reader = readers.get(seen.type) or readers.get("*")
        if reader:
            _digest(session, name, reader, seen, now)
    if rows:
        session.execute(
            update(ConsumerCursor)
            .where(ConsumerCursor.name == name)
            .values(seq=rows[-1].seq)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _digest(session: Session, name: str, reader: Reader, seen: Seen, now: datetime) -> None:
    """Run one reader on one fact in a savepoint; park the fact if the reader fails.

    What the reader records continues the trace of what it read.
    """
    outer = TRACEPARENT.set(continued(seen.trace) if seen.trace else None)
    try:
        with session.begin_nested():
            reader(session, seen, now)
    except Exception as error:  # noqa: BLE001 whatever a reader raises, the feed goes on
        _log.exception("event parked", consumer=name, seq=seen.seq, type=seen.type)
        session.merge(
            ParkedEvent(consumer=name, seq=seen.seq, error=repr(error)[:2000], parked_at=now)
        )
    finally:
        TRACEPARENT.reset(outer)
