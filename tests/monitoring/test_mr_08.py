"""MR-08 without a database: each pack's own bounds, and nothing judged where nothing is said."""

from decimal import Decimal

import pytest

from services.core.monitoring import rules
from services.core.monitoring.rules import mr_08
from services.core.monitoring.rules.verdict import Facts, YearPlan
from services.core.policies.pack import Dimension
from tests.monitoring.test_rules import at, facts, setting

PLAN = YearPlan(2026, Decimal(200), tuple(Decimal(n) for n in (*range(10), 124, 200)))
NOW = at("2026-12-08")


def paid(amount: str | None, **also: object) -> Facts:
    """Give facts of a year with 62 % of its payments planned by November."""
    said = {"paid_year": Decimal(amount) if amount else None, "payments": {2026: PLAN}}
    return facts(**{"last_accepted_period": "2026-11", **said, **also})


@pytest.mark.parametrize(
    ("code", "amount", "light"),
    [
        ("zj-default", "200", "green"),
        ("zj-default", "124", "green"),
        ("zj-default", "123.99", "attention"),
        ("zj-default", "104.01", "attention"),
        ("zj-default", "104", "yellow"),
        ("zj-default", "64", "yellow"),
        ("zj-default", "63.99", "red"),
        ("yinchuan-2025", "124", "green"),
        ("yinchuan-2025", "123.99", "red"),
        ("tianjin-2022", "124", "green"),
        ("tianjin-2022", "123.98", "yellow"),
        ("tianjin-2022", "86.8", "yellow"),
        ("tianjin-2022", "86.79", "red"),
    ],
)
def test_the_funds_turn_at_the_bounds_of_each_pack(code: str, amount: str, light: str) -> None:
    verdict = mr_08.check(paid(amount), setting(NOW, code))
    assert (verdict.dimension, verdict.light) == ("funds", light)
    found = [(issue.occurrence, issue.light) for issue in verdict.issues]
    assert found == ([("2026", light)] if light in {"yellow", "red"} else [])


def test_the_sum_can_be_done_again_by_hand() -> None:
    told = mr_08.check(paid("83"), setting(NOW)).tell()
    assert "计划支付 62%，已支付 41.5%，差 20.5 个百分点" in told.arithmetic.zh
    assert told.inputs == {
        "period": "2026-11",
        "planned_payments_cny": "200",
        "planned_cny": "124",
        "paid_cny": "83",
        "planned_percent": "62",
        "done_percent": "41.5",
        "gap_pp": "20.5",
    }
    assert told.turns_green is not None
    assert "再支付 41.00 元" in told.turns_green.zh
    assert mr_08.check(paid("124"), setting(NOW)).light == "green"


@pytest.mark.parametrize(
    ("known", "code", "words"),
    [
        (paid("83"), "wuhan-ratio", "未规定资金支付"),
        (paid("83"), "sanya-2022", "未规定资金支付"),
        (paid("83", last_accepted_period=None), "zj-default", "尚无审核通过的进展报告"),
        (paid("83", payments={}), "zj-default", "没有2026年的支付计划"),
        (
            paid("83", payments={2026: YearPlan(2026, Decimal(0), (Decimal(0),) * 12)}),
            "zj-default",
            "没有2026年的支付计划",
        ),
        (paid(None), "zj-default", "报告未填本年累计支付"),
    ],
)
def test_what_was_not_said_is_not_judged(known: Facts, code: str, words: str) -> None:
    verdict = mr_08.check(known, setting(NOW, code))
    assert (verdict.light, verdict.issues) == (None, ())
    assert words in verdict.tell().arithmetic.zh
    assert "funds are not judged" in verdict.tell().arithmetic.en


def test_funds_count_for_the_whole_light_and_for_the_memory() -> None:
    verdicts = rules.assessed(paid("20"), setting(NOW, "yinchuan-2025"))
    assert rules.overall(verdicts) == "red"
    assert [one.light for one in verdicts if one.dimension == Dimension.FUNDS] == ["red"]
