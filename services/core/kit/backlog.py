"""What waits, what fails, what was given up: one cheap statement for the doctor and for metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.core.kit.feed import ParkedEvent
from services.core.kit.jobs import DueFailure, kind_of

FACTS = "feed."
"""Before the name of a reader: the kind of what it could not digest."""

_PARKED_ROWS = (
    "SELECT 'parked', kind, count(parked_at), count(*) - count(parked_at) "
    "FROM due_failure GROUP BY kind"
)
_PARKED_FACTS = (
    f"SELECT 'parked', '{FACTS}' || consumer, count(*) - count(next_at), count(next_at) "  # noqa: S608 our own words
    "FROM event_parked GROUP BY consumer"
)


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of due row: how many are due, and for how long the oldest has been."""

    kind: str
    count: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """The state of everything that works on its own."""

    newest: int
    """Number of the latest fact."""
    pending: int
    """Facts without a number."""
    lags: dict[str, int]
    """How many facts each reader is behind; `redis` is the copy."""
    due: tuple[Due, ...]
    failing: dict[str, int]
    """Rows and facts that failed and are tried again."""
    parked: dict[str, int]
    """Those that failed too often and wait for somebody."""
    dead: dict[str, int]
    """Deliveries of the last day that were given up."""
    heartbeats: dict[str, float]
    """Seconds since each recurring part was seen at work."""


@dataclass(frozen=True, slots=True)
class Troubled:
    """One row or fact that fails, as somebody can put it back."""

    kind: str
    id: str
    attempts: int
    error: str
    since: str
    is_parked: bool


def statement(
    due: Sequence[InstrumentedAttribute[Any]], states: Sequence[InstrumentedAttribute[Any]]
) -> TextClause:
    """Write the statement for these kinds of due rows and of deliveries."""
    parts = [
        "SELECT 'newest' AS what, '' AS kind, CAST(seq AS float8) AS n, 0.0 AS age FROM feed_head",
        "SELECT 'pending', '', count(*), 0 FROM event_pending",
        "SELECT 'lag', 'redis', seq - copied, 0 FROM feed_head",
        "SELECT 'lag', c.name, h.seq - c.seq, 0 FROM consumer_cursor c, feed_head h",
        _PARKED_ROWS,
        _PARKED_FACTS,
        "SELECT 'heartbeat', name, extract(epoch FROM clock_timestamp() - at), 0 FROM heartbeat",
    ]
    for moment in due:
        table, column = moment.class_.__tablename__, moment.key
        parts.append(
            f"SELECT 'due', '{kind_of(moment)}', count(*), "  # noqa: S608 our own tables
            f"coalesce(extract(epoch FROM house_now() - min({column})), 0) "
            f"FROM {table} WHERE {column} <= house_now()"
        )
    for state in states:
        table = state.class_.__tablename__
        parts.append(
            f"SELECT 'dead', '{table}', count(*), 0 FROM {table} "  # noqa: S608 our own tables
            "WHERE state = 'failed' AND id > uuidv7(INTERVAL '-1 day')"
        )
    return text(" UNION ALL ".join(parts))


def read(session: Session, asked: TextClause) -> Backlog:
    """Read the state of everything."""
    rows = session.execute(asked).all()

    def of(what: str) -> dict[str, int]:
        return {row.kind: int(row.n) for row in rows if row.what == what}

    return Backlog(
        newest=of("newest")[""],
        pending=of("pending")[""],
        lags=of("lag"),
        due=tuple(
            Due(row.kind, int(row.n), round(float(row.age), 3)) for row in rows if row.what == "due"
        ),
        failing={row.kind: int(row.age) for row in rows if row.what == "parked"},
        parked=of("parked"),
        dead=of("dead"),
        heartbeats={row.kind: round(float(row.n), 3) for row in rows if row.what == "heartbeat"},
    )


def troubled(session: Session) -> list[Troubled]:
    """Give every row and fact that fails, the longest first."""
    rows = session.query(DueFailure).order_by(DueFailure.failed_at).all()
    facts = session.query(ParkedEvent).order_by(ParkedEvent.parked_at).all()
    return [
        *(
            Troubled(
                kind=one.kind,
                id=str(one.row_id),
                attempts=one.attempts,
                error=one.error,
                since=one.failed_at.isoformat(),
                is_parked=one.parked_at is not None,
            )
            for one in rows
        ),
        *(
            Troubled(
                kind=FACTS + one.consumer,
                id=str(one.seq),
                attempts=one.attempts,
                error=one.error,
                since=one.parked_at.isoformat(),
                is_parked=one.next_at is None,
            )
            for one in facts
        ),
    ]
