"""Scope as SQL: a column is among the caller's ids, as one array parameter.

One parameter, whatever the number of ids: the statement stays the same and stays prepared. A
caller's ids travel as the text PostgreSQL wrote them in: hundreds of them cost Python nothing
unless it asks for one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.types import UserDefinedType

_IDS = ARRAY(Uuid())


class Ids(AbstractSet[UUID]):
    """A caller's ids of one kind, as the text of a PostgreSQL array; read only when asked.

    `name` is the parameter that carries them, once for each statement however often it is named.
    """

    def __init__(self, name: str, text: str = "{}") -> None:
        """Keep the text as it came from the database."""
        self.name = name
        self.text = text

    @classmethod
    def of(cls, name: str, ids: Iterable[UUID]) -> "Ids":
        """Write ids that Python already holds."""
        return cls(name, "{" + ",".join(map(str, ids)) + "}")

    @classmethod
    def asked(cls, ids: Iterable[UUID]) -> "Ids":
        """Write ids for a statement that was written once for a process, about `ASKED`."""
        return cls.of(ASKED.name, ids)

    @property
    def given(self) -> dict[str, str]:
        """The parameter of such a statement."""
        return {self.name: self.text}

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> frozenset[Any]:
        return frozenset(it)

    @cached_property
    def known(self) -> frozenset[UUID]:
        """The ids themselves."""
        inside = self.text[1:-1]
        return frozenset(map(UUID, inside.split(","))) if inside else frozenset()

    def __contains__(self, value: object) -> bool:
        """Say whether an id is among them."""
        return value in self.known

    def __iter__(self) -> Iterator[UUID]:
        """Give each id."""
        return iter(self.known)

    def __len__(self) -> int:
        """Count them, without reading them."""
        return self.text.count(",") + 1 if self else 0

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return self.text != "{}"

    def __hash__(self) -> int:
        """Agree with equality, which is that of sets."""
        return hash(self.known)

    def intersection(self, *others: Iterable[UUID | None]) -> frozenset[UUID]:
        """Give what is also among the others, as frozenset does."""
        return self.known.intersection(*others)

    def union(self, *others: Iterable[UUID]) -> frozenset[UUID]:
        """Give these and the others, as frozenset does."""
        return self.known.union(*others)


ASKED = Ids("asked")
"""In the place of ids that differ from one asking to the next."""


class _ArrayText(UserDefinedType[str]):
    """The text of an array of ids, which the server reads as it comes."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type that the parameter is cast to."""
        return "UUID[]"

    def literal_processor(self, dialect: Dialect) -> Callable[..., str]:
        """Write it into a statement that is only looked at."""
        del dialect
        return repr


_TEXT = _ArrayText()


def among(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:  # noqa: ANN401 any mapped column of ids
    """Write "this column holds one of these ids"."""
    found: ColumnElement[bool] = column == _array(ids).any_()
    return found


def overlapping(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:  # noqa: ANN401 any mapped array of ids
    """Write "this array holds one of these ids"."""
    found: ColumnElement[bool] = column.overlap(_array(ids))
    return found


def _array(ids: Collection[UUID]) -> ColumnElement[Any]:
    if isinstance(ids, Ids):
        return bindparam(ids.name, ids.text, _TEXT)
    return literal(list(ids), _IDS)
