"""MR-06: a project should have started and did not (开工, domain 1.6 and 2.2)."""

from datetime import date, time
from functools import partial

from services.core.calendar.rules import instant_of
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import Measured, measured
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Told, Verdict
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-06"
_GREEN = Words("登记实际开工后转绿。", "It turns green when the start is recorded.")


def check(facts: Facts, setting: Setting) -> Verdict:
    """Count the days since the planned start of a project that has not started."""
    planned = facts.plan_start_on
    if planned is None:
        return Verdict(RULE, Dimension.START, None, _told_unplanned)
    if facts.has_started:
        return Verdict(RULE, Dimension.START, Light.GREEN, partial(_told_started, planned))
    scale = setting.pack.scale(Dimension.START)
    found = measured(scale, since=planned, today=setting.today, calendar=setting.calendar)
    light, tell = found.band.light, partial(_told, planned, found, setting)
    issues: tuple[Issue, ...] = ()
    if SEVERITY[light] >= SEVERITY[Light.YELLOW]:
        due_at = instant_of(planned, time(0, 0))
        issues = (Issue(planned.isoformat(), light, due_at, None, tell),)
    return Verdict(
        rule=RULE,
        dimension=Dimension.START,
        light=light,
        tell=tell,
        source=found.band.source,
        issues=issues,
        next_change_at=found.next_change_at,
    )


def _told_unplanned() -> Told:
    return Told(Words("没有计划开工日，不判断开工。", "No planned start: it is not judged."))


def _told_started(planned: date) -> Told:
    return Told(Words("已开工。", "It has started."), {"plan_start_on": planned.isoformat()})


def _told(planned: date, found: Measured, setting: Setting) -> Told:
    light, days = found.band.light, max(found.days, 0)
    end = concluded(setting.pack.scale(Dimension.START), found.band, setting)
    arithmetic = Words(
        f"计划 {planned} 开工，至 {setting.today} 未开工，晚 {days} 天{end.zh}",
        f"The start was planned for {planned}; by {setting.today} it is {days} day(s) late{end.en}",
    )
    inputs = {
        "plan_start_on": planned.isoformat(),
        "today": setting.today.isoformat(),
        "days_late": str(days),
    }
    return Told(arithmetic, inputs, None if light == Light.GREEN else _GREEN)
