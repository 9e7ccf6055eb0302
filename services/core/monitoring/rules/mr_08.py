"""MR-08: the funds paid stay behind the year's planned payments (资金, 支付率: domain 1.6 and 2.2).

Yinchuan lights funds paid as planned green and below what is required red. Not every published
rule speaks of funds: a pack that has no scale for them judges nothing here, and says so.
"""

from functools import partial

from services.core.kit.words import Words
from services.core.monitoring.rules.curves import Reported, Said, judged
from services.core.monitoring.rules.verdict import Facts, Setting, Told, Verdict
from services.core.policies.pack import Dimension

RULE = "MR-08"
_SAID = Said(
    planned=Words("计划支付", "planned to be paid"),
    done=Words("已支付", "paid"),
    ratio=Words("支付÷计划", "paid ÷ planned"),
    more=Words("再支付", " paid"),
    plan=Words("年度支付计划", "the year's planned payments"),
    planned_input="planned_payments_cny",
    done_input="paid_cny",
)


def check(facts: Facts, setting: Setting) -> Verdict:
    """Compare what the last accepted report says was paid with the plan at its period's end.

    Shares are percent of the year's planned payments. What was not asked is not assessed.
    """
    scale = setting.pack.scale_if_any(Dimension.FUNDS)
    if scale is None:
        code = setting.pack.code
        return _not_judged(f"{code} 未规定资金支付的亮灯", f"{code} says nothing of funds paid")
    period = facts.last_accepted_period
    if period is None:
        return _not_judged("尚无审核通过的进展报告", "No report is accepted yet")
    plan = facts.payments.get(int(period[:4]))
    if plan is None or not plan.planned:
        return _not_judged(
            f"没有{period[:4]}年的支付计划", f"No payments are planned for {period[:4]}"
        )
    if facts.paid_year is None:
        return _not_judged("报告未填本年累计支付", "The report says nothing of what was paid")
    return judged(RULE, scale, Reported(period, plan, facts.paid_year), _SAID, setting)


def _not_judged(zh: str, en: str) -> Verdict:
    words = Words(f"{zh}，不判断资金支付。", f"{en}: funds are not judged.")
    return Verdict(RULE, Dimension.FUNDS, None, partial(Told, words))
