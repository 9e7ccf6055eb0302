"""Regions over HTTP: the exemplar of every room's route tests."""

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests import given


@pytest.fixture
def regulator(session: Session) -> dict[str, str]:
    given.places(session)
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    return given.headers(session, given.account(session, "sasac-zj", of=sasac, role="regulator"))


def test_a_region_is_read_with_its_lineage(client: TestClient, regulator: dict[str, str]) -> None:
    answer = client.get("/api/v1/regions/331127", headers=regulator)
    assert answer.status_code == 200
    assert answer.json()["lineage"] == ["330000", "331100", "331127"]
    again = client.get(
        "/api/v1/regions/331127", headers={**regulator, "If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_a_change_needs_the_version_it_changes(
    client: TestClient, regulator: dict[str, str]
) -> None:
    path = "/api/v1/regions/331127"
    assert client.patch(path, headers=regulator, json={"name_en": "Jingning"}).status_code == 428
    etag = client.get(path, headers=regulator).headers["etag"]
    good = {**regulator, "If-Match": etag}
    assert client.patch(path, headers=good, json={"name_en": "Jingning"}).status_code == 200
    stale = client.patch(path, headers=good, json={"name_en": "X"})
    assert stale.status_code == 412
    assert stale.json()["current"]["name_en"] == "Jingning"


def test_a_page_follows_the_cursor(client: TestClient, regulator: dict[str, str]) -> None:
    seen: list[str] = []
    url: str | None = "/api/v1/regions?limit=2&sort=-code&include=total"
    while url:
        answer = client.get(url, headers=regulator)
        assert answer.status_code == 200, answer.text
        seen += [item["code"] for item in answer.json()["items"]]
        assert answer.json()["total"] == 6
        link = answer.headers.get("link")
        url = link[1 : link.index(">")] if link else None
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 6


def test_bad_input_names_the_field_and_what_is_allowed(
    client: TestClient, regulator: dict[str, str]
) -> None:
    answer = client.post(
        "/api/v1/regions",
        headers={**regulator, "Accept-Language": "en"},
        json={"code": "33112x", "level": "village", "colour": "red"},
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/code",
        "/name",
        "/level",
        "/colour",
    }


def test_the_same_key_gives_the_same_answer_once(
    client: TestClient, regulator: dict[str, str]
) -> None:
    body = {"code": "331127201", "name": "大均乡", "level": "township", "parent_code": "331127"}
    keyed = {**regulator, "Idempotency-Key": "one"}
    first = client.post("/api/v1/regions", headers=keyed, json=body)
    again = client.post("/api/v1/regions", headers=keyed, json=body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    other = client.post("/api/v1/regions", headers=keyed, json={**body, "name": "别处"})
    assert other.status_code == 422


def test_without_a_token_nobody_comes_in(client: TestClient) -> None:
    answer = client.get("/api/v1/regions")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/nowhere").json()["code"] == "not_found"


def test_a_place_is_designated(client: TestClient, regulator: dict[str, str]) -> None:
    etag = client.get("/api/v1/regions/331127", headers=regulator).headers["etag"]
    body = {"kind": "mountain_26", "valid_from": "2021-05-01"}
    answer = client.post(
        "/api/v1/regions/331127/designate", headers={**regulator, "If-Match": etag}, json=body
    )
    assert answer.status_code == 200, answer.text
    (designation,) = answer.json()["designations"]
    assert designation["kind"] == "mountain_26"
