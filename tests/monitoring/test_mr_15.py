"""MR-15 without a database: a forecast that a person can do by hand, against a year's target."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.core.kit.money import Qualifier
from services.core.monitoring.rules import mr_15
from services.core.monitoring.rules.totals import Sum, TargetFacts
from tests.monitoring.test_rules import at, setting

YI = Decimal(100_000_000)
NOW = at("2026-11-10")


def total(projects: int, amount: Decimal, how: Qualifier = Qualifier.AT_LEAST) -> Sum:
    return Sum(projects, how, amount, how)


def facts(**also: Any) -> TargetFacts:
    """Give a target of over 70 projects and 100亿, with 70 planned and all of them reporting."""
    values: dict[str, Any] = {
        "year": 2026,
        "target": total(70, 100 * YI),
        "planned": total(70, 100 * YI),
        "done_cny": Decimal("8000000000.00"),
        "reported": 70,
        "first_period": "2026-10",
        "last_period": "2026-10",
        **also,
    }
    return TargetFacts(**values)


def test_the_forecast_is_done_by_working_days_and_taken_times_those_of_the_year() -> None:
    answer = mr_15.check(facts(), setting(NOW))
    inputs = answer.inputs or {}
    assert (inputs["working_days_passed"], inputs["working_days_of_year"]) == ("204", "248")
    assert Decimal(inputs["forecast_cny"]) == (Decimal(8_000_000_000) * 248 / 204).quantize(
        Decimal("0.01")
    )
    assert (answer.light, inputs["investment_missing_percent"]) == ("yellow", "2.7451")
    assert "÷ 204 个工作日 × 全年 248 个工作日，预计 约9725490196.08 元" in answer.arithmetic.zh
    assert "目标 超70 个，列入年度计划 70 个，不缺" in answer.arithmetic.zh
    assert answer.turns_green is not None
    assert "再有 0 个项目列入年度计划、投资再多 225806451.62 元" in answer.turns_green.zh
    assert answer.issue is not None
    assert (answer.issue.occurrence, answer.issue.due_at) == ("2026", at("2026-11-01", "00:00"))


@pytest.mark.parametrize(
    ("done", "light"),
    [
        ("8225806451.62", "green"),
        ("8225806451.50", "green"),
        ("8225000000.00", "yellow"),
        ("7403225806.46", "yellow"),
        ("7403000000.00", "red"),
        ("0.00", "red"),
    ],
)
def test_nothing_may_be_missing_and_more_than_a_tenth_is_red(done: str, light: str) -> None:
    answer = mr_15.check(facts(done_cny=Decimal(done)), setting(NOW))
    assert answer.light == light
    assert (answer.issue is None) == (light == "green")


@pytest.mark.parametrize(
    ("projects", "light"),
    [(71, "green"), (70, "green"), (69, "yellow"), (63, "yellow"), (62, "red")],
)
def test_too_few_projects_are_a_gap_of_their_own(projects: int, light: str) -> None:
    known = facts(planned=total(projects, 100 * YI), reported=projects, done_cny=90 * YI)
    assert mr_15.check(known, setting(NOW)).light == light


def test_before_the_first_report_the_plans_are_the_forecast() -> None:
    none = {"reported": 0, "first_period": None, "last_period": None, "done_cny": Decimal(0)}
    enough = mr_15.check(facts(**none), setting(at("2026-01-20")))
    assert enough.light == "green"
    assert "以年度计划合计 超10000000000 元为预计" in enough.arithmetic.zh
    short = mr_15.check(facts(**none, planned=total(70, 95 * YI)), setting(at("2026-01-20")))
    assert (short.light, (short.inputs or {})["investment_missing_percent"]) == ("yellow", "5")
    assert short.issue is not None
    assert short.issue.due_at == at("2026-01-01", "00:00")


def test_what_is_not_reported_yet_makes_the_sum_at_least() -> None:
    all_in = mr_15.check(facts(last_period="2026-12", first_period="2026-12"), setting(NOW))
    assert "已完成 8000000000.00 元（70/70" in all_in.arithmetic.zh
    assert "预计 8000000000.00 元" in all_in.arithmetic.zh
    late = mr_15.check(facts(reported=69), setting(NOW))
    assert "已完成 超8000000000.00 元（69/70" in late.arithmetic.zh
    behind = mr_15.check(facts(first_period="2026-09"), setting(NOW))
    assert "at least 8000000000.00 CNY are done" in behind.arithmetic.en


def test_a_year_that_is_over_and_a_pack_that_says_nothing_are_not_judged() -> None:
    assert mr_15.check(facts(), setting(at("2026-12-31"))).light == "yellow"
    over = mr_15.check(facts(), setting(at("2027-01-01")))
    assert (over.light, over.issue) == (None, None)
    assert "2026年已结束" in over.arithmetic.zh
    early = mr_15.check(facts(), setting(at("2025-12-31")))
    assert (early.light, "2026年尚未开始" in early.arithmetic.zh) == (None, True)
    before = setting(NOW)
    silent = replace(before, pack=replace(before.pack, totals=None))
    assert mr_15.check(facts(), silent).light is None


def test_nothing_promised_is_nothing_missing() -> None:
    assert mr_15.check(facts(target=total(0, Decimal(0))), setting(NOW)).light == "green"
