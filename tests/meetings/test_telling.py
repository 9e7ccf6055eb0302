"""Who hears of a meeting's news, in which words, and when the letter goes."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from services.core.notifications.models import Notification, NotificationDelivery
from services.core.organisations.models import Officer
from tests import given
from tests.chasing import Postbox
from tests.meetings.calling import ENDS, Calling


def message(calling: Calling, who: str, kind: str) -> Notification:
    """Give the one message of a kind that somebody got."""
    calling.scene.session.expire_all()
    return calling.scene.session.scalars(
        select(Notification).where(
            Notification.account_id == calling.scene.accounts[who].id,
            Notification.cause_kind == kind,
        )
    ).one()


def appoint(calling: Calling, who: str, unit: str, duty: str, phone: str | None = None) -> None:
    """Let somebody answer for a unit in a duty."""
    calling.scene.session.add(
        Officer(
            organisation_id=calling.scene.units[unit].id,
            account_id=calling.scene.accounts[who].id,
            name=who,
            duty=duty,
            phone=phone,
            valid_from=given.LONG_AGO,
        )
    )
    calling.scene.session.flush()


def test_whom_a_meeting_concerns_hears_of_it_once_and_whoever_did_it_not_at_all(
    calling: Calling,
) -> None:
    for unit, who in (("lsci", "member"), ("energy", "parent")):
        for duty in ("leader", "liaison"):  # two duties, one person, one message
            appoint(calling, who, unit, duty)
    path = calling.draft("energy", "lsci", "tsgas")
    assert calling.told() == {}
    calling.do("convener", path, "schedule")
    once = ["meeting_scheduled"]
    assert calling.told() == {"member": once, "parent": once, "outsider": once}


def test_an_invitation_says_what_when_where_and_whom_to_phone(calling: Calling) -> None:
    appoint(calling, "member", "lsci", "liaison")
    appoint(calling, "convener", "jngas", "liaison", phone="0578-508 0000")
    path = calling.schedule("lsci")
    told = message(calling, "member", "meeting_scheduled")
    assert told.title_zh == ("会议通知：“景宁联合团组2026年第四次会议”，12月7日（周一）14:00–16:00")
    assert told.body_zh.splitlines() == [
        "召集单位：jngas",
        "会议：“景宁联合团组2026年第四次会议”",
        "时间：12月7日（周一）14:00–16:00",
        "地点：3号会议室",
        "请您回复是否参加；不能到会的，可委派代表并写明姓名。",
        f"查看： {told.link}",
        "有疑问请致电：convener 0578-508 0000",
    ]
    assert told.body_en.splitlines()[2] == "Time: Mon 7 Dec, 14:00–16:00"
    assert told.link
    assert told.link.endswith(f"/api/v1{path}")


def test_a_move_and_a_cancellation_say_what_was_and_why(calling: Calling) -> None:
    appoint(calling, "member", "lsci", "liaison")
    path = calling.schedule("lsci")
    assert calling.reply("member", path, "lsci", reply="declined").status_code == 200
    begin = given.at("2026-12-09 09:00").isoformat()
    end = given.at("2026-12-10 12:00").isoformat()
    calling.do("convener", path, "move", starts_at=begin, ends_at=end, reason="{暴雨}")
    moved = message(calling, "member", "meeting_moved")  # who declined may come to the new time
    assert moved.title_zh.endswith("改为12月9日（周三）09:00至12月10日（周四）12:00")
    assert "原定12月7日（周一）14:00–16:00。改期原因：{暴雨}" in moved.body_zh
    assert "It was Mon 7 Dec, 14:00–16:00. Reason: {暴雨}" in moved.body_en
    calling.do("convener", path, "cancel", reason="与省级会议冲突")
    cancelled = message(calling, "member", "meeting_cancelled")
    assert "取消原因：与省级会议冲突" in cancelled.body_zh
    assert calling.told()["member"] == ["meeting_scheduled", "meeting_moved", "meeting_cancelled"]


def test_who_is_invited_later_or_no_more_is_told_and_the_others_are_not(calling: Calling) -> None:
    appoint(calling, "member", "lsci", "liaison")
    path = calling.schedule("lsci")
    for units in (("lsci", "tsgas"), ("lsci",), ("lsci", "tsgas")):
        body = {"invitations": [calling.asked(unit) for unit in units]}
        assert calling.scene.patch("convener", path, body).status_code == 200
    assert calling.told() == {
        "member": ["meeting_scheduled"],
        "outsider": ["meeting_invited", "meeting_uninvited", "meeting_invited"],
    }
    items = calling.scene.get("convener", f"{path}/invitations").json()["items"]
    dates = [
        (one["invited_at"] is not None, one["withdrawn_at"] is not None)
        for one in items
        if one["organisation"]["name"] == "tsgas"
    ]
    assert dates == [(True, True), (True, False)]


def test_a_letter_waits_for_sending_hours_unless_it_would_come_too_late(
    calling: Calling, postbox: Postbox, set_clock: Callable[[datetime], None]
) -> None:
    del postbox  # a mail server is known
    appoint(calling, "member", "lsci", "liaison")
    set_clock(given.at("2026-12-05 20:00"))  # a Saturday evening
    path = calling.schedule("lsci")
    calling.do("convener", path, "cancel", reason="x")
    early = given.at("2026-12-07 09:00").isoformat()
    calling.schedule("lsci", starts_at=early, ends_at=ENDS.isoformat())
    letters = calling.scene.session.execute(
        select(Notification.cause_kind, NotificationDelivery.next_at)
        .join(Notification, Notification.id == NotificationDelivery.notification_id)
        .order_by(NotificationDelivery.id)
    ).all()
    morning, at_once = given.at("2026-12-07 08:30"), given.at("2026-12-05 20:00")
    assert [tuple(row) for row in letters] == [
        ("meeting_scheduled", morning),
        ("meeting_cancelled", morning),
        ("meeting_scheduled", at_once),
    ]
