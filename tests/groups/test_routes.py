"""Joint groups over HTTP, from the draft to the end."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.core.groups import queries
from services.core.groups.models import ConvenerDuty, GroupMembership, JointGroup
from services.core.groups.rules import Frozen
from services.core.kit.errors import Missing
from services.core.kit.ledger import AuditEntry
from services.core.regions.models import Region
from tests import given
from tests.groups.scene import TODAY, YESTERDAY, Scene

NEW = {"code": "G-NEW", "name": "云和团组", "region_code": "331125"}
GONE = {"reason": "单位改制"}


@pytest.fixture
def draft(jingning: Scene) -> str:
    """A draft for the county of Yunhe, which has no group yet; gives its path."""
    given_county(jingning.session)
    answer = jingning.post("city", "/groups", NEW)
    assert answer.status_code == 201, answer.text
    return f"/groups/{answer.json()['id']}"


def given_county(session: Session) -> None:
    lineage = ["330000", "331100", "331125"]
    session.add(
        Region(code="331125", name="云和县", level="county", parent_code="331100", lineage=lineage)
    )
    session.commit()


def unit(scene: Scene, name: str) -> str:
    return str(scene.units[name].id)


def add(scene: Scene, path: str, name: str, **also: Any) -> Any:
    body = {"organisation_id": unit(scene, name), **also}
    return scene.post("city", f"{path}/members", body)


def conveners(session: Session, group_id: UUID, day: date) -> list[UUID]:
    return list(
        session.scalars(
            select(GroupMembership.organisation_id).where(
                GroupMembership.group_id == group_id,
                GroupMembership.role == "convener",
                queries.in_force(day),
            )
        )
    )


def test_a_group_is_drafted_filled_and_established(jingning: Scene, draft: str) -> None:
    shown = jingning.get("city", draft).json()
    assert (shown["state"], shown["members"], shown["convener"]) == ("draft", [], None)
    assert shown["region"] == {"code": "331125", "name": "云和县"}
    for name in ("energy", "lsci"):
        assert add(jingning, draft, name).status_code == 201
    seated = add(jingning, draft, "jngas", role="convener").json()
    assert seated["convener"]["organisation"]["name"] == "jngas"
    assert seated["convener"]["represents"]["name"] == "energy"
    assert seated["member_count"] == 2
    answer = jingning.post("city", f"{draft}/establish", {}, of=draft)
    assert answer.status_code == 200, answer.text
    group = answer.json()
    assert (group["state"], group["established_on"]) == ("active", "2026-11-24")
    assert [member["role"] for member in group["members"]] == ["convener", "member", "member"]
    assert jingning.get("member", draft).status_code == 200
    fact = jingning.fact("group.established")
    assert fact.data["convener_organisation_id"] == unit(jingning, "jngas")
    assert set(fact.data["member_organisation_ids"]) == {
        unit(jingning, name) for name in ("energy", "lsci")
    }
    assert fact.group_id == UUID(group["id"])
    heard = {jingning.units[name].id for name in ("energy", "lsci", "jngas")}
    assert set(fact.organisation_ids) == heard
    joined = [f for f in jingning.facts() if f == "group.member_joined"]
    assert len(joined) == 3


def test_every_change_is_one_fact_and_one_audit_line(jingning: Scene, draft: str) -> None:
    add(jingning, draft, "energy")
    jingning.patch("city", draft, {"expected_member_count": 3})
    jingning.patch("city", draft, {"expected_member_count": 3})  # nothing changes: nothing is said
    assert jingning.facts() == ["group.drafted", "group.member_joined", "group.changed"]
    lines = jingning.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [line.action for line in lines] == jingning.facts()
    assert lines[-1].changes == {"expected_member_count": [None, 3]}
    assert lines[-1].account_id == jingning.accounts["city"].id


def test_a_draft_has_no_fact_its_future_members_could_read(jingning: Scene, draft: str) -> None:
    add(jingning, draft, "lsci")
    assert jingning.fact("group.member_joined").organisation_ids == []


def test_a_county_has_one_active_group(jingning: Scene) -> None:
    answer = jingning.post("county", "/groups", {**NEW, "region_code": "331127"})
    path = f"/groups/{answer.json()['id']}"
    jingning.post("county", f"{path}/members", {"organisation_id": unit(jingning, "lsci")})
    body = {"organisation_id": unit(jingning, "lsci"), "role": "convener"}
    assert jingning.post("county", f"{path}/members", body).status_code == 201
    refused = jingning.post("county", f"{path}/establish", {}, of=path)
    assert refused.status_code == 409
    assert "G-331127" in refused.json()["detail"]
    old = f"/groups/{jingning.jingning.id}"
    jingning.post("county", f"{old}/dissolve", {"reason": "换届"}, of=old)
    assert jingning.post("county", f"{path}/establish", {}, of=path).status_code == 200


def test_the_database_keeps_one_active_group_if_two_are_established_at_once(
    jingning: Scene,
) -> None:
    with pytest.raises(IntegrityError), jingning.session.begin_nested():
        given.group(jingning.session, members=[], region_code="331127")


def test_no_group_without_a_convener(jingning: Scene, draft: str) -> None:
    add(jingning, draft, "energy")
    refused = jingning.post("city", f"{draft}/establish", {}, of=draft)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_convener")
    assert jingning.get("city", draft).json()["state"] == "draft"


def test_the_convener_must_have_been_there_since_the_group_is_said_to_exist(
    jingning: Scene, draft: str
) -> None:
    add(jingning, draft, "energy", valid_from="2023-01-01")
    add(jingning, draft, "jngas", role="convener", valid_from="2023-05-01")
    early = jingning.post("city", f"{draft}/establish", {"established_on": "2023-04-30"}, of=draft)
    assert early.json()["code"] == "no_convener"
    late = jingning.post("city", f"{draft}/establish", {"established_on": "2026-11-25"}, of=draft)
    assert late.json()["errors"][0]["pointer"] == "/established_on"
    good = jingning.post("city", f"{draft}/establish", {"established_on": "2023-05-01"}, of=draft)
    assert good.json()["established_on"] == "2023-05-01"


def test_a_convener_belongs_to_a_member(jingning: Scene, draft: str) -> None:
    add(jingning, draft, "lsci")
    stranger = add(jingning, draft, "jngas", role="convener")
    assert stranger.json()["errors"][0]["code"] == "convener_not_member"
    other = add(
        jingning, draft, "jngas", role="convener", represents_organisation_id=unit(jingning, "lsci")
    )
    assert other.json()["errors"][0]["pointer"] == "/represents_organisation_id"
    member = add(jingning, draft, "mech", represents_organisation_id=unit(jingning, "energy"))
    assert member.json()["errors"][0]["code"] == "not_a_convener"


def test_a_member_rises_to_the_chair_of_a_draft(jingning: Scene, draft: str) -> None:
    add(jingning, draft, "lsci")
    risen = add(jingning, draft, "lsci", role="convener").json()
    assert [(m["role"], m["represents"]) for m in risen["members"]] == [("convener", None)]
    assert risen["member_count"] == 1
    again = add(jingning, draft, "lsci", role="convener")
    assert again.status_code == 409


def test_what_the_convener_spoke_for_must_still_be_there_when_the_group_begins(
    jingning: Scene, draft: str
) -> None:
    energy = add(jingning, draft, "energy").json()["members"][0]["id"]
    add(jingning, draft, "jngas", role="convener")
    gone = jingning.post("city", f"{draft}/members/{energy}/end", GONE, of=draft)
    assert gone.status_code == 200
    refused = jingning.post("city", f"{draft}/establish", {}, of=draft)
    assert refused.status_code == 422


def test_a_placeholder_may_be_a_member_and_not_the_convener(jingning: Scene, draft: str) -> None:
    jingning.units["nameless"] = given.unit(jingning.session, "(来源未载明)", is_placeholder=True)
    jingning.session.commit()
    assert add(jingning, draft, "nameless").status_code == 201
    refused = add(jingning, draft, "nameless", role="convener")
    assert refused.json()["errors"][0]["code"] == "placeholder"


def test_what_is_amiss_is_shown_and_forbids_nothing(jingning: Scene, draft: str) -> None:
    def codes(answer: Any) -> set[str]:
        return {warning["code"] for warning in answer.json()["warnings"]}

    empty = jingning.get("city", draft)
    assert codes(empty) == {"no_convener", "province_missing", "city_missing", "county_missing"}
    assert all(w["zh"] and w["en"] for w in empty.json()["warnings"])
    add(jingning, draft, "energy")
    jingning.patch("city", draft, {"expected_member_count": 2})
    seated = add(jingning, draft, "jngas", role="convener")
    assert codes(seated) == {"convener_elsewhere", "city_missing", "member_count_differs"}
    whole = add(jingning, draft, "lsci")
    assert codes(whole) == {"convener_elsewhere"}
    jingning.units["jngas"].lineage = [jingning.units["jngas"].id]
    jingning.session.commit()
    assert "convener_detached" in codes(jingning.get("city", draft))
    assert jingning.get("convener", f"/groups/{jingning.jingning.id}").json()["warnings"] == [
        {
            "code": "convener_detached",
            "zh": "召集单位已不属于其所代表的单位。",
            "en": "The convener no longer belongs to the unit it represents.",
        }
    ]


def test_a_unit_joins_and_leaves_and_each_day_keeps_its_members(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    path = f"/groups/{jingning.jingning.id}"
    joined = jingning.post(
        "convener", f"{path}/members", {"organisation_id": unit(jingning, "left")}
    )
    assert joined.status_code == 201
    assert jingning.get("removed", path).status_code == 200
    again = jingning.post(
        "convener", f"{path}/members", {"organisation_id": unit(jingning, "left")}
    )
    assert again.status_code == 409
    member = next(m["id"] for m in joined.json()["members"] if m["organisation"]["name"] == "left")
    set_clock(given.at("2026-11-26 10:00"))
    assert jingning.post("convener", f"{path}/members/{member}/end", GONE).status_code == 428
    gone = jingning.post("convener", f"{path}/members/{member}/end", GONE, of=path)
    assert gone.status_code == 200, gone.text
    assert jingning.get("removed", path).status_code == 404
    fact = jingning.fact("group.member_left")
    assert fact.organisation_ids == [jingning.units["left"].id]
    assert (fact.data["valid_to"], fact.data["reason"]) == ("2026-11-26", "单位改制")

    def there(day: str) -> set[str]:
        found = jingning.get("convener", f"{path}?as_of={day}").json()
        assert found["as_of"] == day
        return {m["organisation"]["name"] for m in found["members"]}

    always = {"jngas", "energy", "lsci", "wzport", "mech"}
    assert there("2021-12-31") == set()
    assert there("2022-01-01") == always | {"left"}
    assert there("2026-11-22") == always | {"left"}
    assert there("2026-11-23") == always
    assert there("2026-11-24") == always | {"left"}
    assert there("2026-11-26") == always
    places = jingning.get("convener", f"{path}/members").json()["items"]
    assert len([p for p in places if p["organisation"]["name"] == "left"]) == 2
    twice = jingning.post("convener", f"{path}/members/{member}/end", GONE, of=path)
    assert twice.status_code == 409


def test_a_unit_added_by_mistake_leaves_on_the_same_day_without_a_trace_in_the_days(
    jingning: Scene,
) -> None:
    path = f"/groups/{jingning.jingning.id}"
    body = {"organisation_id": unit(jingning, "left")}
    for _ in range(2):
        added = jingning.post("county", f"{path}/members", body).json()["members"]
        member = next(m["id"] for m in added if m["organisation"]["name"] == "left")
        gone = jingning.post("county", f"{path}/members/{member}/end", GONE, of=path)
        assert gone.status_code == 200, gone.text
        assert "left" not in {m["organisation"]["name"] for m in gone.json()["members"]}


def test_a_place_cannot_end_before_it_began(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    members = jingning.get("county", path).json()["members"]
    member = next(m["id"] for m in members if m["organisation"]["name"] == "lsci")
    body = {**GONE, "valid_to": "2021-12-31"}
    refused = jingning.post("county", f"{path}/members/{member}/end", body, of=path)
    assert refused.status_code == 422
    assert refused.json()["errors"][0] == {
        "pointer": "/valid_to",
        "code": "ends_before_it_begins",
        "detail": "结束日期不能早于开始日期2022-01-01。",
        "allowed": [">= 2022-01-01"],
    }
    assert (
        jingning.post("county", f"{path}/members/{uuid4()}/end", GONE, of=path).status_code == 404
    )


@pytest.mark.parametrize("name", ["jngas", "energy"])
def test_the_convener_and_its_unit_leave_only_after_a_hand_over(jingning: Scene, name: str) -> None:
    path = f"/groups/{jingning.jingning.id}"
    members = jingning.get("county", path).json()["members"]
    member = next(m["id"] for m in members if m["organisation"]["name"] == name)
    refused = jingning.post("county", f"{path}/members/{member}/end", GONE, of=path)
    assert refused.status_code == 409
    assert (
        "hand over"
        in jingning.client.post(
            f"/api/v1{path}/members/{member}/end",
            headers={
                **jingning.headers["county"],
                "Accept-Language": "en",
                "If-Match": jingning.get("county", path).headers["etag"],
            },
            json=GONE,
        ).json()["detail"]
    )


def test_the_chair_goes_over_in_one_day_with_every_duty(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    made = [
        jingning.post("convener", f"{path}/duties", {"kind": kind, "every_months": 3}).json()
        for kind in ("hold_meeting", "update_list", "submit_report")
    ]
    ended = f"{path}/duties/{made[2]['id']}"
    assert jingning.post("convener", f"{ended}/end", {}, of=ended).status_code == 200
    body = {"organisation_id": unit(jingning, "lsci"), "reason": "轮值"}
    answer = jingning.post("convener", f"{path}/hand-over", body, of=path)
    assert answer.status_code == 200, answer.text
    assert answer.json()["convener"]["organisation"]["name"] == "lsci"
    assert answer.json()["convener"]["represents"] is None
    names = {m["organisation"]["name"]: m["role"] for m in answer.json()["members"]}
    assert names == {"lsci": "convener", "energy": "member", "wzport": "member", "mech": "observer"}
    assert jingning.get("convener", path).status_code == 404
    assert jingning.get("member", path).status_code == 200
    duties = jingning.get("member", f"{path}/duties").json()["items"]
    owed = {d["kind"]: d["organisation"]["name"] for d in duties}
    assert owed == {"hold_meeting": "lsci", "update_list": "lsci", "submit_report": "jngas"}
    assert {d["began_on"] for d in duties} == {"2026-11-24"}
    assert len(jingning.get("member", f"{path}/duties?open=true").json()["items"]) == 2
    session = jingning.session
    session.expire_all()
    for ago in (0, 1, 100):
        day = TODAY - timedelta(days=ago)
        assert len(conveners(session, jingning.jingning.id, day)) == 1
    assert queries.convener_of(session, jingning.jingning.id, YESTERDAY) == (
        jingning.units["jngas"].id
    )
    fact = jingning.fact("group.convener_changed")
    assert fact.data["duties"] == ["hold_meeting", "update_list"]
    assert set(fact.organisation_ids) == {jingning.units[n].id for n in ("jngas", "lsci")}


def test_however_often_the_chair_goes_over_each_day_has_one_convener(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    path = f"/groups/{jingning.jingning.id}"
    jingning.post("county", f"{path}/duties", {"kind": "hold_meeting", "every_months": 1})
    turns = [("24", "lsci"), ("24", "energy"), ("26", "jngas"), ("27", "wzport"), ("27", "lsci")]
    for day, name in turns:
        set_clock(given.at(f"2026-11-{day} 12:00"))
        body = {"organisation_id": unit(jingning, name), "reason": "轮值"}
        answer = jingning.post("county", f"{path}/hand-over", body, of=path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["convener"]["organisation"]["name"] == name
    session = jingning.session
    session.expire_all()
    by_day = {
        date(2026, 11, day): conveners(session, jingning.jingning.id, date(2026, 11, day))
        for day in range(22, 30)
    }
    assert all(len(found) == 1 for found in by_day.values())
    named = {row.id: name for name, row in jingning.units.items()}
    assert [named[found[0]] for found in by_day.values()] == [
        "jngas", "jngas", "energy", "energy", "jngas", "lsci", "lsci", "lsci",
    ]  # fmt: skip
    duty = session.scalars(select(ConvenerDuty)).one()
    assert duty.organisation_id == jingning.units["lsci"].id
    now = jingning.get("county", path).json()
    assert {m["organisation"]["name"] for m in now["members"]} == {
        "lsci", "energy", "wzport", "mech",
    }  # fmt: skip


def test_a_hand_over_names_a_lawful_convener_and_day(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"

    def refused(**body: Any) -> Any:
        answer = jingning.post("county", f"{path}/hand-over", {"reason": "x", **body}, of=path)
        return answer.status_code, (answer.json()["errors"] or [{"pointer": None}])[0]["pointer"]

    lsci = unit(jingning, "lsci")
    assert refused(organisation_id=unit(jingning, "tsgas"), handed_over_on="2026-11-25") == (
        422,
        "/handed_over_on",
    )
    assert refused(organisation_id=lsci, handed_over_on="2021-12-31") == (422, "/handed_over_on")
    assert refused(organisation_id=str(uuid4())) == (422, "/organisation_id")
    assert refused(organisation_id=unit(jingning, "left")) == (422, "/organisation_id")
    assert refused(organisation_id=unit(jingning, "mech")) == (422, "/organisation_id")
    assert refused(organisation_id=unit(jingning, "jngas")) == (409, None)
    assert jingning.facts() == []


def test_a_hand_over_may_be_recorded_a_few_days_later(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    body = {
        "organisation_id": unit(jingning, "tsgas"),
        "reason": "轮值",
        "handed_over_on": "2026-11-20",
    }
    answer = jingning.post("county", f"{path}/hand-over", body, of=path)
    assert answer.json()["convener"]["represents"]["name"] == "energy"
    assert answer.json()["convener"]["valid_from"] == "2026-11-20"


def test_a_draft_has_no_chair_to_hand_over(jingning: Scene, draft: str) -> None:
    body = {"organisation_id": unit(jingning, "lsci"), "reason": "x"}
    refused = jingning.post("city", f"{draft}/hand-over", body, of=draft)
    assert (refused.status_code, refused.json()["lawful"]) == (409, ["establish"])


def test_a_dissolved_group_changes_no_more(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    duty = jingning.post(
        "county", f"{path}/duties", {"kind": "hold_meeting", "every_months": 3}
    ).json()["id"]
    gone = jingning.post("county", f"{path}/dissolve", {"reason": "任务完成"}, of=path)
    assert (gone.json()["state"], gone.json()["dissolved_on"]) == ("dissolved", "2026-11-24")
    assert gone.json()["warnings"] == []
    assert len(gone.json()["members"]) == 5
    ended = jingning.get("county", f"{path}/duties/{duty}").json()
    assert ended["ended_on"] == "2026-11-24"
    before = jingning.facts()
    assert before[-2:] == ["convener_duty.ended", "group.dissolved"]
    members = gone.json()["members"]
    member = next(m["id"] for m in members if m["organisation"]["name"] == "lsci")
    lsci = unit(jingning, "lsci")
    for verb, body, code in (
        ("establish", {}, "unlawful_move"),
        ("dissolve", {"reason": "x"}, "unlawful_move"),
        ("hand-over", {"organisation_id": lsci, "reason": "x"}, "group_dissolved"),
        ("members", {"organisation_id": lsci}, "group_dissolved"),
        (f"members/{member}/end", GONE, "group_dissolved"),
        ("duties", {"kind": "hold_meeting", "every_months": 3}, "group_dissolved"),
    ):
        answer = jingning.post("county", f"{path}/{verb}", body, of=path)
        assert (answer.status_code, answer.json()["code"]) == (409, code), verb
    assert jingning.patch("county", path, {"name": "x"}).json()["code"] == "group_dissolved"
    late = jingning.post("county", f"{path}/duties/{duty}/end", {}, of=f"{path}/duties/{duty}")
    assert late.json()["code"] == "group_dissolved"
    assert jingning.facts() == before


def test_other_rooms_are_refused_a_dissolved_or_unknown_group(jingning: Scene) -> None:
    session = jingning.session
    assert queries.open_group(session, jingning.jingning.id).code == "G-331127"
    with pytest.raises(Missing):
        queries.open_group(session, uuid4())
    jingning.jingning.state = "dissolved"
    session.flush()
    with pytest.raises(Frozen):
        queries.open_group(session, jingning.jingning.id)


def test_a_duty_is_owed_once_by_the_convener_and_can_be_ended(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    body = {"kind": "hold_meeting", "every_months": 3, "began_on": "2026-12-01"}
    made = jingning.post("convener", f"{path}/duties", body)
    assert made.status_code == 201
    assert made.json()["organisation"]["name"] == "jngas"
    assert made.headers["location"] == f"/api/v1{path}/duties/{made.json()['id']}"
    assert jingning.post("convener", f"{path}/duties", body).status_code == 409
    duty = f"{path}/duties/{made.json()['id']}"
    early = jingning.post("convener", f"{duty}/end", {"ended_on": "2026-11-30"}, of=duty)
    assert early.json()["errors"][0]["pointer"] == "/ended_on"
    assert jingning.post("convener", f"{duty}/end", {}).status_code == 428
    ended = jingning.post("convener", f"{duty}/end", {}, of=duty)
    assert ended.json()["ended_on"] == "2026-12-01"
    assert jingning.post("convener", f"{duty}/end", {}, of=duty).status_code == 409
    assert jingning.facts() == ["convener_duty.assigned", "convener_duty.ended"]
    elsewhere = f"/groups/{jingning.taishun.id}/duties/{made.json()['id']}"
    assert jingning.get("outsider", elsewhere).status_code == 404


def test_a_draft_without_a_convener_owes_nothing(jingning: Scene, draft: str) -> None:
    body = {"kind": "hold_meeting", "every_months": 3}
    assert jingning.post("city", f"{draft}/duties", body).json()["code"] == "no_convener"


@pytest.mark.parametrize(
    ("who", "change", "status", "pointer"),
    [
        ("county", {}, 403, None),
        ("other_city", {}, 403, None),
        ("convener", {}, 403, None),
        ("city", {"region_code": "331100"}, 422, "/region_code"),
        ("city", {"region_code": "999999"}, 422, "/region_code"),
        ("city", {"policy_code": "nobody-adopted-this"}, 422, "/policy_code"),
        ("city", {"expected_member_count": 0}, 422, "/expected_member_count"),
        ("city", {"state": "active"}, 422, "/state"),
        ("city", {"code": "G-331127"}, 409, "/code"),
    ],
)
def test_a_draft_is_made_by_the_countys_regulator_from_whole_input(
    jingning: Scene, who: str, change: dict[str, Any], status: int, pointer: str | None
) -> None:
    given_county(jingning.session)
    answer = jingning.post(who, "/groups", {**NEW, **change})
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == ([pointer] if pointer else [])
    assert jingning.facts() == []


def test_the_list_is_filtered_paged_and_counted(jingning: Scene) -> None:
    def codes(query: str) -> list[str]:
        answer = jingning.get("province", f"/groups?{query}")
        assert answer.status_code == 200, answer.text
        return [item["code"] for item in answer.json()["items"]]

    assert codes("sort=code") == ["G-330329", "G-331127"]
    assert codes("under=331100") == ["G-331127"]
    assert codes("state=draft") == []
    assert codes(f"organisation_id={unit(jingning, 'tsgas')}") == ["G-330329"]
    assert codes(f"organisation_id={unit(jingning, 'left')}") == []
    first = jingning.get("province", "/groups?limit=1&sort=-code&fields=code&include=total")
    assert first.json()["total"] == 2
    assert set(first.json()["items"][0]) == {"id", "code"}
    after = first.json()["next_cursor"]
    assert codes(f"limit=1&sort=-code&cursor={after}") == ["G-330329"]


def test_a_stale_change_is_answered_with_the_group_as_it_is(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    old = jingning.get("county", path).headers["etag"]
    body = {"organisation_id": unit(jingning, "left")}
    assert jingning.post("county", f"{path}/members", body).status_code == 201
    stale = jingning.client.patch(
        f"/api/v1{path}",
        headers={**jingning.headers["county"], "If-Match": old},
        json={"name": "x"},
    )
    assert stale.status_code == 412
    assert len(stale.json()["current"]["members"]) == 6


def test_the_same_key_adds_a_member_once(jingning: Scene) -> None:
    path = f"/api/v1/groups/{jingning.jingning.id}/members"
    keyed = {**jingning.headers["county"], "Idempotency-Key": "k-1"}
    body = {"organisation_id": unit(jingning, "left")}
    first = jingning.client.post(path, headers=keyed, json=body)
    again = jingning.client.post(path, headers=keyed, json=body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert jingning.facts() == ["group.member_joined"]


def test_a_fact_has_the_instant_of_the_house(jingning: Scene, draft: str) -> None:
    assert jingning.fact("group.drafted").occurred_at == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert jingning.session.get_one(JointGroup, UUID(draft[8:])).state == "draft"
