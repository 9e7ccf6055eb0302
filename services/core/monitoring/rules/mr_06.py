"""MR-06: a project should have started and did not (开工, domain 1.6 and 2.2)."""

from datetime import time

from services.core.calendar.rules import instant_of
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import measured
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Verdict
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-06"


def check(facts: Facts, setting: Setting) -> Verdict:
    """Count the days since the planned start of a project that has not started."""
    planned = facts.plan_start_on
    if planned is None:
        return _not_judged("没有计划开工日，不判断开工。", "No planned start: it is not judged.")
    if facts.has_started:
        return Verdict(
            rule=RULE,
            dimension=Dimension.START,
            light=Light.GREEN,
            arithmetic=Words("已开工。", "It has started."),
            inputs={"plan_start_on": planned.isoformat()},
        )
    scale = setting.pack.scale(Dimension.START)
    found = measured(scale, since=planned, today=setting.today, calendar=setting.calendar)
    light, days = found.band.light, found.days
    end = concluded(scale, found.band, setting)
    arithmetic = Words(
        f"计划 {planned} 开工，至 {setting.today} 未开工，晚 {max(days, 0)} 天{end.zh}",
        f"The start was planned for {planned}; by {setting.today} it is {max(days, 0)} day(s) "
        f"late{end.en}",
    )
    inputs = {
        "plan_start_on": planned.isoformat(),
        "today": setting.today.isoformat(),
        "days_late": str(max(days, 0)),
    }
    late = SEVERITY[light] >= SEVERITY[Light.YELLOW]
    issue = Issue(
        planned.isoformat(), light, instant_of(planned, time(0, 0)), None, inputs, arithmetic
    )
    return Verdict(
        rule=RULE,
        dimension=Dimension.START,
        light=light,
        arithmetic=arithmetic,
        turns_green=Words("登记实际开工后转绿。", "It turns green when the start is recorded.")
        if light != Light.GREEN
        else None,
        inputs=inputs,
        source=found.band.source,
        issues=(issue,) if late else (),
        next_change_at=found.next_change_at,
    )


def _not_judged(zh: str, en: str) -> Verdict:
    return Verdict(rule=RULE, dimension=Dimension.START, light=None, arithmetic=Words(zh, en))
