"""Every operation of the contract keeps every convention, or is named here with its reason."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.core.kit.settings import settings
from tests.conventions.walk import NATURAL_KEYS, NO_TAG, PARAMETER, PREFIX, Operation, operations

OPERATIONS = operations()
settings.cache_clear()  # the document needs no engines; later tests set theirs

NO_PAGE = {
    "/api/v1/calendar/days": "a stretch of days is asked for by its ends, not page by page",
    "/api/v1/coordination-ladders": "a few that are shipped with the service, all at once",
}
NO_VERSION = {
    "putExternalProject": "the source says what it says, and the same again changes nothing",
    "publishCalendarDays": "a notice names days; each has a version of its own, read one by one",
    "readNotification": "a note of the reader's own that nobody else changes, made once",
    "acknowledgeNotification": "a note of the reader's own that nobody else changes, made once",
    "acknowledgeReminder": "a note of the reader's own that nobody else changes, made once",
    "signOut": "ends the session it comes with, whatever became of it",
    "endSession": "ends what somebody else may hold; it must not fail because that one used it",
    "changeMyPassword": "the old password is the proof, and nobody reads a password's version",
    "putEvidencePart": "its offset says what it has seen, and a part sent twice changes nothing",
    "resendWebhookDelivery": "asks for another attempt; a delivery is changed by the worker alone",
}
"""Changes of a record that need no If-Match."""
UNCOUNTED = {"evidence"}
"""Nouns without a plural."""
UNRECORDED = {"under": "a place in a tree: the record itself and those below it"}
"""Query parameters that hold an id and do not end in `_id`."""
OTHER_DAYS = {
    "since": "the first instant of a stretch of the audit",
    "until": "the instant that ends a stretch of the audit",
    "from": "the first day of a stretch",
    "to": "the last day of a stretch",
}
"""Query parameters that hold a day and do not ask about the past."""
READS = ("list", "get", "explain")
OWN_WORDS = {
    "sync": "what a phone calls it",
    "startOidc": "a link that a browser follows",
    "finishOidc": "where the identity provider sends the browser back to",
}
NO_KEY = {
    "enrolSecondFactor": "works between two commits, and shows a new secret each time",
    "removeSecondFactor": "works between two commits; once removed there is nothing to remove",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask every operation, by its own name."""
    if "operation" in metafunc.fixturenames:
        metafunc.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def test_a_path_is_made_of_plural_nouns_and_ids(operation: Operation) -> None:
    assert operation.path.startswith(f"{PREFIX}/")
    parts = operation.path.removeprefix(f"{PREFIX}/").split("/")
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        parameter = PARAMETER.fullmatch(part)
        if parameter:
            assert parameter[1].endswith("_id") or parameter[1] in NATURAL_KEYS
        else:
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", part)
            is_plural = part.endswith("s") or part in UNCOUNTED
            assert is_plural or not PARAMETER.fullmatch(following), "plural"


def test_every_parameter_is_written_the_same_way(operation: Operation) -> None:
    for name, parameter in operation.parameters("query").items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
        if "uuid" in formats(operation, parameter["schema"]):
            assert name.endswith("_id") or name in UNRECORDED


def test_one_name_asks_about_the_past(operation: Operation) -> None:
    for name, parameter in operation.parameters("query").items():
        if formats(operation, parameter["schema"]) & {"date", "date-time"}:
            assert name == "as_of" or name in OTHER_DAYS
    assert operation.method == "get" or "as_of" not in operation.parameters("query")


def test_a_name_says_what_is_done(operation: Operation) -> None:
    verb = re.split(r"(?=[A-Z])", operation.name)[0]
    assert (operation.method == "get") == (verb in READS) or operation.name in OWN_WORDS
    assert (verb == "list") <= ("items" in operation.answer().get("properties", {}))
    assert (verb == "batch") == operation.is_batch


def test_a_list_takes_what_every_list_takes(operation: Operation) -> None:
    if operation.method != "get" or not operation.is_list or operation.path in NO_PAGE:
        return
    query = operation.parameters("query")
    assert {"limit", "cursor", "sort", "fields", "include"} <= set(query)
    assert query["limit"]["schema"]["maximum"] == 200
    assert "Link" in operation.said["responses"]["200"]["headers"]


def test_what_is_read_has_a_tag(operation: Operation) -> None:
    if operation.method != "get" or operation.name in NO_TAG:
        return
    assert "ETag" in operation.said["responses"]["200"]["headers"]
    assert "304" in operation.said["responses"]
    assert "If-None-Match" in operation.parameters("header")


def test_a_change_says_what_it_has_seen(operation: Operation) -> None:
    headers = operation.parameters("header")
    needs = operation.method in ("patch", "put", "delete") or is_a_move(operation)
    named = operation.name in NO_VERSION
    assert named <= (needs and "If-Match" not in headers), "an exception nobody needs"
    assert needs <= ("If-Match" in headers or named)
    assert ("If-Match" in headers) == ({"412", "428"} <= set(operation.said["responses"]))
    alone = headers.get("If-Match", {}).get("required")
    assert alone in (None, True) or "If-None-Match" in headers


def is_a_move(operation: Operation) -> bool:
    """Whether a POST moves one record that is there, instead of making a new one."""
    last = operation.path.rsplit("/", 2)[1:]
    makes = "201" in operation.said["responses"] or operation.is_batch
    on_one = PARAMETER.fullmatch(last[0]) is not None
    return operation.method == "post" and on_one and not makes and not operation.is_public


def test_a_post_can_be_repeated(operation: Operation) -> None:
    takes_key = "Idempotency-Key" in operation.parameters("header")
    needs_key = operation.method == "post" and not operation.is_public
    assert takes_key == (needs_key and operation.name not in NO_KEY)


def test_every_refusal_is_documented_as_a_problem(operation: Operation) -> None:
    answers = operation.said["responses"]
    expected = {"422", "429", "503"}
    expected |= set() if operation.is_public else {"401", "403", "404"}
    expected |= {"409"} if operation.method != "get" else set()
    expected |= {"415"} if operation.body_schema() else set()
    assert expected <= set(answers)
    for status, said in answers.items():
        if status >= "4":
            content = said["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(answers["429"]["headers"])


def test_a_patch_is_a_merge_patch(operation: Operation) -> None:
    if operation.method == "patch":
        media = set(operation.said["requestBody"]["content"])
        assert media == {"application/merge-patch+json", "application/json"}


def test_unknown_fields_are_refused(operation: Operation) -> None:
    schema = operation.body_schema()
    if schema is not None:
        for shape in objects(operation, schema, set()):
            assert shape.get("additionalProperties") is False, shape.get("title")


@pytest.mark.parametrize(
    "named", [NO_PAGE, NO_VERSION, UNRECORDED, OTHER_DAYS, OWN_WORDS, NO_TAG, NO_KEY]
)
def test_an_exception_is_one_that_exists(named: dict[str, str]) -> None:
    known = {operation.name for operation in OPERATIONS} | {one.path for one in OPERATIONS}
    known |= {name for one in OPERATIONS for name in one.parameters("query")}
    assert set(named) <= known


def formats(operation: Operation, schema: dict[str, Any]) -> set[str]:
    """The formats a parameter may have."""
    shape = operation.resolved(schema)
    below = [one for way in ("anyOf", "oneOf") for one in shape.get(way, ())]
    return {shape.get("format", "")}.union(*(formats(operation, one) for one in below))


def objects(operation: Operation, schema: Any, seen: set[str]) -> Iterator[dict[str, Any]]:
    """Every object with named fields in a schema, at any depth."""
    if isinstance(schema, list):
        for part in schema:
            yield from objects(operation, part, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        seen.add(reference)
        yield from objects(operation, operation.resolved(schema), seen)
    if schema.get("type") == "object" and "properties" in schema:
        yield schema
    for name, part in schema.items():
        if name not in ("discriminator", "examples", "default"):
            yield from objects(operation, part, seen)
