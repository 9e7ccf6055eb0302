"""A proposal goes from its unit through every gate into the library."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from services.core.admissions import schemas
from services.core.projects.models import Project, ProjectWatch
from tests import given
from tests.admissions.conftest import URL, Office


def test_a_proposal_passes_every_gate_and_is_a_project_only_then(
    office: Office, set_clock: Callable[[datetime], None]
) -> None:
    scene = office.scene
    made = office.draft()
    assert made.status_code == 201, made.text
    found = made.json()
    schemas.Admission.model_validate(found)
    assert (found["state"], found["gate_level"], found["steps"]) == ("draft", None, [])
    assert office.get(scene.regulator, f"/admissions/{found['id']}").status_code == 404
    assert office.do(scene.reporter, found, "submit").json()["state"] == "at_county"
    assert office.do(scene.county, found, "check").json()["gate_level"] == "city"
    assert office.do(office.city, found, "check").json()["gate_level"] == "province"
    assert scene.session.scalar(select(func.count()).select_from(Project)) == 0
    assert office.get(scene.regulator, "/projects").json()["items"] == []
    assert office.get(scene.regulator, "/totals?by=county").json()["total"]["project_count"] == 0
    set_clock(given.at("2026-11-25 09:00"))
    admitted = office.do(scene.regulator, found, "check").json()
    schemas.Admission.model_validate(admitted)
    assert (admitted["state"], admitted["gate_level"]) == ("admitted", None)
    steps = [(one["gate_level"], one["verb"], one["by"]["name"]) for one in admitted["steps"]]
    assert steps == [
        ("county", "submit", "reporter-energy"),
        ("county", "check", "sasac-jn"),
        ("city", "check", "sasac-ls"),
        ("province", "check", "sasac-zj"),
    ]
    project = office.get(scene.reporter, f"/projects/{admitted['project_id']}").json()
    assert (project["code"], project["stage"]) == ("P-NEW", "preparatory")
    assert project["total_investment"]["qualifier"] == "at_least"
    watch = scene.session.get_one(ProjectWatch, admitted["project_id"])
    assert watch.next_open_at == given.at("2026-11-25 09:00")
    assert office.told() == [
        "project.submitted",
        "project.checked",
        "project.checked",
        "project.admitted",
        "project.checked",
    ]
    for verb in ("submit", "check"):
        again = office.do(scene.regulator, found, verb)
        assert (again.status_code, again.json()["code"]) == (409, "unlawful_move"), verb


def test_a_return_is_counted_and_says_why_and_every_gate_is_passed_anew(office: Office) -> None:
    scene = office.scene
    found = office.draft().json()
    office.do(scene.reporter, found, "submit")
    office.do(scene.county, found, "check")
    returned = office.do(office.city, found, "return", reason="请补充用地预审意见").json()
    assert (returned["state"], returned["return_count"]) == ("returned", 1)
    assert returned["steps"][-1]["reason"] == "请补充用地预审意见"
    headers = scene.as_(scene.reporter, If_Match="*")
    path = f"{URL}/{found['id']}"
    patch = {"description": "已附意见", "stage": "signed", "total_investment": None}
    put_right = office.client.patch(path, headers=headers, json=patch).json()
    assert put_right["proposal"]["description"] == "已附意见"
    assert (put_right["proposal"]["stage"], put_right["proposal"]["total_investment"]) == (
        "signed",
        None,
    )
    assert office.do(scene.convener, found, "submit").json()["state"] == "at_county"
    waits = office.client.patch(path, headers=headers, json={"description": "再改"})
    assert waits.status_code == 409


def test_nobody_passes_a_gate_that_is_not_theirs(office: Office) -> None:
    scene = office.scene
    found = office.draft().json()
    office.do(scene.reporter, found, "submit")
    for gate in office.gates:
        for other in {*office.gates} - {gate}:
            for verb, body in (("check", {}), ("return", {"reason": "不符"})):
                refused = office.do(other, found, verb, **body)
                assert refused.status_code == 403, (gate.login, other.login)
        assert office.do(scene.convener, found, "check").status_code == 403
        assert office.do(scene.stranger, found, "check").status_code == 404
        assert office.do(gate, found, "check").status_code == 200


def test_whoever_submitted_does_not_check_it(office: Office) -> None:
    county = office.scene.county
    found = office.draft(county).json()
    office.do(county, found, "submit")
    own = office.do(county, found, "check")
    assert (own.status_code, "Another person" in own.json()["detail"]) == (403, True)


def test_what_stands_in_a_city_begins_at_the_citys_gate(office: Office) -> None:
    found = office.draft(region_code="331100").json()
    assert office.do(office.scene.reporter, found, "submit").json()["state"] == "at_city"
    assert office.do(office.scene.county, found, "check").status_code == 403


def test_a_draft_is_its_units_own_and_a_list_says_what_waits(office: Office) -> None:
    scene = office.scene
    first, second = office.draft().json(), office.draft(code="P-TWO").json()
    office.do(scene.reporter, second, "submit")
    for who, codes in (
        (scene.reporter, ["P-NEW", "P-TWO"]),
        (scene.county, ["P-TWO"]),
        (scene.tourist, ["P-TWO"]),
        (scene.stranger, []),
    ):
        listed = office.get(who, "/admissions?sort=code").json()["items"]
        assert [one["code"] for one in listed] == codes, who.login
    at = office.get(
        scene.county, f"/admissions?state=at_county&region=331100&group_id={scene.group.id}"
    )
    assert [one["id"] for one in at.json()["items"]] == [second["id"]]
    assert office.get(scene.reporter, f"/admissions/{first['id']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"code": "P-OLD"}, (409, "/code")),
        ({"code": "P-WAITS"}, (409, "/code")),
        ({"stage": "running"}, (422, "/stage")),
        ({"region_code": "999999"}, (422, "/region_code")),
        ({"plan_start_on": "2026-12-01", "plan_finish_on": "2026-11-01"}, (422, "/plan_finish_on")),
    ],
)
def test_what_the_library_would_not_admit_is_refused_at_once(
    office: Office, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    scene = office.scene
    given.project(scene.session, group=scene.group, lead=scene.energy, code="P-OLD")
    office.draft(code="P-WAITS")
    refused = office.draft(**body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == answer


def test_a_strangers_proposal_is_none_of_theirs(office: Office) -> None:
    assert office.draft(office.scene.stranger).status_code == 422
    alone = office.draft(office.scene.stranger, group_id=None)
    assert alone.status_code == 403


def test_only_the_province_admits_past_the_gates(office: Office) -> None:
    scene = office.scene
    for who in (scene.reporter, scene.convener, scene.county, office.city):
        headers = scene.as_(who)
        refused = office.client.post("/api/v1/projects", headers=headers, json=office.body())
        assert refused.status_code == 403, who.login
    admitted = office.client.post(
        "/api/v1/projects", headers=scene.as_(scene.regulator), json=office.body()
    )
    assert admitted.status_code == 201
