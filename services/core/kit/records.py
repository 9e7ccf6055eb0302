"""Records: what a room shows, said once for a single read, for phones and whoever else copies.

A room declares one `Records` for each kind of record that has a GET of its own. Whoever keeps a
copy gets exactly what that GET shows, so a copy and a read can be compared byte for byte.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, SQLColumnExpression, Text, cast, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.reading import Fields, Found

Touched = Callable[[Collection[str]], ColumnElement[bool]]
"""Writes "shows, or is seen by, one of these changed records of another kind"."""


def by(*columns: InstrumentedAttribute[Any]) -> Touched:
    """Find records by the columns that may name a changed one."""
    return lambda ids: or_(*(column == ids_of(ids, column).any_() for column in columns))


def ids_of(ids: Collection[str], column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Give ids that were noted as text as an array of a column's type."""
    return cast(literal(list(ids), ARRAY(Text())), ARRAY(column.type))


@dataclass(frozen=True, slots=True)
class Records:
    """One kind of record: its rows, what is shown of them to whom, and what else it depends on."""

    name: str
    """As clients know it: the plural of its address."""
    kind: str
    """What the log of written rows calls it."""
    key: InstrumentedAttribute[Any]
    version: SQLColumnExpression[int]
    fields: Callable[[Caller], Fields]
    source: Callable[[Caller], FromClause]
    visible: Callable[[Caller], ColumnElement[bool]]
    follows: Mapping[str, Touched] = field(default_factory=dict)
    """Other kinds whose change shows in these records: names, counts, lights."""
    seen_by: frozenset[str] = frozenset()
    """Those of `follows` that also decide who sees these records."""
    varies: bool = False
    """Two callers who both see a record may be shown different things of it."""
    once_public: ColumnElement[bool] | None = None
    """Those that everybody could see at a time, whoever sees them now."""
    turned: Callable[[datetime, datetime], ColumnElement[bool] | None] = lambda _since, _until: None
    """Writes "shows something else since then although nobody wrote it", or None: none can."""

    def one(self, session: Session, caller: Caller, key: object) -> Found:
        """Read one record as this caller sees it.

        Raises:
            Missing: there is none in the caller's scope.
        """
        return reading.found(
            session,
            self.fields(caller),
            version=self.version,
            source=self.source(caller),
            where=[self.key == key, self.visible(caller)],
        )
