"""MR-05: the investment done stays behind the plan's curve (投资, domain 1.6 and 2.2)."""

from functools import partial

from services.core.kit.words import Words
from services.core.monitoring.rules.curves import Reported, Said, judged
from services.core.monitoring.rules.verdict import Facts, Setting, Told, Verdict
from services.core.policies.pack import Dimension

RULE = "MR-05"
_SAID = Said(
    planned=Words("计划", "planned"),
    done=Words("完成", "done"),
    ratio=Words("完成÷计划", "done ÷ planned"),
    more=Words("再完成投资", ""),
    plan=Words("年度计划", "the year's plan"),
    planned_input="planned_investment_cny",
    done_input="done_cny",
)


def check(facts: Facts, setting: Setting) -> Verdict:
    """Compare the last accepted report's year total with the plan at its period's end.

    Shares are percent of the year's plan. Nothing planned or nothing reported is not assessed.
    """
    period = facts.last_accepted_period
    if period is None:
        return _not_judged("尚无审核通过的进展报告", "No report is accepted yet")
    plan = facts.plans.get(int(period[:4]))
    if plan is None or not plan.planned:
        return _not_judged(
            f"没有{period[:4]}年的投资计划", f"There is no investment plan for {period[:4]}"
        )
    if facts.cumulative_year is None:
        return _not_judged("报告未填本年累计投资", "The report gives no investment of the year")
    given = Reported(period, plan, facts.cumulative_year)
    return judged(RULE, setting.pack.scale(Dimension.PROGRESS), given, _SAID, setting)


def _not_judged(zh: str, en: str) -> Verdict:
    words = Words(f"{zh}，不判断投资进度。", f"{en}: investment is not judged.")
    return Verdict(RULE, Dimension.PROGRESS, None, partial(Told, words))
