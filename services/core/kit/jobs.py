"""The row is the job: due rows are found, locked, done and moved on in one transaction.

Work whose effect is in PostgreSQL needs no lease: the row lock holds while it is done
(`each_due`). Work with an effect outside (mail, webhooks) claims rows first by moving `next_at`
forward as the lease, and finishes them fenced by the attempt number it claimed.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Index, Interval, delete, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.scope import among
from services.core.kit.settings import settings

_log = structlog.get_logger(__name__)

RETRY_AFTER_ERROR = timedelta(minutes=5)
"""A row whose work failed unexpectedly is looked at again after this; it blocks no other row."""
STALE = 3
"""A recurring part not seen for so many of its intervals is not at work."""


class Heartbeat(Base):
    """When each recurring part was last seen at work; the doctor and /readyz read it."""

    __tablename__ = "heartbeat"

    name: Mapped[c.Phrase] = mapped_column(primary_key=True)
    at: Mapped[c.Instant]
    every: Mapped[timedelta | None] = mapped_column(Interval())
    """How often it should be seen; null for what an older version left."""


class DueFailure(Base):
    """A due row whose work fails: how often in a row, with which error, and whether it is parked.

    A parked row has no moment any more: nothing looks at it until somebody puts it back, or its
    room gives it a new one.
    """

    __tablename__ = "due_failure"

    kind: Mapped[c.Phrase] = mapped_column(primary_key=True)
    """Table and column of the moment, as `table.column`."""
    row_id: Mapped[c.Ref] = mapped_column(primary_key=True)
    attempts: Mapped[c.Small]
    error: Mapped[c.Phrase]
    failed_at: Mapped[c.Instant]
    parked_at: Mapped[c.MaybeInstant]


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
    well: list[UUID] = []
    for row in rows:
        row_id = row.id
        try:
            with session.begin_nested():
                do(session, row, now)
            well.append(row_id)
        except Exception as error:  # noqa: BLE001 one bad row spoils no other
            _log.exception("due row failed", table=table.__name__, id=str(row_id))
            session.refresh(row)
            row.next_at = failed(session, next_at, row_id, error, now=now)
    session.flush()
    succeeded(session, next_at, well)
    return len(rows)


def kind_of(moment: InstrumentedAttribute[Any]) -> str:
    """Name a kind of due row by its table and the column of its moment."""
    return f"{moment.class_.__tablename__}.{moment.key}"


_FAILED = text(
    """
    INSERT INTO due_failure AS before (kind, row_id, attempts, error, failed_at)
    VALUES (:kind, :row_id, 1, :error, :now)
    ON CONFLICT (kind, row_id) DO UPDATE SET failed_at = :now, error = excluded.error,
      attempts = CASE WHEN before.parked_at IS NULL THEN before.attempts + 1 ELSE 1 END,
      parked_at = NULL
    RETURNING attempts
    """
)
_PARKED = text("UPDATE due_failure SET parked_at = :now WHERE kind = :kind AND row_id = :row_id")


def failed(
    session: Session,
    moment: InstrumentedAttribute[Any],
    row_id: UUID,
    error: Exception,
    *,
    now: datetime,
) -> datetime | None:
    """Note that a row's work failed; gives when it is looked at again, or None: it is parked."""
    about = {"kind": kind_of(moment), "row_id": row_id, "now": now}
    noted = session.execute(_FAILED, {**about, "error": repr(error)[:2000]})
    if noted.scalar_one() < settings().park_after:
        return now + RETRY_AFTER_ERROR
    session.execute(_PARKED, about)
    _log.error("due row parked", kind=about["kind"], id=str(row_id))
    return None


def succeeded(
    session: Session, moment: InstrumentedAttribute[Any], row_ids: Collection[UUID]
) -> None:
    """Forget former failures of rows whose work was done."""
    if row_ids:
        session.execute(
            delete(DueFailure)
            .where(DueFailure.kind == kind_of(moment), among(DueFailure.row_id, row_ids))
            .execution_options(synchronize_session=False)
        )


def put_back(
    session: Session, moment: InstrumentedAttribute[Any], row_id: UUID, *, now: datetime
) -> bool:
    """Let a row that fails be due again, from the first time; tells whether there is such a one."""
    kind = kind_of(moment)
    gone = session.execute(
        delete(DueFailure)
        .where(DueFailure.kind == kind, DueFailure.row_id == row_id)
        .returning(DueFailure.row_id)
    )
    if gone.one_or_none() is None:
        return False
    table = moment.class_.__table__
    (key,) = table.primary_key.columns
    session.execute(table.update().where(key == row_id).values({moment.key: now}))
    return True


_BEAT = text(
    "INSERT INTO heartbeat (name, at, every) "
    "SELECT name, clock_timestamp(), :every FROM unnest(CAST(:names AS text[])) AS name "
    "WHERE NOT EXISTS (SELECT FROM heartbeat fresh WHERE fresh.name = name.name "
    "AND fresh.at > clock_timestamp() - INTERVAL '1 s') "
    "ORDER BY name ON CONFLICT (name) DO UPDATE SET at = excluded.at, every = excluded.every"
)


def beat(session: Session, *names: str, every: timedelta) -> None:
    """Note that recurring parts are alive, by the database's clock, and when they are due again.

    At most once a second each, so that many workers do not queue for these rows.
    """
    session.execute(_BEAT, {"names": list(names), "every": every})
