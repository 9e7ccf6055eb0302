"""What must hold across a document: codes exist, none is given twice, nothing circles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from services.core.exchange.queries import Key, Known
from services.core.exchange.schemas import Document
from services.core.kit.errors import Fault
from services.core.kit.shapes import Given
from services.core.kit.words import Words

KEYS: Mapping[str, tuple[str, ...]] = {
    "policies": ("code",),
    "regions": ("code",),
    "organisations": ("code",),
    "accounts": ("login",),
    "officers": ("organisation", "duty", "name"),
    "groups": ("code",),
    "projects": ("code",),
    "reports": ("project", "period"),
    "batches": ("code",),
    "agreements": ("code",),
    "targets": ("region", "year"),
    "statements": ("region", "as_of_month"),
    "meetings": ("code",),
}
"""The natural key of each section, in the order in which sections are loaded."""

_NAMED: Mapping[str, Mapping[str, str]] = {
    "regions": {"parent": "regions"},
    "organisations": {"parent": "organisations", "region": "regions"},
    "accounts": {"organisation": "organisations"},
    "officers": {"organisation": "organisations", "account": "accounts", "deputy": "accounts"},
    "groups": {"region": "regions", "policy": "policies"},
    "members": {"organisation": "organisations", "represents": "organisations"},
    "projects": {
        "group": "groups",
        "region": "regions",
        "lead": "organisations",
        "responsible": "organisations",
        "responsible_account": "accounts",
        "parent": "projects",
    },
    "partners": {"organisation": "organisations"},
    "reports": {"project": "projects", "submitted_by": "accounts", "reviewed_by": "accounts"},
    "agreements": {"batch": "batches", "group": "groups"},
    "parties": {"organisation": "organisations"},
    "targets": {"region": "regions"},
    "statements": {"region": "regions"},
    "meetings": {
        "group": "groups",
        "region": "regions",
        "convener": "organisations",
        "prepared_by": "accounts",
        "approved_by": "accounts",
    },
    "invitations": {"organisation": "organisations"},
}
"""Which field of a row (or of the rows inside it) names a row of which section."""

_TREES = ("regions", "organisations", "projects")


def key_of(section: str, row: Given) -> Key:
    """Give a row's natural key."""
    values = tuple(getattr(row, name) for name in KEYS[section])
    return values[0] if len(values) == 1 else values


def faults(document: Document, known: Known) -> Iterator[Fault]:
    """Find every code that is unknown, given twice, or its own ancestor."""
    given: dict[str, set[Key]] = {}
    for section in KEYS:
        rows = getattr(document, section)
        given[section] = {key_of(section, row) for row in rows}
        yield from _repeated(section, rows)
    for section in KEYS:
        for place, row in enumerate(getattr(document, section)):
            yield from _unknown(section, row, f"/{section}/{place}", (given, known))
    for section in _TREES:
        yield from _circling(section, getattr(document, section))


class Nested(Protocol):
    """A row that may name a parent of its own section."""

    @property
    def code(self) -> str:
        """Give its own code."""

    @property
    def parent(self) -> str | None:
        """Give its parent's code."""


def in_order(document: Document, section: str) -> list[tuple[int, Any]]:
    """Give a section's rows with their places, parents before what names them."""
    rows = list(enumerate(getattr(document, section)))
    if section not in _TREES:
        return rows
    waiting = {row.code: (place, row) for place, row in rows}
    ordered: list[tuple[int, Any]] = []

    def take(code: str) -> None:
        if code in waiting:
            place, row = waiting.pop(code)
            take(row.parent)
            ordered.append((place, row))

    for _, row in rows:
        take(row.code)
    return ordered


def _repeated(section: str, rows: Iterable[Given]) -> Iterator[Fault]:
    seen: set[Key] = set()
    for place, row in enumerate(rows):
        key = key_of(section, row)
        if key in seen:
            words = Words(f"“{_said(key)}”重复出现。", f"'{_said(key)}' is given twice.")
            yield Fault(f"/{section}/{place}/{KEYS[section][0]}", "repeated", words)
        seen.add(key)


def _unknown(
    section: str,
    row: Given,
    at: str,
    where: tuple[Mapping[str, set[Key]], Known],
) -> Iterator[Fault]:
    """Find codes that nothing has, in a row and in the rows inside it."""
    given, known = where
    for field, target in _NAMED.get(section, {}).items():
        code = getattr(row, field)
        if code is not None and code not in given[target] and not known.has(target, code):
            words = Words(
                f"“{code}”既不在文件的 {target} 中，也没有记录。",
                f"'{code}' is neither in the document's {target} nor recorded.",
            )
            yield Fault(f"{at}/{field}", "unknown_code", words)
    for inner in ("members", "partners", "parties", "invitations"):
        for place, part in enumerate(getattr(row, inner, ())):
            yield from _unknown(inner, part, f"{at}/{inner}/{place}", where)


def _circling(section: str, rows: Sequence[Nested]) -> Iterator[Fault]:
    parents = {row.code: row.parent for row in rows}
    for place, row in enumerate(rows):
        above = row.parent
        seen = {row.code}
        while above is not None and above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == row.code:
            words = Words("上下级关系成环。", "A row cannot be its own ancestor.")
            yield Fault(f"/{section}/{place}/parent", "cycle", words)


def _said(key: Key) -> str:
    return key if isinstance(key, str) else ", ".join(str(part) for part in key)
