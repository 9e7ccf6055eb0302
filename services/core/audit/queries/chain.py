"""The chain as the tables hold it: its head, its lines, what waits, and who anchored it when."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from sqlalchemy import Text, cast, func, select, text
from sqlalchemy.orm import Session

from services.core.access.rules import Permission
from services.core.audit.models import AuditHead, AuditSeal, AuditTombstone
from services.core.audit.rules import Anchor, Line, Link, plain
from services.core.kit.caller import Caller
from services.core.kit.events import Subject
from services.core.kit.feed import FeedEvent
from services.core.kit.ledger import AuditEntry, PendingSeal
from services.core.kit.reading import Found

CHAIN = Subject("audit_chain", uuid5(NAMESPACE_URL, "urn:tuanzu:audit"), for_everybody=True)
"""What anchors are about; it belongs to nobody, so every reader of the feed gets them."""
_BATCH = 2000

LINE = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.account_id,
    AuditEntry.organisation_id,
    AuditEntry.action,
    AuditEntry.outcome,
    AuditEntry.subject_kind,
    AuditEntry.subject_id,
    AuditEntry.group_id,
    AuditEntry.organisation_ids,
    AuditEntry.event_id,
    AuditEntry.trace,
    AuditEntry.address,
    cast(AuditEntry.changes, Text),
)
"""The columns of a `rules.Line`, in its order."""


def head(session: Session) -> Anchor:
    """Give where the chain ends."""
    row = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return Anchor(row[0], row[1])


def shown_head(session: Session, caller: Caller) -> Found:
    """Read the head, for who reads the audit.

    Raises:
        Forbidden: the caller does not.
    """
    caller.must(Permission.READ_AUDIT)
    now = head(session)
    return Found(orjson.dumps({"seq": now.seq, "hash": now.hash.hex()}).decode(), now.seq)


def at(session: Session, seq: int) -> Anchor:
    """Give the place of one seal."""
    found = session.execute(select(AuditSeal.hash).where(AuditSeal.seq == seq)).scalar_one()
    return Anchor(seq, found)


def head_for_change(session: Session) -> AuditHead:
    """Lock the head: one process adds to the chain at a time."""
    return session.scalars(select(AuditHead).with_for_update()).one()


def waiting(session: Session, limit: int) -> list[Line]:
    """Give committed lines that have no seal, whatever their ids: a late commit is not skipped."""
    found = session.execute(
        select(*LINE)
        .join(PendingSeal, PendingSeal.entry_id == AuditEntry.id)
        .order_by(PendingSeal.entry_id)
        .limit(limit)
    )
    return [_line(row) for row in found]


def _line(row: Sequence[Any]) -> Line:
    return Line(*row)


def links(session: Session, *, after: int, upto: int | None = None) -> Iterator[Sequence[Link]]:
    """Give the seals after one number with their lines, batch by batch."""
    while True:
        statement = (
            select(AuditSeal.seq, AuditSeal.entry_id, AuditSeal.key_id, AuditSeal.hash, *LINE)
            .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
            .where(AuditSeal.seq > after)
            .order_by(AuditSeal.seq)
            .limit(_BATCH)
        )
        if upto is not None:
            statement = statement.where(AuditSeal.seq <= upto)
        batch = [_link(row) for row in session.execute(statement)]
        if not batch:
            return
        yield batch
        after = batch[-1].seq


def _link(row: Sequence[Any]) -> Link:
    seq, entry_id, key_id, digest, *line = row
    return Link(seq, entry_id, key_id, digest, plain(_line(line)) if line[0] is not None else None)


def tombstones(session: Session) -> Sequence[AuditTombstone]:
    """Give the stretches that were archived and dropped, in order."""
    return session.scalars(select(AuditTombstone).order_by(AuditTombstone.last_seq)).all()


def known_anchors(session: Session) -> list[Anchor]:
    """Give the anchors the feed has told everybody."""
    found = session.scalars(
        select(FeedEvent.data)
        .where(FeedEvent.aggregate_id == CHAIN.id)
        .order_by(FeedEvent.aggregate_version)
    )
    return [Anchor(data["seq"], bytes.fromhex(data["hash"])) for data in found]


_ANCHORED_AT = text(
    "SELECT max(told.at) FROM (SELECT occurred_at AS at FROM event WHERE aggregate_id = :id "
    "UNION ALL SELECT occurred_at FROM event_pending WHERE aggregate_id = :id) AS told"
)


def anchored_at(session: Session) -> datetime | None:
    """Give when the head was last told, None if never."""
    at: datetime | None = session.execute(_ANCHORED_AT, {"id": CHAIN.id}).scalar_one()
    return at


def unsealed_for(session: Session) -> timedelta | None:
    """Give how long the oldest line has been waiting for its seal, None if none is."""
    oldest = select(AuditEntry.at).where(
        AuditEntry.id == select(func.min(PendingSeal.entry_id)).scalar_subquery()
    )
    waited: timedelta | None = session.execute(
        select(func.house_now() - oldest.scalar_subquery())
    ).scalar_one()
    return waited


_UNSEALED = text(
    """
    SELECT e.id, p.entry_id IS NOT NULL AS waits, house_now() - e.at AS age
    FROM audit_entry e
    LEFT JOIN audit_seal s ON s.entry_id = e.id
    LEFT JOIN audit_pending p ON p.entry_id = e.id
    WHERE s.seq IS NULL
    UNION ALL
    SELECT p.entry_id, NULL, NULL FROM audit_pending p
    LEFT JOIN audit_entry e ON e.id = p.entry_id WHERE e.id IS NULL
    ORDER BY 1
    """
)


def unsealed(session: Session) -> Sequence[tuple[int, bool | None, timedelta | None]]:
    """Give every line without a seal: its id, whether it waits for one, and its age.

    None as the second says that a line which waited is gone.
    """
    return [(row[0], row[1], row[2]) for row in session.execute(_UNSEALED)]


def count(session: Session) -> int:
    """Give how many seals there are."""
    return session.execute(select(func.count()).select_from(AuditSeal)).scalar_one()


_OLD = text(
    """
    SELECT max(seq) FROM (
      SELECT first.seq,
             bool_and(coalesce(e.at < :before, false)) OVER (ORDER BY first.seq) AS is_old
      FROM (SELECT seq, entry_id FROM audit_seal ORDER BY seq LIMIT :limit) AS first
      LEFT JOIN audit_entry e ON e.id = first.entry_id) AS stretch
    WHERE is_old
    """
)


def old(session: Session, *, before: datetime, limit: int) -> int | None:
    """Give the last number of the chain's beginning that is wholly older, None if none is."""
    seq: int | None = session.execute(_OLD, {"before": before, "limit": limit}).scalar_one()
    return seq
