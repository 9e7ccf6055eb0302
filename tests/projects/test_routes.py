"""Projects over HTTP: admitting, reading, listing, changing, and who may."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.projects import rules, schemas
from services.core.projects.models import Project, ProjectPartner, ProjectWatch
from tests import given
from tests.projects.conftest import NOW, Jingning

URL = "/api/v1/projects"


def body(jingning: Jingning, **also: Any) -> dict[str, Any]:
    """A whole project of the article, as a client sends it."""
    return {
        "code": "P-07",
        "name": "LNG站及中压管道项目",
        "group_id": str(jingning.group.id),
        "region_code": "331127",
        "thrust": "livelihood",
        "domain": "energy",
        "stage": "preparatory",
        "lead_organisation_id": str(jingning.energy.id),
        "responsible_organisation_id": str(jingning.gas.id),
        "responsible_person": "叶某",
        "total_investment": {"amount": "40000000.00", "qualifier": "at_least"},
        "plan_start_on": "2026-01-01",
        "plan_finish_on": "2027-12-31",
        "source": "省国资委文章 2023",
        **also,
    }


def facts(session: Session, subject: str) -> list[tuple[str, dict[str, Any]]]:
    """What was recorded about one record, in order."""
    rows = session.execute(
        text("SELECT type, data FROM event_pending WHERE aggregate_id = :id ORDER BY id"),
        {"id": subject},
    )
    return [(row.type, row.data) for row in rows]


def pointers(answer: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_a_project_is_admitted_and_read(client: TestClient, jingning: Jingning) -> None:
    headers = jingning.as_(jingning.regulator)
    partner = {"organisation_id": str(jingning.tourism.id), "share_percent": "30.5"}
    sent = body(jingning, partners=[partner], reports_from="2026-11")
    made = client.post(URL, headers=headers, json=sent)
    assert made.status_code == 201, made.text
    read = client.get(made.headers["location"], headers=headers)
    assert read.content == made.content
    shown = read.json()
    schemas.Project.model_validate(shown)
    assert shown["total_investment"] == {
        "amount": "40000000.00",
        "currency": "CNY",
        "qualifier": "at_least",
    }
    assert shown["library_class"] == "preparatory"
    assert shown["group"]["id"] == str(jingning.group.id)
    assert shown["region"] == {"code": "331127", "name": "景宁畲族自治县"}
    assert shown["lead_organisation"]["name"] == "浙江省能源集团"
    assert shown["responsible_organisation"]["name"] == "景宁县天然气有限公司"
    assert shown["partners"] == [
        {
            "organisation": {"id": str(jingning.tourism.id), "name": "浙江省旅投集团"},
            "role": "partner",
            "share_percent": 30.5,
        }
    ]
    assert shown["watch"]["light"] is None
    ((name, data),) = facts(jingning.session, shown["id"])
    assert name == "project.admitted"
    assert data["project_code"] == "P-07"


def test_reports_are_owed_from_the_month_it_says(client: TestClient, jingning: Jingning) -> None:
    headers = jingning.as_(jingning.regulator)
    made = client.post(URL, headers=headers, json=body(jingning, reports_from="2026-10"))
    watch = jingning.session.get_one(ProjectWatch, made.json()["id"])
    assert (watch.next_period, watch.next_open_at) == ("2026-10", NOW)
    assert (watch.next_check_at, str(watch.watched_since_on)) == (NOW, "2026-11-24")


def test_the_library_class_is_that_of_the_rule_for_every_stage(
    client: TestClient, jingning: Jingning
) -> None:
    for track, stages in rules.STAGES.items():
        for stage in stages:
            given.project(
                jingning.session,
                group=jingning.group,
                lead=jingning.energy,
                track=track,
                stage=stage,
            )
    jingning.session.commit()
    answer = client.get(URL, headers=jingning.as_(jingning.convener))
    assert {(item["stage"], item["library_class"]) for item in answer.json()["items"]} == {
        (stage, rules.library_class(stage)) for stage in rules.Stage
    }


def test_an_error_names_its_field(client: TestClient, jingning: Jingning) -> None:
    headers = jingning.as_(jingning.regulator, Accept_Language="en")
    nobody = "00000000-0000-7000-8000-000000000000"
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"group_id": nobody}, ("/group_id", "unknown_group")),
        ({"region_code": "999999"}, ("/region_code", "unknown_region")),
        ({"stage": "running"}, ("/stage", "wrong_track")),
        ({"parent_id": nobody}, ("/parent_id", "unknown_project")),
        ({"responsible_account_id": nobody}, ("/responsible_account_id", "unknown_account")),
        (
            {"responsible_account_id": str(jingning.stranger.id)},
            ("/responsible_account_id", "unknown_account"),
        ),
        ({"plan_finish_on": "2025-12-31"}, ("/plan_finish_on", "before_start")),
        ({"actual_start_on": "2026-11-25"}, ("/actual_start_on", "in_the_future")),
        ({"reports_from": "2020-01"}, ("/reports_from", "too_early")),
        (
            {"partners": [{"organisation_id": nobody}]},
            ("/partners/0/organisation_id", "unknown_organisation"),
        ),
        (
            {"partners": [{"organisation_id": str(jingning.energy.id)}]},
            ("/partners/0/organisation_id", "repeated"),
        ),
        (
            {"total_investment": {"amount": "-1"}},
            ("/total_investment/amount", "greater_than_equal"),
        ),
        ({"colour": "red"}, ("/colour", "extra_forbidden")),
    ]
    for also, expected in wrong:
        answer = client.post(URL, headers=headers, json=body(jingning, **also))
        assert answer.status_code == 422, answer.text
        assert pointers(answer) == [expected]
    assert client.get(URL, headers=headers).json()["items"] == []


def test_a_code_is_taken_once(client: TestClient, jingning: Jingning) -> None:
    headers = jingning.as_(jingning.regulator)
    assert client.post(URL, headers=headers, json=body(jingning)).status_code == 201
    again = client.post(URL, headers=headers, json=body(jingning))
    assert again.status_code == 409
    assert pointers(again) == [("/code", "taken")]


def test_out_of_scope_is_as_absent(client: TestClient, jingning: Jingning) -> None:
    hidden = given.project(jingning.session, group=jingning.group, lead=jingning.energy)
    stranger = jingning.as_(jingning.stranger, If_Match='"1-x"')
    path = f"{URL}/{hidden.id}"
    absent = f"{URL}/00000000-0000-7000-8000-000000000000"
    assert client.get(URL, headers=stranger).json()["items"] == []
    assert client.get(f"{URL}?include=total", headers=stranger).json()["total"] == 0
    for rest in ("", "/milestones", "/plans", "/plans/2026"):
        seen, unseen = (client.get(p + rest, headers=stranger) for p in (path, absent))
        assert seen.status_code == unseen.status_code == 404
        assert seen.json()["detail"] == unseen.json()["detail"]
    assert client.patch(path, headers=stranger, json={"name": "x"}).status_code == 404
    for verb in ("pause", "resume", "terminate", "move-out"):
        answer = client.post(f"{path}/{verb}", headers=stranger, json={"reason": "x"})
        assert answer.status_code == 404
    plan = {"planned_investment": {"amount": "1.00"}}
    assert client.put(f"{path}/plans/2026", headers=stranger, json=plan).status_code == 404


@pytest.mark.parametrize("way", ["lead_organisation_id", "responsible_organisation_id", "partner"])
def test_who_takes_part_sees_a_project_of_another_group(
    client: TestClient, jingning: Jingning, way: str
) -> None:
    row = given.project(
        jingning.session,
        group=jingning.group,
        lead=jingning.energy,
        **({way: jingning.outsider.id} if way != "partner" else {}),
    )
    if way == "partner":
        jingning.session.add(
            ProjectPartner(project_id=row.id, organisation_id=jingning.outsider.id, role="partner")
        )
    given.project(jingning.session, group=jingning.group, lead=jingning.energy)
    jingning.session.commit()
    answer = client.get(f"{URL}?include=total", headers=jingning.as_(jingning.stranger))
    assert [item["id"] for item in answer.json()["items"]] == [str(row.id)]
    assert answer.json()["total"] == 1


def test_only_who_keeps_it_changes_it(client: TestClient, jingning: Jingning) -> None:
    row = given.project(jingning.session, group=jingning.group, lead=jingning.energy)
    jingning.session.commit()
    path = f"{URL}/{row.id}"
    who = [
        (jingning.tourist, 403),
        (given.account(jingning.session, "o", of=jingning.energy, role="observer"), 403),
        (jingning.reporter, 200),
        (jingning.convener, 200),
        (jingning.county, 200),
        (jingning.regulator, 200),
    ]
    for turn, (account, status) in enumerate(who):
        etag = client.get(path, headers=jingning.as_(account)).headers["etag"]
        answer = client.patch(
            path, headers=jingning.as_(account, If_Match=etag), json={"name": f"第{turn}次"}
        )
        assert answer.status_code == status, (account.login, answer.text)


def test_who_only_looks_in_from_another_county_changes_nothing(
    client: TestClient, jingning: Jingning
) -> None:
    """A regulator sees the projects of its own units, but not as the regulator of their group."""
    sasac = given.unit(jingning.session, "泰顺县国资办", kind="sasac", region_code="330329")
    regulator = given.account(jingning.session, "sasac-ts", of=sasac, role="regulator")
    row = given.project(jingning.session, group=jingning.group, lead=jingning.outsider)
    jingning.session.commit()
    headers = jingning.as_(regulator)
    etag = client.get(f"{URL}/{row.id}", headers=headers).headers["etag"]
    answer = client.patch(
        f"{URL}/{row.id}", headers={**headers, "If-Match": etag}, json={"name": "x"}
    )
    assert answer.status_code == 403


def test_a_dissolved_group_is_frozen(client: TestClient, jingning: Jingning) -> None:
    row = given.project(jingning.session, group=jingning.group, lead=jingning.energy)
    jingning.group.state = "dissolved"
    jingning.session.commit()
    headers = jingning.as_(jingning.reporter)
    etag = client.get(f"{URL}/{row.id}", headers=headers).headers["etag"]
    answer = client.patch(
        f"{URL}/{row.id}", headers={**headers, "If-Match": etag}, json={"name": "x"}
    )
    assert answer.status_code == 409
    admitting = jingning.as_(jingning.regulator)
    assert client.post(URL, headers=admitting, json=body(jingning)).status_code == 409


def test_a_change_is_one_row_one_fact_and_one_audit_line(
    client: TestClient, jingning: Jingning
) -> None:
    headers = jingning.as_(jingning.regulator)
    made = client.post(URL, headers=headers, json=body(jingning))
    path, etag = made.headers["location"], made.headers["etag"]
    session = jingning.session
    session.get_one(ProjectWatch, made.json()["id"]).next_check_at = None
    session.commit()
    partner = {"organisation_id": str(jingning.outsider.id), "role": "owner"}
    patch = {"total_investment": None, "reports_from": "2026-12", "partners": [partner]}
    answer = client.patch(path, headers={**headers, "If-Match": etag}, json=patch)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total_investment"] is None
    assert answer.json()["version"] == 2
    name, data = facts(session, made.json()["id"])[-1]
    assert name == "project.changed"
    assert data["fields"] == [
        "investment_qualifier",
        "partners",
        "reports_from",
        "total_investment",
    ]
    session.expire_all()
    watch = session.get_one(ProjectWatch, made.json()["id"])
    assert (watch.next_period, watch.next_check_at) == ("2026-12", NOW)
    changes = session.scalar(
        text("SELECT changes FROM audit_entry WHERE subject_id = :id ORDER BY id DESC LIMIT 1"),
        {"id": made.json()["id"]},
    )
    assert changes["reports_from"] == [None, "2026-12"]
    units = session.scalar(
        text("SELECT organisation_ids FROM event_pending WHERE type = 'project.changed'")
    )
    assert jingning.outsider.id in units


def test_what_stays_as_it_is_is_no_change(client: TestClient, jingning: Jingning) -> None:
    headers = jingning.as_(jingning.regulator)
    partner = {"organisation_id": str(jingning.outsider.id), "role": "owner"}
    sent = body(jingning, partners=[partner], reports_from="2026-12")
    made = client.post(URL, headers=headers, json=sent)
    path = made.headers["location"]
    seen = {**headers, "If-Match": made.headers["etag"]}
    same = client.patch(path, headers=seen, json={"partners": [partner], "name": sent["name"]})
    assert same.json()["version"] == 1
    emptied = client.patch(path, headers=seen, json={"partners": [], "reports_from": None})
    assert emptied.json()["partners"] == []
    assert emptied.json()["version"] == 2
    watch = jingning.session.get_one(ProjectWatch, made.json()["id"])
    assert (watch.next_period, watch.next_open_at) == (None, None)


def test_a_refused_change_leaves_nothing_behind(client: TestClient, jingning: Jingning) -> None:
    headers = jingning.as_(jingning.regulator)
    made = client.post(URL, headers=headers, json=body(jingning))
    path, etag = made.headers["location"], made.headers["etag"]
    for patch, expected in (
        ({"name": "新", "plan_start_on": "2028-01-01"}, ("/plan_finish_on", "before_start")),
        ({"name": "新", "parent_id": made.json()["id"]}, ("/parent_id", "cycle")),
        (
            {"lead_organisation_id": "00000000-0000-7000-8000-000000000000"},
            ("/lead_organisation_id", "unknown_organisation"),
        ),
    ):
        answer = client.patch(path, headers={**headers, "If-Match": etag}, json=patch)
        assert answer.status_code == 422, answer.text
        assert pointers(answer) == [expected]
    assert client.get(path, headers=headers).content == made.content
    assert [name for name, _ in facts(jingning.session, made.json()["id"])] == ["project.admitted"]


def test_parts_stay_in_the_group_and_never_circle(client: TestClient, jingning: Jingning) -> None:
    session = jingning.session
    rows = [given.project(session, group=jingning.group, lead=jingning.energy) for _ in range(3)]
    alone = given.project(session, group=None, lead=jingning.energy)
    session.commit()
    headers = jingning.as_(jingning.reporter)

    def put_below(child: Project, parent: Project) -> Any:
        etag = client.get(f"{URL}/{child.id}", headers=headers).headers["etag"]
        return client.patch(
            f"{URL}/{child.id}",
            headers={**headers, "If-Match": etag},
            json={"parent_id": str(parent.id)},
        )

    assert put_below(rows[1], rows[0]).status_code == 200
    assert put_below(rows[2], rows[1]).status_code == 200
    assert pointers(put_below(rows[0], rows[2])) == [("/parent_id", "cycle")]
    assert pointers(put_below(rows[0], alone)) == [("/parent_id", "other_group")]
    parts = client.get(f"{URL}?parent_id={rows[0].id}", headers=headers).json()["items"]
    assert [part["id"] for part in parts] == [str(rows[1].id)]
