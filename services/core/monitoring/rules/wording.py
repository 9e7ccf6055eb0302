"""The end of every explanation: by which threshold of which policy a number has its light."""

from collections.abc import Mapping

from services.core.kit.words import Words
from services.core.monitoring.rules.verdict import Setting
from services.core.policies.pack import Band, Dimension, Light, Measure, Metric, Scale

LIGHTS: Mapping[Light, Words] = {
    Light.GREEN: Words("绿灯", "green"),
    Light.ATTENTION: Words("浅绿灯（关注）", "attention"),
    Light.YELLOW: Words("黄灯", "yellow"),
    Light.RED: Words("红灯", "red"),
}
_MEASURES: Mapping[Metric, Words] = {
    Metric.GAP_PP: Words("落后百分点", "points below plan"),
    Metric.RATIO: Words("完成÷计划", "done ÷ planned"),
    Metric.GAP_PERCENT: Words("缺口%", "% missing"),
    Metric.DAYS: Words("天数", "days"),
    Metric.WORKING_DAYS: Words("工作日数", "working days"),
}
_PAID = Words("支付÷计划", "paid ÷ planned")


def concluded(scale: Scale | Measure, band: Band, setting: Setting) -> Words:
    """Give the words from the number to its light: the policy, its version, the bounds."""
    is_paid = isinstance(scale, Scale) and scale.dimension == Dimension.FUNDS
    is_paid = is_paid and scale.metric == Metric.RATIO
    light, measure = LIGHTS[band.light], _PAID if is_paid else _MEASURES[scale.metric]
    code, number = setting.pack.code, setting.number
    return Words(
        f"，按 {code} 第{number}版（{_bounds(band, measure.zh)}）⇒ {light.zh}。",
        f", by {code} version {number} ({_bounds(band, measure.en)}) ⇒ {light.en}.",
    )


def _bounds(band: Band, measure: str) -> str:
    """Write the bounds as mathematics does, which needs no translation."""
    low = "" if band.low is None else f"{band.low} {'≤' if band.low_inclusive else '<'} "
    high = "" if band.high is None else f" {'≤' if band.high_inclusive else '<'} {band.high}"
    return f"{low}{measure}{high}"
