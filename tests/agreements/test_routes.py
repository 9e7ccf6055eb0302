"""Framework agreements: two sides, one life, seen by those they concern."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests import given


@pytest.fixture
def people(session: Session) -> dict[str, Any]:
    given.places(session)
    sasac = given.unit(session, "景宁县国资办", kind="sasac")
    gold = given.unit(session, "物产中大金石集团", region_code="330000", level="province")
    civil = given.unit(session, "景宁县民政局", kind="gov_dept")
    far = given.unit(session, "泰顺县某公司", region_code="330329")
    group = given.group(session, members=[gold])
    project = given.project(session, group=group, lead=gold)
    return {
        "regulator": given.headers(
            session, given.account(session, "sasac-jn", of=sasac, role="regulator")
        ),
        "outsider": given.headers(
            session, given.account(session, "convener-ts", of=far, role="convener")
        ),
        "body": {
            "code": "FA-20",
            "name": "养老领域共同富裕战略合作框架协议",
            "domain": "elderly_care",
            "parties": [
                {"organisation_id": str(gold.id), "side": "enterprise"},
                {"organisation_id": str(civil.id), "side": "county"},
            ],
        },
        "project": str(project.id),
    }


def move(client: TestClient, who: dict[str, str], place: str, verb: str, **body: Any) -> Any:
    etag = client.get(place, headers=who).headers["etag"]
    return client.post(f"{place}/{verb}", headers={**who, "If-Match": etag}, json=body)


def test_an_agreement_is_signed_converted_and_fulfilled(
    client: TestClient, people: dict[str, Any]
) -> None:
    who = people["regulator"]
    made = client.post("/api/v1/agreements", headers=who, json=people["body"])
    assert made.status_code == 201, made.text
    place = made.headers["location"]
    assert move(client, who, place, "fulfil").json()["lawful"] == ["sign", "terminate"]
    assert move(client, who, place, "sign", signed_on="2023-05-01").json()["state"] == "signed"
    converted = move(client, who, place, "convert", project_id=people["project"]).json()
    assert (converted["state"], converted["project_ids"]) == ("converting", [people["project"]])
    assert move(client, who, place, "fulfil").json()["state"] == "fulfilled"
    assert move(client, who, place, "terminate").status_code == 409


def test_a_missing_side_is_refused_with_what_is_allowed(
    client: TestClient, people: dict[str, Any]
) -> None:
    body = people["body"]
    one_sided = {**body, "parties": [{**party, "side": "county"} for party in body["parties"]]}
    answer = client.post("/api/v1/agreements", headers=people["regulator"], json=one_sided)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/parties"
    assert answer.json()["errors"][0]["allowed"] == ["enterprise"]


def test_an_outsider_does_not_know_of_it(client: TestClient, people: dict[str, Any]) -> None:
    made = client.post("/api/v1/agreements", headers=people["regulator"], json=people["body"])
    place = made.headers["location"]
    assert client.get(place, headers=people["outsider"]).status_code == 404
    assert client.get("/api/v1/agreements", headers=people["outsider"]).json()["items"] == []


def test_a_batch_keeps_its_announced_figures_beside_what_is_recorded(
    client: TestClient, people: dict[str, Any]
) -> None:
    body = {
        "code": "FA-B1",
        "name": "对接会框架协议",
        "signed_month": "2022-10",
        "agreement_count": 19,
        "amount": {"amount": "85700000000.00", "qualifier": "at_least"},
    }
    made = client.post("/api/v1/agreement-batches", headers=people["regulator"], json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["agreement_count"], made.json()["recorded_count"]) == (19, 0)
    assert made.json()["amount"]["qualifier"] == "at_least"
