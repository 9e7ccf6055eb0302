"""What stops at the edge: each with its status, its code and its pointer, and never an echo."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests import given
from tests.groups.scene import Scene, jingning

__all__ = ["jingning"]  # a fixture
PATH = "/api/v1/webhook-endpoints"
JSON = {"Content-Type": "application/json"}
UPLOAD = f"/api/v1/evidence/{UUID(int=1)}/upload"
MARK = "ZZ-echo-ZZ"


def sent(scene: Scene, body: bytes, **headers: str) -> Any:
    named = {**scene.headers["integrator"], **JSON, **headers}
    return scene.client.post(PATH, content=body, headers=named)


def in_url(value: bytes) -> bytes:
    return b'{"url":"https://a.example/","description":' + value + b"}"


@pytest.mark.parametrize(
    ("value", "status", "code", "pointer"),
    [
        (b"NaN", 400, "not_finite", ""),
        (b"-Infinity", 400, "not_finite", ""),
        (b"1e999", 400, "not_finite", ""),
        (b"9" * 5000, 400, "number_too_long", ""),
        (b"0." + b"1" * 5000, 400, "number_too_long", ""),
        (b"[" * 40 + b"]" * 40, 400, "too_deep", ""),
        (b"[" * 100_000, 400, "too_many_values", ""),
        (b"[" * 20_000 + b"]" * 20_000, 400, "too_deep", ""),
        (b'"x","url":"https://b.example/"', 400, "duplicate_name", ""),
        (b'"\xff"', 400, "not_utf8", ""),
        (b'"\xed\xa0\x80"', 400, "not_utf8", ""),
        (b'"ZZ-echo-ZZ', 400, "not_json", ""),
        (b'"a\nb"', 400, "not_json", ""),
        (b'"ZZ-echo-ZZ\\u0000"', 422, "control_character", "/description"),
        (b'"\\ud800"', 422, "control_character", "/description"),
        (b'"\\udc00\\ud800"', 422, "control_character", "/description"),
        (b'"\\u001b[2J"', 422, "control_character", "/description"),
        (b'"\\b"', 422, "control_character", "/description"),
        (b'["ZZ-echo-ZZ"]', 422, "string_type", "/description"),
        (b'"x","ZZ-echo-ZZ":1', 422, "extra_forbidden", "/ZZ-echo-ZZ"),
        ('"x","ZZ\u202e echo":1'.encode(), 422, "extra_forbidden", ""),
    ],
)
def test_a_body_in_the_corners_of_json_is_refused(
    jingning: Scene, value: bytes, status: int, code: str, pointer: str
) -> None:
    for language in ("zh", "en"):
        answer = sent(jingning, in_url(value), **{"Accept-Language": language})
        assert answer.status_code == status, answer.text
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        (error,) = problem["errors"]
        assert (error["code"], error["pointer"]) == (code, pointer)
        assert error["detail"].isascii() == (language == "en")
        del error["pointer"]  # names the field, which is the client's own
        assert MARK not in json.dumps(problem)


@pytest.mark.parametrize(
    "value",
    [b'"\\ud83d\\ude00 emoji"', b'"a\\n\\t\\r b"', b'"\\\\u0000 written out"', '"长“”"'.encode()],
)
def test_what_only_looks_bad_is_taken(jingning: Scene, value: bytes) -> None:
    answer = sent(jingning, in_url(value))
    assert answer.status_code == 201, answer.text
    assert answer.json()["description"] == json.loads(value)


def test_a_body_has_an_end_declared_or_in_pieces(jingning: Scene) -> None:
    huge = in_url(b'"' + b"x" * 1_100_000 + b'"')
    pieces = iter([huge[start : start + 65_536] for start in range(0, len(huge), 65_536)])
    whole = sent(jingning, huge)
    chunked = jingning.client.post(
        PATH, content=pieces, headers={**jingning.headers["integrator"], **JSON}
    )
    for answer in (whole, chunked):
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"
        assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "", "application/x-www-form-urlencoded", "application/json; charset=gbk"],
)
def test_a_body_is_json_in_utf8(jingning: Scene, kind: str) -> None:
    answer = sent(jingning, in_url(b'"x"'), **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("TRACE", "/api/v1/projects"),
        *((method, UPLOAD) for method in ("TRACE", "POST", "DELETE")),
    ],
)
def test_a_method_that_is_not_there_is_refused_before_its_body_is_judged(
    jingning: Scene, method: str, path: str, kind: str
) -> None:
    answer = jingning.client.request(
        method,
        path,
        content=b"{}",
        headers={**jingning.headers["integrator"], "Content-Type": kind},
    )
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("/api/v1/projects?q=%00", "control_character"),
        ("/api/v1/projects?q=%1b[2J", "control_character"),
        ("/api/v1/projects?q=%ff", "not_utf8"),
        ("/api/v1/projects/%00", "control_character"),
        ("/api/v1/projects/a%0d%0aX-A:b", "control_character"),
        ("/api/v1/projects/%ed%a0%80", "not_utf8"),
        ("/api/v1/projects?q=" + "x" * 9000, "url_too_long"),
        ("/api/v1/" + "x" * 2000, "url_too_long"),
    ],
)
def test_an_address_is_short_clean_and_utf8(jingning: Scene, where: str, code: str) -> None:
    answer = jingning.client.get(where, headers=jingning.headers["province"])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code


def test_headers_together_have_an_end(jingning: Scene) -> None:
    also = {f"X-Filler-{number}": "x" * 4000 for number in range(10)}
    answer = jingning.client.get("/api/v1/me", headers={**jingning.headers["province"], **also})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "headers_too_long")


@pytest.mark.parametrize("tag", ['"99999999999999999999-ab"', '"' + "9" * 6000 + '-ab"', '"x-ab"'])
def test_an_etag_of_nobody_is_refused(jingning: Scene, tag: str) -> None:
    answer = jingning.client.patch(
        f"/api/v1/groups/{jingning.jingning.id}",
        json={"name": "x"},
        headers=[*jingning.headers["province"].items(), ("If-Match", tag)],
    )
    assert answer.status_code in (412, 422)


@pytest.mark.parametrize(
    ("field", "near_miss"),
    [
        ("every_months", True),
        ("every_months", "3"),
        ("every_months", 3.0),
        ("is_illustrative", 0),
        ("is_illustrative", "true"),
        ("began_on", 1_700_000_000),
        ("began_on", "1700000000"),
        ("began_on", "2026-11-01T00:00:00"),
        ("began_on", "1999-12-31"),
        ("began_on", "0001-01-01"),
    ],
)
def test_near_misses_are_refused(jingning: Scene, field: str, near_miss: object) -> None:
    body = {"kind": "hold_meeting", "every_months": 3, field: near_miss}
    answer = jingning.post("county", f"/groups/{jingning.jingning.id}/duties", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (False, "decimal_text"),
        (40_000_000, "decimal_text"),
        ("NaN", "decimal_text"),
        ("1e3", "decimal_text"),
        ("1_000", "decimal_text"),
        ("١", "decimal_text"),
        ("-1", "greater_than_equal"),
        ("1.234", "decimal_max_places"),
    ],
)
def test_money_is_a_plain_number_in_a_string(jingning: Scene, amount: object, code: str) -> None:
    answer = jingning.client.put(
        "/api/v1/projects/00000000-0000-7000-8000-000000000000/plans/2026",
        json={"planned_investment": {"amount": amount}},
        headers=jingning.headers["convener"],
    )
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]


@pytest.mark.parametrize("path", ["projects", "accounts", "organisations"])
@pytest.mark.parametrize("wild", ["%", "_", "\\", "%%", "a%", "jn_as"])
def test_wildcards_in_a_search_are_letters(jingning: Scene, path: str, wild: str) -> None:
    who = "security_admin" if path == "accounts" else "province"
    given.project(jingning.session, group=jingning.jingning, lead=jingning.units["energy"])
    jingning.session.commit()
    asked = {"q": wild}
    answer = jingning.client.get(f"/api/v1/{path}", params=asked, headers=jingning.headers[who])
    assert answer.status_code == 200
    assert all(wild.lower() in str(item) for item in answer.json()["items"])
    long = jingning.client.get(
        f"/api/v1/{path}", params={"q": "x" * 101}, headers=jingning.headers[who]
    )
    assert long.status_code == 422


def test_an_error_nobody_foresaw_has_the_same_form(
    jingning: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(MARK)

    monkeypatch.setattr("services.core.access.queries.me", broken)
    answer = jingning.get("province", "/me")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]
    assert MARK not in answer.text
