"""MR-03: the monthly report is missing after its cut-off (跟踪监测机制 [A 36], domain 1.6)."""

from datetime import datetime

from services.core.calendar.rules import day_of
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import measured
from services.core.monitoring.rules.verdict import Facts, Issue, OwedReport, Setting, Verdict
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-03"
_GREEN = Words("报送并经审核通过后转绿。", "It turns green when the report is in and accepted.")


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every report that is past its original due; the cut-off itself begins day 1.

    A report counts as missing until it is accepted. Days are working days after the due day.
    """
    late = [owed for owed in facts.owed_reports if owed.original_due_at < setting.now]
    coming = [owed.original_due_at for owed in facts.owed_reports if owed not in late]
    moments = list(coming)
    issues = []
    for owed in late:
        issue, change = _issue(owed, setting)
        issues.append(issue)
        moments += [change] if change else []
    if not issues:
        return Verdict(
            rule=RULE,
            dimension=Dimension.REPORT,
            light=Light.GREEN,
            arithmetic=Words("没有逾期未报的月报。", "No monthly report is overdue."),
            inputs={"reports_overdue": "0"},
            next_change_at=min(moments, default=None),
        )
    worst_issue = max(issues, key=lambda issue: SEVERITY[issue.light])
    return Verdict(
        rule=RULE,
        dimension=Dimension.REPORT,
        light=worst_issue.light,
        arithmetic=worst_issue.arithmetic,
        turns_green=_GREEN,
        inputs={**worst_issue.inputs, "reports_overdue": str(len(issues))},
        source=setting.pack.cadence.due.source,
        issues=tuple(issues),
        next_change_at=min(moments, default=None),
    )


def _issue(owed: OwedReport, setting: Setting) -> tuple[Issue, datetime | None]:
    """Judge one overdue report; gives the issue and when its light changes next."""
    scale = setting.pack.scale(Dimension.REPORT)
    due_on = day_of(owed.original_due_at)
    found = measured(scale, since=due_on, today=setting.today, calendar=setting.calendar, least=1)
    due, today, days, light = due_on, setting.today, found.days, found.band.light
    arithmetic = Words(
        f"{owed.period} 月报应于 {due} 17:30 前报送；至 {today} 已过 {days} 个工作日"
        f"（截止后即计第1日）⇒ {light}。",
        f"The report of {owed.period} was due {due} 17:30; by {today} that is {days} working "
        f"day(s) (the cut-off begins day 1) ⇒ {light}.",
    )
    inputs = {
        "period": owed.period,
        "original_due_at": owed.original_due_at.isoformat(),
        "today": today.isoformat(),
        "working_days_late": str(days),
    }
    issue = Issue(owed.period, light, owed.original_due_at, owed.report_id, inputs, arithmetic)
    return issue, found.next_change_at
