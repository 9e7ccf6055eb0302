"""A project's moves over HTTP, the facts they leave, and what stays owed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from services.core.projects import actions
from services.core.projects.models import Project, ProjectWatch
from tests import given
from tests.projects.conftest import NOW, Jingning

Move = Callable[..., Any]


@pytest.fixture
def project(jingning: Jingning) -> Project:
    """A watched project in preparation whose November report is still to be opened."""
    session = jingning.session
    row = given.project(
        session, group=jingning.group, lead=jingning.energy, code="P-07", reports_from="2026-08"
    )
    watch = session.get_one(ProjectWatch, row.id)
    watch.next_period, watch.next_open_at = "2026-11", given.at("2026-11-25 00:00")
    watch.watched_since_on = date(2026, 8, 1)
    session.commit()
    return row


@pytest.fixture
def move(client: TestClient, jingning: Jingning, project: Project) -> Move:
    """Do one verb on the project, with the version it has now; only the province moves out."""

    def moving(verb: str, **body: Any) -> Any:
        who = jingning.regulator if verb == "move-out" else jingning.convener
        headers = jingning.as_(who, Accept_Language="en")
        path = f"/api/v1/projects/{project.id}"
        etag = client.get(path, headers=headers).headers["etag"]
        return client.post(f"{path}/{verb}", headers={**headers, "If-Match": etag}, json=body)

    return moving


def watch_of(jingning: Jingning, project_id: UUID) -> ProjectWatch:
    jingning.session.expire_all()
    return jingning.session.get_one(ProjectWatch, project_id)


def facts(jingning: Jingning) -> list[tuple[str, dict[str, Any]]]:
    rows = jingning.session.execute(text("SELECT type, data FROM event_pending ORDER BY id"))
    return [(row.type, row.data) for row in rows]


def test_entering_construction_is_the_actual_start(
    move: Move, jingning: Jingning, project: Project
) -> None:
    answer = move("advance", stage="under_construction", happened_on="2026-11-20")
    assert answer.status_code == 200, answer.text
    assert answer.json()["actual_start_on"] == "2026-11-20"
    assert answer.json()["library_class"] == "implementation"
    ((name, data),) = facts(jingning)
    assert name == "project.stage_changed"
    assert (data["stage_before"], data["stage"]) == ("preparatory", "under_construction")
    assert data["happened_on"] == "2026-11-20"
    watch = watch_of(jingning, project.id)
    assert (watch.next_check_at, watch.next_period) == (NOW, "2026-11")


def test_completion_is_a_fact_of_its_own_and_ends_the_reports(
    move: Move, jingning: Jingning, project: Project
) -> None:
    move("advance", stage="under_construction", happened_on="2026-11-01")
    answer = move("advance", stage="completed")
    assert answer.json()["actual_finish_on"] == "2026-11-24"
    assert [name for name, _ in facts(jingning)][1:] == [
        "project.stage_changed",
        "project.completed",
    ]
    watch = watch_of(jingning, project.id)
    assert (watch.next_open_at, watch.watched_since_on, watch.next_check_at) == (None, None, NOW)


def test_a_step_back_takes_back_the_day_and_owes_reports_again(
    move: Move, jingning: Jingning, project: Project
) -> None:
    move("advance", stage="under_construction", happened_on="2026-11-01")
    move("advance", stage="completed")
    silent = move("advance", stage="under_construction")
    assert silent.status_code == 422
    assert silent.json()["errors"][0]["pointer"] == "/reason"
    answer = move("advance", stage="under_construction", reason="验收未通过")
    assert answer.json()["actual_finish_on"] is None
    assert answer.json()["actual_start_on"] == "2026-11-01"
    watch = watch_of(jingning, project.id)
    assert (watch.next_period, watch.next_open_at) == ("2026-11", NOW)
    assert [name for name, _ in facts(jingning)].count("project.completed") == 1
    further = move("advance", stage="preparatory", reason="许可撤回")
    assert further.json()["actual_start_on"] is None


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"stage": "running"}, "/stage", "unlawful_stage"),
        ({"stage": "idea"}, "/stage", "unlawful_stage"),
        ({"stage": "completed", "happened_on": "2026-11-25"}, "/happened_on", "in_the_future"),
        ({"stage": "finished"}, "/stage", "enum"),
    ],
)
def test_an_unlawful_stage_is_refused_with_the_lawful_ones(
    move: Move, jingning: Jingning, body: dict[str, str], pointer: str, code: str
) -> None:
    answer = move("advance", **body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert error["allowed"]
    assert facts(jingning) == []


def test_a_finish_before_the_start_is_refused(move: Move) -> None:
    move("advance", stage="under_construction", happened_on="2026-11-20")
    answer = move("advance", stage="completed", happened_on="2026-11-19")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/happened_on"


def test_a_paused_project_owes_nothing_and_goes_on_with_this_month(
    move: Move,
    jingning: Jingning,
    project: Project,
    set_clock: Callable[[datetime], None],
) -> None:
    assert move("pause", reason="汛期停工").json()["side_state"] == "paused"
    watch = watch_of(jingning, project.id)
    assert (watch.next_open_at, watch.watched_since_on, watch.next_period) == (
        None,
        None,
        "2026-11",
    )
    refused = move("advance", stage="completed")
    assert refused.status_code == 409
    assert refused.json()["lawful"] == ["move_out", "resume", "terminate"]
    later = given.at("2027-03-02 09:00")
    set_clock(later)
    assert move("resume", reason="复工").json()["side_state"] is None
    watch = watch_of(jingning, project.id)
    assert (watch.next_period, watch.next_open_at) == ("2027-03", later)
    assert watch.watched_since_on == date(2027, 3, 2)
    names = [name for name, _ in facts(jingning)]
    assert names == ["project.paused", "project.resumed"]


@pytest.mark.parametrize(
    ("verb", "state", "fact"),
    [
        ("terminate", "terminated", "project.terminated"),
        ("move-out", "moved_out", "project.moved_out"),
    ],
)
def test_what_has_left_is_closed_for_good(
    client: TestClient, jingning: Jingning, move: Move, verb: str, state: str, fact: str
) -> None:
    answer = move(verb, reason="选址调整")
    assert answer.json()["side_state"] == state
    ((name, data),) = facts(jingning)
    assert (name, data["reason"]) == (fact, "选址调整")
    for again in ("pause", "resume", "terminate", "move-out"):
        refused = move(again, reason="x")
        assert (refused.status_code, refused.json()["lawful"]) == (409, [])
    project_id = answer.json()["id"]
    headers = jingning.as_(jingning.convener, If_Match=answer.headers["etag"])
    path = f"/api/v1/projects/{project_id}"
    assert client.patch(path, headers=headers, json={"name": "x"}).status_code == 409
    plan = {"planned_investment": {"amount": "1.00"}}
    assert client.put(f"{path}/plans/2026", headers=headers, json=plan).status_code == 409
    milestone = {"name": "x", "planned_on": "2026-12-01"}
    assert client.post(f"{path}/milestones", headers=headers, json=milestone).status_code == 409


def test_a_move_needs_a_reason_and_the_version(
    client: TestClient, jingning: Jingning, move: Move, project: Project
) -> None:
    assert move("pause").status_code == 422
    assert move("pause", reason=" ").status_code == 422
    path = f"/api/v1/projects/{project.id}/pause"
    headers = jingning.as_(jingning.convener)
    assert client.post(path, headers=headers, json={"reason": "x"}).status_code == 428
    move("pause", reason="x")
    stale = client.post(path, headers={**headers, "If-Match": '"1-x"'}, json={"reason": "x"})
    assert stale.status_code == 412
    assert stale.json()["current"]["side_state"] == "paused"


def test_a_service_needs_no_investment_and_runs_its_own_track(
    client: TestClient, jingning: Jingning
) -> None:
    """W-11: supervision guidance is a workstream without investment (T-11)."""
    headers = jingning.as_(jingning.regulator)
    body = {
        "code": "W-11",
        "name": "县属企业市场化经营、债务风险管控指导",
        "group_id": str(jingning.group.id),
        "region_code": "331127",
        "thrust": "soe_supervision",
        "domain": "soe_reform",
        "track": "service",
        "stage": "agreed",
        "lead_organisation_id": str(jingning.gas.id),
    }
    made = client.post("/api/v1/projects", headers=headers, json=body)
    assert made.status_code == 201, made.text
    assert made.json()["total_investment"] is None
    path, seen = made.headers["location"], {**headers, "If-Match": made.headers["etag"]}
    running = client.post(f"{path}/advance", headers=seen, json={"stage": "running"})
    assert running.json()["actual_start_on"] == "2026-11-24"


def test_a_recheck_asks_for_the_next_sweep(jingning: Jingning, project: Project) -> None:
    actions.recheck(jingning.session, project_id=project.id, now=NOW)
    assert watch_of(jingning, project.id).next_check_at == NOW
