"""Each route of the contract is really called, and answers as every other route does."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from services.core.kit.settings import settings
from tests.conventions.conftest import House
from tests.conventions.walk import NO_TAG, PARAMETER, PREFIX, Operation, operations

OPERATIONS = operations()
settings.cache_clear()  # the document needs no engines; later tests set theirs
METHODS = {"get", "post", "put", "patch", "delete"}
SHOWS_THE_MOMENT = {
    "getProjectHealth": "says when it was computed: its tag is weak",
    "getMonitorCheck": "says when it was asked: its tag is weak",
}
WHO = "sasac-jn"
STALE = '"999999-x"'


def named(*chosen: Operation) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", chosen, ids=lambda one: one.name)


def taking(header: str) -> list[Operation]:
    return [one for one in OPERATIONS if header in one.parameters("header")]


EVERY = named(*OPERATIONS)
LISTS = named(*[one for one in OPERATIONS if "sort" in one.parameters("query")])
CHANGES = named(*taking("If-Match"))
READS = named(*[one for one in OPERATIONS if one.method == "get" and one.name not in NO_TAG])


@pytest.fixture(scope="module")
def known(house: House) -> dict[str, str]:
    """Headers of somebody who sees what the demonstration holds."""
    return house.headers(WHO)


def sent(house: House, operation: Operation, headers: dict[str, str], url: str = "") -> Any:
    body = operation.body()
    also = {} if body is None else {"json": body}
    return house.client.request(operation.method, url or operation.url(), headers=headers, **also)


def problem_of(answer: Any) -> dict[str, Any]:
    """The problem, which has the form that every problem has."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:tuanzu:problem:{problem['code']}"
    assert problem["trace_id"] == answer.headers["traceparent"][3:35]
    assert answer.headers["content-language"] in ("zh-CN", "en")
    assert {"Accept-Language"} <= set(answer.headers["vary"].split(", "))
    for error in problem["errors"]:
        assert set(error) == {"pointer", "code", "detail", "allowed"}
    return problem


@EVERY
def test_a_stranger_is_asked_who_it_is(house: House, operation: Operation) -> None:
    answer = sent(house, operation, {"Accept-Language": "en"})
    if operation.is_public:
        if answer.is_error:
            problem_of(answer)
        return
    assert problem_of(answer)["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert problem_of(sent(house, operation, {"Authorization": "Bearer tz_x"}))["status"] == 401


@EVERY
def test_a_wrong_method_is_told_every_right_one(house: House, operation: Operation) -> None:
    url = operation.url().partition("?")[0]
    fitting = [one for one in OPERATIONS if fits(one.path, url)]
    meant = min(one.path.count("{") for one in fitting)  # /groups/batch is no group of that id
    right = {one.method for one in fitting if one.path.count("{") == meant}
    answer = house.client.options(url)
    allowed = right | {"options"} | ({"head"} if "get" in right else set())
    assert answer.status_code == 204
    assert set(answer.headers["allow"].lower().split(", ")) == allowed
    for wrong in METHODS - right:
        refused = house.client.request(wrong, url)
        assert problem_of(refused)["code"] == "method_not_allowed"
        assert refused.headers["allow"] == answer.headers["allow"]


def with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


def fits(path: str, url: str) -> bool:
    pattern = PARAMETER.sub("[^/]+", path)
    return re.fullmatch(pattern, url) is not None


@EVERY
def test_an_unknown_parameter_is_refused_with_those_that_are_known(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    answer = sent(
        house, operation, {**known, "If-Match": "*"}, with_query(operation.url(), "colour=red")
    )
    problem = problem_of(answer)
    assert problem["status"] == 422
    (error,) = [one for one in problem["errors"] if one["pointer"] == "?colour"]
    assert error["code"] == "extra_forbidden"
    assert set(error["allowed"]) == set(operation.parameters("query"))


@EVERY
def test_a_body_of_another_kind_is_refused(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    if operation.body_schema() is None:
        return
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = house.client.request(
            operation.method,
            operation.url(),
            headers={**known, "Content-Type": kind},
            content=b"{}",
        )
        problem = problem_of(answer)
        assert problem["status"] == 415
        merges = operation.method == "patch"
        assert ("application/merge-patch+json" in problem["errors"][0]["allowed"]) == merges


@EVERY
def test_an_unknown_field_is_refused_with_those_that_are_known(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    schema = operation.body_schema()
    if schema is None:
        return
    answer = house.client.request(
        operation.method, operation.url(), headers=known, json={"shoe_size": 42}
    )
    (error,) = [one for one in problem_of(answer)["errors"] if one["pointer"] == "/shoe_size"]
    shape = operation.resolved(operation.resolved(schema).get("anyOf", [schema])[0])
    assert set(error["allowed"]) == set(shape["properties"])


@CHANGES
def test_a_change_without_a_precondition_is_refused(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    problem = problem_of(sent(house, operation, known))
    assert problem["code"] == "precondition_required", problem
    bad = problem_of(sent(house, operation, {**known, "If-Match": "yesterday"}))
    assert (bad["status"], bad["errors"][0]["pointer"]) == (422, "header:If-Match")


@CHANGES
def test_a_change_of_an_old_version_is_refused_with_the_present_one(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    seen = []
    for url in urls(house, operation):
        problem = problem_of(sent(house, operation, {**known, "If-Match": STALE}, url))
        seen.append(problem["status"])
        if problem["status"] == 412:
            is_there = house.client.get(url, headers=known).status_code != 404
            assert ("current" in problem) == is_there
    assert set(seen) <= {403, 404, 412}, seen


def test_most_changes_were_really_tried_on_a_record(house: House) -> None:
    tried = [one.name for one in taking("If-Match") if next(urls(house, one), None)]
    assert len(tried) >= 25, tried


@READS
def test_what_is_read_is_not_sent_again_to_who_has_it(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    for url in urls(house, operation):
        answer = house.client.get(url, headers=known)
        if answer.status_code in (403, 404):
            problem_of(answer)
            continue
        assert answer.status_code == 200, answer.text
        etag = answer.headers["etag"]
        assert etag.startswith("W/") == (operation.name in SHOWS_THE_MOMENT)
        opaque = etag.removeprefix("W/")
        assert re.fullmatch(r'"[^"]+"', opaque)
        for given in (opaque, f"W/{opaque}", f'"other", {etag}', "*"):
            again = house.client.get(url, headers={**known, "If-None-Match": given})
            assert (again.status_code, again.content) == (304, b""), given
            assert again.headers["etag"] == etag
        assert house.client.get(url, headers={**known, "If-None-Match": '"x"'}).is_success
        head = house.client.head(url, headers=known)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == etag


def test_most_records_were_really_read(house: House, known: dict[str, str]) -> None:
    found = [
        one.name
        for one in OPERATIONS
        if one.method == "get"
        and any(house.client.get(url, headers=known).is_success for url in urls(house, one))
    ]
    assert len(found) >= 35, found


@LISTS
def test_a_list_is_asked_as_every_list(
    house: House, known: dict[str, str], operation: Operation
) -> None:
    url = next(urls(house, operation), operation.url())
    answer = house.client.get(f"{url}?include=total&limit=1", headers=known)
    if answer.status_code in (403, 404):
        return
    page = answer.json()
    assert page["total"] >= len(page["items"])
    assert ("link" in answer.headers) == (page["next_cursor"] is not None)
    if "link" in answer.headers:
        following = answer.headers["link"].removeprefix("<").partition(">")[0]
        after = house.client.get(following, headers=known)
        assert after.status_code == 200
        assert after.json()["items"] != page["items"]
    for query, code in (
        ("sort", "unknown_sort"),
        ("fields", "unknown_field"),
        ("cursor", "bad_cursor"),
    ):
        problem = problem_of(house.client.get(f"{url}?{query}=nonsense", headers=known))
        (error,) = problem["errors"]
        assert (problem["status"], error["pointer"], error["code"]) == (422, f"?{query}", code)
        assert bool(error["allowed"]) == (query != "cursor")
    for limit in ("0", "201", "x"):
        assert house.client.get(f"{url}?limit={limit}", headers=known).status_code == 422


@lru_cache(maxsize=1)
def collections() -> dict[str, str]:
    """The list that each id parameter's records are in: of `project_id`, /api/v1/projects."""
    return {
        parameter[1]: above
        for one in OPERATIONS
        for above, _, last in [one.path.rpartition("/")]
        for parameter in [PARAMETER.fullmatch(last)]
        if parameter and one.method == "get"
    }


def urls(house: House, operation: Operation) -> Iterator[str]:
    """Give the operation's path with the ids of a record that is really there, if there is one."""
    wanted = PARAMETER.findall(operation.path)
    filled: dict[str, str] = {}
    for name in wanted:
        above = collections().get(name)
        if above is None or not name.endswith("_id"):
            continue
        found = first_of(house, PARAMETER.sub(lambda known: filled.get(known[1], ""), above))
        if found is None:
            return
        filled[name] = found
    yield operation.url(**filled)


_FOUND: dict[tuple[int, str], str | None] = {}


def first_of(house: House, path: str) -> str | None:
    """The id of the first record of a list, as the one who looks sees it."""
    key = (id(house), path)
    if key not in _FOUND:
        answer = house.client.get(path, headers=house.headers(WHO))
        items = answer.json().get("items", []) if answer.is_success else []
        _FOUND[key] = items[0].get("id") if items else None
    return _FOUND[key]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1/nowhere", "/api/v1/regions/331127/", "/api/v2"]
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/xml"])
def test_an_unknown_address_is_a_problem(house: House, path: str, accept: str) -> None:
    answer = house.client.get(path, headers={"Accept": accept})
    assert (problem_of(answer)["status"], problem_of(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh;q=0.8,en;q=0.9", "en"),
        ("fr,zh-Hant;q=0.5,en;q=0.4", "zh-CN"),
        ("en;q=0,*;q=0.1", "zh-CN"),
        ("en; q=0.2 , zh-CN; q=0.1", "en"),
        ("de", "zh-CN"),
        ("english", "zh-CN"),
        (";;q=,,en;q=2", "en"),
    ],
)
def test_the_language_liked_best_is_spoken(house: House, asked: str, language: str) -> None:
    answer = house.client.get(f"{PREFIX}/me", headers={"Accept-Language": asked})
    assert answer.headers["content-language"] == language
    assert answer.json()["title"].isascii() == (language == "en")


def test_a_record_that_is_there_can_be_changed_whatever_it_is(house: House) -> None:
    known = house.headers(WHO)
    url = f"{PREFIX}/groups/{first_of(house, f'{PREFIX}/groups')}"
    etag = house.client.get(url, headers=known).headers["etag"]
    for seen, status in ((f"W/{etag}", 412), (f'"7000-x", {etag}', 200), ("*", 200)):
        answer = house.client.patch(
            url, headers={**known, "If-Match": seen}, json={"name_en": f"Group {status}"}
        )
        assert answer.status_code == status, seen
    nowhere = f"{PREFIX}/groups/01900000-0000-7000-8000-000000000000"
    answer = house.client.patch(nowhere, headers={**known, "If-Match": "*"}, json={})
    assert answer.status_code == 404
