"""An amount against a year's curve: its share, its light, and how much is missing to a better one.

Shares are percent of the year's whole. What is measured so is invested (MR-05) or paid (MR-08).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from services.core.calendar.periods import period_named
from services.core.calendar.rules import end_of
from services.core.kit.words import Words
from services.core.monitoring.rules.reached import planned_by
from services.core.monitoring.rules.verdict import Issue, Setting, Verdict, YearPlan
from services.core.monitoring.rules.wording import LIGHTS, concluded
from services.core.policies.pack import SEVERITY, Band, Light, Metric, Scale
from services.core.policies.rules import lit, measured_progress

_FINE = Decimal("0.0001")
"""Shares are judged to four decimals, so that a third is a third and 30 points are 30 points."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Said:
    """What an amount is called: planned, done, their ratio, what it takes more, of which plan."""

    planned: Words
    done: Words
    ratio: Words
    more: Words
    plan: Words
    planned_input: str
    done_input: str
    """Under which names the year's whole and what was done stand among the inputs."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """An amount with its band, its sum as a person would write it, and what would be better."""

    band: Band
    arithmetic: Words
    turns_green: Words | None
    shares: Mapping[str, str]
    """The planned and the done share in percent, and the measure itself."""


@dataclass(frozen=True, slots=True)
class _Amounts:
    """The year's whole, what of it was planned by a month's end, and what was done; CNY."""

    whole: Decimal
    planned: Decimal
    done: Decimal


@dataclass(frozen=True, slots=True)
class Reported:
    """What the last accepted report says was done of a year's plan, CNY."""

    period: str
    plan: YearPlan
    done: Decimal


def judged(rule: str, scale: Scale, given: Reported, said: Said, setting: Setting) -> Verdict:
    """Judge what was done of a year's plan by the end of a period; an issue from yellow on."""
    period, plan, done = given.period, given.plan, given.done
    reached = planned_by(plan, period_named(period), setting.calendar)
    found = _measured(scale, _Amounts(plan.planned, reached.planned_cny, done), said, setting)
    light = found.band.light
    arithmetic = Words(
        f"至 {period}：{reached.words.zh}{found.arithmetic.zh}",
        f"By {period}: {reached.words.en}{found.arithmetic.en}",
    )
    inputs = {
        "period": period,
        said.planned_input: str(plan.planned),
        "planned_cny": str(reached.planned_cny),
        said.done_input: str(done),
        **found.shares,
        **reached.inputs,
    }
    issue = Issue(str(plan.year), light, end_of(reached.on), None, inputs, arithmetic)
    return Verdict(
        rule=rule,
        dimension=scale.dimension,
        light=light,
        arithmetic=arithmetic,
        turns_green=found.turns_green,
        inputs=inputs,
        source=found.band.source,
        issues=(issue,) if SEVERITY[light] >= SEVERITY[Light.YELLOW] else (),
    )


def _measured(scale: Scale, amounts: _Amounts, said: Said, setting: Setting) -> _Measured:
    """Judge what was done by what was planned; the whole is more than nothing."""
    planned, done = (amount * 100 / amounts.whole for amount in (amounts.planned, amounts.done))
    value = measured_progress(scale.metric, planned_percent=planned, done_percent=done)
    value = value.quantize(_FINE)
    band = lit(scale, value)
    end, sum_ = concluded(scale, band, setting), _sum(scale.metric, planned, done, value, said)
    return _Measured(
        band=band,
        arithmetic=Words(f"{sum_.zh}{end.zh}", f"{sum_.en}{end.en}"),
        turns_green=_turns_better(scale, amounts, said, band.light),
        shares={
            "planned_percent": _plain(planned),
            "done_percent": _plain(done),
            scale.metric.value: _plain(value),
        },
    )


def _sum(metric: Metric, planned: Decimal, done: Decimal, value: Decimal, said: Said) -> Words:
    """Write the sum as a person would: points below the plan, or done by planned."""
    zh = f"{said.planned.zh} {_plain(planned)}%，{said.done.zh} {_plain(done)}%"
    en = f"{said.planned.en} {_plain(planned)} %, {said.done.en} {_plain(done)} %"
    if metric == Metric.GAP_PP:
        return Words(f"{zh}，差 {_plain(value)} 个百分点", f"{en}, {_plain(value)} points below")
    return Words(
        f"{zh}，{said.ratio.zh} = {_plain(value)}", f"{en}, {said.ratio.en} = {_plain(value)}"
    )


def _turns_better(scale: Scale, amounts: _Amounts, said: Said, light: Light) -> Words | None:
    """Say how much is missing to the next better light and to green.

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
    parts = [_missing(band, scale.metric, amounts, said) for band in wanted]
    return Words(
        f"{'；'.join(part.zh for part in parts)}。",
        f"It {', and '.join(part.en for part in parts)}.",
    )


def _missing(band: Band, metric: Metric, amounts: _Amounts, said: Said) -> Words:
    if metric == Metric.GAP_PP:
        needed = amounts.planned - amounts.whole * (band.high or Decimal(0)) / 100
        is_enough = band.high_inclusive
    else:
        needed, is_enough = amounts.planned * (band.low or Decimal(1)), band.low_inclusive
    missing = (needed - amounts.done).quantize(_CENT, ROUND_UP)
    points, light = _plain(missing * 100 / amounts.whole), LIGHTS[band.light]
    zh, en = ("", "") if is_enough else ("超过 ", "more than ")
    return Words(
        f"{said.more.zh}{zh or ' '}{missing} 元（{said.plan.zh}的 {points} 个百分点）转{light.zh}",
        f"turns {light.en} with {en}another {missing} CNY{said.more.en} "
        f"({points} points of {said.plan.en})",
    )


def _plain(number: Decimal) -> str:
    """Write a share with at most four decimals and no idle zeros."""
    text = f"{number.quantize(_FINE):f}"
    return text.rstrip("0").rstrip(".")
