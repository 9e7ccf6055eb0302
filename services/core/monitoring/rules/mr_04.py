"""MR-04: a project that is being delivered shows no progress for too long ("stalled projects")."""

from datetime import date, datetime, time, timedelta
from functools import partial

from services.core.calendar.rules import instant_of
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import Measured, measured
from services.core.monitoring.rules.verdict import Facts, Issue, Setting, Told, Verdict
from services.core.monitoring.rules.wording import LIGHTS, concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-04"
_GREEN = Words(
    "有新进展的报告审核通过后转绿。",
    "It turns green when a report that shows progress is accepted.",
)
_MOMENT = timedelta(microseconds=1)


def check(facts: Facts, setting: Setting) -> Verdict:
    """Count the days since the last progress, or since the project came under watch.

    The yellow light comes after 30 days, and a report every month or quarter: a project whose last
    report showed progress is therefore not called stalled before its next one is due.
    """
    since = max(filter(None, (facts.last_progress_on, facts.watched_since_on)), default=None)
    if not facts.is_delivering:
        return _not_judged("未在建设或实施阶段", "It is not under construction or running")
    if not facts.owes_reports or since is None:
        return _not_judged("未要求报送进展报告", "No report is owed")
    scale = setting.pack.scale(Dimension.STALE)
    found = measured(scale, since=since, today=setting.today, calendar=setting.calendar)
    is_long = SEVERITY[found.band.light] >= SEVERITY[Light.YELLOW]
    waits = _waits_until(facts) if is_long else None
    if waits is not None and setting.now <= waits:
        return _waiting(since, found, waits, setting)
    return _judged(since, found, setting)


def _waits_until(facts: Facts) -> datetime | None:
    """Give the due of the next report, if the last accepted one showed progress or none is in."""
    last, progress = facts.last_accepted_on, facts.last_progress_on
    in_step = last is None or (progress is not None and progress >= last)
    return facts.next_due_at if in_step else None


def _judged(since: date, found: Measured, setting: Setting) -> Verdict:
    light = found.band.light
    tell = partial(_told, since, found, setting)
    issues: tuple[Issue, ...] = ()
    if SEVERITY[light] >= SEVERITY[Light.YELLOW]:
        due_at = instant_of(since, time(0, 0))
        issues = (Issue(since.isoformat(), light, due_at, None, tell),)
    return Verdict(
        rule=RULE,
        dimension=Dimension.STALE,
        light=light,
        tell=tell,
        source=found.band.source,
        issues=issues,
        next_change_at=found.next_change_at,
    )


def _told(since: date, found: Measured, setting: Setting) -> Told:
    light, days = found.band.light, found.days
    end = concluded(setting.pack.scale(Dimension.STALE), found.band, setting)
    arithmetic = Words(
        f"最近一次有进展（或开始监测）为 {since}，至 {setting.today} 共 {days} 天{end.zh}",
        f"The last progress, or the beginning of the watch, was on {since}; by {setting.today} "
        f"that is {days} day(s){end.en}",
    )
    late = SEVERITY[light] >= SEVERITY[Light.YELLOW]
    return Told(arithmetic, _inputs(since, found, setting), _GREEN if late else None)


def _waiting(since: date, found: Measured, until: datetime, setting: Setting) -> Verdict:
    """Answer for a project whose next report is not due yet."""
    return Verdict(
        rule=RULE,
        dimension=Dimension.STALE,
        light=Light.GREEN,
        tell=partial(_told_waiting, since, found, until, setting),
        source=found.band.source,
        next_change_at=until + _MOMENT,
    )


def _told_waiting(since: date, found: Measured, until: datetime, setting: Setting) -> Told:
    inputs = _inputs(since, found, setting) | {"next_report_due_at": until.isoformat()}
    arithmetic = Words(
        f"最近一次有进展为 {since}，共 {found.days} 天；下一期报告尚未到期，不作停滞判断 ⇒ "
        f"{LIGHTS[Light.GREEN].zh}。",
        f"The last progress was on {since}, {found.days} day(s) ago; the next report is not due "
        "yet, so it is not called stalled ⇒ green.",
    )
    return Told(arithmetic, inputs)


def _inputs(since: date, found: Measured, setting: Setting) -> dict[str, str]:
    return {
        "last_progress_on": since.isoformat(),
        "today": setting.today.isoformat(),
        "days_without_progress": str(found.days),
    }


def _not_judged(zh: str, en: str) -> Verdict:
    words = Words(f"{zh}，不判断停滞。", f"{en}: stalling is not judged.")
    return Verdict(RULE, Dimension.STALE, None, partial(Told, words))
