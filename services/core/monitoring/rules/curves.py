"""An amount against a year's curve: its share, its light, and how much is missing to a better one.

Shares are percent of the year's whole. What is measured so is invested (MR-05) or paid (MR-08).
"""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import partial

from services.core.calendar.periods import period_named
from services.core.calendar.rules import end_of
from services.core.kit.words import Words
from services.core.monitoring.rules.reached import Reached, planned_by
from services.core.monitoring.rules.verdict import Issue, Setting, Told, Verdict, YearPlan
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
class Reported:
    """What the last accepted report says was done of a year's plan, CNY."""

    period: str
    plan: YearPlan
    done: Decimal


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was planned by a period's end and done, as shares, and the band of their measure."""

    given: Reported
    reached: Reached
    planned_percent: Decimal
    done_percent: Decimal
    value: Decimal
    """In the scale's own unit."""
    band: Band


def judged(rule: str, scale: Scale, given: Reported, said: Said, setting: Setting) -> Verdict:
    """Judge what was done of a year's plan by the end of a period; an issue from yellow on."""
    found = _measured(scale, given, setting)
    light, tell = found.band.light, partial(_told, found, scale, said, setting)
    issues: tuple[Issue, ...] = ()
    if SEVERITY[light] >= SEVERITY[Light.YELLOW]:
        issues = (Issue(str(given.plan.year), light, end_of(found.reached.on), None, tell),)
    return Verdict(
        rule=rule,
        dimension=scale.dimension,
        light=light,
        tell=tell,
        source=found.band.source,
        issues=issues,
    )


def _measured(scale: Scale, given: Reported, setting: Setting) -> _Measured:
    """Judge what was done by what was planned; the whole is more than nothing."""
    reached = planned_by(given.plan, period_named(given.period), setting.calendar)
    whole = given.plan.planned
    planned, done = reached.planned_cny * 100 / whole, given.done * 100 / whole
    value = measured_progress(scale.metric, planned_percent=planned, done_percent=done)
    value = value.quantize(_FINE)
    return _Measured(given, reached, planned, done, value, lit(scale, value))


def _told(found: _Measured, scale: Scale, said: Said, setting: Setting) -> Told:
    given, reached = found.given, found.reached
    end, sum_ = concluded(scale, found.band, setting), _sum(scale.metric, found, said)
    arithmetic = Words(
        f"至 {given.period}：{reached.words.zh}{sum_.zh}{end.zh}",
        f"By {given.period}: {reached.words.en}{sum_.en}{end.en}",
    )
    inputs = {
        "period": given.period,
        said.planned_input: str(given.plan.planned),
        "planned_cny": str(reached.planned_cny),
        said.done_input: str(given.done),
        "planned_percent": _plain(found.planned_percent),
        "done_percent": _plain(found.done_percent),
        scale.metric.value: _plain(found.value),
        **reached.inputs,
    }
    return Told(arithmetic, inputs, _turns_better(scale, found, said))


def _sum(metric: Metric, found: _Measured, said: Said) -> Words:
    """Write the sum as a person would: points below the plan, or done by planned."""
    planned, done = _plain(found.planned_percent), _plain(found.done_percent)
    value = _plain(found.value)
    zh = f"{said.planned.zh} {planned}%，{said.done.zh} {done}%"
    en = f"{said.planned.en} {planned} %, {said.done.en} {done} %"
    if metric == Metric.GAP_PP:
        return Words(f"{zh}，差 {value} 个百分点", f"{en}, {value} points below")
    return Words(f"{zh}，{said.ratio.zh} = {value}", f"{en}, {said.ratio.en} = {value}")


def _turns_better(scale: Scale, found: _Measured, said: Said) -> Words | None:
    """Say how much is missing to the next better light and to green.

    In CNY and in points of the year's plan. Where the bound belongs to the worse light, it takes
    more than that.
    """
    light = found.band.light
    better = sorted(
        (band for band in scale.bands if SEVERITY[band.light] < SEVERITY[light]),
        key=lambda band: SEVERITY[band.light],
    )
    if not better:
        return None
    wanted = dict.fromkeys((better[-1], better[0]))
    parts = [_missing(band, scale.metric, found, said) for band in wanted]
    return Words(
        f"{'；'.join(part.zh for part in parts)}。",
        f"It {', and '.join(part.en for part in parts)}.",
    )


def _missing(band: Band, metric: Metric, found: _Measured, said: Said) -> Words:
    whole, planned = found.given.plan.planned, found.reached.planned_cny
    if metric == Metric.GAP_PP:
        needed = planned - whole * (band.high or Decimal(0)) / 100
        is_enough = band.high_inclusive
    else:
        needed, is_enough = planned * (band.low or Decimal(1)), band.low_inclusive
    missing = (needed - found.given.done).quantize(_CENT, ROUND_UP)
    points, light = _plain(missing * 100 / whole), LIGHTS[band.light]
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
