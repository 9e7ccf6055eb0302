"""A project leaves the library through the gates it came in by."""

from typing import Any

import pytest
from sqlalchemy import text

from services.core.admissions import schemas
from services.core.projects.models import Project, ProjectWatch
from tests import given
from tests.admissions.conftest import URL, Office


@pytest.fixture
def project(office: Office) -> Project:
    """Give a watched project that owes its November report."""
    scene = office.scene
    row = given.project(
        scene.session, group=scene.group, lead=scene.energy, code="P-07", reports_from="2026-11"
    )
    watch = scene.session.get_one(ProjectWatch, row.id)
    watch.next_period, watch.next_open_at = "2026-11", given.at("2026-11-25 00:00")
    scene.session.commit()
    return row


def at_the_province(office: Office, project: Project) -> Any:
    """Bring an exit past the county and the city."""
    found = office.exit(project.id).json()
    office.do(office.scene.reporter, found, "submit")
    office.do(office.scene.county, found, "check")
    return office.do(office.city, found, "check").json()


def patch(office: Office, found: Any, path: str, **body: Any) -> Any:
    """Change a proposal as the reporter."""
    headers = office.scene.as_(office.scene.reporter, If_Match="*")
    return office.client.patch(f"{URL}/{found['id']}{path}", headers=headers, json=body)


def test_a_project_leaves_only_behind_the_last_gate(office: Office, project: Project) -> None:
    scene = office.scene
    made = office.exit(project.id)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/admissions/{made.json()['id']}"
    schemas.Admission.model_validate(made.json())
    assert (made.json()["kind"], made.json()["state"]) == ("exit", "draft")
    assert made.json()["proposal"] is None
    assert made.json()["exit"] == {
        "exit_reason": "finished",
        "reason": "合作事项全部完成",
        "merged_into_id": None,
    }
    found = made.json()
    assert office.get(scene.regulator, f"/admissions/{found['id']}").status_code == 404
    assert office.do(scene.reporter, found, "submit").json()["state"] == "at_county"
    for who in (scene.county, office.city):
        assert office.do(who, found, "check").status_code == 200
        shown = office.get(scene.reporter, f"/projects/{project.id}").json()
        assert shown["side_state"] is None
    gone = office.do(scene.regulator, found, "check").json()
    assert (gone["state"], gone["gate_level"]) == ("exited", None)
    assert gone["project_id"] == str(project.id)
    shown = office.get(scene.reporter, f"/projects/{project.id}").json()
    assert shown["side_state"] == "moved_out"
    assert office.told() == [
        "project.submitted",
        "project.checked",
        "project.checked",
        "project.moved_out",
        "project.checked",
    ]
    scene.session.expire_all()
    assert scene.session.get_one(ProjectWatch, project.id).next_open_at is None
    left = scene.session.execute(
        text("SELECT data FROM event_pending WHERE type = 'project.moved_out'")
    ).scalar_one()
    assert left["reason"] == "合作事项全部完成"
    history = office.get(scene.reporter, f"/projects/{project.id}/history").json()["items"]
    assert any(line["action"] == "project.moved_out" for line in history)


def test_each_gate_returns_an_exit_with_its_reason_and_all_are_passed_anew(
    office: Office, project: Project
) -> None:
    scene = office.scene
    found = office.exit(project.id).json()
    for count, gate in enumerate(office.gates):
        assert office.do(scene.reporter, found, "submit").json()["state"] == "at_county"
        for who in office.gates[:count]:
            office.do(who, found, "check")
        back = office.do(gate, found, "return", reason="验收材料不全").json()
        assert (back["state"], back["return_count"]) == ("returned", count + 1)
        assert back["steps"][-1]["reason"] == "验收材料不全"
        assert back["steps"][-1]["by"]["name"] == gate.login
    put_right = patch(office, found, "/exit", reason="验收报告已附").json()
    assert put_right["exit"]["reason"] == "验收报告已附"
    office.do(scene.reporter, found, "submit")
    for gate in office.gates:
        assert office.do(gate, found, "check").status_code == 200, gate.login
    shown = office.get(scene.reporter, f"/projects/{project.id}").json()
    assert shown["side_state"] == "moved_out"


def test_one_exit_of_a_project_is_open_and_another_may_follow(
    office: Office, project: Project
) -> None:
    first = office.exit(project.id).json()
    second = office.exit(project.id)
    assert (second.status_code, second.json()["detail"]) == (409, "Its exit is proposed already.")
    office.withdraw(office.scene.reporter, first)
    assert office.exit(project.id).status_code == 201
    listed = office.get(office.scene.reporter, f"/admissions?project_id={project.id}&kind=exit")
    assert [one["state"] for one in listed.json()["items"]] == ["withdrawn", "draft"]
    entries = office.get(office.scene.reporter, "/admissions?kind=entry").json()["items"]
    assert entries == []


@pytest.mark.parametrize(
    ("why", "into", "pointer"),
    [
        ("merged", None, "/merged_into_id"),
        ("merged", "itself", "/merged_into_id"),
        ("merged", "unseen", "/merged_into_id"),
        ("merged", "gone", "/merged_into_id"),
        ("finished", "other", "/merged_into_id"),
        ("merged", "other", None),
    ],
)
def test_a_merger_names_a_project_that_stays(
    office: Office, project: Project, why: str, into: str | None, pointer: str | None
) -> None:
    scene = office.scene
    there = {
        "itself": project,
        "other": given.project(scene.session, group=scene.group, lead=scene.energy),
        "gone": given.project(
            scene.session, group=scene.group, lead=scene.energy, side_state="terminated"
        ),
        "unseen": given.project(scene.session, group=None, lead=scene.outsider),
    }
    also: dict[str, Any] = {"merged_into_id": str(there[into].id)} if into else {}
    answer = office.exit(project.id, exit_reason=why, **also)
    if pointer is None:
        assert answer.status_code == 201, answer.text
        assert answer.json()["exit"]["merged_into_id"] == str(there["other"].id)
    else:
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer


def test_only_whoever_keeps_a_project_proposes_its_exit(office: Office, project: Project) -> None:
    scene = office.scene
    assert office.exit(project.id, scene.stranger).status_code == 404
    assert office.exit(project.id, scene.tourist).status_code == 403
    assert office.exit(project.id, scene.program).status_code == 403
    assert office.exit(project.id, scene.convener).status_code == 201


def test_a_proposed_project_and_an_exit_are_changed_each_in_its_own_way(
    office: Office, project: Project
) -> None:
    entry, leaving = office.draft().json(), office.exit(project.id).json()
    assert patch(office, leaving, "", description="说明").status_code == 409
    assert patch(office, entry, "/exit", reason="已完成").status_code == 409
    assert patch(office, leaving, "/exit", exit_reason="merged").status_code == 422
    assert patch(office, leaving, "/exit", exit_reason="transferred").status_code == 200


def test_what_has_left_meanwhile_passes_no_gate_and_is_withdrawn(
    office: Office, project: Project
) -> None:
    scene = office.scene
    found = at_the_province(office, project)
    headers = scene.as_(scene.convener, If_Match="*")
    path = f"/api/v1/projects/{project.id}/terminate"
    assert office.client.post(path, headers=headers, json={"reason": "停建"}).status_code == 200
    late = office.do(scene.regulator, found, "check")
    assert (late.status_code, late.json()["code"]) == (409, "unlawful_move")
    assert office.exit(project.id).status_code == 409
    assert office.withdraw(scene.reporter, found, reason="项目已终止").status_code == 200


def test_a_merger_into_what_has_gone_itself_is_found_at_the_last_gate(
    office: Office, project: Project
) -> None:
    scene = office.scene
    other = given.project(scene.session, group=scene.group, lead=scene.energy)
    scene.session.commit()
    also: dict[str, Any] = {"exit_reason": "merged", "merged_into_id": str(other.id)}
    found = office.exit(project.id, **also).json()
    office.do(scene.reporter, found, "submit")
    for who in (scene.county, office.city):
        office.do(who, found, "check")
    other.side_state = "moved_out"
    scene.session.commit()
    late = office.do(scene.regulator, found, "check")
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/merged_into_id")
    assert office.do(scene.regulator, found, "return", reason="并入项目已出库").status_code == 200


def test_an_exit_goes_to_the_gates_of_where_its_project_stands_now(
    office: Office, project: Project
) -> None:
    scene = office.scene
    found = office.exit(project.id).json()
    scene.session.get_one(Project, project.id).region_code = "331100"
    scene.session.commit()
    sent = office.do(scene.reporter, found, "submit").json()
    assert (sent["state"], sent["region"]["code"]) == ("at_city", "331100")


def test_only_the_province_moves_out_past_the_gates(office: Office, project: Project) -> None:
    scene = office.scene
    path = f"/api/v1/projects/{project.id}/move-out"
    for who in (scene.reporter, scene.convener, scene.county, office.city):
        headers = scene.as_(who, If_Match="*", Accept_Language="en")
        refused = office.client.post(path, headers=headers, json={"reason": "已完成"})
        assert refused.status_code == 403, who.login
        assert "gates" in refused.json()["detail"]
    headers = scene.as_(scene.regulator, If_Match="*")
    moved = office.client.post(path, headers=headers, json={"reason": "已完成"})
    assert moved.json()["side_state"] == "moved_out"
