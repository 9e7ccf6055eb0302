"""7,109 loans, 4.03亿元 and 3,288 households: outcomes with unit, day and source (T-4)."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.outcomes import schemas
from tests import given, watching
from tests.given import at

LOANS = {"name": "累计发放贷款", "unit": "笔", "measure": "cumulative"}


@pytest.fixture
def people(session: Session, set_clock: Any) -> tuple[str, dict[str, dict[str, str]]]:
    """Give a project's address, and the headers of who keeps it and of a stranger."""
    set_clock(at("2026-11-26 10:00"))
    place = watching.site(session)
    who = {"keeper": place.reporter, "second": place.reviewer, "stranger": place.outsider}
    headers = {name: given.headers(session, account) for name, account in who.items()}
    return f"/api/v1/projects/{place.project.id}", headers


def test_values_follow_one_another_are_corrected_and_verified(
    client: TestClient, people: tuple[str, dict[str, dict[str, str]]]
) -> None:
    project, who = people
    made = client.post(f"{project}/outcome-indicators", headers=who["keeper"], json=LOANS)
    assert made.status_code == 201, made.text
    path = made.headers["location"]

    def observe(as_of: str, value: str, **also: Any) -> Any:
        body = {"as_of": as_of, "value": value, **also}
        return client.post(f"{path}/observations", headers=who["keeper"], json=body)

    assert observe("2022-12-31", "7109.00").status_code == 201
    wrong = observe("2023-12-31", "7000.00")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "falls")
    assert observe("2026-11-27", "8000.00").json()["errors"][0]["code"] == "in_the_future"
    assert observe("2022-12-31", "7110.00").json()["errors"][0]["code"] == "taken"
    right = observe("2022-12-31", "7110.00", reason="漏报1笔")
    assert right.status_code == 201, right.text
    schemas.Observation.model_validate(right.json())
    place = right.headers["location"]
    tag = {"If-Match": right.headers["ETag"]}
    alone = client.post(f"{place}/verify", headers=who["keeper"] | tag)
    assert alone.status_code == 403
    verified = client.post(f"{place}/verify", headers=who["second"] | tag)
    assert verified.json()["verified_at"]
    again = {"If-Match": verified.headers["ETag"]}
    assert client.post(f"{place}/verify", headers=who["second"] | again).status_code == 409

    listed = client.get(f"{path}/observations?sort=as_of", headers=who["keeper"]).json()["items"]
    values = [(one["value"], one["is_current"], one["unit"]) for one in listed]
    assert sorted(values) == [("7109.00", False, "笔"), ("7110.00", True, "笔")]
    shown = client.get(path, headers=who["keeper"]).json()
    schemas.Indicator.model_validate(shown)
    assert shown["latest"] == {
        "as_of": "2022-12-31",
        "value": "7110.00",
        "qualifier": "exact",
        "is_verified": True,
    }
    twice = client.post(f"{project}/outcome-indicators", headers=who["keeper"], json=LOANS)
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (409, "taken")


def test_outcomes_are_no_investment_and_nobody_elses(
    client: TestClient, people: tuple[str, dict[str, dict[str, str]]]
) -> None:
    project, who = people
    before = client.get("/api/v1/totals?by=domain", headers=who["keeper"]).json()
    made = client.post(f"{project}/outcome-indicators", headers=who["keeper"], json=LOANS)
    body = {"as_of": "2022-12-31", "value": "403000000.00"}
    path = made.headers["location"]
    client.post(f"{path}/observations", headers=who["keeper"], json=body)
    assert client.get("/api/v1/totals?by=domain", headers=who["keeper"]).json() == before
    assert client.get(path, headers=who["stranger"]).status_code == 404
    assert client.get(f"{path}/observations", headers=who["stranger"]).status_code == 404
    lists = client.get("/api/v1/outcome-indicators", headers=who["stranger"]).json()
    assert lists["items"] == []
    tried = client.post(f"{path}/observations", headers=who["stranger"], json=body)
    assert tried.status_code == 404
