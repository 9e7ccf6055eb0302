"""MR-04: a project that is being delivered shows no progress for too long ("stalled projects")."""

from datetime import time

from services.core.calendar.rules import instant_of
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import measured
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Verdict
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-04"


def check(facts: Facts, setting: Setting) -> Verdict:
    """Count the days since the last accepted report that showed something new.

    A project without any counts from the day it came under watch.
    """
    since = facts.last_progress_on or facts.watched_since_on
    if since is None or not facts.is_delivering:
        return Verdict(
            rule=RULE,
            dimension=Dimension.STALE,
            light=None,
            arithmetic=Words(
                "未在建设或实施阶段，不判断停滞。",
                "It is not under construction or running: stalling is not judged.",
            ),
        )
    scale = setting.pack.scale(Dimension.STALE)
    found = measured(scale, since=since, today=setting.today, calendar=setting.calendar)
    light, days = found.band.light, found.days
    arithmetic = Words(
        f"最近一次有进展为 {since}，至 {setting.today} 共 {days} 天 ⇒ {light}。",
        f"The last progress was on {since}; by {setting.today} that is {days} day(s) ⇒ {light}.",
    )
    inputs = {
        "last_progress_on": since.isoformat(),
        "today": setting.today.isoformat(),
        "days_without_progress": str(days),
    }
    late = SEVERITY[light] >= SEVERITY[Light.YELLOW]
    due_at = instant_of(since, time(0, 0))
    issues = (Issue(since.isoformat(), light, due_at, None, inputs, arithmetic),) if late else ()
    return Verdict(
        rule=RULE,
        dimension=Dimension.STALE,
        light=light,
        arithmetic=arithmetic,
        turns_green=Words(
            "有新进展的月报审核通过后转绿。",
            "It turns green when a report that shows progress is accepted.",
        )
        if late
        else None,
        inputs=inputs,
        source=found.band.source,
        issues=issues,
        next_change_at=found.next_change_at,
    )
