"""Reported and recorded figures stand side by side, with their qualifiers and the gap (I-13)."""

from decimal import Decimal

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
    energy = given.unit(session, "浙江省能源集团", parent=sasac)
    group = given.group(session, members=[energy])
    given.project(session, group=group, lead=energy)
    given.project(
        session,
        group=group,
        lead=energy,
        total_investment=Decimal(5_000_000),
        investment_qualifier="exact",
    )
    return given.headers(session, given.account(session, "sasac-zj", of=sasac, role="regulator"))


STATED = {
    "region_code": "330000",
    "as_of_month": "2022-10",
    "project_count": 291,
    "investment": {"amount": "280000000000.00", "qualifier": "at_least"},
    "source": "目前已入库重点合作项目291个,总投资超2800亿元",
}


def test_a_statement_stands_beside_what_is_recorded(
    client: TestClient, regulator: dict[str, str]
) -> None:
    made = client.post("/api/v1/library-statements", headers=regulator, json=STATED)
    assert made.status_code == 201, made.text
    shown = made.json()
    assert shown["reported"]["investment"]["amount"] == "280000000000.00"
    assert shown["recorded"] == {
        "project_count": 2,
        "project_qualifier": "exact",
        "investment": {"amount": "45000000.00", "currency": "CNY", "qualifier": "at_least"},
    }
    assert shown["gap"] == {"project_count": 289, "investment_amount": "279955000000.00"}
    assert client.get("/api/v1/library-statements", headers=regulator).json()["items"] == [shown]


def test_a_statement_cannot_be_of_the_future(client: TestClient, regulator: dict[str, str]) -> None:
    answer = client.post(
        "/api/v1/library-statements", headers=regulator, json={**STATED, "as_of_month": "2099-01"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/as_of_month"


def test_a_target_is_set_once_a_year_and_can_be_corrected(
    client: TestClient, regulator: dict[str, str]
) -> None:
    target = {
        "region_code": "330000",
        "year": 2023,
        "project_count": 70,
        "project_qualifier": "at_least",
        "investment": {"amount": "10000000000.00", "qualifier": "at_least"},
    }
    made = client.post("/api/v1/annual-targets", headers=regulator, json=target)
    assert made.status_code == 201, made.text
    assert client.post("/api/v1/annual-targets", headers=regulator, json=target).status_code == 409
    place = f"/api/v1/annual-targets/{made.json()['id']}"
    changed = client.patch(
        place,
        headers={**regulator, "If-Match": made.headers["etag"]},
        json={"project_count": 71},
    )
    assert changed.json()["reported"]["project_count"] == 71
    assert changed.json()["reported"]["investment"]["amount"] == "10000000000.00"
