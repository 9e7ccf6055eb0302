"""The rules at their boundaries, without a database."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.core.calendar.published import base_calendar
from services.core.monitoring import rules
from services.core.monitoring.rules import mr_03, mr_04, mr_05, mr_06, mr_07
from services.core.monitoring.rules.verdict import (
    Facts,
    OpenMilestone,
    OwedReport,
    Setting,
    YearPlan,
)
from services.core.policies import rules as policies
from services.core.policies.pack import Pack

PACKS = Path(policies.__file__).parent / "packs"
DUE = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai, the 5th working day


def pack(code: str = "zj-default") -> Pack:
    return policies.checked_pack(json.loads((PACKS / f"{code}.json").read_text("utf-8")))


def setting(now: datetime, code: str = "zj-default") -> Setting:
    return Setting(pack(code), 1, base_calendar(), now)


def at(day: str, clock: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00").astimezone(UTC)


def facts(**also: Any) -> Facts:
    return Facts(
        **{
            "has_started": True,
            "is_delivering": True,
            "plan_start_on": None,
            "watched_since_on": None,
            "last_progress_on": None,
            "last_accepted_period": None,
            "cumulative_year": None,
            "owed_reports": (),
            "open_milestones": (),
            "plans": {},
            **also,
        }
    )


@pytest.mark.parametrize(
    ("now", "light"),
    [
        (at("2026-12-07", "17:29"), "green"),
        (at("2026-12-07", "17:31"), "yellow"),
        (at("2026-12-08"), "yellow"),
        (at("2026-12-11"), "yellow"),
        (at("2026-12-13"), "yellow"),
        (at("2026-12-14"), "red"),
    ],
)
def test_mr_03_is_yellow_from_the_cut_off_and_red_after_five_working_days(
    now: datetime, light: str
) -> None:
    owed = OwedReport(uuid4(), "2026-11", DUE)
    verdict = mr_03.check(facts(owed_reports=(owed,)), setting(now))
    assert verdict.light == light
    assert bool(verdict.issues) is (light != "green")


def test_mr_03_says_when_its_answer_changes() -> None:
    owed = OwedReport(uuid4(), "2026-11", DUE)
    before = mr_03.check(facts(owed_reports=(owed,)), setting(at("2026-12-01")))
    assert before.next_change_at == DUE
    after = mr_03.check(facts(owed_reports=(owed,)), setting(at("2026-12-08")))
    assert after.next_change_at == at("2026-12-14", "00:00")
    red = mr_03.check(facts(owed_reports=(owed,)), setting(at("2026-12-15")))
    assert red.next_change_at is None


@pytest.mark.parametrize(
    ("days", "light"), [(29, "green"), (30, "yellow"), (59, "yellow"), (60, "red")]
)
def test_mr_04_counts_days_without_progress(days: int, light: str) -> None:
    now = at("2026-11-24")
    last = date(2026, 11, 24) - timedelta(days=days)
    assert mr_04.check(facts(last_progress_on=last), setting(now)).light == light


def test_mr_04_is_not_judged_before_delivery() -> None:
    stalled = facts(last_progress_on=date(2020, 1, 1), is_delivering=False)
    assert mr_04.check(stalled, setting(at("2026-11-24"))).light is None


@pytest.mark.parametrize(
    ("done", "light"),
    [
        ("62", "green"),
        ("61.9", "attention"),
        ("52.1", "attention"),
        ("52.0", "yellow"),
        ("41.5", "yellow"),
        ("32.0", "yellow"),
        ("31.9", "red"),
    ],
)
def test_mr_05_judges_points_below_the_plan_inclusive_on_the_yellow_side(
    done: str, light: str
) -> None:
    plan = YearPlan(2026, Decimal(100), tuple(Decimal(n) for n in (*range(10), 62, 100)))
    known = facts(last_accepted_period="2026-11", cumulative_year=Decimal(done), plans={2026: plan})
    verdict = mr_05.check(known, setting(at("2026-12-08")))
    assert verdict.light == light
    if done == "41.5":
        assert "差 20.5 个百分点" in verdict.arithmetic.zh
        assert verdict.turns_green is not None
        assert "20.5" in verdict.turns_green.zh


@pytest.mark.parametrize(
    ("done", "light"), [("49.6", "green"), ("49.5", "yellow"), ("37.1", "red")]
)
def test_mr_05_judges_by_ratio_where_the_pack_says_so(done: str, light: str) -> None:
    plan = YearPlan(2026, Decimal(100), tuple(Decimal(n) for n in (*range(10), 62, 100)))
    known = facts(last_accepted_period="2026-11", cumulative_year=Decimal(done), plans={2026: plan})
    assert mr_05.check(known, setting(at("2026-12-08"), "wuhan-ratio")).light == light


def test_mr_05_without_a_plan_is_not_judged_and_never_divides_by_zero() -> None:
    zero = YearPlan(2026, Decimal(0), (Decimal(0),) * 12)
    known = facts(last_accepted_period="2026-11", cumulative_year=Decimal(0), plans={2026: zero})
    assert mr_05.check(known, setting(at("2026-12-08"))).light is None
    assert mr_05.check(facts(), setting(at("2026-12-08"))).light is None


@pytest.mark.parametrize(
    ("days", "light"),
    [(0, "green"), (1, "attention"), (30, "attention"), (31, "yellow"), (90, "red")],
)
def test_mr_06_counts_days_after_the_planned_start(days: int, light: str) -> None:
    planned = date(2026, 11, 24) - timedelta(days=days)
    late = facts(has_started=False, plan_start_on=planned)
    assert mr_06.check(late, setting(at("2026-11-24"))).light == light


@pytest.mark.parametrize(
    ("today", "light"),
    [("2026-09-30", "green"), ("2026-10-09", "yellow"), ("2026-10-10", "yellow")],
)
def test_mr_07_counts_working_days_over_the_national_holiday(today: str, light: str) -> None:
    milestone = OpenMilestone(uuid4(), "管线路由审批", date(2026, 9, 30))
    verdict = mr_07.check(facts(open_milestones=(milestone,)), setting(at(today)))
    assert verdict.light == light
    if today == "2026-10-10":  # a Saturday that works
        assert verdict.issues[0].inputs["working_days_late"] == "3"


def test_the_light_is_the_worst_and_every_verdict_explains_itself() -> None:
    now = setting(at("2026-12-15"))
    known = facts(
        owed_reports=(OwedReport(uuid4(), "2026-11", DUE),), last_progress_on=date(2026, 12, 1)
    )
    verdicts = rules.assessed(known, now)
    assert rules.overall(verdicts) == "red"
    for verdict in verdicts:
        shown = rules.explained(verdict, now)
        assert shown["arithmetic"]["zh"]
        assert shown["arithmetic"]["en"]
        assert shown["policy"] == {"code": "zj-default", "number": 1}
