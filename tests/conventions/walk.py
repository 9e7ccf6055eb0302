"""The contract as something to walk over: operations, what they take, and a body for each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from services.api.main import create_app

PREFIX = "/api/v1"
PARAMETER = re.compile(r"\{(\w+)\}")
NOBODY = "01900000-0000-7000-8000-000000000000"
"""An id of no record."""
_GIVEN = ("examples", "enum")
NATURAL_KEYS = {
    "code": "331127",
    "day": "2026-11-24",
    "year": "2026",
    "ladder_code": "yongkang",
}
"""Path parameters that are no `<noun>_id`: what people call the record anyway."""

NO_TAG = {
    "sync": "reads on from its cursor: nothing is asked twice",
    "startOidc": "a redirect",
    "finishOidc": "a redirect",
    "getEvidenceUpload": "how far an upload has come at this moment",
    "getWaysIn": "a few words that only a new start of the service changes",
}
"""Reads without an ETag, each with its reason."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the contract has it."""

    path: str
    method: str
    said: dict[str, Any]
    document: dict[str, Any]

    @property
    def name(self) -> str:
        """The operationId."""
        found: str = self.said["operationId"]
        return found

    @property
    def is_public(self) -> bool:
        """Whether nobody needs to be known."""
        return self.said.get("security") == []

    @property
    def is_batch(self) -> bool:
        """Whether it is the batch of a collection."""
        return self.path.endswith("/batch")

    def parameters(self, where: str) -> dict[str, dict[str, Any]]:
        """The parameters in the path, the query or the headers, by name."""
        return {one["name"]: one for one in self.said["parameters"] if one["in"] == where}

    def answer(self) -> dict[str, Any]:
        """The schema of the good answer; empty if it has none."""
        good = self.said["responses"][min(self.said["responses"])]
        content = good.get("content", {}).get("application/json", {})
        return self.resolved(content.get("schema", {}))

    @property
    def is_list(self) -> bool:
        """Whether it answers with a page."""
        return {"items", "next_cursor"} <= set(self.answer().get("properties", {}))

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema behind a reference."""
        if "$ref" not in schema:
            return schema
        found: dict[str, Any] = self.document["components"]["schemas"][
            schema["$ref"].rpartition("/")[2]
        ]
        return self.resolved(found)

    def body_schema(self) -> dict[str, Any] | None:
        """What it takes, if it takes anything that is JSON."""
        body = self.said.get("requestBody")
        if body is None:
            return None
        found: dict[str, Any] | None = body["content"].get("application/json", {}).get("schema")
        return found

    def url(self, **known: str) -> str:
        """The path with its parameters filled: known ones, natural keys, or the id of nobody."""
        values = {**NATURAL_KEYS, **known}
        path = PARAMETER.sub(lambda found: values.get(found[1], NOBODY), self.path)
        required = {
            name: self.sample(one["schema"])
            for name, one in self.parameters("query").items()
            if one["required"]
        }
        return f"{path}?{urlencode(required)}" if required else path

    def body(self) -> Any:
        """The smallest body that is well formed."""
        schema = self.body_schema()
        return None if schema is None else self.sample(schema)

    def sample(self, schema: dict[str, Any]) -> Any:
        """The smallest value of a schema."""
        shape = self.resolved(schema)
        for given in ([shape["const"]] if "const" in shape else (), *map(shape.get, _GIVEN)):
            if given:
                return given[0]
        for choice in ("anyOf", "oneOf"):
            if choice in shape:
                return self.sample(shape[choice][0])
        if shape.get("type") == "object":
            wanted = shape.get("required", ())
            return {name: self.sample(shape["properties"][name]) for name in wanted}
        if shape.get("type") == "array":
            return [self.sample(shape["items"])] * shape.get("minItems", 0)
        plain = {"integer": shape.get("minimum", 1), "number": 1, "boolean": False}
        return plain.get(shape.get("type", ""), _text(shape))


def _text(shape: dict[str, Any]) -> str:
    formats = {
        "uuid": NOBODY,
        "date": "2026-11-24",
        "date-time": "2026-11-24T02:00:00Z",
        "decimal": "1.00",
        "uri": "https://receiver.example/hook",
    }
    patterns = {"20[0-9]{2}-": "2026-11", "[0-9]{6}": "331127", "CNY": "1.00"}
    if shape.get("format") in formats:
        return formats[shape["format"]]
    pattern = shape.get("pattern", "")
    found = next((value for part, value in patterns.items() if part in pattern), None)
    if found:
        return found
    return "1" if "\\d" in pattern else "x" * max(1, shape.get("minLength", 1))


def operations() -> list[Operation]:
    """Give every operation of the real app's contract."""
    document = create_app().openapi()
    return list(_operations(document))


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method, said in item.items():
            yield Operation(path, method, said, document)
