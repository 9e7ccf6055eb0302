"""Scope as SQL: a column is among the caller's ids, as one array parameter.

One parameter, whatever the number of ids: the statement stays the same and stays prepared.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, literal
from sqlalchemy.dialects.postgresql import ARRAY

_IDS = ARRAY(Uuid())


def among(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:  # noqa: ANN401 any mapped column of ids
    """Write "this column holds one of these ids"."""
    found: ColumnElement[bool] = column == _any(ids)
    return found


def overlapping(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:  # noqa: ANN401 any mapped array of ids
    """Write "this array holds one of these ids"."""
    found: ColumnElement[bool] = column.overlap(literal(list(ids), _IDS))
    return found


def _any(ids: Collection[UUID]) -> ColumnElement[Any]:
    return literal(list(ids), _IDS).any_()
