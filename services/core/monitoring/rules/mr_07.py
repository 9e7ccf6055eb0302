"""MR-07: a milestone is overdue against the day it was first planned for (全过程, I-9)."""

from functools import partial

from services.core.kit.words import Words
from services.core.monitoring.rules.measure import Measured, measured
from services.core.monitoring.rules.verdict import (
    Facts,
    Issue,
    OpenMilestone,
    Setting,
    Told,
    Verdict,
    told_with,
)
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-07"
_GREEN = Words("登记节点完成后转绿。", "It turns green when the milestone is reached.")


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every milestone not reached; the worst one lights the dimension."""
    if not facts.open_milestones:
        return Verdict(RULE, Dimension.MILESTONE, None, _told_none)
    judged = [(milestone, _measured(milestone, setting)) for milestone in facts.open_milestones]
    worst, at_worst = max(judged, key=lambda each: SEVERITY[each[1].band.light])
    late = tuple(
        _issue(milestone, found, setting)
        for milestone, found in judged
        if SEVERITY[found.band.light] >= SEVERITY[Light.YELLOW]
    )
    light = at_worst.band.light
    return Verdict(
        rule=RULE,
        dimension=Dimension.MILESTONE,
        light=light,
        tell=partial(
            told_with,
            partial(_told, worst, at_worst, setting),
            {"milestones_overdue": str(len(late))},
            None if light == Light.GREEN else _GREEN,
        ),
        source=at_worst.band.source,
        issues=late,
        next_change_at=min(
            (found.next_change_at for _, found in judged if found.next_change_at), default=None
        ),
    )


def _measured(milestone: OpenMilestone, setting: Setting) -> Measured:
    """Judge one milestone; what is planned for a closed day may be reached on the next open one."""
    calendar = setting.calendar
    last = calendar.on_or_after(milestone.original_planned_on)
    scale = setting.pack.scale(Dimension.MILESTONE)
    return measured(scale, since=last, today=setting.today, calendar=calendar)


def _issue(milestone: OpenMilestone, found: Measured, setting: Setting) -> Issue:
    return Issue(
        str(milestone.milestone_id),
        found.band.light,
        setting.calendar.due_instant(milestone.original_planned_on),
        milestone.milestone_id,
        partial(_told, milestone, found, setting),
    )


def _told_none() -> Told:
    return Told(Words("没有未完成的节点。", "There is no open milestone."))


def _told(milestone: OpenMilestone, found: Measured, setting: Setting) -> Told:
    planned, today, days = milestone.original_planned_on, setting.today, max(found.days, 0)
    zh, en = f"晚 {days} 个工作日", f"it is {days} working day(s) late"
    if found.days < 0:
        zh, en = f"尚余 {-found.days} 个工作日", f"{-found.days} working day(s) are left"
    end = concluded(setting.pack.scale(Dimension.MILESTONE), found.band, setting)
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
    return Told(arithmetic, inputs)
