"""Who sees, calls, keeps and answers a meeting; to everybody else it does not exist."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tests import given
from tests.groups.scene import seat
from tests.meetings.calling import ENDS, STARTS, Calling

EVERYBODY = (
    *("province", "city", "county", "other_city", "convener", "parent", "member", "observer"),
    *("below_a_member", "far_member", "removed", "outsider", "integrator"),
    *("system_admin", "security_admin", "audit_admin"),
)
OF_THE_GROUP = {
    *("province", "city", "county"),
    *("convener", "parent", "member", "observer", "far_member", "integrator"),
}


def who_sees(calling: Calling, path: str) -> set[str]:
    """Ask as everybody: the record, its invitations, and the list agree."""
    seen = set()
    for who in EVERYBODY:
        found = calling.scene.get(who, path).status_code
        assert calling.scene.get(who, f"{path}/invitations").status_code == found
        page = calling.scene.get(who, "/meetings?include=total").json()
        is_listed = path.rpartition("/")[2] in {item["id"] for item in page["items"]}
        assert is_listed == (found == 200)
        assert page["total"] == len(page["items"])
        assert found in {200, 404}
        if found == 200:
            seen.add(who)
    return seen


def test_a_draft_is_its_conveners_own(calling: Calling) -> None:
    assert who_sees(calling, calling.draft()) == {"convener", "parent"}


def test_a_dropped_draft_stays_its_conveners_own(calling: Calling) -> None:
    path = calling.draft()
    calling.do("convener", path, "cancel", reason="不再需要")
    assert who_sees(calling, path) == {"convener", "parent"}
    assert calling.told() == {}


def test_a_groups_meeting_is_seen_by_the_group_and_its_regulators(calling: Calling) -> None:
    assert who_sees(calling, calling.schedule()) == OF_THE_GROUP


def test_a_unit_outside_the_group_sees_what_it_is_invited_to(calling: Calling) -> None:
    path = calling.schedule("energy", "tsgas")
    assert who_sees(calling, path) == OF_THE_GROUP | {"outsider"}
    assert calling.reply("outsider", path, "tsgas", reply="accepted").status_code == 200
    left_out = {"invitations": [calling.asked("energy")]}
    assert calling.scene.patch("convener", path, left_out).status_code == 200
    assert who_sees(calling, path) == OF_THE_GROUP


def test_who_supervises_a_member_does_not_sit_at_its_meetings(calling: Calling) -> None:
    """Wenzhou's commission owns the port, which is a member; it sees neither group nor meeting."""
    scene, path = calling.scene, calling.schedule("energy", "wzport")
    clerk = given.account(scene.session, "clerk", of=scene.units["sasac_wz"], role="observer")
    scene.headers["clerk"] = given.headers(scene.session, clerk)
    for who in ("other_city", "clerk"):
        assert scene.get(who, path).status_code == 404
    again = calling.schedule("energy", "wzport", "sasac_wz")
    for who in ("other_city", "clerk"):
        assert scene.get(who, again).status_code == 200


def test_a_regions_own_meeting_is_seen_by_its_regulators_and_whom_it_invites(
    calling: Calling,
) -> None:
    path = calling.schedule(by="county", body=calling.regional("lsci"))
    assert who_sees(calling, path) == {"county", "city", "province", "member", "integrator"}
    path = calling.schedule(by="province", body=calling.regional("lsci", region_code="330000"))
    assert who_sees(calling, path) == {"province", "member", "integrator"}


def test_out_of_scope_answers_as_an_unknown_id(calling: Calling) -> None:
    path, unknown = calling.schedule(), f"/meetings/{uuid4()}"
    invitation = f"/invitations/{calling.invitations(path)['lsci']['id']}"
    again = {"starts_at": ENDS.isoformat(), "ends_at": ENDS.isoformat(), "reason": "x"}
    verbs: tuple[tuple[str, dict[str, Any]], ...] = (
        ("schedule", {}),
        ("move", again),
        ("cancel", {"reason": "x"}),
        ("hold", {"attendance": []}),
        ("minutes", {"number": "1号", "text": "x"}),
        ("approve-minutes", {}),
        ("close", {}),
        (f"{invitation}/reply", {"reply": "accepted"}),
    )
    scene = calling.scene
    for who in ("outsider", "removed", "audit_admin"):
        for verb, body in verbs:
            headers = {**scene.headers[who], "If-Match": '"1-0"'}
            for meeting in (path, unknown):
                address = f"/api/v1{meeting}/{verb.lstrip('/')}"
                answer = scene.client.post(address, headers=headers, json=body)
                assert answer.status_code == 404, (who, verb, meeting)
        for each in (path + invitation, unknown):
            assert scene.get(who, each).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("convener", 201),
        ("county", 403),  # sees the group, but a group meeting is its convener's to call
        ("province", 403),
        ("parent", 403),  # a reviewer holds no meetings
        ("member", 403),
        ("integrator", 403),
        ("system_admin", 403),
        ("outsider", 422),  # another group's convener does not know this group
    ],
)
def test_a_group_meeting_is_called_by_its_convener(calling: Calling, who: str, status: int) -> None:
    answer = calling.scene.post(who, "/meetings", calling.body("lsci"))
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("who", "region", "status"),
    [
        ("county", "331127", 201),
        ("county", "331127209", 201),
        ("county", "331100", 403),
        ("city", "331127", 201),
        ("other_city", "331127", 403),
        ("convener", "331127", 403),
        ("member", "331127", 403),
    ],
)
def test_a_regions_meeting_is_called_by_its_regulator(
    calling: Calling, who: str, region: str, status: int
) -> None:
    body = calling.regional("lsci", region_code=region)
    assert calling.scene.post(who, "/meetings", body).status_code == status


def test_a_regulator_may_call_a_dispatch_meeting_for_a_group_it_regulates(
    calling: Calling,
) -> None:
    path = calling.schedule(by="county", kind="onsite_dispatch")
    assert calling.scene.get("far_member", path).json()["convener"]["name"] == "sasac_jn"
    for who in ("convener", "province"):  # neither the group's convener nor a higher regulator
        refused = calling.scene.post(who, f"{path}/cancel", {"reason": "x"}, of=path)
        assert refused.status_code == 403


def test_two_convener_units_keep_their_own_meetings(calling: Calling) -> None:
    taishun = str(calling.scene.taishun.id)
    ours = calling.schedule("energy", "tsgas")
    theirs = calling.schedule("jngas", by="outsider", group_id=taishun)
    for who, path in (("outsider", ours), ("convener", theirs)):
        assert calling.scene.get(who, path).status_code == 200  # each is invited by the other
        refused = calling.scene.post(who, f"{path}/cancel", {"reason": "x"}, of=path)
        assert refused.status_code == 403
    assert calling.scene.post("outsider", "/meetings", calling.body("energy")).status_code == 422


def test_a_unit_answers_for_itself(calling: Calling) -> None:
    path = calling.schedule("energy", "lsci", "sasac_ls")
    for who in ("convener", "county", "province", "city", "parent", "far_member", "observer"):
        assert calling.reply(who, path, "lsci", reply="accepted").status_code == 403, who
    assert calling.reply("integrator", path, "lsci", reply="accepted").status_code == 403
    assert calling.reply("member", path, "lsci", reply="declined").status_code == 200
    assert calling.reply("city", path, "sasac_ls", reply="accepted").status_code == 200
    assert calling.reply("province", path, "sasac_ls", reply="declined").status_code == 403
    replied = calling.invitations(path)["lsci"]
    assert replied["replied_at"]
    taken_back = calling.reply("member", path, "lsci", reply="none").json()
    assert (taken_back["reply"], taken_back["replied_at"]) == ("none", None)


def test_a_fact_about_a_meeting_reaches_whom_the_meeting_reaches(calling: Calling) -> None:
    calling.draft("energy", "tsgas")
    drafted = calling.scene.fact("meeting.drafted")
    assert drafted.group_id is None
    assert drafted.organisation_ids == [calling.scene.units["jngas"].id]
    calling.schedule("energy", "tsgas")
    scheduled = calling.scene.fact("meeting.scheduled")
    assert scheduled.group_id == calling.scene.jingning.id
    outside = {calling.scene.units[unit].id for unit in ("jngas", "tsgas")}
    assert set(scheduled.organisation_ids) == outside  # members see it as members
    path = calling.schedule(by="county", body=calling.regional("lsci"))
    calling.do("county", path, "cancel", reason="x")
    units = ("sasac_jn", "sasac_ls", "sasac_zj", "lsci")
    heard = {calling.scene.units[unit].id for unit in units}
    assert set(calling.scene.fact("meeting.cancelled").organisation_ids) == heard


def test_the_chair_takes_its_meetings_along(calling: Calling) -> None:
    scene = calling.scene
    kept, over = calling.schedule("energy", "lsci"), calling.draft("energy", "lsci")
    calling.do("convener", over, "cancel", reason="不再需要")
    new = given.account(scene.session, "new-chair", of=scene.units["energy"], role="convener")
    scene.headers["new"] = given.headers(scene.session, new)
    group = f"/groups/{scene.jingning.id}"
    body = {"organisation_id": str(scene.units["energy"].id), "reason": "轮值"}
    assert scene.post("county", f"{group}/hand-over", body, of=group).status_code == 200
    calling.hear()
    assert scene.get("member", kept).json()["convener"]["name"] == "energy"
    roles = {unit: one["role"] for unit, one in calling.invitations(kept).items()}
    assert roles == {"jngas": "member", "energy": "convener", "lsci": "member"}
    assert calling.row(over).convener_organisation_id == scene.units["jngas"].id
    refused = scene.post("convener", f"{kept}/cancel", {"reason": "x"}, of=kept)
    assert refused.status_code == 403
    assert calling.do("new", kept, "cancel", reason="改期")["state"] == "cancelled"


def test_a_unit_that_left_loses_the_groups_meetings(calling: Calling) -> None:
    path = calling.schedule()
    assert calling.scene.get("removed", path).status_code == 404
    seat(calling.scene, "tsgas")
    assert calling.scene.get("outsider", path).status_code == 200


def test_a_list_is_filtered_by_group_region_kind_state_time_and_mine(calling: Calling) -> None:
    scene = calling.scene
    ours = calling.schedule()
    regional = calling.schedule(by="county", body=calling.regional("lsci"))
    draft = calling.draft("lsci")
    after = given.at("2026-12-08 00:00").isoformat().replace("+", "%2B")
    expected = {
        f"group_id={scene.jingning.id}": {ours},
        "region=331100": {ours, regional},
        "region=330300": set(),
        "kind=onsite_dispatch": {regional},
        "state=scheduled": {ours, regional},
        f"from={after}": set(),
        f"to={after}": {ours, regional},
    }
    for query, found in expected.items():
        items = scene.get("city", f"/meetings?{query}").json()["items"]
        assert {f"/meetings/{item['id']}" for item in items} == found, query
    mine = {
        "convener": {ours, draft},
        "member": {ours, regional},
        "county": {regional},  # what it regulates is not what it sits in
        "city": set(),
    }
    for who, found in mine.items():
        items = scene.get(who, "/meetings?mine=true&sort=-starts_at").json()["items"]
        assert {f"/meetings/{item['id']}" for item in items} == found, who


def test_the_first_screen_shows_the_next_meetings_of_ones_own(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    later = given.at("2026-12-08 14:00").isoformat()
    end = given.at("2026-12-08 16:00").isoformat()
    second = calling.schedule("energy", starts_at=later, ends_at=end)
    first = calling.schedule("lsci")
    calling.draft("lsci")
    dropped = calling.schedule("lsci")
    calling.do("convener", dropped, "cancel", reason="x")
    assert calling.reply("member", first, "lsci", reply="accepted").status_code == 200

    def coming(who: str) -> list[tuple[str, str | None]]:
        shown = calling.scene.get(who, "/home").json()["meetings"]
        assert shown["count"] == len(shown["items"])
        return [(f"/meetings/{item['id']}", item["reply"]) for item in shown["items"]]

    assert coming("member") == [(first, "accepted"), (second, None)]
    assert coming("parent") == [(first, None), (second, "none")]
    assert coming("county") == coming("outsider") == coming("audit_admin") == []
    set_clock(STARTS)
    assert [path for path, _ in coming("member")] == [first, second]  # under way is not over
    set_clock(ENDS)
    assert [path for path, _ in coming("member")] == [second]
