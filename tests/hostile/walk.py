"""Bodies and addresses made from the OpenAPI document, with one place after the other spoilt."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

SAMPLES = (
    "331199",
    "2026-10",
    "1.00",
    "10",
    "X-1",
    "x1",
    "a@b.example",
    "*",
    "2026-12-01",
    "zh",
    "91330000710924523X",
    "https://receiver.example/hook",
)
"""One of these keeps to each pattern of ours."""
_TAKEN = ("code", "login", "credit_code", "weight")
"""Fields whose example the demonstration uses already."""
NOBODY = str(UUID(int=1))
HOLE = "@@HOLE@@"


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    path: str
    method: str
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Give method and path."""
        return f"{self.method.upper()} {self.path}"

    def parameters(self, where: str) -> list[str]:
        """Name the parameters in the path, the query or the headers."""
        return [each["name"] for each in self.spec.get("parameters", ()) if each["in"] == where]


@dataclass
class Document:
    """The document, and ids of records that exist, by the name of a field or parameter."""

    openapi: Mapping[str, Any]
    ids: dict[str, str] = field(default_factory=dict)

    def operations(self) -> Iterator[Operation]:
        """Give every operation."""
        for path, item in self.openapi["paths"].items():
            for method, spec in item.items():
                yield Operation(path, method, spec)

    def body_of(self, operation: Operation) -> Mapping[str, Any] | None:
        """Give the schema of a body, if there is one that is JSON."""
        content = operation.spec.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None
        return self.resolved(content["application/json"]["schema"])

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow references to what they name."""
        while "$ref" in schema:
            schema = self.openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def value(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """Make a good value of a schema; every optional field is given."""
        schema = self.resolved(schema)
        kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
        if kinds:
            return self.value(kinds[-1], name)
        if schema.get("format") == "uuid":
            return self.ids.get(name, NOBODY)
        for given in ("const", "enum", "examples"):
            if schema.get(given) and not (given == "examples" and name in _TAKEN):
                return schema[given] if given == "const" else schema[given][0]
        if schema.get("type") == "object":
            fields = schema.get("properties", {})
            return {each: self.value(of, each) for each, of in fields.items()}
        if schema.get("type") == "array":
            return [self.value(schema["items"], name)] * schema.get("minItems", 1)
        return self._leaf(schema, name)

    def _leaf(self, schema: Mapping[str, Any], name: str) -> Any:
        if schema.get("type") in ("integer", "number"):
            return int(schema.get("minimum", 1))
        if schema.get("type") == "boolean":
            return False
        if "pattern" in schema:
            found = (each for each in SAMPLES if re.search(schema["pattern"], each))
            return self.ids.get(name) or next(found, "x")
        formats = {"date": "2026-11-20", "date-time": "2026-11-20T09:00:00+08:00"}
        return formats.get(schema.get("format", ""), "县里的一句话")

    def address(self, operation: Operation, **instead: str) -> str:
        """Fill in the path with ids of records that exist, or what is given instead."""
        known = {"day": "2026-12-01", "year": "2026", "code": "331127", **self.ids}
        return re.sub(
            r"\{(\w+)\}",
            lambda found: instead.get(found[1], known.get(found[1], NOBODY)),
            operation.path,
        )


def holes(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Give every place of a body with the body's text around a hole there."""
    for path in _places(value):
        spoilt = json.loads(json.dumps(value))
        spot = spoilt
        for step in path[:-1]:
            spot = spot[step]
        spot[path[-1]] = HOLE
        yield pointer + "".join(f"/{step}" for step in path), json.dumps(spoilt)


def filled(text: str, fragment: bytes) -> bytes:
    """Put a fragment into the hole."""
    return text.encode().replace(f'"{HOLE}"'.encode(), fragment)


def _places(value: Any) -> Iterator[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for step, part in pairs:
        yield (step,)
        if isinstance(part, dict | list):
            for rest in _places(part):
                yield (step, *rest)
