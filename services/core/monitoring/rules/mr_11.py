"""MR-11: a blocker is past its due at its level (会商协调, domain 1.6; lights of domain 2.9).

Yellow at the due, red five working days later: numbers of the policy pack. The original due counts
whatever was extended (I-9); a stopped clock gives its working days back, and while it stands still
nothing is late. Whether it goes to the next level is for a person to say (I-16).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial

from services.core.blockers.rules import BlockerLevel
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import Measured, measured
from services.core.monitoring.rules.verdict import (
    Facts,
    Issue,
    OpenBlocker,
    Setting,
    Told,
    Verdict,
    told_with,
)
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-11"
_GREEN = Words(
    "报结堵点难点后转绿；停表期间不计。",
    "It turns green when the blocker is solved; while its clock is stopped it is not late.",
)
_MOMENT = timedelta(microseconds=1)
"""At the due instant itself it is still in time; PostgreSQL counts in microseconds."""
_LEVELS = {
    BlockerLevel.UNIT: Words("单位级", "unit"),
    BlockerLevel.COUNTY: Words("县级", "county"),
    BlockerLevel.CITY: Words("市级", "city"),
    BlockerLevel.PROVINCE: Words("省级", "province"),
}


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every open blocker whose clock runs; the latest one lights the dimension.

    Days are working days after the day it is assessed by; from 17:30 of that day it is late.
    """
    if not facts.open_blockers:
        return Verdict(RULE, Dimension.BLOCKER, None, _told_none)
    running = [blocker for blocker in facts.open_blockers if not blocker.is_stopped]
    stopped = len(facts.open_blockers) - len(running)
    dues = [(blocker, setting.calendar.due_instant(blocker.assessed_due_on)) for blocker in running]
    moments = [due + _MOMENT for _, due in dues if due >= setting.now]
    judged = [_judged(blocker, due, setting) for blocker, due in dues if due < setting.now]
    moments += [change for _, change in judged if change]
    counts = {
        "blockers_open": str(len(facts.open_blockers)),
        "blockers_stopped": str(stopped),
        "blockers_overdue": str(len(judged)),
    }
    if not judged:
        return Verdict(
            rule=RULE,
            dimension=Dimension.BLOCKER,
            light=Light.GREEN,
            tell=partial(_told_in_time, counts),
            next_change_at=min(moments, default=None),
        )
    issues = tuple(issue for issue, _ in judged)
    worst = max(issues, key=lambda issue: SEVERITY[issue.light])
    return Verdict(
        rule=RULE,
        dimension=Dimension.BLOCKER,
        light=worst.light,
        tell=partial(told_with, worst.tell, counts, _GREEN),
        source=setting.pack.scale(Dimension.BLOCKER).bands[-1].source,
        issues=issues,
        next_change_at=min(moments, default=None),
    )


def _told_none() -> Told:
    return Told(Words("没有未解决的堵点难点。", "There is no open blocker."))


def _told_in_time(counts: Mapping[str, str]) -> Told:
    is_open, stopped = counts["blockers_open"], counts["blockers_stopped"]
    words = Words(
        f"未解决的堵点难点{is_open}项（停表{stopped}项），均未逾期。",
        f"{is_open} open blocker(s), {stopped} with a stopped clock; none is past its due.",
    )
    return Told(words, counts)


def _judged(blocker: OpenBlocker, due: datetime, setting: Setting) -> tuple[Issue, datetime | None]:
    """Judge one blocker that is late; gives the issue and when its light changes next."""
    calendar, last = setting.calendar, setting.calendar.on_or_after(blocker.assessed_due_on)
    scale = setting.pack.scale(Dimension.BLOCKER)
    found = measured(scale, since=last, today=setting.today, calendar=calendar, least=0)
    issue = Issue(
        str(blocker.blocker_id),
        found.band.light,
        due,
        blocker.blocker_id,
        partial(_told, blocker, last, found, setting),
        organisation_id=blocker.owner_organisation_id,
    )
    return issue, found.next_change_at


def _told(blocker: OpenBlocker, last: date, found: Measured, setting: Setting) -> Told:
    assessed, today, days = blocker.assessed_due_on, setting.today, found.days
    level = _LEVELS[blocker.level]
    given_zh, given_en = f"应于 {last} 17:30 前解决", f"was due {last} 17:30"
    if assessed != blocker.original_due_on:
        given_zh += f"（原定 {blocker.original_due_on}）"
        given_en += f" (originally {blocker.original_due_on})"
    end = concluded(setting.pack.scale(Dimension.BLOCKER), found.band, setting)
    arithmetic = Words(
        f"堵点“{blocker.title}”（{level.zh}）{given_zh}；至 {today} 逾期 {days} 个工作日{end.zh}",
        f"Blocker '{blocker.title}' ({level.en} level) {given_en}; by {today} it is {days} "
        f"working day(s) late{end.en}",
    )
    inputs = {
        "blocker": blocker.title,
        "level": blocker.level.value,
        "original_due_on": blocker.original_due_on.isoformat(),
        "assessed_due_on": assessed.isoformat(),
        "today": today.isoformat(),
        "working_days_late": str(days),
    }
    return Told(arithmetic, inputs)
