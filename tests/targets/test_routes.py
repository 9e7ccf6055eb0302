"""Reported and recorded figures stand side by side, with their qualifiers and the gap (I-13)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.monitoring import schemas
from services.core.projects.models import AnnualPlan, Project
from tests import given

TARGETS, STATEMENTS = "/api/v1/annual-targets", "/api/v1/library-statements"
STATED: dict[str, Any] = {
    "region_code": "330000",
    "as_of_month": "2022-10",
    "project_count": 291,
    "investment": {"amount": "280000000000.00", "qualifier": "at_least"},
    "source": "目前已入库重点合作项目291个,总投资超2800亿元",
}
PROMISED: dict[str, Any] = {
    "region_code": "330000",
    "year": 2023,
    "project_count": 70,
    "project_qualifier": "at_least",
    "investment": {"amount": "10000000000.00", "qualifier": "at_least"},
}


@dataclass(frozen=True)
class Zhejiang:
    """A province with two counties' projects, and who regulates what."""

    session: Session
    province: dict[str, str]
    county: dict[str, str]
    company: dict[str, str]
    projects: dict[str, Project]


@pytest.fixture
def zhejiang(session: Session) -> Zhejiang:
    given.places(session)
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    office = given.unit(session, "景宁县国资办", kind="sasac")
    energy = given.unit(session, "浙江省能源集团", parent=sasac)
    far = given.unit(session, "泰顺县国资公司", region_code="330329")
    jingning = given.group(session, members=[energy])
    taishun = given.group(session, members=[far], region_code="330329")
    made: dict[str, Project] = {}
    rows: list[tuple[str, Any, dict[str, Any]]] = [
        ("exact", jingning, {"total_investment": 5_000_000, "investment_qualifier": "exact"}),
        ("at_least", jingning, {"total_investment": 40_000_000}),
        ("part", jingning, {"total_investment": 1_000_000, "parent": "exact"}),
        ("unknown", jingning, {"total_investment": None, "track": "service", "stage": "running"}),
        ("known part", jingning, {"total_investment": 300, "parent": "unknown"}),
        ("paused", jingning, {"total_investment": 7, "side_state": "paused"}),
        ("gone", jingning, {"total_investment": 900, "side_state": "moved_out"}),
        ("given up", jingning, {"total_investment": 900, "side_state": "terminated"}),
        ("far", taishun, {"total_investment": 1_000_000_000, "region_code": "330329"}),
    ]
    for name, group, values in rows:
        parent = values.pop("parent", None)
        made[name] = given.project(
            session,
            group=group,
            lead=far if group is taishun else energy,
            name=name,
            parent_id=made[parent].id if parent else None,
            **values,
        )
    return Zhejiang(
        session=session,
        province=given.headers(
            session, given.account(session, "sasac-zj", of=sasac, role="regulator")
        ),
        county=given.headers(
            session, given.account(session, "sasac-jn", of=office, role="regulator")
        ),
        company=given.headers(
            session, given.account(session, "convener", of=energy, role="convener")
        ),
        projects=made,
    )


def plan(zhejiang: Zhejiang, name: str, amount: int, **also: Any) -> None:
    """A plan of a project for 2023."""
    values = {
        "project_id": zhejiang.projects[name].id,
        "year": 2023,
        "number": 1,
        "planned_investment": Decimal(amount),
        "curve": [Decimal(amount)] * 12,
        "made_at": datetime(2023, 1, 1, tzinfo=UTC),
        **also,
    }
    zhejiang.session.add(AnnualPlan(**values))
    zhejiang.session.flush()


def test_a_statement_stands_beside_what_is_recorded(client: TestClient, zhejiang: Zhejiang) -> None:
    made = client.post(STATEMENTS, headers=zhejiang.province, json=STATED)
    assert made.status_code == 201, made.text
    shown = made.json()
    schemas.WatchedStatement.model_validate(shown)
    assert shown["reported"] == {
        "project_count": 291,
        "project_qualifier": "exact",
        "investment": {"amount": "280000000000.00", "currency": "CNY", "qualifier": "at_least"},
    }
    assert shown["recorded"] == {
        "project_count": 6,
        "project_qualifier": "exact",
        "investment": {"amount": "1045000307.00", "currency": "CNY", "qualifier": "at_least"},
        "unknown_count": 1,
    }
    assert shown["gap"] == {
        "project_count": 285,
        "project_qualifier": "exact",
        "investment": {"amount": "278954999693.00", "currency": "CNY", "qualifier": "about"},
    }
    assert client.get(STATEMENTS, headers=zhejiang.province).json()["items"] == [shown]


def test_a_caller_sees_recorded_only_what_it_may_see(
    client: TestClient, zhejiang: Zhejiang
) -> None:
    made = client.post(STATEMENTS, headers=zhejiang.province, json=STATED)
    county = client.get(made.headers["location"], headers=zhejiang.county).json()
    assert county["reported"] == made.json()["reported"]
    assert county["recorded"]["project_count"] == 5
    assert county["recorded"]["investment"]["amount"] == "45000307.00"


def test_where_nothing_is_recorded_the_gap_is_the_whole(
    client: TestClient, zhejiang: Zhejiang
) -> None:
    body = {**STATED, "region_code": "331127209"}
    shown = client.post(STATEMENTS, headers=zhejiang.province, json=body).json()
    assert shown["recorded"]["investment"] == {
        "amount": "0.00",
        "currency": "CNY",
        "qualifier": "exact",
    }
    assert shown["gap"]["investment"] == shown["reported"]["investment"]


def test_a_target_stands_beside_the_plans_of_its_year(
    client: TestClient, zhejiang: Zhejiang
) -> None:
    plan(zhejiang, "exact", 3_000_000)
    plan(zhejiang, "part", 1_000_000)
    plan(zhejiang, "known part", 200)
    plan(zhejiang, "at_least", 5, number=1, is_current=False)
    plan(zhejiang, "at_least", 40, number=2)
    plan(zhejiang, "far", 7, year=2024)
    plan(zhejiang, "gone", 900)
    made = client.post(TARGETS, headers=zhejiang.province, json=PROMISED)
    assert made.status_code == 201, made.text
    schemas.WatchedTarget.model_validate(made.json())
    recorded = made.json()["recorded"]
    assert (recorded["project_count"], recorded["unknown_count"]) == (3, 0)
    assert recorded["investment"]["amount"] == "3000240.00"
    assert made.json()["gap"]["project_count"] == 67
    assert made.json()["gap"]["project_qualifier"] == "at_least"


def test_a_statement_cannot_be_of_the_future(client: TestClient, zhejiang: Zhejiang) -> None:
    body = {**STATED, "as_of_month": "2099-01"}
    answer = client.post(STATEMENTS, headers=zhejiang.province, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/as_of_month"


def test_a_target_is_set_once_a_year_and_can_be_corrected(
    client: TestClient, zhejiang: Zhejiang
) -> None:
    made = client.post(TARGETS, headers=zhejiang.province, json=PROMISED)
    again = client.post(TARGETS, headers=zhejiang.province, json=PROMISED)
    assert again.status_code == 409
    assert again.json()["errors"][0]["pointer"] == "/year"
    place, seen = made.headers["location"], {"If-Match": made.headers["etag"]}
    changed = client.patch(place, headers={**zhejiang.province, **seen}, json={"project_count": 71})
    assert changed.json()["reported"]["project_count"] == 71
    assert changed.json()["reported"]["investment"]["amount"] == "10000000000.00"
    rows = zhejiang.session.execute(text("SELECT type, data FROM event_pending ORDER BY id")).all()
    assert [(row.type, row.data["project_count"]) for row in rows] == [
        ("target.recorded", 70),
        ("target.recorded", 71),
    ]


def test_only_the_regulator_of_a_region_speaks_for_it(
    client: TestClient, zhejiang: Zhejiang
) -> None:
    made = client.post(TARGETS, headers=zhejiang.province, json=PROMISED)
    place, seen = made.headers["location"], {"If-Match": made.headers["etag"]}
    for who in (zhejiang.county, zhejiang.company):
        assert client.get(place, headers=who).status_code == 200
        assert client.patch(place, headers={**who, **seen}, json={}).status_code == 403
        assert client.post(STATEMENTS, headers=who, json=STATED).status_code == 403
    own = {**PROMISED, "region_code": "331127"}
    assert client.post(TARGETS, headers=zhejiang.county, json=own).status_code == 201


@pytest.mark.parametrize(
    ("query", "regions"),
    [
        ("", ["330000", "331127", "330329"]),
        ("region=331100", ["331127"]),
        ("year=2024", ["330329"]),
        ("sort=region", ["330000", "330329", "331127"]),
        ("sort=-year,region", ["330329", "330000", "331127"]),
    ],
)
def test_targets_are_narrowed_and_sorted(
    client: TestClient, zhejiang: Zhejiang, query: str, regions: list[str]
) -> None:
    for region, year in (("330000", 2023), ("331127", 2023), ("330329", 2024)):
        body = {**PROMISED, "region_code": region, "year": year}
        assert client.post(TARGETS, headers=zhejiang.province, json=body).status_code == 201
    found = client.get(f"{TARGETS}?{query}", headers=zhejiang.province).json()["items"]
    assert [one["region_code"] for one in found] == regions
