"""MR-24: a resource was promised to a project and has not come (要素保障).

It is a finding of whoever promised it, not of the project: it turns no light of the project, and
is judged by the pack's scale of milestones, for a promise is a day that was fixed (I-9).
"""

from functools import partial

from services.core.guarantees.rules import OpenPromise
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import Measured, measured
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Told, Verdict
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-24"


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every promise that is not kept yet, each as an issue of its promiser."""
    judged = [(promise, _measured(promise, setting)) for promise in facts.open_promises]
    late = tuple(
        _issue(promise, found, setting)
        for promise, found in judged
        if SEVERITY[found.band.light] >= SEVERITY[Light.YELLOW]
    )
    return Verdict(
        rule=RULE,
        dimension=Dimension.MILESTONE,
        light=None,
        tell=partial(_told_all, len(judged), len(late)),
        source=setting.pack.scale(Dimension.MILESTONE).bands[-1].source,
        issues=late,
        next_change_at=min(
            (found.next_change_at for _, found in judged if found.next_change_at), default=None
        ),
    )


def _measured(promise: OpenPromise, setting: Setting) -> Measured:
    """Judge one promise; what is due on a closed day may come on the next open one."""
    calendar, scale = setting.calendar, setting.pack.scale(Dimension.MILESTONE)
    last = calendar.on_or_after(promise.original_due_on)
    return measured(scale, since=last, today=setting.today, calendar=calendar)


def _issue(promise: OpenPromise, found: Measured, setting: Setting) -> Issue:
    return Issue(
        str(promise.guarantee_id),
        found.band.light,
        setting.calendar.due_instant(promise.original_due_on),
        promise.guarantee_id,
        partial(_told, promise, found, setting),
        organisation_id=promise.promiser_organisation_id,
    )


def _told_all(promised: int, late: int) -> Told:
    return Told(
        Words(
            f"要素保障承诺 {promised} 项未到位，其中逾期 {late} 项。",
            f"{promised} promised resource(s) have not come, {late} of them overdue.",
        )
    )


def _told(promise: OpenPromise, found: Measured, setting: Setting) -> Told:
    due, today, days = promise.original_due_on, setting.today, max(found.days, 0)
    end = concluded(setting.pack.scale(Dimension.MILESTONE), found.band, setting)
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
    return Told(arithmetic, inputs)
