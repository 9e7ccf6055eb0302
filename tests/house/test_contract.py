"""The committed contract is what the code says, and others can read it."""

import json
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from services.api import contract, facts
from services.api.main import create_app
from services.core import catalogue
from services.core.kit.events import Fact
from services.core.kit.settings import settings
from tests.house.sources import ROOT

READING = {"get", "list", "explain", "read", "sync", "verify"}
READING |= {"start", "finish"}
"""OpenID Connect is a journey of a browser, and browsers are sent by GET, there and back."""
ABBREVIATIONS = {"acc", "acct", "cfg", "del", "info", "msg", "num", "org", "proj", "req", "upd"}
NOUNS = {"account", "group", "member", "milestone", "organisation", "progress", "project", "token"}


@pytest.fixture(autouse=True)
def no_settings_kept() -> Generator[None]:
    """Let later tests read the settings anew: the documents need no engines, they do."""
    yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    return create_app().openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def references(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        if isinstance(document.get("$ref"), str):
            yield document["$ref"]
        for part in document.values():
            yield from references(part)
    if isinstance(document, list):
        for part in document:
            yield from references(part)


def test_the_committed_files_are_what_the_code_says() -> None:
    assert list(contract.stale(ROOT)) == [], "run: make contract"


def test_every_committed_event_is_one_of_ours_or_an_older_version() -> None:
    for path in (ROOT / "docs" / "contract" / "events").glob("*.json"):
        name, _, version = path.stem.rpartition(".v")
        assert int(version) <= catalogue.BY_NAME[name].VERSION, path.name


def test_the_openapi_document_is_valid(openapi: dict[str, Any]) -> None:
    validate(openapi)


def test_every_operation_has_a_readable_id_of_its_own(openapi: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(openapi)]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)*", name)] == []


def test_every_id_reads_like_a_method_that_does_something(openapi: dict[str, Any]) -> None:
    """A verb first, then what it is done to, every word written out."""
    for path, method, operation in operations(openapi):
        verb, *what = re.findall(r"[a-z]+|[A-Z][a-z0-9]*", operation["operationId"])
        assert what or verb == "sync", path  # of a whole copy: there is nothing else to name
        assert [word for word in (verb, *what) if word.lower() in ABBREVIATIONS] == [], path
        assert verb not in NOUNS, path
        assert method != "get" or verb in READING, f"{method} {path}: {verb}"
        assert method == "get" or verb not in ("get", "list"), f"{method} {path}: {verb}"


def test_every_schema_has_a_readable_name(openapi: dict[str, Any]) -> None:
    names = openapi["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []


def test_every_operation_says_what_it_is_for(openapi: dict[str, Any]) -> None:
    assert [
        path for path, _, operation in operations(openapi) if not operation.get("description")
    ] == []


def test_what_is_made_or_listed_leads_to_where_it_lives(openapi: dict[str, Any]) -> None:
    """Links let a client, or a tester, walk from an answer to the next question."""
    ids = {operation["operationId"] for _, _, operation in operations(openapi)}
    singles = {path.rpartition("/")[0] for path in openapi["paths"] if path.endswith("}")}
    for path, method, operation in operations(openapi):
        good = operation["responses"][min(operation["responses"])]
        assert {link["operationId"] for link in good.get("links", {}).values()} <= ids
        made = method == "post" and "Location" in good.get("headers", {})
        if path in singles and made:
            assert "links" in good, path


WITHOUT_VERSION = {"/api/v1/sessions/current", "/api/v1/sessions/{session_id}"}
"""Ending a session overwrites nobody's work, and must never fail."""
WITHOUT_KEY = {
    "/api/v1/bootstrap",
    "/api/v1/invitations/accept",
    "/api/v1/me/second-factor",
    "/api/v1/me/second-factor/remove",
    "/api/v1/sessions",
    "/api/v1/sessions/refresh",
}
"""Nobody is known yet whose key it would be, or the body holds a password: none of it is kept."""


def test_every_change_of_a_record_asks_for_its_version(openapi: dict[str, Any]) -> None:
    for path, method, operation in operations(openapi):
        names = {parameter["name"] for parameter in operation["parameters"]}
        changes = method in ("patch", "delete") and path not in WITHOUT_VERSION
        assert changes <= ("If-Match" in names), path
        assert ("If-Match" in names) == ("412" in operation["responses"]), path
        assert ("Idempotency-Key" in names) == (method == "post" and path not in WITHOUT_KEY), path


def test_every_refusal_is_a_problem(openapi: dict[str, Any]) -> None:
    for path, _, operation in operations(openapi):
        for status, answer in operation["responses"].items():
            if status >= "4":
                assert list(answer["content"]) == ["application/problem+json"], (path, status)


def test_receivers_are_told_of_every_event_and_never_of_a_422(openapi: dict[str, Any]) -> None:
    assert set(openapi["webhooks"]) == set(catalogue.BY_NAME)
    for item in openapi["webhooks"].values():
        assert "422" not in item["post"]["responses"]
        assert {header["name"] for header in item["post"]["parameters"]} == {
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "traceparent",
        }


def test_the_asyncapi_document_holds_together() -> None:
    document = json.loads(contract.documents()[Path("docs/contract/asyncapi.json")])
    assert document["asyncapi"] == "3.0.0"
    for channel in document["channels"].values():
        assert set(channel["messages"]) == set(catalogue.BY_NAME)
    for reference in set(references(document)):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


@pytest.mark.parametrize("fact", catalogue.EVENTS, ids=facts.name_of)
def test_every_event_has_a_good_json_schema(fact: type[Fact]) -> None:
    Draft202012Validator.check_schema(facts.data_schema(fact))
    assert "$ref" not in json.dumps(facts.data_schema(fact))
