"""Columns that hold secrets, so that a change of the master key can find and reseal them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, inspect, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.core.kit import cipher


@dataclass(frozen=True, slots=True)
class Sealed:
    """One column of `cipher.sealed` texts; `owner` names a row by its primary key."""

    column: InstrumentedAttribute[Any]
    owner: Callable[..., str]

    @property
    def name(self) -> str:
        """Give table and column, as a person reads them."""
        return str(self.column)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did, and the primary key the next one begins after; None: it was the last."""

    resealed: int
    unopenable: int
    last: tuple[Any, ...] | None


def reseal(session: Session, sealed: Sealed, *, after: Sequence[Any] | None, limit: int) -> Batch:
    """Seal again, with the current key, what another one sealed; version and ETag stay.

    Each row is locked as it is read, so that a secret changed meanwhile is never overwritten.
    """
    model: Any = sealed.column.class_
    keys = inspect(model).primary_key
    wanted = select(*keys, sealed.column).where(_of_other_keys(sealed)).order_by(*keys)
    if after is not None:
        wanted = wanted.where(tuple_(*keys) > tuple_(*after))
    rows = session.execute(wanted.limit(limit).with_for_update()).all()
    resealed = 0
    for *key, text in rows:
        owner = sealed.owner(*key)
        try:
            fresh = cipher.sealed(cipher.opened(text, owner=owner), owner=owner)
        except cipher.Unopenable:
            continue
        session.execute(
            update(model)
            .where(tuple_(*keys) == tuple_(*key))
            .values({sealed.column: fresh})
            .execution_options(synchronize_session=False)
        )
        resealed += 1
    more = len(rows) == limit
    return Batch(resealed, len(rows) - resealed, tuple(rows[-1][:-1]) if more else None)


def left(session: Session, sealed: Sealed) -> int:
    """Count what another key than the current one sealed."""
    return session.scalars(
        select(func.count()).select_from(sealed.column.class_).where(_of_other_keys(sealed))
    ).one()


def _of_other_keys(sealed: Sealed) -> Any:  # noqa: ANN401 SQLAlchemy's boolean expression
    """Write "another key sealed it"; an empty text holds no secret (one that was never made)."""
    other = ~sealed.column.startswith(cipher.current_prefix(), autoescape=True)
    return sealed.column.is_not(None) & (sealed.column != "") & other
