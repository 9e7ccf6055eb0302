"""The list of projects: one statement, filters, sorting, keyset pages, and how it scales."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.kit.reading import Ask
from services.core.projects import queries, schemas
from services.core.projects.models import Project, ProjectPartner, ProjectWatch
from tests import given
from tests.projects.conftest import Jingning

URL = "/api/v1/projects"


@pytest.fixture
def library(jingning: Jingning) -> dict[str, Project]:
    """Six projects that differ in everything a list can be narrowed by."""
    session = jingning.session
    rows: list[dict[str, Any]] = [
        {"code": "A", "name": "云上天池", "stage": "idea", "domain": "culture_tourism"},
        {"code": "B", "name": "LNG站", "name_en": "LNG stations", "stage": "preparatory"},
        {"code": "C", "name": "抛光片", "region_code": "331100", "thrust": "industry"},
        {"code": "D", "name": "云上_天池二期", "stage": "under_construction"},
        {"code": "E", "name": "就创业服务工作站", "track": "service", "stage": "agreed"},
        {"code": "F", "name": "停工项目", "side_state": "paused", "region_code": "331127209"},
    ]
    lights = {"A": "red", "B": "yellow", "C": "green", "D": "attention", "E": None, "F": "red"}
    made = {}
    for row in rows:
        lead = jingning.tourism if row["code"] == "A" else jingning.energy
        project = given.project(session, group=jingning.group, lead=lead, **row)
        session.get_one(ProjectWatch, project.id).light = lights[project.code]
        made[project.code] = project
    made["D"].parent_id = made["A"].id
    session.commit()
    return made


def codes(client: TestClient, headers: dict[str, str], query: str) -> str:
    answer = client.get(f"{URL}?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    for item in answer.json()["items"]:
        schemas.Project.model_validate(item)
    return "".join(item["code"] for item in answer.json()["items"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "ABCDEF"),
        ("region=331127", "ABDEF"),
        ("region=331100", "ABCDEF"),
        ("region=331127209", "F"),
        ("stage=preparatory", "BCF"),
        ("side_state=paused", "F"),
        ("side_state=none", "ABCDE"),
        ("library_class=planning", "A"),
        ("library_class=preparatory", "BCEF"),
        ("library_class=implementation", "D"),
        ("light=red", "AF"),
        ("light=none", "E"),
        ("domain=culture_tourism", "A"),
        ("thrust=industry", "C"),
        ("track=service", "E"),
        ("q=云上", "AD"),
        ("q=云上_", "D"),
        ("q=%25", ""),
        ("q=lng", "B"),
        ("q=stations", "B"),
        ("light=red&stage=idea", "A"),
        ("sort=-code", "FEDCBA"),
        ("sort=-light", "FABDCE"),
        ("sort=-light,code", "AFBDCE"),
        ("sort=light,code", "ECDBAF"),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    client: TestClient, jingning: Jingning, library: dict[str, Project], query: str, expected: str
) -> None:
    assert library
    assert codes(client, jingning.as_(jingning.county), query) == expected


def test_the_list_is_narrowed_by_records(
    client: TestClient, jingning: Jingning, library: dict[str, Project]
) -> None:
    headers = jingning.as_(jingning.convener)
    assert codes(client, headers, f"lead_organisation_id={jingning.tourism.id}") == "A"
    assert codes(client, headers, f"parent_id={library['A'].id}") == "D"
    assert codes(client, headers, f"group_id={jingning.group.id}") == "ABCDEF"
    assert codes(client, headers, f"group_id={library['A'].id}") == ""


@pytest.mark.parametrize("sort", ["", "-light", "name", "-stage,name", "region"])
def test_pages_follow_each_other_without_gap_or_double(
    client: TestClient, jingning: Jingning, library: dict[str, Project], sort: str
) -> None:
    headers = jingning.as_(jingning.convener)
    seen, url = "", f"{URL}?limit=2&sort={sort}"
    while url:
        answer = client.get(url, headers=headers)
        seen += "".join(item["code"] for item in answer.json()["items"])
        link = answer.headers.get("link")
        url = link[1 : link.index(">")] if link else ""
    assert sorted(seen) == sorted(library)
    assert seen == codes(client, headers, f"sort={sort}")


def test_a_cursor_fits_only_its_own_filters(
    client: TestClient, jingning: Jingning, library: dict[str, Project]
) -> None:
    assert library
    headers = jingning.as_(jingning.convener)
    cursor = client.get(f"{URL}?limit=2", headers=headers).json()["next_cursor"]
    answer = client.get(f"{URL}?limit=2&light=red&cursor={cursor}", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?cursor"


@pytest.mark.parametrize(
    "query", ["stage=finished", "light=blue", "region=33x", "colour=red", "sort=mood", "q="]
)
def test_a_filter_that_means_nothing_is_refused(
    client: TestClient, jingning: Jingning, query: str
) -> None:
    answer = client.get(f"{URL}?{query}", headers=jingning.as_(jingning.convener))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?" + query.partition("=")[0]


@pytest.fixture
def statements(connection: Connection) -> Generator[list[str]]:
    """Every statement the connection runs from here on."""
    said: list[str] = []

    def heard(*args: Any) -> None:
        said.append(args[2])

    event.listen(connection, "before_cursor_execute", heard)
    yield said
    event.remove(connection, "before_cursor_execute", heard)


def test_a_page_is_one_statement_however_much_it_shows(
    session: Session,
    jingning: Jingning,
    library: dict[str, Project],
    statements: list[str],
) -> None:
    for project in library.values():
        session.add(
            ProjectPartner(
                project_id=project.id, organisation_id=jingning.outsider.id, role="partner"
            )
        )
    session.flush()
    caller = given.caller(session, jingning.regulator)
    statements.clear()
    page = queries.projects(session, caller, ask=Ask(), wanted=schemas.ProjectFilters())
    assert len(statements) == 1
    assert page.items.count("泰顺县国资公司") == len(library)
