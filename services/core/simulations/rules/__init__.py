"""What another policy would have said of a project at the ends of months that are over."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.core.blockers.rules import moved_by
from services.core.calendar.periods import period_named
from services.core.calendar.rules import WorkCalendar, day_of
from services.core.escalations.rules import DueStep, due_steps
from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.monitoring import rules as monitoring
from services.core.monitoring.rules import mr_03
from services.core.monitoring.rules.measure import measured
from services.core.monitoring.rules.months import between, ended, period_of, shifted
from services.core.monitoring.rules.verdict import (
    Facts,
    MonthLights,
    OpenBlocker,
    OpenMilestone,
    OwedReport,
    Setting,
    Verdict,
)
from services.core.policies.pack import Dimension, Light, Pack
from services.core.progress.rules import due_at, follows, in_rhythm, next_period
from services.core.simulations.rules.known import (
    Known,
    PastBlocker,
    PastMilestone,
    PastPlan,
    PastReport,
    PastRuling,
    Recorded,
)

__all__ = (
    "Known",
    "MonthEnd",
    "PastBlocker",
    "PastMilestone",
    "PastPlan",
    "PastReport",
    "PastRuling",
    "Recorded",
    "checked_range",
    "facts_at",
    "simulated",
    "steps_of",
)

MOST_MONTHS = 24
MOST_PROJECT_MONTHS = 6000
"""Projects × months of one answer: 500 projects over a year, in some five seconds of one core."""

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """One project at the end of one month: the light as computed, and as simulated."""

    period: str
    computed: Light | None
    simulated: Light | None
    reasons: tuple[str, ...]
    """Rules behind the simulated light."""


def checked_range(first: str, last: str, *, projects: int, now: datetime) -> tuple[str, ...]:
    """Give the months of a range that is over and not too large.

    Raises:
        Invalid: a month is not over, they are the wrong way, or it is too much for one answer.
    """
    running, months = period_of(day_of(now)), between(first, last)
    if last >= running:
        words = Words("只能推演已结束的月份。", "Only months that are over can be simulated.")
        raise Invalid.at("/to_period", words, code="not_over", allowed=(f"< {running}",))
    if not months or len(months) > MOST_MONTHS:
        words = Words(f"须为1至{MOST_MONTHS}个月。", f"It must be 1 to {MOST_MONTHS} months.")
        raise Invalid.at(
            "/from_period", words, code="out_of_range", allowed=(f"1 – {MOST_MONTHS}",)
        )
    if projects * len(months) > MOST_PROJECT_MONTHS:
        words = Words(
            f"{projects}个项目×{len(months)}个月超过{MOST_PROJECT_MONTHS}；请缩小范围。",
            f"{projects} projects × {len(months)} months are more than {MOST_PROJECT_MONTHS}: "
            "narrow it down.",
        )
        raise Invalid.at(
            "/project_ids",
            words,
            code="too_much",
            allowed=(f"<= {MOST_PROJECT_MONTHS // len(months)} projects",),
        )
    return months


def simulated(
    known: Known, pack: Pack, number: int, calendar: WorkCalendar, months: Sequence[str]
) -> tuple[MonthEnd, ...]:
    """Judge the end of each month by another policy, as far as a light was recorded for it.

    The months before the first are judged too, so that the pack's memory has something to go by.
    """
    lights: list[MonthLights] = []
    found: list[MonthEnd] = []
    for period in between(shifted(months[0], -pack.memory.periods), months[-1]):
        recorded = known.recorded.get(period)
        verdicts: tuple[Verdict, ...] = ()
        if recorded is not None and recorded.is_watched:
            now = ended(period) - _MOMENT
            setting = Setting(pack, number, calendar, now, known.class_at(day_of(now)))
            verdicts = monitoring.assessed(facts_at(known, setting, tuple(lights)), setting)
        lights.append(_month_lights(period, verdicts))
        if period >= months[0] and recorded is not None:
            light = monitoring.overall(verdicts)
            reasons = tuple(verdict.rule for verdict in verdicts if light == verdict.counted)
            found.append(MonthEnd(period, recorded.light, light, reasons if light else ()))
    return tuple(found)


def _month_lights(period: str, verdicts: Sequence[Verdict]) -> MonthLights:
    judged: dict[Dimension, Light] = {
        verdict.dimension: verdict.counted
        for verdict in verdicts
        if verdict.counted is not None and verdict.dimension != Dimension.MEMORY
    }
    return MonthLights(period, judged)


def facts_at(known: Known, setting: Setting, months: tuple[MonthLights, ...] = ()) -> Facts:
    """Cut what is known off at a moment: what was recorded later is left out."""
    now, today = setting.now, setting.today
    start, finish = known.actual_start_on, known.actual_finish_on
    has_started = known.stands_started if start is None else start <= today
    accepted = [report for report in known.reports if _by(report.accepted_at, now)]
    last = max(accepted, key=_last_on, default=None)
    owed, plans = tuple(_owed_at(known.reports, now)), _plans_at(known.plans, now)
    return Facts(
        has_started=has_started,
        is_delivering=known.stands_started and has_started and _past(finish, today) is None,
        owes_reports=known.reports_from is not None,
        plan_start_on=known.plan_start_on,
        watched_since_on=_past(known.watched_since_on, today),
        last_progress_on=_last_progress(known, accepted, today),
        last_accepted_on=day_of(last.accepted_at) if last and last.accepted_at else None,
        last_accepted_period=last.period if last else None,
        next_due_at=_next_due(known, owed, setting),
        cumulative_year=last.cumulative_year if last else None,
        owed_reports=owed,
        open_milestones=tuple(
            OpenMilestone(each.milestone_id, each.name, each.original_planned_on)
            for each in known.milestones
            if _past(each.actual_on, today) is None
        ),
        plans={year: made.plan for year, made in plans.items()},
        paid_year=last.paid_year if last else None,
        payments={year: made.payments for year, made in plans.items() if made.payments},
        rulings=tuple(
            each.ruling
            for each in known.rulings
            if each.made_at <= now < each.ruling.until and not _by(each.ended_at, now)
        ),
        months=months,
        open_blockers=tuple(_blockers_at(known.blockers, setting.calendar, today)),
    )


def _blockers_at(
    blockers: Sequence[PastBlocker], calendar: WorkCalendar, today: date
) -> Iterator[OpenBlocker]:
    """Give the blockers that were not solved when a day ended, each with its due of that day.

    Of one that was reopened only its last life is kept: its due is the new one.
    """
    for each in blockers:
        if each.raised_on > today or (each.resolved_on and each.resolved_on <= today):
            continue
        begun = [stop for stop in each.stops if stop[0] <= today]
        over = [stop for stop in begun if stop[1] is not None and stop[1] <= today]
        due = each.blocker.assessed_due_on
        if not each.is_reopened:
            given_back = sum(days for _, _, days in over)
            due = moved_by(each.blocker.original_due_on, given_back, calendar)
        stands_still = len(begun) > len(over)
        yield replace(each.blocker, assessed_due_on=due, is_stopped=stands_still)


def _by(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _past(day: date | None, today: date) -> date | None:
    return day if day is not None and day <= today else None


def _owed_at(reports: Sequence[PastReport], now: datetime) -> Iterator[OwedReport]:
    """Give the reports that were open and not accepted at a moment.

    Of one that was handed in twice only the last time is kept; its first time was in time, or
    `is_late` says that it was not.
    """
    for report in reports:
        if report.opened_at > now or _by(report.accepted_at, now):
            continue
        returned_at = report.returned_at if _by(report.returned_at, now) else None
        was_in = _by(report.submitted_at, now) or (
            report.submitted_at is not None and not report.is_late and report.original_due_at <= now
        )
        yield OwedReport(
            report_id=report.report_id,
            period=report.period,
            original_due_at=report.original_due_at,
            is_handed_in=was_in and returned_at is None,
            is_late=was_in and report.is_late,
            returned_at=returned_at,
        )


def _last_progress(known: Known, accepted: Sequence[PastReport], today: date) -> date | None:
    days = [
        day_of(each.accepted_at) for each in accepted if not each.is_no_change and each.accepted_at
    ]
    days += [
        each.actual_on for each in known.milestones if each.actual_on and each.actual_on <= today
    ]
    return max(days, default=None)


def _next_due(known: Known, owed: Sequence[OwedReport], setting: Setting) -> datetime | None:
    if owed:
        return min(report.original_due_at for report in owed)
    opened = [each for each in known.reports if each.opened_at <= setting.now]
    period = next_period(max(opened, key=_last_on).period) if opened else known.reports_from
    cadence = setting.cadence
    return due_at(in_rhythm(period, cadence), cadence, setting.calendar) if period else None


def _last_on(report: PastReport) -> date:
    return period_named(report.period).last_on


def _plans_at(plans: Sequence[PastPlan], now: datetime) -> dict[int, PastPlan]:
    """Give each year's plan as it was in force: the highest number made by then."""
    made = sorted((each for each in plans if each.made_at <= now), key=lambda each: each.number)
    return {each.plan.year: each for each in made}


def steps_of(
    known: Known, pack: Pack, calendar: WorkCalendar, months: Sequence[str]
) -> Counter[tuple[str, str]]:
    """Count the steps a ladder would have taken for missing reports, by month and kind.

    Months in which the project stood aside take none, nor do those while a report was extended.
    """
    taken: Counter[tuple[str, str]] = Counter()
    red: set[str] = set()
    for report in sorted(known.reports, key=_last_on):
        for period, due in _climbed(report, pack, calendar, red, months[-1]):
            recorded = known.recorded.get(period)
            stood = recorded is not None and recorded.is_watched
            is_extended = report.extended_to is not None and due.planned_at < report.extended_to
            if period >= months[0] and stood and not is_extended:
                taken[period, due.step.kind] += 1
    return taken


def _climbed(
    report: PastReport, pack: Pack, calendar: WorkCalendar, red: set[str], last: str
) -> Iterator[tuple[str, DueStep]]:
    """Climb the ladder for one report, month by month, until it was accepted.

    `red` gathers the periods that have been red, as the steps that wait for several of them ask.
    """
    since, climbed = _missing_since(report), 0
    if since is None:
        return
    until = min(report.accepted_at or ended(last), ended(last) - _MOMENT)
    if until <= since:
        return
    for period in between(period_of(day_of(since)), period_of(day_of(until))):
        now = min(until, ended(period) - _MOMENT)
        if _is_red(pack, since, now, calendar):
            red.add(report.period)
        for due in due_steps(
            pack.ladder,
            due_at=since,
            climbed=climbed,
            now=now,
            calendar=calendar,
            red_periods=_running(red, report.period),
        ):
            climbed = due.step.number + 1
            yield period, due


def _missing_since(report: PastReport) -> datetime | None:
    return mr_03.missing_since(
        OwedReport(
            report_id=report.report_id,
            period=report.period,
            original_due_at=report.original_due_at,
            is_handed_in=report.submitted_at is not None and report.returned_at is None,
            is_late=report.is_late,
            returned_at=report.returned_at,
        )
    )


def _is_red(pack: Pack, since: datetime, now: datetime, calendar: WorkCalendar) -> bool:
    scale = pack.scale(Dimension.REPORT)
    found = measured(scale, since=day_of(since), today=day_of(now), calendar=calendar, least=1)
    return found.band.light == Light.RED


def _running(red: set[str], period: str) -> int:
    """Count the red periods running, up to this one."""
    count = 0
    while period in red:
        count += 1
        period = next((before for before in red if follows(before, period)), "")
    return count
