"""One meeting from its draft to its end, and every way off it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests import given
from tests.meetings.calling import ENDS, STARTS, Calling


def test_a_meeting_from_its_draft_to_its_end(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    scene = calling.scene
    path = calling.draft("energy", "lsci", code="M-04", series="季度会议")
    drafted = scene.get("convener", path).json()
    assert (drafted["state"], drafted["code"]) == ("draft", "M-04")
    assert (drafted["convener"]["name"], drafted["region"]["code"]) == ("jngas", "331127")
    assert drafted["original_starts_at"] is None
    assert drafted["replies"]["invited"] == 3

    scheduled = calling.do("convener", path, "schedule")
    assert scheduled["original_starts_at"] == scheduled["starts_at"]

    assert calling.reply("member", path, "lsci", reply="accepted").json()["reply"] == "accepted"
    assert calling.reply("parent", path, "energy", reply="proxy", proxy_name="叶某").json() | {
        "version": 0
    } == calling.invitations(path)["energy"] | {"version": 0}
    replies = scene.get("convener", path).json()["replies"]
    assert replies == {"invited": 3, "accepted": 1, "declined": 0, "proxy": 1, "unanswered": 1}

    set_clock(STARTS)
    units = calling.invitations(path)
    came = [
        {"invitation_id": units["jngas"]["id"], "attendance": "present"},
        {"invitation_id": units["lsci"]["id"], "attendance": "absent"},
        {"invitation_id": units["energy"]["id"], "attendance": "proxy", "proxy_name": "叶某"},
    ]
    assert calling.do("convener", path, "hold", attendance=came)["state"] == "held"
    held = scene.fact("meeting.held").data
    assert (held["present"], held["proxy"], held["absent"]) == (1, 1, 1)
    assert calling.invitations(path, "member")["energy"]["attended_by"] == "叶某"

    written = calling.do("convener", path, "minutes", number="景纪要〔2026〕4号", text="议定三项。")
    assert written["minutes"]["prepared_by"]["name"] == "convener"
    assert written["minutes_number"] is None  # not approved yet
    approved = calling.do("county", path, "approve-minutes")
    assert approved["state"] == "minutes_approved"
    assert approved["minutes"]["approved_by"]["name"] == "county"
    assert scene.get("member", path).json()["minutes_number"] == "景纪要〔2026〕4号"
    assert calling.do("convener", path, "close")["state"] == "closed"
    assert [line["state"] for line in calling.audited() if "state" in line] == [
        [None, "draft"],
        ["draft", "scheduled"],
        ["scheduled", "held"],
        ["held", "minutes_approved"],
        ["minutes_approved", "closed"],
    ]
    assert [name for name in scene.facts() if name.startswith("meeting.")] == [
        "meeting.drafted",
        "meeting.scheduled",
        "meeting.answered",
        "meeting.answered",
        "meeting.held",
        "meeting.minutes_drafted",
        "meeting.minutes_approved",
        "meeting.closed",
    ]


def test_the_first_announced_start_is_kept_and_every_move_with_its_reason(calling: Calling) -> None:
    path = calling.schedule()
    assert calling.reply("member", path, "lsci", reply="accepted").status_code == 200
    first = given.at("2026-12-09 14:00")
    for day, reason in ((9, "暴雨预警"), (11, "场地变更")):
        begin = given.at(f"2026-12-{day:02} 14:00")
        end = given.at(f"2026-12-{day:02} 16:00")
        calling.do(
            "convener",
            path,
            "move",
            starts_at=begin.isoformat(),
            ends_at=end.isoformat(),
            place="4号会议室",
            reason=reason,
        )
    moved = calling.scene.get("convener", path).json()
    assert datetime.fromisoformat(moved["original_starts_at"]) == STARTS
    assert [move["reason"] for move in moved["moves"]] == ["暴雨预警", "场地变更"]
    assert datetime.fromisoformat(moved["moves"][0]["from_starts_at"]) == STARTS
    assert moved["moves"][0]["from_place"] == "3号会议室"
    assert datetime.fromisoformat(moved["moves"][1]["from_starts_at"]) == first
    assert moved["replies"]["unanswered"] == 3  # who had accepted is asked again


def test_time_and_place_of_an_announced_meeting_do_not_change_in_silence(calling: Calling) -> None:
    path = calling.schedule()
    later = given.at("2026-12-07 15:00").isoformat()
    refused = calling.scene.patch("convener", path, {"starts_at": later, "place": "4号会议室"})
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/starts_at", "/place"]
    changed = calling.scene.patch("convener", path, {"title": "季度会议", "agenda": []})
    assert changed.status_code == 200
    assert changed.json()["title"] == "季度会议"
    assert calling.scene.fact("meeting.changed").data["fields"] == ["title"]


def test_a_draft_changes_freely(calling: Calling) -> None:
    path = calling.draft()
    body = {
        "starts_at": given.at("2026-12-08 09:00").isoformat(),
        "ends_at": given.at("2026-12-08 11:00").isoformat(),
        "place": None,
        "agenda": [{"text": "项目进展", "minutes": 60}, {"text": "其他"}],
        "invitations": [calling.asked("energy", "chair"), calling.asked("wzport", "guest")],
    }
    changed = calling.scene.patch("convener", path, body).json()
    assert changed["place"] is None
    assert changed["agenda"] == [
        {"text": "项目进展", "minutes": 60},
        {"text": "其他", "minutes": None},
    ]
    assert changed["chair"]["name"] == "energy"
    roles = {unit: one["role"] for unit, one in calling.invitations(path).items()}
    assert roles == {"energy": "chair", "wzport": "guest", "jngas": "convener"}
    refused = calling.scene.post("convener", f"{path}/schedule", {}, of=path)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/place"]


def test_the_chair_passes_from_one_unit_to_another(calling: Calling) -> None:
    path = calling.schedule(invitations=[calling.asked("energy", "chair"), calling.asked("lsci")])
    for chair, other in (("lsci", "energy"), ("energy", "lsci")):
        units = [calling.asked(other), calling.asked(chair, "chair")]
        changed = calling.scene.patch("convener", path, {"invitations": units})
        assert changed.json()["chair"]["name"] == chair


def test_an_onsite_dispatch_meeting_without_agenda_gets_its_three_steps(calling: Calling) -> None:
    path = calling.draft(by="county", body=calling.regional("jngas"))
    agenda = calling.scene.get("county", path).json()["agenda"]
    assert [section["text"] for section in agenda] == [
        "现场调度项目进展",
        "现场倾听基层诉求",
        "现场商讨意见对策",
    ]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("move", {"starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), "reason": "x"}),
        ("hold", {"attendance": []}),
        ("minutes", {"number": "1号", "text": "x"}),
        ("approve-minutes", {}),
        ("close", {}),
    ],
)
def test_an_unlawful_verb_names_the_lawful_ones(
    calling: Calling, verb: str, body: dict[str, object]
) -> None:
    path = calling.draft()
    refused = calling.scene.post("convener", f"{path}/{verb}", body, of=path)
    assert refused.status_code == 409
    assert refused.json()["lawful"] == ["cancel", "change", "schedule"]


def test_a_meeting_is_not_held_before_it_begins_nor_answered_after(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    path = calling.schedule()
    came = [{"invitation_id": one["id"], "attendance": "present"} for one in _units(calling, path)]
    early = calling.scene.post("convener", f"{path}/hold", {"attendance": came}, of=path)
    assert early.status_code == 409
    set_clock(STARTS)
    assert calling.reply("member", path, "lsci", reply="declined").status_code == 409
    partly = calling.scene.post("convener", f"{path}/hold", {"attendance": came[1:]}, of=path)
    assert partly.status_code == 422
    assert partly.json()["errors"][0]["allowed"] == [came[0]["invitation_id"]]


def test_a_change_needs_the_version_one_has_seen(calling: Calling) -> None:
    scene, path = calling.scene, calling.schedule()
    without = scene.post("convener", f"{path}/cancel", {"reason": "x"})
    assert without.status_code == 428
    stale = {**scene.headers["convener"], "If-Match": '"1-0"'}
    refused = scene.client.post(f"/api/v1{path}/cancel", headers=stale, json={"reason": "x"})
    assert refused.status_code == 412
    assert refused.json()["current"]["state"] == "scheduled"


def test_a_code_is_taken_once(calling: Calling) -> None:
    calling.draft(code="M-02")
    again = calling.scene.post("convener", "/meetings", calling.body("energy", code="M-02"))
    assert again.status_code == 409
    assert again.json()["errors"][0]["pointer"] == "/code"


@pytest.mark.parametrize(
    ("also", "pointer"),
    [
        ({"region_code": "331127"}, "/region_code"),
        ({"group_id": None}, "/region_code"),
        ({"group_id": "00000000-0000-7000-8000-000000000000"}, "/group_id"),
        ({"ends_at": STARTS.isoformat()}, "/ends_at"),
        ({"agenda": [{"text": "x", "minutes": 121}]}, "/agenda"),
        (
            {"invitations": [{"organisation_id": "00000000-0000-7000-8000-000000000000"}]},
            "/invitations/0/organisation_id",
        ),
    ],
)
def test_what_does_not_fit_is_named(
    calling: Calling, also: dict[str, object], pointer: str
) -> None:
    refused = calling.scene.post("convener", "/meetings", calling.body("energy", **also))
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]


def test_minutes_take_four_eyes_and_then_never_change(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    scene, path = calling.scene, calling.schedule()
    set_clock(STARTS)
    calling.hold(path)
    empty = scene.post("county", f"{path}/approve-minutes", {}, of=path)
    assert empty.status_code == 409
    second = given.account(scene.session, "second", of=scene.units["jngas"], role="convener")
    scene.headers["second"] = given.headers(scene.session, second)
    for writer, text in (("convener", "初稿"), ("second", "改一字"), ("second", "再改")):
        calling.do(writer, path, "minutes", number="1号", text=text)
    for writer in ("convener", "second"):  # who wrote first may not slip it past the last writer
        refused = scene.post(writer, f"{path}/approve-minutes", {}, of=path)
        assert refused.status_code == 403
    calling.do("county", path, "approve-minutes")
    for who in ("convener", "second"):
        again = scene.post(who, f"{path}/minutes", {"number": "2号", "text": "x"}, of=path)
        assert again.status_code == 409
    assert scene.get("member", path).json()["minutes"]["text"] == "再改"


def test_only_convener_chair_and_regulators_approve_or_read_what_is_not_approved(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    scene = calling.scene
    path = calling.schedule(
        invitations=[calling.asked("lsci", "chair"), calling.asked("sasac_wz", "guest")]
    )
    chair = given.account(scene.session, "chair", of=scene.units["lsci"], role="convener")
    scene.headers["chair"] = given.headers(scene.session, chair)
    set_clock(STARTS)
    calling.hold(path)
    calling.do("convener", path, "minutes", number="1号", text="初稿")
    for who in ("far_member", "other_city"):  # a member; a regulator who is only a guest here
        assert scene.get(who, path).json()["minutes"] is None
    for who in ("convener", "chair", "county", "province", "member"):
        assert scene.get(who, path).json()["minutes"]["text"] == "初稿"
    for who in ("other_city", "member"):
        assert scene.post(who, f"{path}/approve-minutes", {}, of=path).status_code == 403
    assert calling.do("chair", path, "approve-minutes")["state"] == "minutes_approved"
    assert scene.get("far_member", path).json()["minutes"]["text"] == "初稿"


def test_a_dissolved_group_takes_no_meeting_any_more(calling: Calling) -> None:
    path = calling.schedule()
    calling.scene.jingning.state = "dissolved"
    calling.scene.jingning.dissolved_on = given.LONG_AGO
    calling.scene.session.flush()
    refused = calling.scene.post("convener", f"{path}/cancel", {"reason": "x"}, of=path)
    assert refused.status_code == 409
    assert refused.json()["code"] == "group_dissolved"


def _units(calling: Calling, path: str) -> list[dict[str, object]]:
    return sorted(calling.invitations(path).values(), key=lambda one: str(one["id"]))
