"""What breaks a client is named, one kind after the other; what breaks nobody is not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from services.api import breaking, release
from tests.house.sources import ROOT

Schema = dict[str, Any]
Change = Callable[[Schema], Any]

BASE: Schema = {
    "paths": {
        "/projects": {
            "get": {
                "operationId": "listProjects",
                "parameters": [
                    {"in": "query", "name": "q", "schema": {"type": "string", "maxLength": 100}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 200}},
                ],
                "responses": {
                    "200": {
                        "headers": {"Link": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/c/s/Project"}}},
                    },
                    "404": {},
                },
                "security": [],
            },
            "post": {
                "operationId": "admitProject",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/c/s/NewProject"}}}
                },
                "responses": {"201": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Project": {
                "type": "object",
                "required": ["code", "parts"],
                "properties": {
                    "code": {"type": "string"},
                    "share": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                    "made_at": {"type": "string", "format": "date-time"},
                    "parts": {"type": "array", "items": {"$ref": "#/c/s/Project"}},
                    "light": {"enum": ["green", "red"], "type": "string"},
                },
            },
            "NewProject": {
                "type": "object",
                "required": ["code"],
                "properties": {
                    "code": {"type": "string", "minLength": 1},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "stage": {"enum": ["idea", "running"], "type": "string"},
                },
            },
        }
    },
}


def operation(document: Schema, method: str = "get") -> Schema:
    found: Schema = document["paths"]["/projects"][method]
    return found


def shown(document: Schema) -> Schema:
    found: Schema = document["components"]["schemas"]["Project"]
    return found


def given(document: Schema) -> Schema:
    found: Schema = document["components"]["schemas"]["NewProject"]
    return found


def after(change: Change) -> list[str]:
    new = deepcopy(BASE)
    change(new)
    return breaking.breaks(BASE, new)


BREAKS: list[tuple[Change, str]] = [
    (lambda new: new["paths"].clear(), "GET /projects is gone."),
    (lambda new: new["paths"]["/projects"].pop("post"), "POST /projects is gone."),
    (
        lambda new: operation(new).update(operationId="findProjects"),
        "GET /projects is called findProjects and no longer listProjects.",
    ),
    (lambda new: operation(new).pop("security"), "GET /projects now needs a token."),
    (lambda new: operation(new)["parameters"].pop(0), "GET /projects no longer takes query q."),
    (
        lambda new: operation(new)["parameters"][0].update(required=True),
        "GET /projects now requires query q.",
    ),
    (
        lambda new: operation(new)["parameters"].append(
            {"in": "query", "name": "year", "required": True, "schema": {"type": "integer"}}
        ),
        "GET /projects now requires query year.",
    ),
    (
        lambda new: operation(new)["parameters"][0]["schema"].update(maxLength=50),
        "GET /projects query q is bound closer: maxLength 50, was 100.",
    ),
    (
        lambda new: operation(new)["parameters"][1]["schema"].update(minimum=1),
        "GET /projects query limit is bound closer: minimum 1, was none.",
    ),
    (
        lambda new: operation(new)["parameters"][0]["schema"].update(type="integer"),
        "GET /projects query q no longer takes string.",
    ),
    (lambda new: operation(new)["responses"].pop("404"), "GET /projects no longer answers 404."),
    (
        lambda new: operation(new)["responses"]["200"].pop("headers"),
        "GET /projects 200 no longer gives the header Link.",
    ),
    (
        lambda new: operation(new)["responses"]["200"].pop("content"),
        "GET /projects 200 no longer gives application/json.",
    ),
    (
        lambda new: shown(new)["properties"].pop("code"),
        "GET /projects 200 no longer gives code.",
    ),
    (
        lambda new: shown(new)["required"].remove("code"),
        "GET /projects 200 may now leave out code.",
    ),
    (
        lambda new: shown(new)["properties"]["code"].update(type=["string", "null"]),
        "GET /projects 200 code may now be null.",
    ),
    (
        lambda new: shown(new)["properties"]["made_at"].pop("format"),
        "GET /projects 200 made_at has no longer the format date-time.",
    ),
    (
        lambda new: shown(new)["properties"]["light"]["enum"].remove("red"),
        "GET /projects 200 light no longer knows the code red.",
    ),
    (
        lambda new: shown(new)["properties"]["parts"].update(items={"type": "string"}),
        "GET /projects 200 parts[] may now be string.",
    ),
    (
        lambda new: operation(new, "post")["requestBody"].update(required=True),
        "POST /projects now requires a body.",
    ),
    (
        lambda new: given(new)["properties"].pop("note"),
        "POST /projects body no longer takes note.",
    ),
    (
        lambda new: given(new)["required"].append("stage"),
        "POST /projects body now requires stage.",
    ),
    (
        lambda new: given(new)["properties"].update(note={"type": "string"}),
        "POST /projects body note no longer takes null.",
    ),
    (
        lambda new: given(new)["properties"]["stage"]["enum"].remove("idea"),
        "POST /projects body stage no longer knows the code idea.",
    ),
    (
        lambda new: given(new)["properties"]["code"].update(pattern="^P-"),
        "POST /projects body code is bound closer: pattern ^P-, was none.",
    ),
    (
        lambda new: given(new)["properties"]["code"].update(enum=["P-07"]),
        "POST /projects body code now takes only some codes.",
    ),
    (
        lambda new: given(new).update(additionalProperties=False),
        "POST /projects body no longer takes other names.",
    ),
]

HARMLESS: list[Change] = [
    lambda new: new["paths"].update({"/groups": {}}),
    lambda new: operation(new)["parameters"].append(
        {"in": "query", "name": "light", "schema": {"type": "string"}}
    ),
    lambda new: operation(new)["parameters"][0]["schema"].update(maxLength=200),
    lambda new: operation(new)["parameters"][0]["schema"].pop("maxLength"),
    lambda new: operation(new)["responses"].update({"429": {}}),
    lambda new: operation(new, "post").update(security=[]),
    lambda new: shown(new)["properties"].update(watch={"type": "object"}),
    lambda new: shown(new)["required"].append("share"),
    lambda new: shown(new)["properties"].update(share={"type": "number"}),
    lambda new: shown(new)["properties"].update(share={"type": ["integer", "null"]}),
    lambda new: shown(new)["properties"]["light"]["enum"].append("yellow"),
    lambda new: given(new)["properties"].update(source={"type": "string"}),
    lambda new: given(new)["required"].remove("code"),
    lambda new: given(new)["properties"]["stage"]["enum"].append("agreed"),
    lambda new: given(new)["properties"]["code"].pop("minLength"),
]


@pytest.mark.parametrize(("change", "sentence"), BREAKS, ids=[said for _, said in BREAKS])
def test_it_breaks_a_client(change: Change, sentence: str) -> None:
    assert sentence in after(change)


@pytest.mark.parametrize("change", HARMLESS)
def test_it_breaks_nobody(change: Change) -> None:
    assert after(change) == []


def test_an_event_may_gain_a_field_and_lose_none() -> None:
    fields: Schema = {"code": {"type": "string"}, "year": {"type": "integer"}}
    old = {"region.changed.v1": {"type": "object", "properties": fields}}
    gained = {"region.changed.v1": {"type": "object", "properties": {**fields, "source": {}}}}
    lost = {"region.changed.v1": {"type": "object", "properties": {"code": fields["code"]}}}
    assert breaking.event_breaks(old, gained) == []
    assert breaking.event_breaks(old, lost) == ["region.changed.v1 no longer gives year."]
    assert breaking.event_breaks(old, {}) == ["region.changed.v1 is gone."]


def test_words_are_no_promise_but_fields_called_like_words_are() -> None:
    schema = {"description": "old", "properties": {"title": {"type": "string", "title": "T"}}}
    assert release.bare(schema) == {"properties": {"title": {"type": "string"}}}


def test_nothing_released_is_broken() -> None:
    assert release.broken(ROOT) == [], "see docs/how-to/change-the-contract.md"
