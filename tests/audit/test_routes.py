"""Who may read what happened: to one record, and in the audit."""

import time
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.api import refusals
from services.core.audit import actions
from services.core.kit import ledger
from services.core.kit.events import Actor
from services.core.kit.ledger import AuditEntry
from services.core.progress.models import ProgressReport
from tests import given
from tests.groups.scene import Scene


@pytest.fixture
def project(jingning: Scene) -> str:
    """A project of Jingning's group that was admitted and changed over HTTP; gives its path."""
    body = {
        "code": "P-1",
        "name": "LNG站",
        "group_id": str(jingning.jingning.id),
        "region_code": "331127",
        "thrust": "livelihood",
        "domain": "energy",
        "track": "investment",
        "stage": "preparatory",
        "lead_organisation_id": str(jingning.units["jngas"].id),
        "responsible_organisation_id": str(jingning.units["jngas"].id),
        "responsible_person": "叶某",
        "total_investment": {"amount": "40000000.00"},
        "partners": [{"organisation_id": str(jingning.units["lsci"].id), "role": "owner"}],
    }
    answer = jingning.post("province", "/projects", body)
    assert answer.status_code == 201, answer.text
    path = f"/projects/{answer.json()['id']}"
    assert jingning.patch("convener", path, {"name": "LNG站及中压管道"}).status_code == 200
    return path


def lines(scene: Scene, who: str, path: str) -> list[dict[str, Any]]:
    answer = scene.get(who, path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_the_history_of_a_record_tells_who_did_what_with_before_and_after(
    jingning: Scene, project: str
) -> None:
    changed, admitted = lines(jingning, "member", f"{project}/history")
    assert changed["action"] == "project.changed"
    assert changed["actor"] == "convener"
    assert changed["organisation"]["name"] == "jngas"
    assert changed["changes"]["name"] == ["LNG站", "LNG站及中压管道"]
    assert len(changed["trace_id"]) == 32
    assert admitted["changes"]["total_investment"] == [None, "40000000.00"]
    parts = [name for name in admitted["fields"] if name.startswith("project_partner/")]
    assert admitted["changes"][parts[0]][1]["role"] == "owner"


def test_a_history_is_seen_by_who_sees_the_record_and_paged_like_a_list(
    jingning: Scene, project: str
) -> None:
    unseen, nowhere = (
        jingning.get("outsider", f"{path}/history") for path in (project, f"/projects/{uuid4()}")
    )
    assert unseen.status_code == nowhere.status_code == 404
    assert unseen.json()["detail"] == nowhere.json()["detail"]
    first = jingning.get("city", f"{project}/history?limit=1").json()
    rest = jingning.get("city", f"{project}/history?limit=1&cursor={first['next_cursor']}").json()
    assert [page["items"][0]["action"] for page in (first, rest)] == [
        "project.changed",
        "project.admitted",
    ]
    assert lines(jingning, "city", "/regions/331127/history") == []
    mine = jingning.post("member", "/tokens", {"name": "手机"}).json()
    assert lines(jingning, "member", f"/tokens/{mine['id']}/history")[0]["action"] == "token.issued"
    assert jingning.get("convener", f"/tokens/{mine['id']}/history").status_code == 404


def test_a_draft_s_lines_are_its_own_unit_s_and_its_figures_are_shown_once_handed_in(
    jingning: Scene,
) -> None:
    session = jingning.session
    row = given.project(session, group=jingning.jingning, lead=jingning.units["jngas"])
    report = ProgressReport(
        project_id=row.id,
        organisation_id=jingning.units["jngas"].id,
        period="2026-11",
        state="due",
        opened_at=given.at("2026-11-20 09:00"),
        original_due_at=given.at("2026-12-05 17:30"),
        current_due_at=given.at("2026-12-05 17:30"),
    )
    session.add(report)
    session.commit()
    path = f"/progress-reports/{report.id}"
    figures = {"image_progress": "完成基础", "problems": "用地未批"}
    assert jingning.patch("convener", path, figures).status_code == 200
    (saved,) = lines(jingning, "convener", f"{path}/history")
    assert saved["changes"]["problems"] == [None, "用地未批"]
    assert lines(jingning, "member", f"{path}/history") == []
    more = {"image_progress": "主体封顶", "invested_period": {"amount": "1250000.00"}}
    more |= {
        "cumulative_year": {"amount": "1250000.00"},
        "cumulative_all": {"amount": "1250000.00"},
    }
    more |= {"physical_percent": "5.00"}
    answer = jingning.post("convener", f"{path}/submit", more, of=path)
    assert answer.status_code == 200, answer.text
    (submitted,) = lines(jingning, "member", f"{path}/history")
    assert submitted["changes"]["image_progress"] == ["完成基础", "主体封顶"]
    returned = jingning.post("parent", f"{path}/return", {"note": "请核对"}, of=path)
    assert returned.status_code == 200, returned.text
    closed = lines(jingning, "member", f"{path}/history")[-1]
    assert "image_progress" in closed["fields"]
    assert "image_progress" not in closed["changes"]
    assert closed["changes"]["state"] == ["draft", "submitted"]
    assert "image_progress" in lines(jingning, "convener", f"{path}/history")[1]["changes"]


def test_the_audit_administrator_sees_that_everything_happened_and_no_business_values(
    jingning: Scene, project: str
) -> None:
    made = jingning.post("member", "/tokens", {"name": "手机"}).json()
    seen = {line["action"]: line for line in lines(jingning, "audit_admin", "/audit")}
    assert seen["project.changed"]["fields"] == ["name"]
    assert seen["project.changed"]["changes"] is None
    assert seen["project.changed"]["address"] == "testclient"
    assert seen["project.changed"]["subject_id"] == project.rpartition("/")[2]
    assert seen["token.issued"]["changes"]["name"] == [None, "手机"]
    assert seen["token.issued"]["changes"]["token_hash"] == [None, "[secret]"]
    assert made["token"] not in str(seen)
    (read, *_) = lines(jingning, "audit_admin", "/audit?action=audit.read")
    assert read["actor"] == "audit-admin"
    assert jingning.get("audit_admin", project).status_code == 404


def test_a_regulator_reads_the_lines_of_its_region_and_of_no_other(
    jingning: Scene, project: str
) -> None:
    ids = {line["subject_id"] for line in lines(jingning, "city", "/audit")}
    assert ids == {project.rpartition("/")[2]}
    assert lines(jingning, "other_city", f"/audit?subject_id={project.rpartition('/')[2]}") == []
    assert "account" not in {line["subject_kind"] for line in lines(jingning, "province", "/audit")}


@pytest.mark.parametrize("who", ["convener", "member", "observer", "integrator", "security_admin"])
@pytest.mark.parametrize("path", ["/audit", "/audit/head"])
def test_nobody_else_reads_the_audit(jingning: Scene, who: str, path: str) -> None:
    assert jingning.get(who, path).status_code == 403


def test_the_filters_of_the_audit_find_what_they_name(jingning: Scene, project: str) -> None:
    account = jingning.accounts["convener"].id
    for query, actions_found in (
        (f"account_id={account}&action=project.changed", ["project.changed"]),
        ("subject_kind=project&sort=id", ["project.admitted", "project.changed"]),
        ("action=project.changed&since=2026-11-25T00:00:00Z", []),
        ("action=project.changed&until=2026-11-25T00:00:00Z", ["project.changed"]),
        ("action=project.changed&address=10.0.0.1", []),
        (f"organisation_id={jingning.units['lsci'].id}", []),
        ("outcome=forbidden", []),
    ):
        found = [line["action"] for line in lines(jingning, "city", f"/audit?{query}")]
        assert found == actions_found, query
    assert jingning.get("city", "/audit?address=' OR 1").status_code == 422
    assert project


def test_the_head_is_what_was_sealed_last(jingning: Scene, project: str) -> None:
    assert project
    before = jingning.get("audit_admin", "/audit/head").json()
    sealed = actions.seal(jingning.session, limit=100)
    jingning.session.commit()
    after = jingning.get("city", "/audit/head").json()
    assert sealed >= 2
    assert after["seq"] == before["seq"] + sealed
    assert len(after["hash"]) == 64


def refused(scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    scene.session.expire_all()
    found = scene.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "request.refused").order_by(AuditEntry.id)
    )
    return [(line.outcome, line.changes or {}) for line in found]


def test_a_refusal_that_matters_leaves_a_line_and_its_change_does_not(
    jingning: Scene, project: str
) -> None:
    assert jingning.get("member", "/accounts").status_code == 403
    assert jingning.patch("outsider", project, {"name": "偷改"}).status_code == 404
    assert jingning.get("outsider", project).status_code == 404
    key = {**jingning.headers["member"], "Idempotency-Key": "k1"}
    for name, status in (("一", 201), ("二", 422)):
        answer = jingning.client.post("/api/v1/tokens", headers=key, json={"name": name})
        assert answer.status_code == status
    assert refused(jingning) == [
        ("forbidden", {"method": "GET", "route": "/accounts"}),
        ("not_found", {"method": "PATCH", "route": "/projects/{project_id}"}),
        ("idempotency_key_reused", {"method": "POST", "route": "/tokens"}),
    ]
    (line,) = lines(jingning, "audit_admin", "/audit?outcome=not_found")
    assert (line["actor"], line["subject_id"]) == ("outsider", project.rpartition("/")[2])
    assert [one["outcome"] for one in lines(jingning, "city", f"{project}/history")] == ["done"] * 2


def test_a_flood_of_refusals_is_bounded_and_counted(
    jingning: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = [0.0]
    monkeypatch.setattr(refusals, "budget", refusals.Budget())
    monkeypatch.setattr(time, "monotonic", lambda: minute[0])
    monkeypatch.setattr(refusals, "MOST_A_MINUTE", 3)
    for _ in range(8):
        assert jingning.get("member", "/accounts").status_code == 403
    assert jingning.get("convener", "/accounts").status_code == 403
    assert len(refused(jingning)) == 4
    minute[0] = 61.0
    jingning.get("member", "/accounts")
    assert refused(jingning)[-1][1]["unrecorded_before"] == 5


def test_readyz_says_when_lines_wait_for_their_seal(jingning: Scene) -> None:
    ledger.note(jingning.session, "trial.made", by=Actor("甲"), now=given.at("2026-11-24 08:58"))
    jingning.session.commit()
    degraded = jingning.client.get("/readyz").json()["degraded"]
    assert [text for text in degraded if text.startswith("audit")] == [
        "audit: lines unsealed for 120 s"
    ]
    actions.seal(jingning.session, limit=100)
    jingning.session.commit()
    degraded = jingning.client.get("/readyz").json()["degraded"]
    assert [text for text in degraded if text.startswith("audit")] == []
