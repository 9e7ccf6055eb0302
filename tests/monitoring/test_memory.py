"""MR-21: months running with one light make it a worse one, by the data of the pack."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from services.core.kit.words import Words
from services.core.monitoring import rules
from services.core.monitoring.rules import months, mr_21
from services.core.monitoring.rules.verdict import Facts, MonthLights, Told, Verdict
from services.core.policies.pack import Dimension, Light
from tests.monitoring.test_rules import at, facts, setting

NOW = at("2026-12-10")
START, PROGRESS, REPORT = Dimension.START, Dimension.PROGRESS, Dimension.REPORT


def after(*lights: dict[Dimension, str]) -> Facts:
    """Give facts whose latest months ended with these lights, November the last."""
    first = months.shifted("2026-12", -len(lights))
    told = tuple(
        MonthLights(months.shifted(first, place), {name: Light(x) for name, x in kept.items()})
        for place, kept in enumerate(lights)
    )
    return facts(months=told)


def today(light: str | None, dimension: Dimension = PROGRESS) -> list[Verdict]:
    found = Light(light) if light else None
    return [Verdict("MR-05", dimension, found, partial(Told, Words("数", "a number")))]


def alone(*lights: str | None, of: Dimension = PROGRESS) -> list[dict[Dimension, str]]:
    return [{of: light} if light else {} for light in lights]


@pytest.mark.parametrize(
    ("code", "of", "ended", "now", "light"),
    [
        ("zj-default", PROGRESS, ["yellow", "yellow"], "yellow", "red"),
        ("zj-default", REPORT, ["yellow", "red"], "yellow", "red"),
        ("zj-default", REPORT, ["red", "yellow"], "red", "red"),
        ("zj-default", PROGRESS, ["yellow", "yellow"], "attention", None),
        ("zj-default", PROGRESS, ["yellow", "yellow"], "green", None),
        ("zj-default", PROGRESS, ["yellow", "yellow"], None, None),
        ("zj-default", PROGRESS, ["yellow"], "yellow", None),
        ("zj-default", PROGRESS, [], "red", None),
        ("zj-default", PROGRESS, ["yellow", "attention"], "yellow", None),
        ("zj-default", PROGRESS, ["attention", "yellow"], "yellow", None),
        ("zj-default", PROGRESS, ["yellow", None, "yellow"], "yellow", None),
        ("zj-default", PROGRESS, ["green", "yellow", "yellow", "yellow"], "yellow", "red"),
        ("sanya-2022", PROGRESS, ["yellow", "yellow"], "yellow", "red"),
        ("sanya-2022", REPORT, ["yellow", "yellow"], "yellow", None),
        ("yinchuan-2025", START, ["yellow", "yellow"], "yellow", None),
        ("yinchuan-2025", START, ["yellow", "yellow", "yellow"], "yellow", "red"),
        ("yinchuan-2025", START, ["yellow", "green", "yellow", "yellow"], "yellow", None),
        ("yinchuan-2025", START, ["yellow", "yellow", "yellow"], "green", None),
        ("yinchuan-2025", PROGRESS, ["yellow", "yellow", "yellow"], "yellow", None),
    ],
)
def test_the_months_running_and_today_decide(
    code: str, of: Dimension, ended: list[str | None], now: str | None, light: str | None
) -> None:
    verdict = mr_21.check(after(*alone(*ended, of=of)), today(now, of), setting(NOW, code))
    assert verdict.light == light
    assert [issue.light for issue in verdict.issues] == ([light] if light else [])
    assert verdict.dimension == Dimension.MEMORY


def test_different_dimensions_make_one_run_where_the_whole_light_is_remembered() -> None:
    known = after({REPORT: "yellow", PROGRESS: "green"}, {REPORT: "green", PROGRESS: "yellow"})
    assert mr_21.check(known, today("yellow", START), setting(NOW)).light == "red"


def test_it_explains_itself_with_the_months_and_their_lights() -> None:
    verdict = mr_21.check(after(*alone("yellow", "red")), today("yellow"), setting(NOW))
    assert verdict.tell().arithmetic == Words(
        "项目总灯：2026-10 月末黄灯，2026-11 月末红灯，今日黄灯：连续 2 个月末为黄灯或更重"
        "（满 2 个），今日仍未转好，按 zj-default 第1版 ⇒ 红灯。",
        "Overall: end of 2026-10 yellow, end of 2026-11 red, today yellow: 2 month-end(s) running "
        "at yellow or worse (2 are enough), and today's light is no better, by zj-default version "
        "1 ⇒ red.",
    )
    (issue,) = verdict.issues
    assert (issue.occurrence, issue.due_at) == ("2026-10", at("2026-12-01", "00:00"))
    assert verdict.tell().turns_green is not None
    assert setting(NOW).pack.sources[verdict.source or ""].title.en.startswith("Sanya 2022")


def test_a_longer_run_is_still_the_same_finding() -> None:
    longer = mr_21.check(after(*alone(*["yellow"] * 5)), today("red"), setting(NOW))
    assert [issue.occurrence for issue in longer.issues] == ["2026-07"]
    assert longer.issues[0].due_at == at("2026-09-01", "00:00")


@pytest.mark.parametrize(
    ("ended", "now", "at_last"),
    [
        (["green"], "yellow", at("2027-02-01", "00:00")),
        (["yellow"], "yellow", at("2027-01-01", "00:00")),
        (["yellow"], "green", None),
        (["yellow", "yellow"], "yellow", None),
    ],
)
def test_it_says_at_which_month_end_it_could_change(
    ended: list[str | None], now: str, at_last: Any
) -> None:
    verdict = mr_21.check(after(*alone(*ended)), today(now), setting(NOW))
    assert verdict.next_change_at == at_last


def test_where_it_adds_no_light_the_light_is_that_of_the_other_rules() -> None:
    quiet = rules.assessed(facts(plan_start_on=date(2026, 12, 1)), setting(NOW))
    assert quiet[-1].rule == "MR-21"
    assert quiet[-1].light is None
    assert rules.overall(quiet) == "green"


@pytest.mark.parametrize(
    ("period", "by", "then"),
    [("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12"), ("2026-05", -24, "2024-05")],
)
def test_months_follow_each_other_over_the_year(period: str, by: int, then: str) -> None:
    assert months.shifted(period, by) == then
    assert months.ended("2026-12") == at("2027-01-01", "00:00")
    assert months.between("2026-11", "2027-02") == ("2026-11", "2026-12", "2027-01", "2027-02")
    assert months.between("2026-12", "2026-11") == ()
