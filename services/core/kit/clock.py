"""The only place that asks what time it is.

Doors ask once and pass `now` on. They ask PostgreSQL, so that machines with skewed clocks agree;
`house_now()` is one function in the database, which a story test may replace to simulate time.
"""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

_HOUSE_NOW = text("SELECT house_now()")


def house_now(session: Session) -> datetime:
    """Give the instant every process agrees on (aware, UTC)."""
    instant: datetime = session.execute(_HOUSE_NOW).scalar_one()
    return instant


def machine_now() -> datetime:
    """Give this machine's own clock, for logs, signatures on the wire and the doctor."""
    return datetime.now(UTC)
