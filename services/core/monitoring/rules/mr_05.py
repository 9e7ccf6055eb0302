"""MR-05: the investment done stays behind the plan's curve (投资, domain 1.6 and 2.2)."""

from decimal import ROUND_UP, Decimal

from services.core.calendar.periods import period_named
from services.core.calendar.rules import end_of
from services.core.kit.words import Words
from services.core.monitoring.rules.reached import planned_by
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Verdict, YearPlan
from services.core.monitoring.rules.wording import LIGHTS, concluded
from services.core.policies.pack import SEVERITY, Band, Dimension, Light, Metric, Scale
from services.core.policies.rules import lit, measured_progress

RULE = "MR-05"
_FINE = Decimal("0.0001")
"""Shares are judged to four decimals, so that a third is a third and 30 points are 30 points."""
_CENT = Decimal("0.01")


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
    return _judged(period, plan, facts.cumulative_year, setting)


def _judged(period: str, plan: YearPlan, done_cny: Decimal, setting: Setting) -> Verdict:
    scale = setting.pack.scale(Dimension.PROGRESS)
    reached = planned_by(plan, period_named(period), setting.calendar)
    planned_cny = reached.planned_cny
    planned, done = (amount * 100 / plan.planned for amount in (planned_cny, done_cny))
    value = measured_progress(scale.metric, planned_percent=planned, done_percent=done)
    value = value.quantize(_FINE)
    band = lit(scale, value)
    light, end = band.light, concluded(scale, band, setting)
    counted = _counted(scale.metric, planned, done, value)
    arithmetic = Words(
        f"至 {period}：{reached.words.zh}{counted.zh}{end.zh}",
        f"By {period}: {reached.words.en}{counted.en}{end.en}",
    )
    inputs = {
        "period": period,
        "planned_investment_cny": str(plan.planned),
        "planned_cny": str(planned_cny),
        "done_cny": str(done_cny),
        "planned_percent": _plain(planned),
        "done_percent": _plain(done),
        scale.metric.value: _plain(value),
        **reached.inputs,
    }
    behind = SEVERITY[light] >= SEVERITY[Light.YELLOW]
    issue = Issue(str(plan.year), light, end_of(reached.on), None, inputs, arithmetic)
    return Verdict(
        rule=RULE,
        dimension=Dimension.PROGRESS,
        light=light,
        arithmetic=arithmetic,
        turns_green=_turns_better(scale, plan, planned_cny, done_cny, light),
        inputs=inputs,
        source=band.source,
        issues=(issue,) if behind else (),
    )


def _counted(metric: Metric, planned: Decimal, done: Decimal, value: Decimal) -> Words:
    """Write the sum as a person would: points below the plan, or completed by planned."""
    zh = f"计划 {_plain(planned)}%，完成 {_plain(done)}%"
    en = f"planned {_plain(planned)} %, done {_plain(done)} %"
    if metric == Metric.GAP_PP:
        return Words(f"{zh}，差 {_plain(value)} 个百分点", f"{en}, {_plain(value)} points below")
    return Words(f"{zh}，完成÷计划 = {_plain(value)}", f"{en}, done ÷ planned = {_plain(value)}")


def _turns_better(
    scale: Scale, plan: YearPlan, planned_cny: Decimal, done_cny: Decimal, light: Light
) -> Words | None:
    """Say how much investment is missing to the next better light and to green.

    In CNY and in points of the year's plan. Where the bound belongs to the worse light, it takes
    more than that.
    """
    better = sorted(
        (band for band in scale.bands if SEVERITY[band.light] < SEVERITY[light]),
        key=lambda band: SEVERITY[band.light],
    )
    if not better:
        return None
    wanted = dict.fromkeys((better[-1], better[0]))
    parts = [_missing(band, scale.metric, plan, planned_cny, done_cny) for band in wanted]
    return Words(
        f"{'；'.join(part.zh for part in parts)}。",
        f"It {', and '.join(part.en for part in parts)}.",
    )


def _missing(
    band: Band, metric: Metric, plan: YearPlan, planned_cny: Decimal, done_cny: Decimal
) -> Words:
    if metric == Metric.GAP_PP:
        needed = planned_cny - plan.planned * (band.high or Decimal(0)) / 100
        is_enough = band.high_inclusive
    else:
        needed, is_enough = planned_cny * (band.low or Decimal(1)), band.low_inclusive
    missing = (needed - done_cny).quantize(_CENT, ROUND_UP)
    points, light = _plain(missing * 100 / plan.planned), LIGHTS[band.light]
    zh, en = ("", "") if is_enough else ("超过 ", "more than ")
    return Words(
        f"再完成投资{zh or ' '}{missing} 元（年度计划的 {points} 个百分点）转{light.zh}",
        f"turns {light.en} with {en}another {missing} CNY ({points} points of the year's plan)",
    )


def _plain(number: Decimal) -> str:
    """Write a share with at most four decimals and no idle zeros."""
    text = f"{number.quantize(_FINE):f}"
    return text.rstrip("0").rstrip(".")


def _not_judged(zh: str, en: str) -> Verdict:
    words = Words(f"{zh}，不判断投资进度。", f"{en}: investment is not judged.")
    return Verdict(rule=RULE, dimension=Dimension.PROGRESS, light=None, arithmetic=words)
