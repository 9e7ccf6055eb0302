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
            waiting += [
                (f"{method} {path} {each['name']}", each["schema"])
                for each in operation.get("parameters", ())
            ]
            waiting.append(("", operation.get("requestBody", {})))
    seen: set[str] = set()
    while waiting:
        name, part = waiting.pop()
        if isinstance(part, list):
            waiting += [(name, each) for each in part]
        if not isinstance(part, dict):
            continue
        reference = part.get("$ref")
        if reference and reference not in seen:
            seen.add(reference)
            short = reference.rpartition("/")[2]
            waiting.append((short, schemas[short]))
        if isinstance(part.get("type"), str):
            yield name, part
        for key, each in part.items():
            if key == "properties":
                waiting += [(f"{name}/{field}", of) for field, of in each.items()]
            elif key not in ("examples", "example", "default", "enum"):
                waiting.append((name, each))


def test_every_text_list_and_number_has_an_end(openapi: dict[str, Any]) -> None:
    endless = []
    for name, schema in asked(openapi):
        kind = schema["type"]
        ends = {
            "string": any(each in schema for each in _ENDS),
            "array": "maxItems" in schema,
            "integer": "enum" in schema or {"minimum", "maximum"} <= schema.keys(),
            "number": {"minimum", "maximum"} <= schema.keys(),
            "object": schema.get("additionalProperties") in (False, None),
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


@pytest.mark.parametrize("name", sorted(regexes()))
def test_no_pattern_of_ours_takes_long(name: str) -> None:
    pattern = regexes()[name]
    seeds = (
        "a",
        "0",
        " ",
        "\\",
        "a_",
        "http://",
        "?token",
        "a@",
        "bearer ",
        "eyJa.",
        "-",
        ".",
        "x=",
    )
    for seed in seeds:
        long: Any = seed * (20_000 // len(seed)) + "\x00"
        if isinstance(pattern.pattern, bytes):
            long = long.encode()
        began = time.perf_counter()
        pattern.search(long)
        pattern.fullmatch(long)
        assert time.perf_counter() - began < 0.5, (name, seed)
