"""MR-07: a milestone is overdue against the day it was first planned for (全过程, I-9)."""

from datetime import datetime

from services.core.kit.words import Words
from services.core.monitoring.rules.measure import measured
from services.core.monitoring.rules.verdict import Facts, Issue, OpenMilestone, Setting, Verdict
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-07"


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every milestone not reached; the worst one lights the dimension."""
    if not facts.open_milestones:
        return Verdict(
            rule=RULE,
            dimension=Dimension.MILESTONE,
            light=None,
            arithmetic=Words("没有未完成的节点。", "There is no open milestone."),
        )
    judged = [_judged(milestone, setting) for milestone in facts.open_milestones]
    worst = max((issue for issue, _ in judged), key=lambda issue: SEVERITY[issue.light])
    late = tuple(issue for issue, _ in judged if SEVERITY[issue.light] >= SEVERITY[Light.YELLOW])
    scale = setting.pack.scale(Dimension.MILESTONE)
    return Verdict(
        rule=RULE,
        dimension=Dimension.MILESTONE,
        light=worst.light,
        arithmetic=worst.arithmetic,
        turns_green=Words("登记节点完成后转绿。", "It turns green when the milestone is reached.")
        if worst.light != Light.GREEN
        else None,
        inputs={**worst.inputs, "milestones_overdue": str(len(late))},
        source=next(band.source for band in scale.bands if band.light == worst.light),
        issues=late,
        next_change_at=min((change for _, change in judged if change), default=None),
    )


def _judged(milestone: OpenMilestone, setting: Setting) -> tuple[Issue, datetime | None]:
    """Judge one milestone; gives the issue it would be and when its light changes next.

    A milestone planned for a closed day may be reached on the next open one.
    """
    planned, calendar, today = milestone.original_planned_on, setting.calendar, setting.today
    scale, last = setting.pack.scale(Dimension.MILESTONE), calendar.on_or_after(planned)
    found = measured(scale, since=last, today=today, calendar=calendar)
    light, days = found.band.light, max(found.days, 0)
    zh, en = f"晚 {days} 个工作日", f"it is {days} working day(s) late"
    if found.days < 0:
        zh, en = f"尚余 {-found.days} 个工作日", f"{-found.days} working day(s) are left"
    end = concluded(scale, found.band, setting)
    arithmetic = Words(
        f"节点“{milestone.name}”原定 {planned}，至 {today} {zh}{end.zh}",
        f"Milestone '{milestone.name}' was first planned for {planned}; by {today} {en}{end.en}",
    )
    inputs = {
        "milestone": milestone.name,
        "original_planned_on": planned.isoformat(),
        "today": today.isoformat(),
        "working_days_late": str(days),
    }
    issue = Issue(
        str(milestone.milestone_id),
        light,
        calendar.due_instant(planned),
        milestone.milestone_id,
        inputs,
        arithmetic,
    )
    return issue, found.next_change_at
