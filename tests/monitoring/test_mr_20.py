"""MR-20 without a database: over 5 % between what was stated and what is recorded is a finding."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.core.kit.money import Qualifier
from services.core.monitoring.rules import mr_20
from services.core.monitoring.rules.totals import StatementFacts, Sum
from tests.monitoring.test_rules import at, setting

NOW = at("2026-11-10")
YI = Decimal(100_000_000)
STATED = Sum(291, Qualifier.EXACT, 2800 * YI, Qualifier.AT_LEAST)


def facts(projects: int, yi: str, **also: Any) -> StatementFacts:
    """Give the article's statement beside so many projects and so many 亿."""
    recorded = Sum(projects, Qualifier.EXACT, Decimal(yi) * YI, Qualifier.AT_LEAST)
    values: dict[str, Any] = {"as_of_month": "2022-10", "is_latest": True, **also}
    return StatementFacts(stated=STATED, recorded=recorded, **values)


@pytest.mark.parametrize(
    ("projects", "yi", "light"),
    [
        (291, "2800", "green"),
        (291, "9999", "green"),  # more bears "at least" out
        (291, "2660", "green"),  # five percent below
        (291, "2659.99", "yellow"),
        (277, "2800", "green"),
        (276, "2800", "yellow"),
        (305, "2800", "green"),
        (306, "2800", "yellow"),  # "291" was exact: more is a gap too
        (0, "0", "yellow"),
    ],
)
def test_five_percent_is_the_bound_on_either_side_as_far_as_it_was_exact(
    projects: int, yi: str, light: str
) -> None:
    answer = mr_20.check(facts(projects, yi), setting(NOW))
    assert answer.light == light
    assert (answer.issue is None) == (light == "green")


def test_the_gap_can_be_worked_out_again_by_hand() -> None:
    answer = mr_20.check(facts(20, "10"), setting(NOW))
    assert "2022-10 公布 291 个项目、超280000000000 元；现记录 20 个、超1000000000 元" in (
        answer.arithmetic.zh
    )
    assert "个数差 93.1271%，投资差 99.6429%" in answer.arithmetic.zh
    assert "(5 < % missing) ⇒ yellow" in answer.arithmetic.en
    assert answer.issue is not None
    assert (answer.issue.occurrence, answer.issue.due_at) == ("2022-10", at("2022-11-01", "00:00"))


def test_an_older_statement_and_a_pack_that_says_nothing_are_not_judged() -> None:
    older = mr_20.check(facts(0, "0", is_latest=False), setting(NOW))
    assert (older.light, older.issue) == (None, None)
    before = setting(NOW)
    silent = replace(before, pack=replace(before.pack, totals=None))
    assert mr_20.check(facts(0, "0"), silent).light is None
