"""The row is the job: due rows are found, locked, done and moved on in one transaction.

Work whose effect is in PostgreSQL needs no lease: the row lock holds while it is done
(`each_due`). Work with an effect outside (mail, webhooks) claims rows first by moving `next_at`
forward as the lease, and finishes them fenced by the attempt number it claimed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Index, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base

_log = structlog.get_logger(__name__)

RETRY_AFTER_ERROR = timedelta(minutes=5)
"""A row whose work failed unexpectedly is looked at again after this; it blocks no other row."""


class Heartbeat(Base):
    """When each recurring part was last seen at work; the doctor and /readyz read it."""

    __tablename__ = "heartbeat"

    name: Mapped[c.Phrase] = mapped_column(primary_key=True)
    at: Mapped[c.Instant]


class DueRow(Protocol):
    """A row with a moment at which something must be done; None: nothing is owed."""

    id: Any  # Mapped[UUID]: a column on the class, a value on the row; a Protocol says only one
    next_at: Any  # Mapped[datetime | None]


Row = TypeVar("Row", bound=DueRow)


def due_index(table: str) -> Index:
    """Give the partial index that makes an empty poll cost nothing."""
    return Index(
        f"ix_{table}_next_at", "next_at", "id", postgresql_where=text("next_at IS NOT NULL")
    )


def each_due(
    session: Session,
    table: type[Row],
    do: Callable[[Session, Row, datetime], None],
    *,
    now: datetime,
    limit: int,
) -> int:
    """Do what is due, oldest first; gives how many rows were found.

    Rows another worker holds are skipped. Each row is done in a savepoint: one that fails is
    undone alone, logged, and looked at again later; it spoils no other.
    """
    next_at: InstrumentedAttribute[Any] = table.next_at
    rows = session.scalars(
        select(table)
        .where(next_at <= now)
        .order_by(next_at, table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        try:
            with session.begin_nested():
                do(session, row, now)
        except Exception:  # noqa: BLE001 one bad row spoils no other
            _log.exception("due row failed", table=table.__name__, id=str(row.id))
            session.refresh(row)
            row.next_at = now + RETRY_AFTER_ERROR
    session.flush()
    return len(rows)


_BEAT = text(
    "INSERT INTO heartbeat (name, at) VALUES (:name, clock_timestamp()) "
    "ON CONFLICT (name) DO UPDATE SET at = excluded.at"
)


def beat(session: Session, name: str) -> None:
    """Note that a recurring part is alive, by the database's clock."""
    session.execute(_BEAT, {"name": name})
