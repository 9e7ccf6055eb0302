"""Rows to be changed: found in scope, locked, and at the version the caller has seen."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from services.core.kit.db import Base
from services.core.kit.errors import Missing, Stale
from services.core.kit.words import Words

Row = TypeVar("Row", bound=Base)


def for_change(
    session: Session,
    table: type[Row],
    *where: ColumnElement[bool],
    expected: int | None = None,
) -> Row:
    """Lock one row; `expected` is the version from If-Match, None where the service itself acts.

    Raises:
        Missing: there is none in scope. Stale: it has another version by now.
    """
    row = session.scalars(select(table).where(*where).with_for_update()).one_or_none()
    if row is None:
        raise Missing
    if expected is not None and getattr(row, "version", None) != expected:
        raise Stale(
            Words(
                "您看到的版本已过期；请在现版本上重做修改。",
                "You changed an older version; apply the change to the current one.",
            )
        )
    return row


def merged(row: Base, given: dict[str, Any]) -> dict[str, list[Any]]:
    """Put the given values into a row; gives `{field: [before, after]}` of what really changed."""
    changes: dict[str, list[Any]] = {}
    for name, value in given.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [before, value]
    return changes


def touch(row: Base) -> None:
    """Move a row's version on although only its children changed, so that its ETag changes too."""
    flag_modified(row, next(iter(inspect(type(row)).column_attrs)).key)
