"""Whatever a client may send has an end: length, number of items, range, years."""

import importlib
import pkgutil
import re
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest

import services
from services.api.main import create_app
from services.core.kit import logs
from services.core.kit.settings import settings

ENDLESS = {
    "NewPolicy/document": "a pack is read against its own shape, which knows every member",
    "PolicyChange/document": "the same",
    "Simulation/document": "the same",
}
"""Places without a bound in the document, and what bounds them."""
_ENDS = ("maxLength", "pattern", "enum", "const", "format")


@pytest.fixture(scope="module")
def openapi() -> Generator[dict[str, Any]]:
    yield create_app().openapi()
    settings.cache_clear()


def asked(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every schema that a request is read against, by name."""
    schemas = document["components"]["schemas"]
    waiting: list[tuple[str, Any]] = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            waiting.append((f"{method} {path}", operation.get("parameters", ())))
            waiting.append((f"{method} {path}", operation.get("requestBody", {})))
    seen: set[str] = set()
    while waiting:
        name, part = waiting.pop()
        waiting += _parts(name, part)
        if not isinstance(part, dict):
            continue
        short = str(part.get("$ref", "")).rpartition("/")[2]
        if short and short not in seen:
            seen.add(short)
            waiting.append((short, schemas[short]))
        if isinstance(part.get("type"), str):
            yield name, part


def _parts(name: str, part: object) -> Iterator[tuple[str, Any]]:
    """Give what stands inside a schema, fields by their name; examples are no schemas."""
    if isinstance(part, list | tuple):
        yield from ((name, each) for each in part)
    elif isinstance(part, dict):
        for key, each in part.items():
            if key == "properties":
                yield from ((f"{name}/{field}", of) for field, of in each.items())
            elif key not in ("examples", "example", "default", "enum"):
                yield name, each


def test_every_text_list_and_number_has_an_end(openapi: dict[str, Any]) -> None:
    endless = []
    for name, schema in asked(openapi):
        kind = schema["type"]
        ends = {
            "string": any(each in schema for each in _ENDS),
            "array": "maxItems" in schema,
            "integer": "enum" in schema or {"minimum", "maximum"} <= schema.keys(),
            "number": {"minimum", "maximum"} <= schema.keys(),
            "object": schema.get("additionalProperties") in (False, None)
            or "maxProperties" in schema,
        }.get(kind, True)
        if not ends and name not in ENDLESS:
            endless.append(f"{name}: {schema}")
    assert endless == []


def test_every_pattern_is_bounded_or_has_a_length(openapi: dict[str, Any]) -> None:
    open_ended = re.compile(r"[+*](?!\))|\{\d+,\}")
    for name, schema in asked(openapi):
        plain = re.sub(r"\[[^\]]*\]|\\.", "x", str(schema.get("pattern", "")))
        if open_ended.search(plain):
            assert "maxLength" in schema, (name, plain)


def regexes() -> dict[str, re.Pattern[Any]]:
    """Give every pattern that a module of ours keeps."""
    found: dict[str, re.Pattern[Any]] = {}
    for each in pkgutil.walk_packages(services.__path__, "services."):
        if each.name.startswith("services.standalone") or each.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(each.name)).items():
            if isinstance(value, re.Pattern):
                found[f"{each.name}.{name}"] = value
    found |= {f"logs {number}": shape for number, (shape, _) in enumerate(logs._SHAPES)}  # noqa: SLF001 patterns in a table
    return found


SEEDS = ("a", "0", " ", "\\", "a_", "http://", "?token", "a@", "bearer ", "eyJa.", "-", ".", "x=")


def test_no_pattern_of_ours_takes_long(database: str) -> None:
    del database  # the worker's modules want settings
    slow = []
    for name, pattern in regexes().items():
        for seed in SEEDS:
            long: Any = seed * (20_000 // len(seed)) + "\x00"
            if isinstance(pattern.pattern, bytes):
                long = long.encode()
            began = time.process_time()
            pattern.search(long)
            pattern.fullmatch(long)
            if time.process_time() - began > 0.5:
                slow.append((name, seed))
    assert slow == []
