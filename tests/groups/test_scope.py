"""Who sees a group: members and regulators, today; to everybody else it does not exist."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest

from tests import given
from tests.groups.scene import TODAY, YESTERDAY, Scene, seat

INSIDE = (
    "province",
    "city",
    "county",
    "convener",
    "parent",
    "member",
    "observer",
    "far_member",
    "integrator",
)
OUTSIDE = (
    "outsider",
    "other_city",
    "below_a_member",
    "removed",
    "system_admin",
    "security_admin",
    "audit_admin",
)


@pytest.mark.parametrize("who", INSIDE)
def test_members_those_above_them_and_regulators_see_the_group(jingning: Scene, who: str) -> None:
    path = f"/groups/{jingning.jingning.id}"
    for below in ("", "/members", "/duties"):
        assert jingning.get(who, path + below).status_code == 200
    listed = {item["code"] for item in jingning.get(who, "/groups").json()["items"]}
    assert "G-331127" in listed


@pytest.mark.parametrize("who", OUTSIDE)
def test_to_everybody_else_the_group_does_not_exist(jingning: Scene, who: str) -> None:
    real, random = f"/groups/{jingning.jingning.id}", f"/groups/{uuid4()}"
    duty = f"/duties/{uuid4()}"
    for below in ("", "/members", "/duties", duty, "?as_of=2023-01-01"):
        assert jingning.get(who, real + below).status_code == 404
        ours, unknown = (jingning.get(who, path + below).json() for path in (real, random))
        assert {**ours, "trace_id": ""} == {**unknown, "trace_id": ""}
    page = jingning.get(who, "/groups?include=total&limit=1").json()
    assert "G-331127" not in {item["code"] for item in page["items"]}
    assert page["total"] == (1 if who in ("outsider", "other_city") else 0)


VERBS: tuple[tuple[str, dict[str, object]], ...] = (
    ("establish", {}),
    ("dissolve", {"reason": "x"}),
    ("hand-over", {"organisation_id": str(uuid4()), "reason": "x"}),
    ("members", {"organisation_id": str(uuid4())}),
    (f"members/{uuid4()}/end", {"reason": "x"}),
    ("duties", {"kind": "hold_meeting", "every_months": 3}),
    (f"duties/{uuid4()}/end", {}),
)


@pytest.mark.parametrize("who", OUTSIDE)
def test_to_everybody_else_it_cannot_be_changed_either(jingning: Scene, who: str) -> None:
    path = f"/groups/{jingning.jingning.id}"
    for verb, body in VERBS:
        assert jingning.post(who, f"{path}/{verb}", body, of=path).status_code == 404
    assert jingning.patch(who, path, {"name": "x"}).status_code == 404
    assert jingning.facts() == []


@pytest.mark.parametrize("who", ["parent", "member", "observer", "far_member", "integrator"])
def test_a_member_sees_the_group_and_may_not_change_it(jingning: Scene, who: str) -> None:
    path = f"/groups/{jingning.jingning.id}"
    for verb, body in VERBS:
        assert jingning.post(who, f"{path}/{verb}", body, of=path).status_code == 403
    assert jingning.patch(who, path, {"name": "x"}).status_code == 403
    assert jingning.facts() == []


@pytest.mark.parametrize("who", ["province", "city", "county", "convener"])
def test_the_convener_and_every_regulator_above_keep_the_group(jingning: Scene, who: str) -> None:
    answer = jingning.patch(who, f"/groups/{jingning.jingning.id}", {"charter": "章程"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["charter"] == "章程"


def test_the_convener_may_not_end_the_group(jingning: Scene) -> None:
    path = f"/groups/{jingning.jingning.id}"
    answer = jingning.post("convener", f"{path}/dissolve", {"reason": "x"}, of=path)
    assert answer.status_code == 403


def test_a_convener_account_of_a_mere_member_does_not_keep_the_group(jingning: Scene) -> None:
    other = given.account(jingning.session, "lsci-c", of=jingning.units["lsci"], role="convener")
    jingning.headers["lsci-c"] = given.headers(jingning.session, other)
    path = f"/groups/{jingning.jingning.id}"
    assert jingning.patch("lsci-c", path, {"name": "x"}).status_code == 403


def test_a_unit_sees_the_group_from_its_first_day_to_the_day_before_its_last(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    seat(jingning, "left", valid_from=date(2026, 11, 25), valid_to=date(2026, 11, 27))
    path = f"/groups/{jingning.jingning.id}"
    seen = {}
    for moment in ("11-24 23:59", "11-25 00:00", "11-26 23:59", "11-27 00:00"):
        set_clock(given.at(f"2026-{moment}"))
        seen[moment] = jingning.get("removed", path).status_code
    assert seen == {
        "11-24 23:59": 404,
        "11-25 00:00": 200,
        "11-26 23:59": 200,
        "11-27 00:00": 404,
    }


def test_a_regulator_that_is_a_member_itself_sees_the_group(jingning: Scene) -> None:
    seat(jingning, "sasac_wz", valid_from=TODAY)
    path = f"/groups/{jingning.jingning.id}"
    assert jingning.get("other_city", path).status_code == 200
    assert jingning.patch("other_city", path, {"name": "x"}).status_code == 403


def test_other_staff_of_a_regulator_sees_no_group_through_a_unit_it_owns(
    jingning: Scene,
) -> None:
    staff = given.account(
        jingning.session, "wz-staff", of=jingning.units["sasac_wz"], role="observer"
    )
    jingning.headers["wz-staff"] = given.headers(jingning.session, staff)
    assert jingning.get("wz-staff", f"/groups/{jingning.jingning.id}").status_code == 404


def test_a_regulator_elsewhere_still_has_its_own_unit_in_scope(jingning: Scene) -> None:
    found = given.caller(jingning.session, jingning.accounts["other_city"])
    assert jingning.units["wzport"].id in found.organisation_ids
    assert jingning.units["energy"].id not in found.organisation_ids


def test_only_who_saw_a_group_on_its_last_day_reads_it_afterwards(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    path = f"/groups/{jingning.jingning.id}"
    answer = jingning.post("county", f"{path}/dissolve", {"reason": "任务完成"}, of=path)
    assert answer.status_code == 200, answer.text
    set_clock(given.at("2027-06-01 09:00"))
    for who in INSIDE:
        assert jingning.get(who, path).status_code == 200
    for who in OUTSIDE:
        assert jingning.get(who, path).status_code == 404


def test_a_unit_whose_place_would_have_ended_later_keeps_the_frozen_group(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    seat(jingning, "left", valid_from=YESTERDAY, valid_to=date(2026, 12, 1))
    path = f"/groups/{jingning.jingning.id}"
    jingning.post("county", f"{path}/dissolve", {"reason": "任务完成"}, of=path)
    set_clock(given.at("2027-06-01 09:00"))
    assert jingning.get("removed", path).status_code == 200


def test_a_draft_is_the_regulators_alone(jingning: Scene) -> None:
    draft = given.group(
        jingning.session, members=[jingning.units["tsgas"]], code="G-D", state="draft"
    )
    jingning.session.commit()
    path = f"/groups/{draft.id}"
    assert jingning.get("county", path).status_code == 200
    for who in ("outsider", "parent", "member", "other_city"):
        assert jingning.get(who, path).status_code == 404


def test_an_administrator_sees_no_business_data(jingning: Scene) -> None:
    for who in ("system_admin", "security_admin", "audit_admin"):
        caller = given.caller(jingning.session, jingning.accounts[who])
        assert not caller.organisation_ids
        assert not caller.own_organisation_ids
        assert not caller.group_ids
        assert jingning.get(who, "/groups?include=total").json()["total"] == 0
