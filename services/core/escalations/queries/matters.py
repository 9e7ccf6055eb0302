"""How the matter of a climb stands: what would stop it, and what a message must say."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from services.core.assignments.queries import policy_code
from services.core.blockers.models import Blocker
from services.core.blockers.rules import OPEN_STATES, BlockerState
from services.core.calendar import queries as calendar
from services.core.calendar.periods import ends_before, period_named
from services.core.calendar.rules import Window, WorkCalendar, day_of
from services.core.escalations.rules import Circumstances
from services.core.groups.models import JointGroup
from services.core.kit.scope import Ids
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.monitoring.models import Finding, FindingState
from services.core.monitoring.past import months_of
from services.core.monitoring.rules import mr_03, mr_04, mr_11
from services.core.monitoring.rules.months import begins, period_of, shifted
from services.core.notifications import queries as inbox
from services.core.notifications import texts
from services.core.policies import queries as policies
from services.core.policies.pack import Dimension, Light
from services.core.policies.queries import Current
from services.core.progress.models import ProgressReport
from services.core.progress.rules import ReportState, follows
from services.core.projects.models import Project, ProjectWatch
from services.core.projects.rules import SideState, Stage, is_watched
from services.core.regions.models import Region

CHASED = frozenset({mr_03.RULE, mr_04.RULE, mr_11.RULE})
"""Rules whose findings are chased: a missing report, a project that stalls, a late blocker."""


@dataclass(frozen=True, slots=True)
class Case:
    """One finding with everything a decision about its climb needs, as of one moment."""

    finding: Finding
    project: Project
    circumstances: Circumstances
    policy: Current
    calendar: WorkCalendar
    red_periods: int
    matter: texts.Matter
    counts_from: datetime
    """The moment the ladder's days count from."""
    look_again_at: datetime | None
    """When a step that waits for red periods is looked at again; None: when a light changes."""

    def window(self) -> Window:
        """Give the hours in which people may be disturbed."""
        sending = self.policy.pack.sending
        return Window(sending.opens, sending.closes)


def open_finding(session: Session, *, finding_id: UUID) -> Finding | None:
    """Give a finding if it is open now."""
    return session.scalars(
        select(Finding)
        .where(Finding.id == finding_id, Finding.state == FindingState.OPEN)
        .execution_options(populate_existing=True)
    ).one_or_none()


def region_named(session: Session, code: str) -> Words:
    """Give a place's name in both languages."""
    region = session.get_one(Region, code)
    return Words(region.name, region.name_en or region.name)


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding with the record behind it, as that stands now."""

    finding: Finding
    project: Project
    report: ProgressReport | None = None
    blocker: Blocker | None = None
    watch: ProjectWatch | None = None


_CASE = (
    select(Finding, Project, policy_code(), JointGroup.region_code)
    .join(Project, Project.id == Finding.project_id)
    .outerjoin(JointGroup, JointGroup.id == Project.group_id)
    .where(Finding.id == bindparam("finding_id", type_=Uuid()))
    .execution_options(populate_existing=True)
)


def case_of(session: Session, *, finding_id: UUID, now: datetime) -> Case:
    """Ask anew how the matter behind a finding stands."""
    finding, project, code, region_code = session.execute(_CASE, {"finding_id": finding_id}).one()
    found = _behind(session, finding, project)
    days = calendar.work_calendar(session, region_code or project.region_code)
    is_report = finding.rule == mr_03.RULE
    counts_from = finding.opened_at if finding.rule == mr_04.RULE else finding.due_at
    return Case(
        finding=finding,
        project=project,
        circumstances=_circumstances(found, days),
        policy=policies.current(session, code=code, on=day_of(now)),
        calendar=days,
        red_periods=_red_reports(session, finding)
        if is_report
        else _red_months(session, found, now),
        matter=_matter(session, found, now=now, calendar=days, due_at=counts_from),
        counts_from=counts_from,
        look_again_at=None if is_report else begins(shifted(period_of(day_of(now)), 1)),
    )


def _behind(session: Session, finding: Finding, project: Project) -> _Found:
    """Read the record a finding is about: a report, a blocker, or what the project shows."""
    if finding.rule == mr_11.RULE:
        blocker = session.get_one(Blocker, UUID(finding.occurrence), populate_existing=True)
        return _Found(finding, project, blocker=blocker)
    if finding.rule == mr_04.RULE:
        watch = session.get_one(ProjectWatch, project.id, populate_existing=True)
        return _Found(finding, project, watch=watch)
    report = session.scalars(
        select(ProgressReport)
        .where(ProgressReport.project_id == project.id, ProgressReport.period == finding.occurrence)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return _Found(finding, project, report=report)


def _circumstances(found: _Found, days: WorkCalendar) -> Circumstances:
    """Say what is true of the matter; its cause may be gone before its finding is cleared."""
    finding, project, blocker = found.finding, found.project, found.blocker
    side_state = SideState(project.side_state) if project.side_state else None
    is_suspended = side_state == SideState.PAUSED
    return Circumstances(
        is_still_wrong=finding.state != FindingState.CLEARED and not _is_settled(found),
        is_closed=not is_suspended and not is_watched(Stage(project.stage), side_state),
        is_suspended=is_suspended,
        is_clock_stopped=blocker is not None and blocker.state == BlockerState.SUSPENDED,
        extended_to=_extended_to(found, days),
        waived_until=finding.waived_until,
    )


def _is_settled(found: _Found) -> bool:
    """Say whether a report was accepted, a blocker solved, or a standstill ended."""
    if found.report is not None:
        return found.report.state == ReportState.ACCEPTED
    if found.blocker is not None:
        return found.blocker.state not in OPEN_STATES
    if found.watch is not None:
        days = (found.watch.last_progress_on, found.watch.watched_since_on)
        since = max(filter(None, days), default=None)
        return since is None or since.isoformat() > found.finding.occurrence
    return False


def _extended_to(found: _Found, days: WorkCalendar) -> datetime | None:
    """Give the moment to which an extension was granted, if one was."""
    report, blocker = found.report, found.blocker
    if report is not None and report.current_due_at > report.original_due_at:
        return report.current_due_at
    if blocker is not None and blocker.current_due_on > blocker.assessed_due_on:
        return days.due_instant(blocker.current_due_on)
    return None


def _red_reports(session: Session, finding: Finding) -> int:
    """Count the periods running, up to this finding's own, whose report was red."""
    seen = session.scalars(
        select(Finding.occurrence).where(
            Finding.rule == finding.rule,
            Finding.project_id == finding.project_id,
            Finding.worst_light == Light.RED,
        )
    )
    upto = [period for period in seen if not ends_before(finding.occurrence, period)]
    red = sorted(upto, key=lambda period: period_named(period).last_on, reverse=True)
    if not red or red[0] != finding.occurrence:
        return 0
    breaks = (not follows(before, after) for after, before in pairwise(red))
    return next((count for count, broken in enumerate(breaks, start=1) if broken), len(red))


def _red_months(session: Session, found: _Found, now: datetime) -> int:
    """Count the latest months running at whose end the project was red for the same thing."""
    dimension = Dimension.BLOCKER if found.blocker is not None else Dimension.STALE
    months = months_of(session, Ids.asked([found.project.id]), now=now).get(found.project.id, ())
    reds = [month.lights.get(dimension) == Light.RED for month in reversed(months)]
    return next((count for count, is_red in enumerate(reds) if not is_red), len(reds))


def _matter(
    session: Session, found: _Found, *, now: datetime, calendar: WorkCalendar, due_at: datetime
) -> texts.Matter:
    finding, project = found.finding, found.project
    about = inbox.abouts(session, [project.id], on=day_of(now))[project.id]
    said = finding.explanation.get("arithmetic") or {}
    words = Words(said.get("zh", ""), said.get("en", ""))
    if found.blocker is not None:
        path, topic = (
            f"blockers/{found.blocker.id}",
            texts.blocker_topic(about, found.blocker.title, words),
        )
    elif found.watch is not None:
        path, topic = f"projects/{project.id}", texts.stalled_topic(about, words)
    else:
        path, topic = (
            f"progress-reports/{found.report.id}" if found.report else f"projects/{project.id}",
            texts.report_topic(about, finding.occurrence),
        )
    return texts.matter_of(
        about,
        topic,
        due_at=due_at,
        link=f"{settings().address()}/api/v1/{path}",
        now=now,
        calendar=calendar,
    )
