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
from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    RowMapping,
    Select,
    UniqueConstraint,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import RETRY_AFTER_ERROR
from services.core.kit.settings import settings
from services.core.kit.trace import TRACEPARENT, continued

_log = structlog.get_logger(__name__)


class _Envelope:
    """What a pending and a stamped fact have in common."""

    event_id: Mapped[c.Ref]
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
    __table_args__ = (
        UniqueConstraint("aggregate_id", "aggregate_version"),
        UniqueConstraint("event_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


class FeedEvent(_Envelope, Base):
    """A numbered fact: `seq` has no gaps, `body` is the exact CloudEvents JSON everybody gets.

    Divided by ranges of `seq` (`retention.py`). No constraint can span the parts, so each part has
    UNIQUE (event_id) and (aggregate_id, aggregate_version) of its own, and across them the counter
    of the record (`aggregate_version`, under its row lock) gives no number twice.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "group_id", "seq"),
        {"postgresql_partition_by": "RANGE (seq)"},
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[c.Phrase]
    stamped_at: Mapped[c.Instant]


class FeedHead(Base):
    """The counter of the feed: one row, moved only in the stamping transaction."""

    __tablename__ = "feed_head"

    shard: Mapped[c.Small] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    copied: Mapped[int] = mapped_column(BigInteger, default=0)
    """How far Redis was seen to have a copy, a few seconds ago."""


class ConsumerCursor(Base):
    """How far one internal reader has come; moved in the transaction of its effects."""

    __tablename__ = "consumer_cursor"

    name: Mapped[c.Phrase] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class ParkedEvent(Base):
    """A fact one reader could not digest: kept with its error, so that it blocks nobody.

    It is tried again a few times (`next_at`); then somebody must look at it (`tuanzu queues`).
    """

    __tablename__ = "event_parked"
    __table_args__ = (
        Index(
            "ix_event_parked_next_at",
            "consumer",
            "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    consumer: Mapped[c.Phrase] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    error: Mapped[c.Phrase]
    parked_at: Mapped[c.Instant]
    attempts: Mapped[c.Small]
    next_at: Mapped[c.MaybeInstant]


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

    The cursor's row lock lets one process read at a time; another leaves it to that one at once.
    Effects and cursor commit together: nothing is skipped, nothing has its effect twice.
    A fact whose reader fails is parked with the error and undone alone (savepoint).
    """
    session.execute(_BEGIN, {"name": name})
    cursor = session.scalars(
        select(ConsumerCursor).where(ConsumerCursor.name == name).with_for_update(skip_locked=True)
    ).one_or_none()
    if cursor is None:
        return 0
    rows = session.execute(
        _facts().where(FeedEvent.seq > cursor.seq).order_by(FeedEvent.seq).limit(limit)
    ).mappings()
    last, passed, batch = cursor.seq, 0, dict[Any, Any]()
    for row in rows.all():
        last, passed = row["seq"], passed + 1
        reader = readers.get(row["type"]) or readers.get("*")
        if reader and (error := _digest(session, name, reader, _seen(row, batch), now)):
            session.add(
                ParkedEvent(
                    consumer=name,
                    seq=last,
                    error=error,
                    parked_at=now,
                    attempts=1,
                    next_at=_again(1, now),
                )
            )
    if passed:
        session.execute(
            update(ConsumerCursor)
            .where(ConsumerCursor.name == name)
            .values(seq=last)
            .execution_options(synchronize_session=False)
        )
    return passed


def read_on(
    session: Session, name: str, readers: Mapping[str, Reader], *, now: datetime, limit: int
) -> int:
    """Let one consumer try again what it has parked, and read its next facts; gives how many."""
    retried = retry_parked(session, name, readers, now=now, limit=limit)
    return retried + consume(session, name, readers, now=now, limit=limit)


def retry_parked(
    session: Session, name: str, readers: Mapping[str, Reader], *, now: datetime, limit: int
) -> int:
    """Let one consumer try again what it could not digest and is due; gives how many.

    What it can digest now is forgotten, in the transaction of its effects. A reader gives the same
    result when the world has moved on, so that later facts may have been read before.
    """
    due = session.scalars(
        select(ParkedEvent)
        .where(ParkedEvent.consumer == name, ParkedEvent.next_at <= now)
        .order_by(ParkedEvent.next_at, ParkedEvent.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for parked in due:
        row = session.execute(_facts().where(FeedEvent.seq == parked.seq)).mappings().one()
        reader = readers.get(row["type"]) or readers.get("*")
        error = _digest(session, name, reader, _seen(row, {}), now) if reader else None
        if error is None:
            session.delete(parked)
        else:
            parked.error, parked.attempts = error, parked.attempts + 1
            parked.next_at = _again(parked.attempts, now)
    session.flush()
    return len(due)


def put_back(session: Session, name: str, seq: int, *, now: datetime) -> bool:
    """Let a parked fact be tried again from the first time; tells whether there is such a one."""
    parked = session.get(ParkedEvent, (name, seq), with_for_update=True)
    if parked is not None:
        parked.attempts, parked.next_at = 0, now
    return parked is not None


def let_go(session: Session, name: str, seq: int) -> bool:
    """Forget a parked fact: its reader will never have it; tells whether there was such a one."""
    gone = session.execute(
        delete(ParkedEvent)
        .where(ParkedEvent.consumer == name, ParkedEvent.seq == seq)
        .returning(ParkedEvent.seq)
    )
    return gone.one_or_none() is not None


def _facts() -> Select[*tuple[Any, ...]]:
    return select(
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


def _seen(row: RowMapping, batch: dict[Any, Any]) -> Seen:
    return Seen(
        batch=batch,
        seq=row["seq"],
        event_id=row["event_id"],
        type=row["type"],
        aggregate_kind=row["aggregate_kind"],
        aggregate_id=row["aggregate_id"],
        group_id=row["group_id"],
        organisation_ids=tuple(row["organisation_ids"]),
        occurred_at=row["occurred_at"],
        trace=row["trace"],
        data=row["data"],
    )


def _again(attempts: int, now: datetime) -> datetime | None:
    """Give when a fact is tried again; None: it waits for somebody."""
    return now + RETRY_AFTER_ERROR if attempts < settings().park_after else None


def _digest(session: Session, name: str, reader: Reader, seen: Seen, now: datetime) -> str | None:
    """Run one reader on one fact in a savepoint; gives the error of a reader that fails.

    What the reader records continues the trace of what it read.
    """
    outer = TRACEPARENT.set(continued(seen.trace) if seen.trace else None)
    try:
        with session.begin_nested():
            reader(session, seen, now)
    except Exception as error:  # noqa: BLE001 whatever a reader raises, the feed goes on
        _log.exception("event parked", consumer=name, seq=seen.seq, type=seen.type)
        return repr(error)[:2000]
    else:
        return None
    finally:
        TRACEPARENT.reset(outer)
