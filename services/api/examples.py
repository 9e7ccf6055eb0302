"""Whole examples of requests and answers, put together from the examples of their fields."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_PREFIX = "#/components/schemas/"
_FORMATS: Mapping[str, str] = {
    "uuid": "01a20e54-8e44-747c-930d-a6499c67e299",
    "date": "2026-11-24",
    "date-time": "2026-11-24T01:00:00+00:00",
}
_PLAIN: Mapping[str, Any] = {
    "boolean": False,
    "integer": 1,
    "number": 1,
    "string": "…",
    "object": {},
    "array": [],
}


def example_of(schema: Schema, schemas: Mapping[str, Schema], *, given: bool = False) -> Any:  # noqa: ANN401 any JSON value
    """Give a value a schema allows; of what is `given`, only what a client would really send."""
    said = _said(schema)
    if said:
        return said[0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(_PREFIX)], schemas, given=given)
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return example_of(schema[either][0], schemas, given=given)
    if "properties" in schema or "allOf" in schema:
        return _object(schema, schemas, given=given)
    if schema.get("type") == "array" and "items" in schema:
        return [example_of(schema["items"], schemas, given=given)]
    plain = _FORMATS.get(schema.get("format", ""), _PLAIN.get(schema.get("type", "object")))
    return schema.get("minimum", plain)


def _said(schema: Schema) -> list[Any]:
    """Give the values that a schema names itself, the best first."""
    named = [schema[word] for word in ("const", "default") if schema.get(word) is not None]
    return [*schema.get("examples", ()), *named, *schema.get("enum", ())]


def _object(schema: Schema, schemas: Mapping[str, Schema], *, given: bool) -> dict[str, Any]:
    """Give an object: whole as an answer, without what is empty or usual as a request."""
    made: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        made |= example_of(part, schemas, given=given)
    for name, field in schema.get("properties", {}).items():
        value = example_of(field, schemas, given=given)
        usual = value is None or value == field.get("default")
        if not given or name in schema.get("required", ()) or not usual:
            made[name] = value
    return made


def put_examples(operation: dict[str, Any], schemas: Mapping[str, Schema]) -> None:
    """Show one value of each parameter, one request and one good answer of an operation."""
    for parameter in operation["parameters"]:
        found = example_of(parameter["schema"], schemas)
        parameter["example"] = True if found is False else found
        parameter["schema"].pop("examples", None)
    contents = [(operation.get("requestBody", {}).get("content", {}), True)]
    contents += [
        (answer.get("content", {}), False)
        for status, answer in operation["responses"].items()
        if status < "3"
    ]
    for content, given in contents:
        for media in content.values():
            if media.get("schema"):
                media["example"] = example_of(media["schema"], schemas, given=given)
