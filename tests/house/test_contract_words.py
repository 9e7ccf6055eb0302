"""Every part of the contract says what it means, in which unit, and how it looks."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.api import facts
from services.api.dictionary import DICTIONARY
from services.api.main import create_app
from services.core import catalogue
from services.core.kit.settings import settings

Found = Iterator[tuple[str, dict[str, Any]]]

_UNIT = re.compile(
    r"CNY|%|working day|[Cc]alendar day|month|milliseconds|seconds|UTC|Asia/Shanghai|YYYY"
    r"|HTTP status|[Nn]umber of|[Hh]ow many|[Vv]ersion|[Pp]lace|[Cc]alendar year|bytes"
    r"|percentage points|[Dd]egrees"
)
_EMPTY = re.compile(r"^(The|A|An|Its) \w+\.( |$)")


@cache
def openapi() -> dict[str, Any]:
    document = create_app().openapi()
    settings.cache_clear()  # later tests read the settings anew
    return document


def operations() -> Found:
    for path, item in openapi()["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


def nodes(place: str, schema: Any) -> Found:
    """Every schema inside a schema, itself too."""
    if isinstance(schema, list):
        for part in schema:
            yield from nodes(place, part)
    if isinstance(schema, dict):
        yield place, schema
        for key, part in schema.items():
            if key not in ("example", "examples", "x-labels"):
                yield from nodes(place, part)


def fields() -> Found:
    """Every property of every schema, however deep, by where it is."""
    for name, schema in openapi()["components"]["schemas"].items():
        for place, node in nodes(name, schema):
            for field in node.get("properties", {}):
                yield f"{place}.{field}", node["properties"][field]


def parameters() -> Found:
    for place, operation in operations():
        for parameter in operation["parameters"]:
            yield f"{place} {parameter['name']}", parameter


def kinds(schema: dict[str, Any]) -> set[str]:
    """The types and formats a schema allows."""
    parts = [schema, *schema.get("anyOf", ())]
    return {part[key] for part in parts for key in ("type", "format") if key in part}


def test_every_schema_is_described() -> None:
    schemas = openapi()["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_every_field_is_described() -> None:
    assert [place for place, field in fields() if not field.get("description")] == []


def test_every_parameter_is_described_and_shown() -> None:
    assert [
        place
        for place, parameter in parameters()
        if not parameter.get("description") or "example" not in parameter
    ] == []


def test_every_quantity_names_its_unit() -> None:
    quantities = {"integer", "number", "date", "date-time"}
    said = [*fields(), *((place, {**one["schema"], **one}) for place, one in parameters())]
    assert [
        f"{place}: {field['description']}"
        for place, field in said
        if kinds(field) & quantities and not _UNIT.search(field["description"])
    ] == []


def test_no_description_only_repeats_the_name() -> None:
    assert [
        f"{place}: {field['description']}"
        for place, field in fields()
        if _EMPTY.match(field["description"])
        and place.rpartition(".")[2].replace("_", " ") in field["description"].lower()
    ] == []


def test_every_set_of_codes_says_what_each_means() -> None:
    schemas = openapi()["components"]["schemas"]
    coded = {name: schema for name, schema in schemas.items() if "enum" in schema}
    assert [name for name, schema in coded.items() if "x-labels" not in schema] == []
    for schema in coded.values():
        assert set(schema["x-labels"]) == set(schema["enum"])


def test_every_operation_is_summed_up_and_filed_under_a_described_tag() -> None:
    described = {tag["name"] for tag in openapi()["tags"] if tag["description"]}
    for place, operation in operations():
        assert operation["summary"], place
        assert operation["description"], place
        assert set(operation["tags"]) <= described, place


def test_the_dictionary_explains_nothing_that_is_not_there() -> None:
    used = {place.rpartition(".")[2] for place, _ in fields()}
    used |= {parameter["name"] for _, parameter in parameters()}
    assert sorted(set(DICTIONARY) - used) == []


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What an operation takes, and what it answers when all is well."""
    good = [answer for status, answer in operation["responses"].items() if status < "3"]
    for body in (operation.get("requestBody", {}), *good):
        yield from body.get("content", {}).values()


def test_every_operation_with_a_body_shows_one() -> None:
    for place, operation in operations():
        assert all("example" in media for media in bodies(operation)), place


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every example with the schema it has to satisfy."""
    for place, schema in [*fields(), *openapi()["components"]["schemas"].items()]:
        yield from ((place, schema, example) for example in schema.get("examples", ()))
    for place, parameter in parameters():
        yield place, parameter["schema"], parameter["example"]
    for place, operation in operations():
        for media in bodies(operation):
            yield place, media["schema"], media["example"]


def test_every_example_is_one() -> None:
    components = {"components": openapi()["components"]}
    wrong = []
    for place, schema, example in examples():
        validator = Draft202012Validator(
            {**schema, **components}, format_checker=FormatChecker(["uuid", "date", "date-time"])
        )
        wrong += [
            f"{place} {error.json_path}: {error.message[:200]}"
            for error in validator.iter_errors(example)
        ]
    assert wrong == []


@pytest.mark.parametrize("fact", catalogue.EVENTS, ids=facts.name_of)
def test_every_field_of_an_event_is_described(fact: type[Any]) -> None:
    schema = facts.data_schema(fact)
    assert [name for name, field in schema["properties"].items() if not field["description"]] == []
