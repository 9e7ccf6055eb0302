"""Words, units, labels and examples for a JSON Schema, wherever the code has not said its own.

Every schema of the contract passes here once: the components of the OpenAPI document, the data of
each event, each parameter. Nothing here changes what is valid.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from services.api.dictionary import DICTIONARY
from services.api.terms.everything import TERMS
from services.api.terms.term import Term

Schema = dict[str, Any]

_UNITS = {
    "date-time": ("UTC", "UTC instant."),
    "date": ("Asia/Shanghai", "Day in Asia/Shanghai."),
}
"""Format → what its unit is recognised by, and the sentence that says it."""
_JSON_TYPES: dict[type, tuple[str, ...]] = {
    str: ("string",),
    int: ("integer", "number"),
    list: ("array",),
    dict: ("object",),
    type(None): ("null",),
}
_OF_NULL = re.compile(r"; null: [^.]*")
"""What the dictionary says of null, where the field can never be null."""


def describe(schema: Schema, others: Mapping[str, Schema]) -> None:
    """Say of a schema and everything inside it what it means, in place.

    `others` are the schemas it may refer to, by the reference.
    """
    _label(schema)
    for name, field in schema.get("properties", {}).items():
        _name(name, field, others)
    for part in _parts(schema):
        describe(part, others)


def described(parameter: Schema, others: Mapping[str, Schema]) -> Schema:
    """Give a parameter with what it means and its unit."""
    said = deepcopy(parameter)
    schema = said["schema"]
    if "description" in said:
        schema["description"] = said["description"]
    _name(said["name"], schema, others)
    describe(schema, others)
    said["description"] = schema.pop("description", "")
    return said


def _name(name: str, field: Schema, others: Mapping[str, Schema]) -> None:
    """Say what a field of this name means."""
    meaning = DICTIONARY.get(name)
    if meaning:
        nullable = any(part.get("type") == "null" for part in field.get("anyOf", ()))
        text = meaning.text if nullable else _OF_NULL.sub("", meaning.text)
        field.setdefault("description", text)
        fitting = [example for example in meaning.examples if _fits(example, field, others)]
        if fitting and "examples" not in field and "const" not in field:
            field["examples"] = fitting[:1]
    if "description" not in field:
        return
    for known_by, sentence in (_UNITS[form] for form in _formats(field)):
        if known_by not in field["description"]:
            field["description"] += f" {sentence}"


def _fits(example: object, field: Schema, others: Mapping[str, Schema]) -> bool:
    """Tell whether a field can hold a value: some names are told in several forms."""
    if "$ref" in field:
        return _fits(example, others[field["$ref"]], others)
    if "anyOf" in field:
        return any(_fits(example, part, others) for part in field["anyOf"])
    if field.get("type") not in _JSON_TYPES[type(example)]:
        return False
    if isinstance(example, list) and "items" in field:
        return all(_fits(item, field["items"], others) for item in example)
    if isinstance(example, dict) and "properties" in field:
        return set(field.get("required", ())) <= set(example) <= set(field["properties"])
    return example in field.get("enum", (example,))


def _formats(field: Schema) -> list[str]:
    """Give the formats a field may have that carry a unit."""
    alternatives = (field, *field.get("anyOf", ()))
    return [part["format"] for part in alternatives if part.get("format") in _UNITS]


def _label(schema: Schema) -> None:
    """Put both labels beside each code."""
    if "enum" not in schema or "x-labels" in schema:
        return
    term = _term(schema["enum"], schema.get("title"))
    if term:
        schema["x-labels"] = {code: term.labels[code].both() for code in schema["enum"]}


def _term(codes: list[Any], title: str | None) -> Term | None:
    """Find the set these codes are from: by its name, or because no other has them all."""
    candidates = [term for term in TERMS if set(codes) <= {str(code) for code in term.codes}]
    named = [term for term in candidates if term.codes.__name__ == title]
    whole = [term for term in candidates if len(term.codes) == len(codes)]
    for found in (named, whole, candidates):
        if len(found) == 1:
            return found[0]
    return None


def _parts(schema: Schema) -> list[Schema]:
    """Give the schemas directly inside a schema."""
    inside = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inside += [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("prefixItems", ())]
    inside += [schema[key] for key in ("items", "additionalProperties") if key in schema]
    return [part for part in inside if isinstance(part, dict)]
