"""The rules at their boundaries, without a database."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.core.calendar.published import base_calendar
from services.core.guarantees.rules import OpenPromise
from services.core.monitoring import rules
from services.core.monitoring.rules import mr_03, mr_04, mr_05, mr_06, mr_07, mr_24
from services.core.monitoring.rules.verdict import (
    Facts,
    OpenMilestone,
    OwedReport,
    Setting,
    YearPlan,
)
from services.core.policies import rules as policies
from services.core.policies.pack import Pack
from services.core.projects.rules import SideState, Stage

PACKS = Path(policies.__file__).parent / "packs"
DUE = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai, the 5th working day
MOMENT = timedelta(microseconds=1)


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
            "owes_reports": True,
            "plan_start_on": None,
            "watched_since_on": None,
            "last_progress_on": None,
            "last_accepted_on": None,
            "last_accepted_period": None,
            "next_due_at": None,
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
        (DUE, "green"),
        (DUE + MOMENT, "yellow"),
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
    assert before.next_change_at == DUE + MOMENT
    at_the_due = mr_03.check(facts(owed_reports=(owed,)), setting(DUE))
    assert at_the_due.next_change_at == DUE + MOMENT
    after = mr_03.check(facts(owed_reports=(owed,)), setting(at("2026-12-08")))
    assert after.next_change_at == at("2026-12-14", "00:00")
    red = mr_03.check(facts(owed_reports=(owed,)), setting(at("2026-12-15")))
    assert red.next_change_at is None


BACK = at("2026-12-10", "11:00")


@pytest.mark.parametrize(
    ("also", "since"),
    [
        ({}, DUE),
        ({"is_handed_in": True}, None),
        ({"is_handed_in": True, "is_late": True}, DUE),
        ({"returned_at": BACK}, BACK),
        ({"returned_at": BACK, "is_late": True}, DUE),
        ({"returned_at": at("2026-12-04")}, DUE),
    ],
)
def test_a_report_is_missing_from_its_due_or_from_a_return_that_came_after_it(
    also: dict[str, Any], since: datetime | None
) -> None:
    owed = OwedReport(uuid4(), "2026-11", DUE, **also)
    assert mr_03.missing_since(owed) == since
    verdict = mr_03.check(facts(owed_reports=(owed,)), setting(at("2026-12-11")))
    assert [issue.due_at for issue in verdict.issues] == ([since] if since else [])


def test_every_missing_report_is_an_issue_and_the_worst_one_lights() -> None:
    october = OwedReport(uuid4(), "2026-10", at("2026-11-06", "17:30"))
    known = facts(owed_reports=(october, OwedReport(uuid4(), "2026-11", DUE)))
    verdict = mr_03.check(known, setting(at("2026-12-08")))
    assert [(issue.occurrence, issue.light) for issue in verdict.issues] == [
        ("2026-10", "red"),
        ("2026-11", "yellow"),
    ]
    assert verdict.light == "red"
    assert verdict.next_change_at == at("2026-12-14", "00:00")


def test_where_nothing_is_owed_nothing_is_judged() -> None:
    verdicts = rules.assessed(facts(owes_reports=False), setting(at("2026-12-08")))
    assert {verdict.light for verdict in verdicts} == {None}
    assert rules.overall(verdicts) is None
    assert rules.why_unlit(Stage.UNDER_CONSTRUCTION, None, verdicts) is not None
    assert rules.why_unlit(Stage.UNDER_CONSTRUCTION, SideState.PAUSED, ()) is not None
    assert rules.why_unlit(Stage.COMPLETED, None, ()) is not None
    lit = rules.assessed(facts(), setting(at("2026-12-08")))
    assert rules.why_unlit(Stage.UNDER_CONSTRUCTION, None, lit) is None


@pytest.mark.parametrize(
    ("days", "light"), [(29, "green"), (30, "yellow"), (59, "yellow"), (60, "red")]
)
def test_mr_04_counts_days_without_progress(days: int, light: str) -> None:
    now = at("2026-11-24")
    last = date(2026, 11, 24) - timedelta(days=days)
    assert mr_04.check(facts(last_progress_on=last), setting(now)).light == light


def test_mr_04_waits_for_the_next_report_of_a_project_that_keeps_moving() -> None:
    moving = facts(
        last_progress_on=date(2026, 11, 6), last_accepted_on=date(2026, 11, 6), next_due_at=DUE
    )
    waiting = mr_04.check(moving, setting(at("2026-12-07")))
    assert (waiting.light, waiting.issues) == ("green", ())
    assert waiting.next_change_at == DUE + MOMENT
    assert "31 day" in waiting.tell().arithmetic.en
    assert mr_04.check(moving, setting(DUE + MOMENT)).light == "yellow"


def test_mr_04_does_not_wait_where_the_last_report_said_no_change() -> None:
    still = facts(
        last_progress_on=date(2026, 10, 9), last_accepted_on=date(2026, 11, 6), next_due_at=DUE
    )
    assert mr_04.check(still, setting(at("2026-11-07"))).light == "green"
    assert mr_04.check(still, setting(at("2026-11-08"))).light == "yellow"


def test_mr_04_counts_from_the_end_of_a_pause() -> None:
    resumed = facts(last_progress_on=date(2026, 3, 1), watched_since_on=date(2026, 11, 1))
    verdict = mr_04.check(resumed, setting(at("2026-11-24")))
    assert verdict.light == "green"
    assert verdict.tell().inputs["days_without_progress"] == "23"
    assert verdict.next_change_at == at("2026-12-01", "00:00")


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
        told = verdict.tell()
        assert "差 20.5 个百分点" in told.arithmetic.zh
        assert told.turns_green is not None
        assert "20.5" in told.turns_green.zh


@pytest.mark.parametrize(
    ("done", "light"), [("49.6", "green"), ("49.5", "yellow"), ("37.1", "red")]
)
def test_mr_05_judges_by_ratio_where_the_pack_says_so(done: str, light: str) -> None:
    plan = YearPlan(2026, Decimal(100), tuple(Decimal(n) for n in (*range(10), 62, 100)))
    known = facts(last_accepted_period="2026-11", cumulative_year=Decimal(done), plans={2026: plan})
    assert mr_05.check(known, setting(at("2026-12-08"), "wuhan-ratio")).light == light


def test_mr_05_is_exact_at_its_boundaries_where_shares_have_no_end() -> None:
    curve = tuple(Decimal(n) for n in (1, 2, 3, *[9] * 9))
    known = facts(
        last_accepted_period="2026-02",
        cumulative_year=Decimal("1.1"),  # 22.22 % planned, 12.22 % done: ten points
        plans={2026: YearPlan(2026, Decimal(9), curve)},
    )
    verdict = mr_05.check(known, setting(at("2026-03-10")))
    assert (verdict.light, verdict.tell().inputs["gap_pp"]) == ("yellow", "10")
    nearly = facts(
        last_accepted_period="2026-02",
        cumulative_year=Decimal("1.101"),
        plans={2026: YearPlan(2026, Decimal(9), curve)},
    )
    verdict = mr_05.check(nearly, setting(at("2026-03-10")))
    assert (verdict.light, verdict.tell().inputs["gap_pp"]) == ("attention", "9.9889")


def test_mr_05_counts_nothing_planned_yet_as_kept() -> None:
    plan = YearPlan(2026, Decimal(100), tuple(Decimal(n) for n in (*[0] * 11, 100)))
    known = facts(last_accepted_period="2026-03", cumulative_year=Decimal(0), plans={2026: plan})
    for code in ("zj-default", "wuhan-ratio"):
        assert mr_05.check(known, setting(at("2026-04-10"), code)).light == "green"


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
        assert verdict.issues[0].tell().inputs["working_days_late"] == "3"


def test_mr_07_planned_for_a_weekend_is_due_on_the_next_working_day() -> None:
    milestone = OpenMilestone(uuid4(), "竣工", date(2026, 11, 28))  # a Saturday
    known = facts(open_milestones=(milestone,))
    monday = mr_07.check(known, setting(at("2026-11-30", "18:00")))
    assert (monday.light, monday.next_change_at) == ("green", at("2026-12-01", "00:00"))
    assert mr_07.check(known, setting(at("2026-12-01"))).light == "yellow"


@pytest.mark.parametrize(("today", "light"), [("2026-12-21", "yellow"), ("2026-12-22", "red")])
def test_mr_07_is_red_after_fifteen_working_days(today: str, light: str) -> None:
    milestone = OpenMilestone(uuid4(), "竣工", date(2026, 11, 30))
    verdict = mr_07.check(facts(open_milestones=(milestone,)), setting(at(today)))
    assert verdict.light == light


@pytest.mark.parametrize(
    ("today", "light"),
    [
        ("2026-11-30", None),
        ("2026-12-01", "yellow"),
        ("2026-12-21", "yellow"),
        ("2026-12-22", "red"),
    ],
)
def test_mr_24_is_an_issue_of_whoever_promised_and_lights_nothing(
    today: str, light: str | None
) -> None:
    promise = OpenPromise(uuid4(), "用地 12 亩", uuid4(), date(2026, 11, 30))
    verdict = mr_24.check(facts(open_promises=(promise,)), setting(at(today)))
    assert [issue.light for issue in verdict.issues] == ([light] if light else [])
    assert {issue.organisation_id for issue in verdict.issues} <= {promise.promiser_organisation_id}
    assert verdict.light is None


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
