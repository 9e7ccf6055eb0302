"""MR-24: a resource was promised to a project and has not come (要素保障).

It is a finding of whoever promised it, not of the project: it turns no light of the project, and
is judged by the pack's scale of milestones, for a promise is a day that was fixed (I-9).
"""

from datetime import datetime

from services.core.guarantees.rules import OpenPromise
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import measured
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Verdict
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-24"


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every promise that is not kept yet, each as an issue of its promiser."""
    judged = [_judged(promise, setting) for promise in facts.open_promises]
    late = tuple(issue for issue, _ in judged if SEVERITY[issue.light] >= SEVERITY[Light.YELLOW])
    return Verdict(
        rule=RULE,
        dimension=Dimension.MILESTONE,
        light=None,
        arithmetic=Words(
            f"要素保障承诺 {len(judged)} 项未到位，其中逾期 {len(late)} 项。",
            f"{len(judged)} promised resource(s) have not come, {len(late)} of them overdue.",
        ),
        source=setting.pack.scale(Dimension.MILESTONE).bands[-1].source,
        issues=late,
        next_change_at=min((change for _, change in judged if change), default=None),
    )


def _judged(promise: OpenPromise, setting: Setting) -> tuple[Issue, datetime | None]:
    """Judge one promise; gives the issue it would be and when its light changes next.

    What is due on a closed day may come on the next open one.
    """
    due, calendar, today = promise.original_due_on, setting.calendar, setting.today
    last = calendar.on_or_after(due)
    scale = setting.pack.scale(Dimension.MILESTONE)
    found = measured(scale, since=last, today=today, calendar=calendar)
    light, days = found.band.light, max(found.days, 0)
    end = concluded(scale, found.band, setting)
    arithmetic = Words(
        f"“{promise.description}”承诺于 {due} 到位，至 {today} 逾期 {days} 个工作日{end.zh}",
        f"'{promise.description}' was promised for {due}; by {today} it is {days} working day(s) "
        f"late{end.en}",
    )
    inputs = {
        "guarantee": promise.description,
        "original_due_on": due.isoformat(),
        "today": today.isoformat(),
        "working_days_late": str(days),
    }
    issue = Issue(
        str(promise.guarantee_id),
        light,
        calendar.due_instant(due),
        promise.guarantee_id,
        inputs,
        arithmetic,
        organisation_id=promise.promiser_organisation_id,
    )
    return issue, found.next_change_at
