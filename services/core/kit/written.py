"""The log of written rows: which record was written when, as the relay numbered it.

Facts say what happened; many writes are no fact (a draft is saved, a message is read, a reminder
is planned). A copy on a phone must follow those too, so triggers note every write of a row that a
client may keep, whoever wrote it. Like facts, notes get their number from the relay after the
commit, so that no reader passes a slow transaction.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Identity, Index, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base

KEPT = timedelta(days=90)
"""A phone that was away for longer begins anew."""


class RowChange(Base):
    """One row was written: of which kind of record, which record, and who could see it before."""

    __tablename__ = "row_change"
    __table_args__ = (
        Index("uq_row_change_number", "number", unique=True),
        Index("ix_row_change_waiting", "id", postgresql_where=text("number IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[c.Phrase]
    record_id: Mapped[c.Phrase]
    operation: Mapped[c.Phrase]
    """I, U or D; a part of a record that comes or goes is a U of the record."""
    audience: Mapped[c.Refs]
    """Groups and organisations that the row belonged to until now; empty for a new one."""
    noted_at: Mapped[c.Instant] = mapped_column(server_default=func.clock_timestamp())
    number: Mapped[int | None] = mapped_column(BigInteger)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """How far the feed was: every fact up to it was written with a change numbered by then."""


_WAITING = text("SELECT EXISTS (SELECT FROM row_change WHERE number IS NULL)")
_HOLD = text("SELECT seq FROM feed_head WHERE shard = 0 FOR UPDATE")
_NUMBER = text(
    """
    UPDATE row_change AS noted
    SET number = place.number, seq = :seq
    FROM (SELECT id, row_number() OVER (ORDER BY id)
                     + (SELECT coalesce(max(number), 0) FROM row_change) AS number
          FROM row_change WHERE number IS NULL) AS place
    WHERE noted.id = place.id
    """
)


def number(session: Session) -> None:
    """Number what was noted since the last time; the row of the feed's head lets one do it."""
    if session.execute(_WAITING).scalar():
        seq = session.execute(_HOLD).scalar_one()
        session.execute(_NUMBER, {"seq": seq})


def forget_old(session: Session, *, now: datetime) -> None:
    """Remove what is older than is kept; the newest stays, so that the count goes on from it."""
    newest = select(func.max(RowChange.number)).scalar_subquery()
    session.execute(
        delete(RowChange)
        .where(RowChange.noted_at < now - KEPT, RowChange.number < newest)
        .execution_options(synchronize_session=False)
    )
