"""Batches: one transaction, each item as its own route would do it, each with its own answer."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.jobs.schemas import BatchAnswer
from services.core.kit.feed import PendingEvent
from services.core.regions.models import Region
from tests import given
from tests.groups.scene import Scene, built

URL = "/api/v1/regions/batch"


@pytest.fixture
def keeper(session: Session) -> dict[str, str]:
    """Who keeps regions, of which there are six."""
    given.places(session)
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    return given.headers(session, given.account(session, "sasac-zj", of=sasac, role="regulator"))


def village(number: int, **also: Any) -> dict[str, Any]:
    body = {"code": f"331127{number:03}", "name": f"乡{number}", "level": "township"}
    return {"op": "create", "body": {**body, "parent_code": "331127", **also}}


def sent(client: TestClient, headers: dict[str, str], *items: dict[str, Any], **also: Any) -> Any:
    return client.post(URL, headers=headers, json={"items": items, **also})


def regions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Region)) or 0


def test_every_item_answers_as_its_own_route_does(
    client: TestClient, session: Session, keeper: dict[str, str]
) -> None:
    change = {"op": "change", "id": "331127", "if_match": "*", "body": {"name_en": "Jingning"}}
    listed = {"kind": "mountain_island_25", "valid_from": "2025-01-01"}
    verb = {"op": "designate", "id": "331127001", "if_match": '"1-x"', "body": listed}
    answer = sent(client, keeper, village(1), change, verb)
    assert answer.status_code == 200, answer.text
    BatchAnswer.model_validate(answer.json())
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [201, 200, 200]
    assert items[0]["location"] == "/api/v1/regions/331127001"
    shown = client.get("/api/v1/regions/331127001", headers=keeper)
    assert items[2] == {
        "op": "designate",
        "status": 200,
        "etag": shown.headers["etag"],
        "body": shown.json(),
    }
    assert items[1]["body"]["name_en"] == "Jingning"
    assert regions(session) == 7


def test_one_bad_item_undoes_an_atomic_batch_and_each_fault_is_named_where_it_stands(
    client: TestClient, session: Session, keeper: dict[str, str]
) -> None:
    bad = village(2, colour="red", name="")
    stale = {"op": "change", "id": "331127", "if_match": '"7-x"', "body": {"name": "景宁"}}
    nowhere = {"op": "change", "id": "330000001", "if_match": '"1-x"', "body": {"name": "x"}}
    seenless = {"op": "change", "id": "331127", "body": {"name": "x"}}
    answer = sent(client, keeper, village(1), bad, stale, nowhere, seenless, {"op": "burn"})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "batch_undone"
    assert [item["status"] for item in problem["items"]] == [424, 422, 412, 404, 428, 422]
    assert problem["items"][2]["problem"]["current"]["name"] == "景宁畲族自治县"
    found = {error["pointer"]: error["allowed"] for error in problem["errors"]}
    assert set(found) == {"/items/1/body/colour", "/items/1/body/name", "/items/5/op"}
    assert "parent_code" in found["/items/1/body/colour"]
    assert found["/items/5/op"] == ["create", "change", "designate"]
    assert regions(session) == 6
    assert session.scalar(select(func.count()).select_from(PendingEvent)) == 0


def test_without_atomic_the_good_items_are_done(
    client: TestClient, session: Session, keeper: dict[str, str]
) -> None:
    answer = sent(client, keeper, village(1), village(1), village(2), atomic=False)
    assert answer.status_code == 200
    assert [item["status"] for item in answer.json()["items"]] == [201, 409, 201]
    assert (answer.json()["succeeded"], answer.json()["failed"]) == (2, 1)
    assert regions(session) == 8
    assert session.scalar(select(func.count()).select_from(PendingEvent)) == 2


@pytest.mark.parametrize(
    ("item", "pointer", "code"),
    [
        ({"op": "change", "if_match": "*", "body": {}}, "/items/0/id", "missing"),
        ({"op": "change", "id": "x", "if_match": "*", "body": {}}, "/items/0/id", None),
        ({"op": "change", "id": "331127", "if_match": "*"}, "/items/0/body", "missing"),
        ({"op": "change", "id": "331127", "if_match": "x", "body": {}}, "/items/0/if_match", None),
        ({**village(1), "id": "331127001"}, "/items/0/id", "extra_forbidden"),
    ],
)
def test_an_item_names_what_is_wrong_with_it(
    client: TestClient, keeper: dict[str, str], item: dict[str, Any], pointer: str, code: str | None
) -> None:
    (error,) = sent(client, keeper, item).json()["errors"]
    assert error["pointer"] == pointer
    assert code in (error["code"], None)


def test_a_batch_is_repeated_as_one(
    client: TestClient, session: Session, keeper: dict[str, str]
) -> None:
    keyed = {**keeper, "Idempotency-Key": "batch-1"}
    first, again = (sent(client, keyed, village(1), village(2)) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert regions(session) == 8


def test_an_item_may_do_no_more_than_its_route(session: Session, client: TestClient) -> None:
    scene: Scene = built(session, client)
    change = {"if_match": "*", "body": {"name": "x"}, "op": "change"}
    statuses = {
        who: scene.post(
            who,
            "/groups/batch",
            {"items": [{**change, "id": str(scene.jingning.id)}], "atomic": False},
        ).json()["items"][0]["status"]
        for who in ("county", "member", "outsider")
    }
    assert statuses == {"county": 200, "member": 403, "outsider": 404}


def test_a_part_of_a_record_has_its_own_batch(session: Session, client: TestClient) -> None:
    scene: Scene = built(session, client)
    duty = {"kind": "submit_report", "every_months": 1, "began_on": "2026-01-01"}
    path = f"/groups/{scene.jingning.id}/duties"
    first = scene.post("county", path, duty)
    items = [
        {
            "op": "end",
            "id": first.json()["id"],
            "if_match": "*",
            "body": {},
        },
        {"op": "create", "body": {**duty, "kind": "hold_meeting"}},
    ]
    answer = scene.post("county", f"{path}/batch", {"items": items})
    assert [item["status"] for item in answer.json()["items"]] == [200, 201], answer.text
    assert scene.post("outsider", f"{path}/batch", {"items": items}).status_code == 422


def test_secrets_that_are_shown_once_are_not_left_to_a_job(
    client: TestClient, keeper: dict[str, str]
) -> None:
    many = {"items": [{"op": "create", "body": {"name": "x"}}] * 201, "atomic": False}
    answer = client.post("/api/v1/tokens/batch", headers=keeper, json=many)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/items"
