"""Milestones and annual plans over HTTP."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from services.core.projects import schemas
from services.core.projects.models import Project, ProjectWatch
from tests import given
from tests.projects.conftest import NOW, Jingning


@pytest.fixture
def project(jingning: Jingning) -> Project:
    """A project planned for 2026 and 2027."""
    row = given.project(
        jingning.session,
        group=jingning.group,
        lead=jingning.energy,
        plan_start_on=date(2026, 1, 1),
        plan_finish_on=date(2027, 12, 31),
    )
    jingning.session.commit()
    return row


@pytest.fixture
def headers(jingning: Jingning) -> dict[str, str]:
    return jingning.as_(jingning.convener, Accept_Language="en")


def planned(client: TestClient, headers: dict[str, str], project: Project, **also: Any) -> Any:
    body = {"name": "主体结构封顶", "gate": "main_structure", "planned_on": "2026-10-31", **also}
    return client.post(f"/api/v1/projects/{project.id}/milestones", headers=headers, json=body)


def said(jingning: Jingning) -> list[tuple[str, str, dict[str, Any]]]:
    rows = jingning.session.execute(
        text("SELECT type, aggregate_kind, data FROM event_pending ORDER BY id")
    )
    return [(row.type, row.aggregate_kind, row.data) for row in rows]


def error_of(answer: Any) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["code"]


def test_a_milestone_is_planned_moved_and_reached_but_its_first_day_stays(
    client: TestClient, jingning: Jingning, project: Project, headers: dict[str, str]
) -> None:
    made = planned(client, headers, project, weight=40)
    assert made.status_code == 201, made.text
    schemas.Milestone.model_validate(made.json())
    path, seen = made.headers["location"], {**headers, "If-Match": made.headers["etag"]}
    patch = {"planned_on": "2026-11-15", "forecast_on": "2026-11-20"}
    moved = client.patch(path, headers=seen, json=patch)
    assert moved.json()["planned_on"] == "2026-11-15"
    assert moved.json()["original_planned_on"] == "2026-10-31"
    seen = {**headers, "If-Match": moved.headers["etag"]}
    proof = {"actual_on": "2026-11-20", "evidence": "验收记录 12 号"}
    reached = client.post(f"{path}/reach", headers=seen, json=proof)
    assert reached.json()["actual_on"] == "2026-11-20"
    assert reached.json()["original_planned_on"] == "2026-10-31"
    events = said(jingning)
    assert [(name, kind) for name, kind, _ in events] == [
        ("milestone.planned", "milestone"),
        ("milestone.changed", "milestone"),
        ("milestone.reached", "milestone"),
    ]
    assert events[1][2]["fields"] == ["forecast_on", "planned_on"]
    assert events[2][2]["days_late"] == 20
    watch = jingning.session.get_one(ProjectWatch, project.id)
    assert (watch.last_progress_on, watch.next_check_at) == (date(2026, 11, 20), NOW)
    seen = {**headers, "If-Match": reached.headers["etag"]}
    for again in (
        client.post(f"{path}/reach", headers=seen, json=proof),
        client.patch(path, headers=seen, json={"planned_on": "2026-12-01"}),
    ):
        assert again.status_code == 409
    listed = client.get(f"/api/v1/projects/{project.id}/milestones", headers=headers)
    assert listed.json()["items"] == [reached.json()]
    assert client.get(path, headers=headers).content == reached.content


def test_what_was_known_of_milestones_on_a_day_is_shown(
    client: TestClient,
    jingning: Jingning,
    project: Project,
    headers: dict[str, str],
    set_clock: Callable[[datetime], None],
) -> None:
    made = planned(client, headers, project)
    path, seen = made.headers["location"], {**headers, "If-Match": made.headers["etag"]}
    set_clock(given.at("2026-11-25 00:00"))
    patch = {"planned_on": "2026-11-15", "forecast_on": "2026-11-20"}
    moved = client.patch(path, headers=seen, json=patch)
    assert moved.status_code == 200, moved.text
    listed = f"/api/v1/projects/{project.id}/milestones"
    for day, then in (
        ("2026-11-23", []),
        ("2026-11-24", [made.json()]),
        ("2026-11-25", [moved.json()]),
    ):
        found = client.get(f"{listed}?as_of={day}&sort=-planned_on", headers=headers)
        assert found.json()["items"] == then, day
        one = client.get(f"{path}?as_of={day}", headers=headers)
        assert (one.status_code, one.json()) == (200, then[0]) if then else one.status_code == 404
    for ahead in (path, listed):
        refused = client.get(f"{ahead}?as_of=2026-11-26", headers=headers)
        assert error_of(refused) == (422, "?as_of", "in_the_future")
    stranger = jingning.as_(jingning.stranger)
    assert client.get(f"{path}?as_of=2026-11-25", headers=stranger).status_code == 404
    assert client.get(f"{listed}?as_of=2026-11-25", headers=stranger).status_code == 404


def test_the_first_day_is_not_a_field_one_can_send(
    client: TestClient, project: Project, headers: dict[str, str]
) -> None:
    made = planned(client, headers, project)
    seen = {**headers, "If-Match": made.headers["etag"]}
    answer = client.patch(
        made.headers["location"], headers=seen, json={"original_planned_on": "2026-12-01"}
    )
    assert error_of(answer) == (422, "/original_planned_on", "extra_forbidden")


def test_milestones_stay_inside_the_plan_and_the_whole(
    client: TestClient, project: Project, headers: dict[str, str]
) -> None:
    assert planned(client, headers, project, weight=60).status_code == 201
    early = planned(client, headers, project, planned_on="2025-12-31")
    late = planned(client, headers, project, planned_on="2028-01-01")
    heavy = planned(client, headers, project, weight="40.01")
    assert error_of(early) == (422, "/planned_on", "before_start")
    assert error_of(late) == (422, "/planned_on", "after_finish")
    assert error_of(heavy) == (422, "/weight", "over_100")
    last = planned(client, headers, project, weight=40, planned_on="2027-12-31")
    seen = {**headers, "If-Match": last.headers["etag"]}
    heavier = client.patch(last.headers["location"], headers=seen, json={"weight": 41})
    assert error_of(heavier) == (422, "/weight", "over_100")
    path = f"/api/v1/projects/{project.id}"
    seen = {**headers, "If-Match": client.get(path, headers=headers).headers["etag"]}
    shorter = client.patch(path, headers=seen, json={"plan_finish_on": "2027-12-30"})
    assert error_of(shorter) == (422, "/plan_finish_on", "before_milestone")


def test_what_has_not_come_yet_is_not_reached(
    client: TestClient, project: Project, headers: dict[str, str]
) -> None:
    made = planned(client, headers, project)
    seen = {**headers, "If-Match": made.headers["etag"]}
    path = made.headers["location"] + "/reach"
    ahead = client.post(path, headers=seen, json={"actual_on": "2026-11-25", "evidence": "x"})
    assert error_of(ahead) == (422, "/actual_on", "in_the_future")
    bare = client.post(path, headers=seen, json={"actual_on": "2026-11-24"})
    assert error_of(bare) == (422, "/evidence", "missing")


def test_a_milestone_is_hidden_with_its_project(
    client: TestClient, jingning: Jingning, project: Project, headers: dict[str, str]
) -> None:
    path = planned(client, headers, project).headers["location"]
    stranger = jingning.as_(jingning.stranger, If_Match='"1-x"')
    proof = {"actual_on": "2026-11-20", "evidence": "x"}
    assert client.get(path, headers=stranger).status_code == 404
    assert client.patch(path, headers=stranger, json={"name": "x"}).status_code == 404
    assert client.post(f"{path}/reach", headers=stranger, json=proof).status_code == 404
    onlooker = jingning.as_(jingning.tourist, If_Match='"1-x"')
    assert client.get(path, headers=onlooker).status_code == 200
    assert client.patch(path, headers=onlooker, json={"name": "x"}).status_code == 403


def put(
    client: TestClient,
    headers: dict[str, str],
    project: Project,
    amount: str,
    *,
    seen: int | None = None,
    **also: Any,
) -> Any:
    """Give a plan; `seen` is the number of the one it replaces."""
    body = {"planned_investment": {"amount": amount, "qualifier": "about"}, **also}
    path = f"/api/v1/projects/{project.id}/plans/2026"
    known = {"If-Match": f'"{seen}-0"'} if seen else {"If-None-Match": "*"}
    return client.put(path, headers={**headers, **known}, json=body)


def test_a_plan_without_a_curve_is_spread_by_working_days_and_says_so(
    client: TestClient, jingning: Jingning, project: Project, headers: dict[str, str]
) -> None:
    answer = put(client, headers, project, "1000.00", image_target="主体封顶")
    assert answer.status_code == 200, answer.text
    plan = answer.json()
    schemas.Plan.model_validate(plan)
    assert (plan["is_spread"], plan["spread_by"]) == (True, "working_days")
    assert plan["curve"][:2] == ["84.67", "149.19"]  # 21 and 16 of the 248 working days of 2026
    assert plan["curve"][-1] == "1000.00"
    assert sum(map(Decimal, plan["curve"])) > 0
    assert plan["planned_investment"] == {
        "amount": "1000.00",
        "currency": "CNY",
        "qualifier": "about",
    }
    assert plan["made_by"] == {"id": str(jingning.convener.id), "name": "convener-jn"}
    ((name, _, data),) = said(jingning)
    assert (name, data["planned_investment"], data["number"]) == ("plan.baselined", "1000.00", 1)
    assert jingning.session.get_one(ProjectWatch, project.id).next_check_at == NOW


def test_a_plan_in_force_is_not_written_over(
    client: TestClient, jingning: Jingning, project: Project, headers: dict[str, str]
) -> None:
    first = put(client, headers, project, "1200.00")
    again = put(client, headers, project, "2400.00", seen=1, reason="追加二期")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert "plan-changes" in again.json()["detail"]
    stale = put(client, headers, project, "2400.00")
    assert stale.status_code == 412
    assert stale.json()["current"] == first.json()
    assert [name for name, _, _ in said(jingning)] == ["plan.baselined"]


@pytest.mark.parametrize(
    ("curve", "fault"),
    [
        (["1.00"] * 11, ["/curve", "too_short"]),
        (["5.00", "4.00", *["12.00"] * 10], ["/curve/1", "falls"]),
        (["1.00"] * 12, ["/curve/11", "does_not_add_up"]),
    ],
)
def test_a_curve_that_does_not_add_up_is_refused(
    client: TestClient, jingning: Jingning, project: Project, curve: list[str], fault: list[str]
) -> None:
    answer = put(client, jingning.as_(jingning.convener), project, "12.00", curve=curve)
    assert error_of(answer) == (422, *fault)
    assert said(jingning) == []


@pytest.mark.parametrize("year", ["1999", "2101", "next"])
def test_a_plan_is_for_a_year(
    client: TestClient, project: Project, headers: dict[str, str], year: str
) -> None:
    path = f"/api/v1/projects/{project.id}/plans/{year}"
    answer = client.put(path, headers=headers, json={"planned_investment": {"amount": "1.00"}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "path:year"
