"""JSON documents and frozen records: read with a pointer to every wrong place, written back.

The record's own annotations are the schema, so that a shape is said once. Known leaves: text,
whole and decimal numbers, yes/no, "HH:MM", codes (StrEnum); known holders: records, tuples,
mappings by text, and `None` where the annotation allows it. A member with a default may be left
out: documents that were kept before it existed are still read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words

Record = TypeVar("Record")


def read(shape: type[Record], document: object, *, at: str = "") -> Record:
    """Build a frozen record from a JSON value.

    Raises:
        Invalid: with one fault for every wrong, missing or unknown member.
    """
    faults: list[Fault] = []
    record = _read(shape, document, at, faults)
    refuse(faults)
    assert isinstance(record, shape)  # noqa: S101 without faults it was built; this tells the type checker
    return record


def refuse(faults: Iterable[Fault]) -> None:
    """Refuse a document that has faults; one without passes.

    Raises:
        Invalid: there are faults.
    """
    found = tuple(faults)
    if found:
        raise Invalid(
            Words(f"文件有{len(found)}处错误。", f"The document has {len(found)} fault(s)."),
            faults=found,
        )


def written(record: object) -> Any:  # noqa: ANN401 JSON has no narrower type
    """Give the JSON value that `read` turns into this record again."""
    if is_dataclass(record):
        return {field.name: written(getattr(record, field.name)) for field in fields(record)}
    if isinstance(record, Mapping):
        return {name: written(value) for name, value in record.items()}
    if isinstance(record, tuple):
        return [written(value) for value in record]
    if isinstance(record, time):
        return f"{record:%H:%M}"
    if isinstance(record, Decimal):
        return int(record) if record == record.to_integral_value() else float(record)
    return str(record) if isinstance(record, StrEnum) else record


def _read(shape: Any, value: object, at: str, faults: list[Fault]) -> Any:  # noqa: ANN401 walks annotations
    """Build one value; None after adding a fault (the caller sees the fault, not the None)."""
    if isinstance(shape, UnionType):
        inner = next(part for part in get_args(shape) if part is not type(None))
        return None if value is None else _read(inner, value, at, faults)
    if get_origin(shape) is tuple:
        return _read_list(get_args(shape)[0], value, at, faults)
    if get_origin(shape) is Mapping:
        return _read_mapping(get_args(shape)[1], value, at, faults)
    if is_dataclass(shape):
        return _read_record(shape, value, at, faults)
    return _read_leaf(shape, value, at, faults)


def _read_list(shape: Any, value: object, at: str, faults: list[Fault]) -> Any:  # noqa: ANN401 walks annotations
    if not isinstance(value, list):
        return _wrong(at, ("[…]",), faults)
    return tuple(_read(shape, item, f"{at}/{n}", faults) for n, item in enumerate(value))


def _read_mapping(shape: Any, value: object, at: str, faults: list[Fault]) -> Any:  # noqa: ANN401 walks annotations
    if not isinstance(value, dict):
        return _wrong(at, ("{…}",), faults)
    return {
        name: _read(shape, item, f"{at}/{escaped(name)}", faults) for name, item in value.items()
    }


@lru_cache(maxsize=64)
def _members(shape: Any) -> dict[str, Any]:  # noqa: ANN401 a class, which dataclasses types as Any
    hints = get_type_hints(shape)
    return {field.name: hints[field.name] for field in fields(shape)}


@lru_cache(maxsize=64)
def _required(shape: Any) -> frozenset[str]:  # noqa: ANN401 a class, which dataclasses types as Any
    return frozenset(
        field.name
        for field in fields(shape)
        if field.default is MISSING and field.default_factory is MISSING
    )


def _read_record(shape: Any, value: object, at: str, faults: list[Fault]) -> Any:  # noqa: ANN401 walks annotations
    members = _members(shape)
    if not isinstance(value, dict):
        return _wrong(at, tuple(members), faults)
    before = len(faults)
    for name in value.keys() - members.keys():
        words = Words(f"没有成员“{name}”。", f"There is no member '{name}'.")
        faults.append(Fault(f"{at}/{escaped(name)}", "unknown_member", words, tuple(members)))
    for name in _required(shape) - value.keys():
        words = Words(f"缺少“{name}”。", f"'{name}' is missing.")
        faults.append(Fault(f"{at}/{name}", "missing", words))
    given = {
        name: _read(hint, value[name], f"{at}/{name}", faults)
        for name, hint in members.items()
        if name in value
    }
    return shape(**given) if len(faults) == before else None


def _read_leaf(shape: Any, value: object, at: str, faults: list[Fault]) -> Any:  # noqa: ANN401 walks annotations
    if shape is bool and isinstance(value, bool):
        return value
    if shape is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if shape is Decimal and isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if shape is not bool and isinstance(value, str) and value:
        return _read_text(shape, value, at, faults)
    return _wrong(at, _allowed(shape), faults)


def _read_text(shape: Any, value: str, at: str, faults: list[Fault]) -> Any:  # noqa: ANN401 walks annotations
    try:
        if shape is time and len(value) == len("HH:MM") and value[2] == ":":
            return time.fromisoformat(value)
        if shape is str or issubclass(shape, StrEnum):
            return shape(value)
    except ValueError:
        pass  # said below, with what is allowed
    return _wrong(at, _allowed(shape), faults)


def _allowed(shape: Any) -> tuple[str, ...]:  # noqa: ANN401 walks annotations
    if issubclass(shape, StrEnum):
        return tuple(shape)
    names = {
        str: "text",
        int: "whole number",
        Decimal: "number",
        bool: "true, false",
        time: "HH:MM",
    }
    return (names[shape],)


def _wrong(at: str, allowed: tuple[str, ...], faults: list[Fault]) -> None:
    expected = " | ".join(allowed)
    words = Words(f"此处应为：{expected}。", f"Expected here: {expected}.")
    faults.append(Fault(at, "wrong_value", words, allowed))


def escaped(name: str) -> str:
    """Write a member's name as a JSON pointer does (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
