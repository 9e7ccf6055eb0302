"""Any total of the library can be followed to the rows behind it."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.overview import schemas
from services.core.overview.rules import By
from services.core.projects.models import AnnualPlan, ProjectWatch
from tests import given
from tests.given import at

ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("whole", {"total_investment": 900, "investment_qualifier": "at_least"}),
    ("part", {"total_investment": 100, "parent": "whole"}),
    ("part elsewhere", {"total_investment": 50, "parent": "whole", "domain": "culture_tourism"}),
    ("unknown", {"total_investment": None, "track": "service", "stage": "running"}),
    ("known part", {"total_investment": 7, "parent": "unknown"}),
    ("paused", {"total_investment": 5, "side_state": "paused"}),
    ("gone", {"total_investment": 10_000, "side_state": "terminated"}),
)


@pytest.fixture
def regulator(session: Session) -> dict[str, str]:
    """Seven projects of one group in Jingning, one of another county; gives who sees all."""
    given.places(session)
    sasac = given.unit(session, "省国资委", region_code="330000", level="province", kind="sasac")
    energy = given.unit(session, "浙江省能源集团", region_code="330000", level="province")
    far = given.unit(session, "泰顺县国资公司", region_code="330329")
    group = given.group(session, members=[energy])
    away = given.group(session, members=[far], region_code="330329")
    made: dict[str, Any] = {}
    for name, values in ROWS:
        parent = made.get(values.get("parent", ""))
        also = {key: value for key, value in values.items() if key != "parent"}
        made[name] = given.project(
            session,
            group=group,
            lead=energy,
            name=name,
            parent_id=parent.id if parent else None,
            **{"domain": "energy", **also},
        )
    given.project(session, group=away, lead=far, region_code="330329", total_investment=3)
    for name, amount in (("whole", 60), ("part", 20), ("paused", 1)):
        session.add(
            AnnualPlan(
                project_id=made[name].id,
                year=2023,
                number=1,
                planned_investment=Decimal(amount),
                curve=[Decimal(amount)] * 12,
                made_at=at("2023-01-01 09:00"),
            )
        )
    session.get_one(ProjectWatch, made["paused"].id).light = "red"
    session.flush()
    return given.headers(session, given.account(session, "sasac", of=sasac, role="regulator"))


def asked(client: TestClient, who: dict[str, str], by: str, also: str = "") -> Any:
    answer = client.get(f"/api/v1/totals?by={by}{also}", headers=who)
    assert answer.status_code == 200, answer.text
    schemas.Totals.model_validate(answer.json())
    return answer.json()


def sums(total: Any) -> tuple[int, int, int, str, str]:
    money = total["investment"]
    counts = (total["project_count"], total["part_count"], total["unknown_count"])
    return (*counts, money["amount"], money["qualifier"])


def test_a_part_is_not_added_to_its_whole_but_counts_where_the_whole_is_not(
    client: TestClient, regulator: dict[str, str]
) -> None:
    found = asked(client, regulator, "domain", "&side_state=kept&region=331127")
    assert sums(found["total"]) == (6, 2, 1, "912.00", "at_least")
    assert {one["key"]: sums(one) for one in found["items"]} == {
        "culture_tourism": (1, 0, 0, "50.00", "at_least"),
        "energy": (5, 1, 1, "912.00", "at_least"),
    }


@pytest.mark.parametrize("by", By)
def test_every_total_names_the_list_of_just_its_rows(
    client: TestClient, regulator: dict[str, str], by: By
) -> None:
    found = asked(client, regulator, by, "&side_state=kept")
    assert found["items"]
    all_of_it = [found["total"]] if by is not By.YEAR else []  # plans of years are no projects
    for one in [*all_of_it, *found["items"]]:
        listed = client.get(f"{one['href']}&include=total", headers=regulator)
        assert listed.status_code == 200, one
        assert listed.json()["total"] == one["project_count"], one
        assert sum(one["lights"].values()) == one["project_count"]


def test_a_year_adds_up_what_its_plans_say(client: TestClient, regulator: dict[str, str]) -> None:
    found = asked(client, regulator, "year")
    (year,) = found["items"]
    assert (year["key"], sums(year)) == ("2023", (3, 1, 0, "61.00", "exact"))


def test_places_are_cities_or_counties(client: TestClient, regulator: dict[str, str]) -> None:
    cities = asked(client, regulator, "city")["items"]
    assert {one["key"]: one["project_count"] for one in cities} == {"330300": 1, "331100": 7}
    counties = asked(client, regulator, "county", "&light=red")["items"]
    assert [(one["key"], one["lights"]["red"]) for one in counties] == [("331127", 1)]


def test_nobody_adds_up_what_they_do_not_see(
    client: TestClient, regulator: dict[str, str], session: Session
) -> None:
    alone = given.unit(session, "景宁县某公司")
    who = given.headers(session, given.account(session, "alone", of=alone, role="reporter"))
    found = asked(client, who, "county")
    assert (found["total"]["project_count"], found["items"]) == (0, [])
    assert client.get("/api/v1/totals?by=luck", headers=regulator).status_code == 422
    assert client.get("/api/v1/totals?by=light&limit=5", headers=regulator).status_code == 422
