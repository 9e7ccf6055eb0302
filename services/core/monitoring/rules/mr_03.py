"""MR-03: a progress report is missing after its cut-off (跟踪监测机制, domain 1.6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from services.core.calendar.periods import Every, period_named
from services.core.calendar.rules import day_of
from services.core.kit.words import Words
from services.core.monitoring.rules.measure import Measured, measured
from services.core.monitoring.rules.verdict import (
    Facts,
    Issue,
    OwedReport,
    Setting,
    Tell,
    Told,
    Verdict,
    told_with,
)
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Dimension, Light

RULE = "MR-03"
_GREEN = Words("报送并经审核通过后转绿。", "It turns green when the report is in and accepted.")
_CALLED: Mapping[Every, str] = {
    Every.WEEK: "周报",
    Every.HALF_MONTH: "半月报",
    Every.MONTH: "月报",
    Every.QUARTER: "季报",
}
_MOMENT = timedelta(microseconds=1)
"""At the due instant itself a report is still in time; PostgreSQL counts in microseconds."""


def check(facts: Facts, setting: Setting) -> Verdict:
    """Judge every report that is past its due; the cut-off itself begins day 1.

    Days are working days after the due day. `missing_since` says from when a report is missing.
    """
    if not facts.owes_reports and not facts.owed_reports:
        return _answered(None, _not_owed)
    since = [(owed, missing_since(owed)) for owed in facts.owed_reports]
    moments = [begins + _MOMENT for _, begins in since if begins and begins >= setting.now]
    judged = [
        _issue(owed, begins, setting) for owed, begins in since if begins and begins < setting.now
    ]
    moments += [change for _, change in judged if change]
    if not judged:
        return _answered(Light.GREEN, _none_overdue, next_change_at=min(moments, default=None))
    issues = tuple(issue for issue, _ in judged)
    worst = max(issues, key=lambda issue: SEVERITY[issue.light])
    return Verdict(
        rule=RULE,
        dimension=Dimension.REPORT,
        light=worst.light,
        tell=partial(told_with, worst.tell, {"reports_overdue": str(len(issues))}, _GREEN),
        source=setting.cadence.marks(period_named(worst.occurrence)).due.source,
        issues=issues,
        next_change_at=min(moments, default=None),
    )


def missing_since(owed: OwedReport) -> datetime | None:
    """Give the instant after which a report is missing; None: it is in, in time, under review.

    Handed in late it stays missing until it is accepted. Handed in in time and sent back, it is
    owed from the return on: a slow review is not the reporter's fault. Otherwise the original
    due counts, whatever was extended (I-9).
    """
    if owed.is_late:
        return owed.original_due_at
    if owed.is_handed_in:
        return None
    return max(owed.original_due_at, owed.returned_at or owed.original_due_at)


def _answered(
    light: Light | None, tell: Tell, *, next_change_at: datetime | None = None
) -> Verdict:
    return Verdict(RULE, Dimension.REPORT, light, tell, next_change_at=next_change_at)


def _not_owed() -> Told:
    return Told(Words("未要求报送进展报告，不判断。", "No report is owed: it is not judged."))


def _none_overdue() -> Told:
    words = Words("没有逾期未报的进展报告。", "No progress report is overdue.")
    return Told(words, {"reports_overdue": "0"})


def _issue(owed: OwedReport, since: datetime, setting: Setting) -> tuple[Issue, datetime | None]:
    """Judge one overdue report; gives the issue and when its light changes next."""
    found = measured(
        setting.pack.scale(Dimension.REPORT),
        since=day_of(since),
        today=setting.today,
        calendar=setting.calendar,
        least=1,
    )
    tell = partial(_told, owed, since, found, setting)
    issue = Issue(owed.period, found.band.light, since, owed.report_id, tell)
    return issue, found.next_change_at


def _told(owed: OwedReport, since: datetime, found: Measured, setting: Setting) -> Told:
    day, today, days = day_of(since), setting.today, found.days
    if since == owed.original_due_at:
        zh, en = f"应于 {day} 17:30 前报送", f"was due {day} 17:30"
    else:
        zh, en = f"按时报送后于 {day} 退回", f"was in on time and sent back on {day}"
    if owed.is_handed_in:
        zh, en = f"{zh}，逾期报送、尚待审核", f"{en}, came in late and waits for its reviewer"
    called = _CALLED[period_named(owed.period).every]
    end = concluded(setting.pack.scale(Dimension.REPORT), found.band, setting)
    arithmetic = Words(
        f"{owed.period} {called}{zh}；至 {today} 已过 {days} 个工作日（截止后即计第1日）{end.zh}",
        f"The report of {owed.period} {en}; by {today} that is {days} working day(s) "
        f"(the cut-off begins day 1){end.en}",
    )
    inputs = {
        "period": owed.period,
        "original_due_at": owed.original_due_at.isoformat(),
        "missing_since": since.isoformat(),
        "today": today.isoformat(),
        "working_days_late": str(days),
    }
    return Told(arithmetic, inputs)
