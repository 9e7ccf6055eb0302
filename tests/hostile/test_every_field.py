"""Every hostile value in every field, query parameter and path parameter of every route.

Nothing of it may cost a 5xx or an answer the document does not name, and nothing may stay behind
that spoils a list for everybody. TUANZU_HOSTILE=whole tries all of it; else a fixed share.
"""

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.hostile.corpus import VALUES, WRITTEN
from tests.hostile.siege import Siege, siege
from tests.hostile.walk import Operation, filled, holes

__all__ = ["siege"]  # a fixture
SHARE = 1 if os.environ.get("TUANZU_HOSTILE") == "whole" else 12
"""One of so many values is tried at each place, another one at the next."""
_NOT_EVEN_READ = (400, 401, 413, 415)


def _tried(values: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    """Give the share of the values that is tried at a place."""
    for name, value in values.items():
        if zlib.crc32(f"{place} {name}".encode()) % SHARE == 0:
            yield name, value


def _spoil_body(siege: Siege, operation: Operation, schema: Mapping[str, Any]) -> None:
    good = siege.document.value(schema)
    url = siege.document.address(operation)
    who = siege.able(operation, url, json.dumps(good).encode())
    with siege.undone():
        etag, accepted = siege.etag(operation, url, who), False
        for place, around in holes(good):
            for name, fragment in _tried(VALUES, f"{operation.name} {place}"):
                answer = siege.ask(operation, url, who, filled(around, fragment), etag)
                siege.judge(operation, answer, f"{place} = {name}")
                if answer.is_success:
                    etag, accepted = siege.etag(operation, url, who), True
        if accepted:
            siege.wrong += [f"{operation.name} spoilt {one}" for one in siege.broken_lists(who)]


@pytest.mark.timeout(600)  # every value for every field of every body
def test_no_value_in_a_body_breaks_anything(siege: Siege) -> None:
    siege.asked, siege.wrong = 0, []
    for operation in siege.document.operations():
        schema = siege.document.body_of(operation)
        if schema is not None:
            _spoil_body(siege, operation, schema)
    assert siege.wrong == []
    assert siege.asked > 1000


def test_no_value_in_an_address_breaks_anything(siege: Siege) -> None:
    siege.asked, siege.wrong = 0, []
    for operation in siege.document.operations():
        url = siege.document.address(operation)
        for parameter in operation.parameters("query"):
            for name, written in _tried(WRITTEN, f"{operation.name} ?{parameter}"):
                answer = siege.ask(
                    operation, f"{url}?{parameter}={written}", next(iter(siege.tokens))
                )
                siege.judge(operation, answer, f"?{parameter} = {name}")
        for parameter in operation.parameters("path"):
            for name, written in _tried(WRITTEN, f"{operation.name} {parameter}"):
                spoilt = siege.document.address(operation, **{parameter: written})
                answer = siege.ask(operation, spoilt, next(iter(siege.tokens)))
                siege.judge(operation, answer, f"{parameter} = {name}", 404, 405)
    assert siege.wrong == []
    assert siege.asked > 500
    assert list(siege.broken_lists(next(iter(siege.tokens)))) == []


def test_the_good_requests_of_this_test_are_good(siege: Siege) -> None:
    """Else every field would be refused for another reason than its own."""
    met: dict[int, list[str]] = {}
    for operation in siege.document.operations():
        schema = siege.document.body_of(operation)
        if schema is None:
            continue
        url = siege.document.address(operation)
        body = json.dumps(siege.document.value(schema)).encode()
        who = siege.able(operation, url, body)
        with siege.undone():
            answer = siege.ask(operation, url, who, body, siege.etag(operation, url, who))
        if answer.status_code == 401 and operation.spec.get("security") == []:
            continue  # a door that reads who somebody is from the body: nobody is who we made up
        met.setdefault(answer.status_code, []).append(f"{operation.name}: {answer.text[:200]}")
    taken = sum(len(names) for status, names in met.items() if status < 300)
    assert taken >= 15, met
    bad = {status: met[status] for status in met if status >= 500 or status in _NOT_EVEN_READ}
    assert bad == {}
