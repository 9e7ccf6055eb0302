"""MR-05: the investment done stays behind the plan's curve (投资, domain 1.6 and 2.2)."""

from datetime import time
from decimal import Decimal

from services.core.calendar.rules import instant_of
from services.core.kit.words import Words
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Verdict, YearPlan
from services.core.policies.pack import SEVERITY, Band, Dimension, Light, Metric, Scale
from services.core.policies.rules import lit, measured_progress

RULE = "MR-05"
_CENT = Decimal("0.1")


def check(facts: Facts, setting: Setting) -> Verdict:
    """Compare the last accepted report's year total with the plan at that month's end.

    Shares are percent of the year's plan. Nothing planned or nothing reported is not assessed.
    """
    period = facts.last_accepted_period
    plan = facts.plans.get(int(period[:4])) if period else None
    if period is None or plan is None or facts.cumulative_year is None or not plan.planned:
        return Verdict(
            rule=RULE,
            dimension=Dimension.PROGRESS,
            light=None,
            arithmetic=Words(
                "没有年度投资计划或尚无审核通过的月报，不判断投资进度。",
                "No annual investment plan or no accepted report: investment is not judged.",
            ),
        )
    return _judged(period, plan, facts.cumulative_year, setting)


def _judged(period: str, plan: YearPlan, done_cny: Decimal, setting: Setting) -> Verdict:
    scale = setting.pack.scale(Dimension.PROGRESS)
    planned = (plan.curve[int(period[5:]) - 1] * 100 / plan.planned).quantize(_CENT)
    done = (done_cny * 100 / plan.planned).quantize(_CENT)
    value = measured_progress(scale.metric, planned_percent=planned, done_percent=done)
    band = lit(scale, value)
    gap = planned - done
    arithmetic = Words(
        f"至 {period}：计划 {planned}%，完成 {done}%，差 {gap} 个百分点 ⇒ {band.light}。",
        f"By {period}: planned {planned} %, done {done} %, {gap} points below ⇒ {band.light}.",
    )
    inputs = {
        "period": period,
        "planned_investment_cny": str(plan.planned),
        "planned_percent": str(planned),
        "done_percent": str(done),
        "done_cny": str(done_cny),
        scale.metric: str(value.quantize(Decimal("0.001"))),
    }
    behind = SEVERITY[band.light] >= SEVERITY[Light.YELLOW]
    due_at = instant_of(setting.today, time(0, 0))
    issue = Issue(str(plan.year), band.light, due_at, None, inputs, arithmetic)
    return Verdict(
        rule=RULE,
        dimension=Dimension.PROGRESS,
        light=band.light,
        arithmetic=arithmetic,
        turns_green=_turns_green(scale, planned, done) if band.light != Light.GREEN else None,
        inputs=inputs,
        source=band.source,
        issues=(issue,) if behind else (),
    )


def _turns_green(scale: Scale, planned: Decimal, done: Decimal) -> Words:
    """Say how many points of the year's plan are missing to the green band."""
    green = next(band for band in scale.bands if band.light == Light.GREEN)
    needed = _needed(scale, green, planned) - done
    return Words(
        f"再完成年度计划的 {needed} 个百分点转绿。",
        f"It turns green with another {needed} points of the year's plan.",
    )


def _needed(scale: Scale, green: Band, planned: Decimal) -> Decimal:
    """Give the percent done at which the green band begins."""
    if scale.metric == Metric.GAP_PP:
        return planned - (green.high or Decimal(0))
    return (planned * (green.low or Decimal(1))).quantize(_CENT)
