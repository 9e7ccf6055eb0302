"""Blockers over HTTP: who may what, what is refused and how, and what is shown."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.core.blockers import actions, schemas
from services.core.blockers.models import BlockerSuspension
from services.core.projects.models import ProjectWatch
from tests import given
from tests.blockers.scene import BLOCKERS, Scene

STATISTICS, LADDERS = "/api/v1/blocker-statistics", "/api/v1/coordination-ladders"


def error_of(answer: Any) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["code"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reporter", 201),
        ("member", 201),
        ("convener", 201),
        ("regulator", 201),
        ("city", 201),
        ("observer", 403),
        ("land", 422),
        ("outsider", 422),
    ],
)
def test_whoever_sees_the_project_raises_what_is_in_its_way(
    scene: Scene, who: str, status: int
) -> None:
    answer = scene.raised(who)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert error_of(answer) == (422, "/project_id", "unknown_project")


@pytest.mark.parametrize(
    ("also", "error"),
    [
        ({"due_on": "2026-11-23"}, ("/due_on", "past")),
        ({"ladder": "nowhere"}, ("/ladder", "unknown_ladder")),
        ({"project_id": str(uuid4())}, ("/project_id", "unknown_project")),
    ],
)
def test_what_is_raised_fits(scene: Scene, also: dict[str, Any], error: tuple[str, str]) -> None:
    assert error_of(scene.raised(**also)) == (422, *error)


def test_a_blocker_is_hidden_from_who_sees_neither_project_nor_task(scene: Scene) -> None:
    place = f"{BLOCKERS}/{scene.raised().json()['id']}"
    for who in ("reporter", "member", "convener", "regulator", "city", "province", "observer"):
        assert scene.get(who, place).status_code == 200, who
    for who in ("outsider", "land"):
        assert scene.get(who, place).status_code == 404, who
        assert scene.get(who, BLOCKERS).json()["items"] == []
    scene.must("convener", place, "triage", level="county")
    scene.must("convener", place, "assign", **scene.owner())
    shown = scene.get("land", place)
    assert shown.status_code == 200
    assert shown.json()["project"]["name"] == "LNG站及中压管道项目"
    assert [one["id"] for one in scene.get("land", BLOCKERS).json()["items"]] == [
        shown.json()["id"]
    ]
    assert scene.get("land", f"/api/v1/projects/{scene.project.id}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("convener", 200),
        ("regulator", 200),
        ("city", 200),
        ("province", 200),
        ("reporter", 403),
        ("member", 403),
        ("mates-convener", 403),
        ("observer", 403),
        ("outsider", 404),
    ],
)
def test_the_convener_and_regulators_coordinate(scene: Scene, who: str, status: int) -> None:
    place = f"{BLOCKERS}/{scene.raised().json()['id']}"
    assert scene.act(who, place, "triage", level="county").status_code == status


def test_triage_goes_past_the_county_only_with_a_reason(scene: Scene) -> None:
    place = f"{BLOCKERS}/{scene.raised().json()['id']}"
    silent = scene.act("regulator", place, "triage", level="province")
    assert error_of(silent) == (422, "/reason", "missing")
    found = scene.must("regulator", place, "triage", level="province", reason="省级审批事项")
    assert (found["state"], found["level"]) == ("triaged", "province")
    again = scene.act("regulator", place, "triage", level="county")
    assert (again.status_code, again.json()["code"]) == (409, "unlawful_move")


def test_nothing_climbs_beyond_the_province(scene: Scene) -> None:
    place = scene.assigned(level="city")
    climbed = scene.must("city", place, "escalate", reason="市内无解", due_on="2027-01-29")
    assert (climbed["level"], climbed["state"]) == ("province", "triaged")
    assert (climbed["current_due_on"], climbed["assessed_due_on"]) == ("2027-01-29", "2026-12-18")
    assert scene.act("city", place, "escalate", reason="再提").status_code == 409
    scene.must("province", place, "assign", **scene.owner())
    scene.must("province", place, "consult", on="2026-11-24")
    held = scene.consultation(held_on="2026-11-24")
    scene.must("province", place, "consultations", **held)
    stays = scene.get("province", place).json()
    assert (stays["level"], stays["state"], stays["next_consultation_on"]) == (
        "province",
        "consulting",
        None,
    )


def test_a_consultation_that_finds_a_way_leaves_it_to_its_owner(scene: Scene) -> None:
    place = scene.assigned()
    scene.must("convener", place, "consult")
    scene.at("2026-11-25 16:00")
    held = scene.must("convener", place, "consultations", **scene.consultation(outcome="resolved"))
    assert [unit["name"] for unit in held["attendees"]] == [
        "景宁县天然气有限公司",
        "景宁县自然资源局",
    ]
    assert held["commitments"][0]["due_on"] == "2026-12-02"
    (listed,) = scene.get("land", f"{place}/consultations").json()["items"]
    assert listed == held
    assert scene.get("land", f"{place}/consultations/{held['id']}").json() == held
    assert scene.get("outsider", f"{place}/consultations").status_code == 404
    assert scene.get("land", place).json()["state"] == "consulting"


@pytest.mark.parametrize(
    ("also", "error"),
    [
        ({"held_on": "2026-11-23"}, ("/held_on", "day_out_of_range")),
        ({"held_on": "2026-11-26"}, ("/held_on", "day_out_of_range")),
        ({"attendee_ids": [str(uuid4())]}, ("/attendee_ids/0", "unknown_organisation")),
    ],
)
def test_a_consultation_is_written_down_as_it_was(
    scene: Scene, also: dict[str, Any], error: tuple[str, str]
) -> None:
    place = scene.assigned()
    scene.must("convener", place, "consult")
    scene.at("2026-11-25 16:00")
    answer = scene.act("convener", place, "consultations", **scene.consultation(**also))
    assert error_of(answer) == (422, *error)
    twice = [str(scene.gas.id)] * 2
    answer = scene.act("convener", place, "consultations", **scene.consultation(attendee_ids=twice))
    assert error_of(answer) == (422, "/attendee_ids/1", "twice")


def test_a_day_of_consultation_is_named_where_the_ladder_has_none(scene: Scene) -> None:
    place = scene.assigned(ladder="tonglu")
    assert error_of(scene.act("convener", place, "consult")) == (422, "/on", "missing")
    past = scene.act("convener", place, "consult", on="2026-11-23")
    assert error_of(past) == (422, "/on", "past")
    called = scene.must("convener", place, "consult", on="2026-11-30")
    assert called["next_consultation_on"] == "2026-11-30"


def test_a_ladder_proposes_the_next_level_and_day_and_decides_nothing(scene: Scene) -> None:
    place = f"{BLOCKERS}/{scene.raised().json()['id']}"
    proposal = scene.get("reporter", f"{place}/proposal").json()
    schemas.BlockerProposal.model_validate(proposal)
    assert (proposal["level"], proposal["next_level"]) == ("unit", "county")
    assert proposal["next_consultation_on"] == "2026-11-25"
    assert proposal["rung"]["title"]["zh"] == "专班办公室收集"
    assert scene.get("outsider", f"{place}/proposal").status_code == 404
    assert scene.get("reporter", place).json()["level"] == "unit"


def test_the_ladders_are_there_for_everybody_with_their_source(scene: Scene) -> None:
    page = scene.get("outsider", LADDERS).json()
    schemas.LadderPage.model_validate(page)
    assert [ladder["code"] for ladder in page["items"]] == ["tonglu", "yongkang"]
    assert scene.get("outsider", f"{LADDERS}/tonglu").json() == page["items"][0]
    assert scene.get("outsider", f"{LADDERS}/nowhere").status_code == 404


def test_a_clock_stands_still_and_runs_again_by_itself_at_the_limit(scene: Scene) -> None:
    place = scene.assigned()
    stopped = scene.must("convener", place, "suspend", limit_days=15, reason="等待省厅批复")
    assert (stopped["state"], stopped["is_overdue"]) == ("suspended", False)
    assert stopped["suspension"] == {
        "reason": "等待省厅批复",
        "began_on": "2026-11-24",
        "until_on": "2026-12-09",
    }
    assert scene.act("convener", place, "escalate", reason="等").status_code == 409
    limit = given.at("2026-12-09 00:00")
    before = given.at("2026-12-08 23:59")
    assert actions.resume_due(scene.session, now=before, limit=10) == 0
    assert actions.resume_due(scene.session, now=limit, limit=10) == 1
    assert actions.resume_due(scene.session, now=limit, limit=10) == 0
    scene.session.commit()
    scene.session.expire_all()
    runs = scene.get("convener", place).json()
    assert (runs["state"], runs["suspension"]) == ("assigned", None)
    assert runs["original_due_on"] == "2026-12-18"
    assert (runs["current_due_on"], runs["assessed_due_on"]) == ("2027-01-05", "2027-01-05")
    (row,) = scene.session.scalars(select(BlockerSuspension))
    assert (row.stopped_working_days, row.next_at) == (11, None)
    assert scene.told()[-2:] == ["blocker.suspended", "blocker.resumed"]


def test_a_person_lets_it_run_earlier_and_it_is_where_it_was(scene: Scene) -> None:
    place = f"{BLOCKERS}/{scene.raised().json()['id']}"
    scene.must("convener", place, "triage", level="county")
    scene.must("convener", place, "suspend", limit_days=15, reason="等待批复")
    scene.at("2026-11-26 09:00")
    runs = scene.must("convener", place, "resume")
    assert (runs["state"], runs["assessed_due_on"]) == ("triaged", "2026-12-22")
    assert scene.act("convener", place, "resume").status_code == 409
    too_long = scene.act("convener", place, "suspend", limit_days=91, reason="等待批复")
    assert too_long.status_code == 422


def test_who_reported_it_solved_never_judges_it_and_it_can_be_sent_back(scene: Scene) -> None:
    place = scene.assigned()
    assert scene.act("reporter", place, "resolve", resolution="好了").status_code == 403
    scene.must("convener", place, "resolve", resolution="自然资源局已批复")
    assert scene.act("convener", place, "verify").status_code == 403
    assert scene.act("mates-convener", place, "verify").status_code == 403
    back = scene.must("regulator", place, "return", reason="批复未下达")
    assert (back["state"], back["resolved_on"], back["resolved_by"]) == ("assigned", None, None)
    assert scene.act("regulator", place, "close", evidence="无").status_code == 409


def test_at_its_unit_another_person_of_the_same_unit_may_judge(scene: Scene) -> None:
    place = scene.assigned(level="unit")
    scene.must("land", place, "resolve", resolution="已批复")
    assert scene.act("land", place, "verify").status_code == 403
    scene.must("lands-reviewer", place, "verify")
    closed = scene.must("lands-reviewer", place, "close", evidence="批复文号")
    assert closed["closed_by"]["name"] == "lands-reviewer-jn"
    scene.at("2027-02-24 09:00")
    held = scene.must("lands-reviewer", place, "recheck", outcome="holds")
    assert (held["state"], held["recheck_due_on"], held["rechecked_on"]) == (
        "closed",
        None,
        "2027-02-24",
    )
    assert scene.act("lands-reviewer", place, "recheck", outcome="holds").status_code == 409


def test_what_was_raised_may_be_put_right_by_its_unit(scene: Scene) -> None:
    place = f"{BLOCKERS}/{scene.raised().json()['id']}"
    etag = scene.get("reporter", place).headers["etag"]
    for who, status in (("member", 403), ("outsider", 404)):
        headers = {**scene.headers(who), "If-Match": etag}
        refused = scene.client.patch(place, headers=headers, json={"title": "1号站用地"})
        assert refused.status_code == status, who
    own = {**scene.headers("reporter"), "If-Match": etag}
    answer = scene.client.patch(place, headers=own, json={"title": "1号站用地"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["title"] == "1号站用地"
    unknown = {**scene.headers("reporter"), "If-Match": answer.headers["etag"]}
    refused = scene.client.patch(place, headers=unknown, json={"level": "province"})
    assert refused.status_code == 422
    assert scene.told() == ["blocker.raised", "blocker.changed"]


def test_lists_are_filtered_by_what_is_open_late_and_whose(scene: Scene) -> None:
    late = scene.assigned(due_on="2026-11-25")
    scene.raised("member", due_on="2027-01-15", kind="pain_point")
    scene.at("2026-11-25 17:30")
    found = {
        query: [one["kind"] for one in scene.get("convener", f"{BLOCKERS}?{query}").json()["items"]]
        for query in (
            "overdue=true",
            "open=true&sort=-current_due_on",
            "open=false",
            "kind=pain_point",
            "level=county",
            f"owner_organisation_id={scene.land.id}",
            f"project_id={scene.project.id}&state=raised",
            "region=331100&severity=critical&sort=current_due_on",
            "region=330300",
        )
    }
    assert list(found.values()) == [
        [],
        ["pain_point", "blockage"],
        [],
        ["pain_point"],
        ["blockage"],
        ["blockage"],
        ["pain_point"],
        ["blockage", "pain_point"],
        [],
    ]
    scene.at("2026-11-25 17:31")
    (overdue,) = scene.get("convener", f"{BLOCKERS}?overdue=true").json()["items"]
    assert f"{BLOCKERS}/{overdue['id']}" == late
    assert overdue["is_overdue"] is True


def test_time_to_solve_is_counted_by_level_over_what_one_sees(scene: Scene) -> None:
    places = [scene.assigned() for _ in range(3)]
    scene.assigned(level="city", due_on="2026-11-25")
    scene.must("convener", places[2], "suspend", limit_days=60, reason="等待")
    for place, day in zip(places[:2], ("2026-12-04", "2026-12-14"), strict=True):
        scene.at(f"{day} 09:00")
        scene.must("land", place, "resolve", resolution="已批复")
    body = scene.get("regulator", STATISTICS).json()
    schemas.BlockerStatistics.model_validate(body)
    assert body["as_of"] == "2026-12-14"
    by_level = {one.pop("level"): one for one in body["levels"]}
    assert list(by_level) == ["unit", "county", "city", "province"]
    assert by_level["county"] == {
        "solved_count": 2,
        "median_days": 15.0,
        "p90_days": 19.0,
        "open_count": 1,
        "suspended_count": 1,
        "overdue_count": 0,
    }
    assert by_level["city"] == {
        "solved_count": 0,
        "median_days": None,
        "p90_days": None,
        "open_count": 1,
        "suspended_count": 0,
        "overdue_count": 1,
    }
    for query in (
        f"project_id={scene.project.id}",
        f"group_id={scene.group.id}",
        "region=331127",
    ):
        assert (
            scene.get("regulator", f"{STATISTICS}?{query}").json()["levels"][1]["solved_count"] == 2
        )
    nobody = scene.get("outsider", STATISTICS).json()["levels"]
    assert {one["open_count"] + one["solved_count"] for one in nobody} == {0}


def test_whatever_changes_a_blocker_lets_its_project_be_checked(scene: Scene) -> None:
    def asked() -> object:
        scene.session.expire_all()
        watch = scene.session.get_one(ProjectWatch, scene.project.id)
        at, watch.next_check_at = watch.next_check_at, None
        scene.session.commit()
        return at

    asked()
    place = scene.assigned()
    assert asked() == given.at("2026-11-24 10:00")
    scene.at("2026-11-25 10:00")
    scene.must("land", place, "resolve", resolution="已批复")
    assert asked() == given.at("2026-11-25 10:00")


def test_a_dissolved_group_is_frozen(scene: Scene) -> None:
    place = scene.assigned()
    scene.group.state = "dissolved"
    scene.session.commit()
    for verb, body in (
        ("escalate", {"reason": "等"}),
        ("suspend", {"limit_days": 3, "reason": "等"}),
    ):
        answer = scene.act("regulator", place, verb, **body)
        assert answer.status_code == 409, verb
    assert scene.raised("regulator").status_code == 409
