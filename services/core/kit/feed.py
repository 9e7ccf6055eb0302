"""The log of facts: pending rows, the stamped gapless feed, and its internal readers.

PostgreSQL is the log; the Redis stream is a copy with the same numbers. A fact waits in
`event_pending` until the relay gives it the next `seq` in `event`, in commit order, without gaps.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Identity,
    Index,
    UniqueConstraint,
    delete,
    select,
    text,
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
    organisation_ids: Collection[UUID]
    occurred_at: datetime
    trace: str | None
    data: dict[str, Any]


SEEN = tuple(getattr(FeedEvent, one.name) for one in fields(Seen))
"""The columns of a fact as a reader gets it."""


Reader = Callable[[Session, Seen, datetime], None]
Digest = Callable[[Session, Sequence[Seen], datetime], None]
"""Takes facts in their order; if it fails they come again, one by one, and nothing of it stays."""

_BEGIN = text(
    "INSERT INTO consumer_cursor (name, seq) VALUES (:name, 0) ON CONFLICT DO NOTHING RETURNING 1"
)
_HOLD = text(
    """
    SELECT seq, EXISTS (SELECT FROM event_parked p WHERE p.consumer = :name AND p.next_at <= :now)
    FROM consumer_cursor WHERE name = :name FOR UPDATE SKIP LOCKED
    """
)
_MOVE = text("UPDATE consumer_cursor SET seq = :seq WHERE name = :name")


def one_by_one(readers: Mapping[str, Reader]) -> Digest:
    """Make one digest of readers of single facts, by type; others are passed over.

    What a reader records continues the trace of what it read.
    """

    def digest(session: Session, facts: Sequence[Seen], now: datetime) -> None:
        for seen in facts:
            if reader := readers.get(seen.type):
                outer = TRACEPARENT.set(continued(seen.trace) if seen.trace else None)
                try:
                    reader(session, seen, now)
                finally:
                    TRACEPARENT.reset(outer)

    return digest


def consume(session: Session, name: str, digest: Digest, *, now: datetime, limit: int) -> int:
    """Let one consumer try again what it has parked, and read its next facts; gives how many.

    The cursor's row lock lets one process read at a time; another leaves it to that one at once.
    Effects and cursor commit together: nothing is skipped, nothing has its effect twice.
    A fact that cannot be digested is parked with the error and undone alone (savepoint).
    """
    held = _held(session, name, now)
    if held is None:
        return 0
    after, has_parked = held
    retried = retry_parked(session, name, digest, now=now, limit=limit) if has_parked else 0
    facts = _read(session, FeedEvent.seq > after, limit=limit)
    if not facts:
        return retried
    if _digest(session, name, digest, facts, now):
        for seen in facts:
            if error := _digest(session, name, digest, [seen], now):
                _park(session, name, seen, error, now)
    session.execute(_MOVE, {"name": name, "seq": facts[-1].seq})
    return retried + len(facts)


def _held(session: Session, name: str, now: datetime) -> tuple[int, bool] | None:
    """Lock a consumer's cursor: how far it has come, and whether a parked fact is due.

    None: another process reads. A new consumer begins with the oldest fact.
    """
    about = {"name": name, "now": now}
    held = session.execute(_HOLD, about).one_or_none()
    if held is None and session.execute(_BEGIN, {"name": name}).one_or_none():
        held = session.execute(_HOLD, about).one()
    return None if held is None else (held[0], held[1])


def retry_parked(session: Session, name: str, digest: Digest, *, now: datetime, limit: int) -> int:
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
        facts = _read(session, FeedEvent.seq == parked.seq, limit=1)
        error = _digest(session, name, digest, facts, now)
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


def _read(session: Session, where: ColumnElement[bool], *, limit: int) -> list[Seen]:
    asked = select(*SEEN).where(where).order_by(FeedEvent.seq).limit(limit)
    return [Seen(*row) for row in session.execute(asked)]


def _again(attempts: int, now: datetime) -> datetime | None:
    """Give when a fact is tried again; None: it waits for somebody."""
    return now + RETRY_AFTER_ERROR if attempts < settings().park_after else None


def _park(session: Session, name: str, seen: Seen, error: str, now: datetime) -> None:
    session.add(
        ParkedEvent(
            consumer=name,
            seq=seen.seq,
            error=error,
            parked_at=now,
            attempts=1,
            next_at=_again(1, now),
        )
    )


def _digest(
    session: Session, name: str, digest: Digest, facts: Sequence[Seen], now: datetime
) -> str | None:
    """Digest facts in one savepoint; gives the error if that fails."""
    try:
        with session.begin_nested():
            digest(session, facts, now)
    except Exception as error:  # noqa: BLE001 whatever a reader raises, the feed goes on
        seqs = [facts[0].seq, facts[-1].seq]
        _log.exception("facts not digested", consumer=name, seqs=seqs)
        return repr(error)[:2000]
    return None
