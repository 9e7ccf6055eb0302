"""Reminders of meetings: once, two working days before, whatever moves, and whoever was away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.core.calendar.models import CalendarDay
from services.core.meetings import actions
from services.core.meetings.models import MeetingReminder
from services.core.notifications.models import Notification
from services.core.policies.models import PolicyPack
from services.worker.consumers import CONSUMERS
from services.worker.ticks import TICKS
from tests import given
from tests.chasing import seen
from tests.meetings.calling import Calling

MORNING = "2026-12-03 09:00"
"""Two working days before Monday, 2026-12-07."""


def sent(calling: Calling) -> list[str]:
    """Give when reminders went, in Shanghai."""
    calling.scene.session.expire_all()
    rows = calling.scene.session.scalars(
        select(MeetingReminder.sent_at).where(MeetingReminder.sent_at.is_not(None))
    )
    return sorted(f"{at + timedelta(hours=8):%m-%d %H:%M}" for at in rows if at)


def moved(calling: Calling, path: str, day: str) -> None:
    """Move a meeting to an afternoon, and let the room hear of it."""
    begin, end = given.at(f"{day} 14:00").isoformat(), given.at(f"{day} 16:00").isoformat()
    calling.do("convener", path, "move", starts_at=begin, ends_at=end, reason="x")
    calling.hear()


def test_the_workers_read_and_look() -> None:
    assert CONSUMERS["meetings"] is actions.READERS
    assert TICKS["meetings.remind"] is actions.remind_due


def test_a_meeting_is_reminded_of_once_two_working_days_before(calling: Calling) -> None:
    calling.schedule("tsgas", "lsci")
    calling.hear()
    now = given.at("2026-11-25 00:00")
    while now < given.at("2026-12-09 00:00"):
        for _ in range(2):
            actions.remind_due(calling.scene.session, now=now, limit=100)
        now += timedelta(minutes=30)
    assert sent(calling) == ["12-03 09:00"]
    assert calling.told() == {
        "convener": ["meeting_reminder"],
        "outsider": ["meeting_scheduled", "meeting_reminder"],
    }
    fact = calling.scene.fact("meeting.reminded").data
    assert fact["occurrence"] == "T-2"
    names = {str(account.id): name for name, account in calling.scene.accounts.items()}
    assert {names[one] for one in fact["account_ids"]} == {"convener", "outsider"}


def test_hearing_twice_and_looking_twice_changes_nothing(calling: Calling) -> None:
    calling.schedule("tsgas")
    for _ in range(3):
        calling.hear()
        calling.remind(MORNING)
    assert calling.told()["outsider"] == ["meeting_scheduled", "meeting_reminder"]
    assert calling.scene.facts().count("meeting.reminded") == 1


def test_a_made_up_working_day_counts(calling: Calling) -> None:
    session = calling.scene.session
    calling.schedule("tsgas")
    calling.hear()
    for day, works in (("2026-12-05", True), ("2026-12-04", False)):  # a Saturday for the Friday
        session.add(
            CalendarDay(
                region_code="",
                day=given.at(f"{day} 12:00").date(),
                works=works,
                name_zh="调休",
                name_en="swapped",
                source="test",
            )
        )
    session.flush()
    told = seen("calendar.published")
    actions.READERS["calendar.published"](session, told, given.at("2026-12-01 09:00"))
    calling.remind("2026-12-01 09:00", "2026-12-03 08:59", MORNING)
    assert sent(calling) == ["12-03 09:00"]


def test_a_reminder_planned_by_an_old_calendar_waits_for_the_new_day(calling: Calling) -> None:
    session = calling.scene.session
    calling.schedule("tsgas")
    calling.hear()
    session.add(
        CalendarDay(
            region_code="331127",
            day=given.at("2026-12-05 12:00").date(),
            works=True,
            name_zh="县里补班",
            name_en="the county makes up",
            source="test",
        )
    )
    session.flush()
    calling.remind(MORNING)  # nobody told the room; it asks anew by itself
    assert sent(calling) == []
    calling.remind("2026-12-04 09:00")
    assert sent(calling) == ["12-04 09:00"]


@pytest.mark.parametrize("verb", ["cancel", "hold"])
def test_nobody_is_reminded_of_what_is_over(
    calling: Calling, verb: str, set_clock: Callable[[datetime], None]
) -> None:
    path = calling.schedule("tsgas")
    calling.hear()
    if verb == "cancel":
        calling.do("convener", path, "cancel", reason="x")
    else:
        calling.put_back(path, given.at("2026-11-24 08:00"))
        set_clock(given.at("2026-11-24 12:00"))
        calling.hold(path)
    calling.remind(MORNING)  # even before the room has heard
    calling.hear()
    calling.remind(MORNING)
    assert sent(calling) == []


def test_a_meeting_that_moves_is_reminded_of_by_its_new_day(calling: Calling) -> None:
    path = calling.schedule("tsgas")
    calling.hear()
    moved(calling, path, "2026-12-10")
    calling.remind(MORNING, "2026-12-08 08:00", "2026-12-08 09:00", "2026-12-09 09:00")
    assert sent(calling) == ["12-08 09:00"]


def test_a_reminder_is_sent_for_each_announced_day_and_never_twice_for_one(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    path = calling.schedule("tsgas")
    calling.hear()
    calling.remind(MORNING)
    set_clock(given.at("2026-12-03 12:00"))
    moved(calling, path, "2026-12-16")
    moved(calling, path, "2026-12-07")  # and back again
    calling.remind("2026-12-04 09:00")
    moved(calling, path, "2026-12-16")
    calling.remind("2026-12-14 09:00", "2026-12-15 09:00")
    assert sent(calling) == ["12-03 09:00", "12-14 09:00"]


def test_what_an_outage_missed_goes_once_in_working_hours(calling: Calling) -> None:
    calling.schedule("tsgas")
    calling.hear()
    calling.remind("2026-12-04 20:00", "2026-12-05 10:00", "2026-12-07 08:30", "2026-12-07 09:00")
    assert sent(calling) == ["12-07 08:30"]


def test_an_outage_that_outlasts_the_meeting_reminds_of_nothing(calling: Calling) -> None:
    calling.schedule("tsgas")
    calling.hear()
    calling.remind("2026-12-07 14:00", "2026-12-08 09:00")
    assert sent(calling) == []


def test_what_is_announced_later_than_that_is_not_reminded_of_at_once(
    calling: Calling, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(given.at("2026-12-03 10:00"))
    calling.schedule("tsgas")
    calling.hear(given.at("2026-12-03 10:00"))
    calling.remind("2026-12-03 10:01", "2026-12-04 09:00", "2026-12-07 09:00")
    assert sent(calling) == []


def test_two_meetings_of_one_morning_are_one_message(calling: Calling) -> None:
    calling.schedule("tsgas", "wzport")
    later = {
        "starts_at": given.at("2026-12-07 17:00").isoformat(),
        "ends_at": given.at("2026-12-07 18:00").isoformat(),
    }
    calling.schedule("tsgas", title="对接会", kind="matchmaking", **later)
    calling.schedule(by="county", body=calling.regional("wzport", "jngas"))
    calling.hear()
    calling.remind(MORNING)
    got = {name: kinds[-1] for name, kinds in calling.told().items()}
    assert got["outsider"] == got["convener"] == "meeting_digest"
    assert got["county"] == "meeting_reminder"
    text = calling.scene.session.scalars(
        select(Notification).where(
            Notification.cause_kind == "meeting_digest",
            Notification.account_id == calling.scene.accounts["outsider"].id,
        )
    ).one()
    assert text.title_zh == "会议提醒：近期2个会议，最近12月7日（周一）14:00–16:00"
    assert text.body_zh.splitlines()[:2] == [
        "1. 12月7日（周一）14:00–16:00，“景宁联合团组2026年第四次会议”，地点：3号会议室",
        "2. 12月7日（周一）17:00–18:00，“对接会”，地点：3号会议室",
    ]
    assert calling.scene.facts().count("meeting.reminded") == 3


def test_a_unit_that_declined_is_left_in_peace(calling: Calling) -> None:
    path = calling.schedule("tsgas")
    assert calling.reply("outsider", path, "tsgas", reply="declined").status_code == 200
    calling.hear()
    calling.remind(MORNING)
    assert calling.told() == {"outsider": ["meeting_scheduled"], "convener": ["meeting_reminder"]}


def test_where_nobody_can_be_told_it_is_tried_again_the_next_working_day(calling: Calling) -> None:
    calling.schedule("tsgas")
    calling.hear()
    for name in ("convener", "outsider"):
        calling.scene.accounts[name].is_active = False
    calling.scene.session.flush()
    calling.remind(MORNING)
    calling.scene.accounts["outsider"].is_active = True
    calling.scene.session.flush()
    calling.remind("2026-12-03 12:00", "2026-12-04 09:00")
    assert sent(calling) == ["12-04 09:00"]


def test_a_policy_may_say_when_else(calling: Calling) -> None:
    session = calling.scene.session
    pack = session.scalars(select(PolicyPack)).one()
    plan: dict[str, Any] = {
        "before": [5, 1],
        "unit": "working_days",
        "at": "10:00",
        "then_every": None,
        "source": "proposal",
    }
    plans = {**pack.document["reminder_plans"], "meeting": plan}
    pack.document = {**pack.document, "reminder_plans": plans}
    session.flush()
    calling.schedule("tsgas")
    calling.hear()
    calling.remind("2026-11-30 10:00", MORNING, "2026-12-04 10:00")
    assert sent(calling) == ["11-30 10:00", "12-04 10:00"]
