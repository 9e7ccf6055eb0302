"""MR-11 without a database: yellow at the due, red five working days later, stopped not late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.core.blockers.rules import BlockerLevel
from services.core.monitoring.rules import mr_11
from services.core.monitoring.rules.verdict import OpenBlocker
from tests.monitoring.test_rules import at, facts, setting

DUE = datetime(2026, 12, 18, 9, 30, tzinfo=UTC)
"""17:30 of a Friday in Shanghai."""
MOMENT = timedelta(microseconds=1)


def blocker(**also: Any) -> OpenBlocker:
    values = {
        "blocker_id": uuid4(),
        "title": "1号站用地",
        "level": BlockerLevel.COUNTY,
        "original_due_on": date(2026, 12, 18),
        "assessed_due_on": date(2026, 12, 18),
        **also,
    }
    return OpenBlocker(**values)


@pytest.mark.parametrize("code", ["zj-default", "wuhan-ratio"])
@pytest.mark.parametrize(
    ("now", "light", "days"),
    [
        (at("2026-11-24"), "green", None),
        (at("2026-12-18", "09:00"), "green", None),
        (DUE, "green", None),
        (DUE + MOMENT, "yellow", 0),
        (at("2026-12-20"), "yellow", 0),
        (at("2026-12-21", "00:00"), "yellow", 1),
        (at("2026-12-24", "23:59"), "yellow", 4),
        (at("2026-12-25", "00:00"), "red", 5),
        (at("2027-02-01"), "red", 30),
    ],
)
def test_it_is_yellow_from_the_due_and_red_from_the_fifth_working_day(
    code: str, now: datetime, light: str, days: int | None
) -> None:
    verdict = mr_11.check(facts(open_blockers=(blocker(),)), setting(now, code))
    assert (verdict.light, verdict.dimension) == (light, "blocker")
    assert verdict.tell().inputs["blockers_overdue"] == ("0" if days is None else "1")
    assert verdict.tell().inputs.get("working_days_late") == (None if days is None else str(days))
    assert len(verdict.issues) == (0 if days is None else 1)


def test_over_a_long_holiday_only_working_days_count() -> None:
    late = facts(open_blockers=(blocker(assessed_due_on=date(2026, 9, 30)),))
    lights = {
        day: mr_11.check(late, setting(at(day))).light
        for day in ("2026-10-07", "2026-10-12", "2026-10-13")
    }
    assert lights == {"2026-10-07": "yellow", "2026-10-12": "yellow", "2026-10-13": "red"}


def test_a_due_on_a_closed_day_is_late_from_the_next_that_works() -> None:
    known = facts(open_blockers=(blocker(assessed_due_on=date(2026, 12, 19)),))
    assert mr_11.check(known, setting(at("2026-12-21", "17:30"))).light == "green"
    assert mr_11.check(known, setting(at("2026-12-21", "17:31"))).light == "yellow"


def test_it_says_when_its_answer_changes() -> None:
    known = facts(open_blockers=(blocker(), blocker(assessed_due_on=date(2027, 1, 15))))
    changes = [
        mr_11.check(known, setting(now)).next_change_at
        for now in (at("2026-12-01"), DUE, at("2026-12-19"), at("2026-12-26"))
    ]
    second_due = at("2027-01-15", "17:30") + MOMENT
    assert changes == [DUE + MOMENT, DUE + MOMENT, at("2026-12-25", "00:00"), second_due]
    red = mr_11.check(facts(open_blockers=(blocker(),)), setting(at("2026-12-26")))
    assert red.next_change_at is None


def test_a_stopped_clock_is_not_late_and_changes_nothing_by_itself() -> None:
    stopped = facts(open_blockers=(blocker(is_stopped=True),))
    verdict = mr_11.check(stopped, setting(at("2027-02-01")))
    assert (verdict.light, verdict.issues, verdict.next_change_at) == ("green", (), None)
    assert verdict.tell().inputs == {
        "blockers_open": "1",
        "blockers_stopped": "1",
        "blockers_overdue": "0",
    }


def test_the_days_given_back_count_and_the_original_due_is_told() -> None:
    moved = blocker(assessed_due_on=date(2026, 12, 31))
    verdict = mr_11.check(facts(open_blockers=(moved,)), setting(at("2027-01-05")))
    assert verdict.light == "yellow"
    assert verdict.tell().arithmetic.zh == (
        "堵点“1号站用地”（县级）应于 2026-12-31 17:30 前解决（原定 2026-12-18）；"
        "至 2027-01-05 逾期 2 个工作日，"
        "按 zj-default 第1版（0 ≤ 工作日数 < 5）⇒ 黄灯。"
    )
    assert verdict.tell().arithmetic.en == (
        "Blocker '1号站用地' (county level) was due 2026-12-31 17:30 (originally 2026-12-18); "
        "by 2027-01-05 it is 2 working day(s) late, "
        "by zj-default version 1 (0 ≤ working days < 5) ⇒ yellow."
    )


def test_every_late_blocker_is_an_issue_of_its_own_and_the_worst_one_lights() -> None:
    old, new = blocker(assessed_due_on=date(2026, 11, 27)), blocker(level=BlockerLevel.CITY)
    known = facts(open_blockers=(old, new, blocker(is_stopped=True)))
    verdict = mr_11.check(known, setting(at("2026-12-21")))
    assert verdict.light == "red"
    assert [(issue.occurrence, issue.light) for issue in verdict.issues] == [
        (str(old.blocker_id), "red"),
        (str(new.blocker_id), "yellow"),
    ]
    assert verdict.issues[1].due_at == DUE
    assert verdict.tell().inputs["blockers_overdue"] == "2"
    assert verdict.tell().turns_green is not None


def test_without_an_open_blocker_nothing_is_judged() -> None:
    verdict = mr_11.check(facts(), setting(at("2026-12-21")))
    assert (verdict.light, verdict.next_change_at) == (None, None)
