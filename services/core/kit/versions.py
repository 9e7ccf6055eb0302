"""What rows said before they were changed: a table beside theirs, kept by a trigger.

Whoever writes, and by whatever statement, the trigger keeps it, so no action can forget to. A
version stands from `since` until the next took its place; `until` null: it is what the row says.
Nothing but that end is ever changed in it. Where time is simulated, `written_at` says the moment.
"""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Table,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from services.core.kit.db import Base

_WRITTEN_AT = text("SELECT set_config('tuanzu.written_at', :moment, true)")
_Row = TypeVar("_Row", bound=Base)


def versions_of(row: type[Base], *columns: str, key: tuple[str, ...], walked: str = "") -> Table:
    """Give the table of what such rows said: these columns of theirs, all if none is named.

    `walked`: the column in whose order pages of a day are read.
    """
    kept = Base.metadata.tables[row.__tablename__]
    return Table(
        f"{kept.name}_version",
        Base.metadata,
        Column("number", BigInteger, Identity(always=True), primary_key=True),
        *(
            Column(column.name, column.type, nullable=column.nullable)
            for column in kept.columns
            if not columns or column.name in columns
        ),
        Column("since", DateTime(timezone=True), nullable=False),
        Column("until", DateTime(timezone=True)),
        *(Index(None, name, "since") for name in (key[0], walked) if name),
        Index(
            f"uq_{kept.name}_version_last",
            *key,
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )


def written_at(session: Session, moment: datetime | None) -> None:
    """Let what this transaction writes from here on be kept as said at a moment; None: as it is."""
    session.flush()
    session.execute(_WRITTEN_AT, {"moment": moment.isoformat() if moment else ""})


def as_known(row: type[_Row], by_then: datetime) -> type[_Row]:
    """Give such rows as they were just before a moment, to be read like the rows themselves."""
    kept = Base.metadata.tables[f"{row.__tablename__}_version"]
    stood = and_(kept.c.since < by_then, or_(kept.c.until.is_(None), kept.c.until >= by_then))
    then = select(*kept.c).where(stood).subquery(f"{row.__tablename__}_then")
    return aliased(row, then, adapt_on_names=True)
