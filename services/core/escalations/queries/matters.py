"""How the matter of a climb stands: what would stop it, and what a message must say."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.assignments.queries import policy_code
from services.core.calendar import queries as calendar
from services.core.calendar.periods import ends_before, period_named
from services.core.calendar.rules import Window, WorkCalendar, day_of
from services.core.escalations.rules import Circumstances
from services.core.groups.models import JointGroup
from services.core.kit.settings import settings
from services.core.monitoring.models import Finding, FindingState
from services.core.notifications import queries as inbox
from services.core.notifications import texts
from services.core.policies import queries as policies
from services.core.policies.pack import Light
from services.core.policies.queries import Current
from services.core.progress.models import ProgressReport
from services.core.progress.rules import ReportState, follows
from services.core.projects.models import Project
from services.core.projects.rules import SideState, Stage, is_watched


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


def case_of(session: Session, *, finding_id: UUID, now: datetime) -> Case:
    """Ask anew how the matter behind a finding stands."""
    finding, project, report, code, region_code = session.execute(
        select(Finding, Project, ProgressReport, policy_code(), JointGroup.region_code)
        .join(Project, Project.id == Finding.project_id)
        .outerjoin(JointGroup, JointGroup.id == Project.group_id)
        .outerjoin(
            ProgressReport,
            (ProgressReport.project_id == Finding.project_id)
            & (ProgressReport.period == Finding.occurrence),
        )
        .where(Finding.id == finding_id)
        .execution_options(populate_existing=True)
    ).one()
    days = calendar.work_calendar(session, region_code or project.region_code)
    return Case(
        finding=finding,
        project=project,
        circumstances=_circumstances(finding, project, report),
        policy=policies.current(session, code=code, on=day_of(now)),
        calendar=days,
        red_periods=_red_periods(session, finding),
        matter=_matter(session, finding, report, now=now, calendar=days),
    )


def _circumstances(
    finding: Finding, project: Project, report: ProgressReport | None
) -> Circumstances:
    """Say what is true of the matter; an accepted report ends it before its finding is cleared."""
    side_state = SideState(project.side_state) if project.side_state else None
    is_suspended = side_state == SideState.PAUSED
    is_accepted = report is not None and report.state == ReportState.ACCEPTED
    was_extended = report is not None and report.current_due_at > report.original_due_at
    return Circumstances(
        is_still_wrong=finding.state != FindingState.CLEARED and not is_accepted,
        is_closed=not is_suspended and not is_watched(Stage(project.stage), side_state),
        is_suspended=is_suspended,
        extended_to=report.current_due_at if report and was_extended else None,
        waived_until=finding.waived_until,
    )


def _red_periods(session: Session, finding: Finding) -> int:
    """Count the periods running, up to this finding's own, that this rule has seen red."""
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


def _matter(
    session: Session,
    finding: Finding,
    report: ProgressReport | None,
    *,
    now: datetime,
    calendar: WorkCalendar,
) -> texts.Matter:
    about = inbox.abouts(session, [finding.project_id], on=day_of(now))[finding.project_id]
    path = f"progress-reports/{report.id}" if report else f"projects/{finding.project_id}"
    return texts.matter_of(
        about,
        period=finding.occurrence,
        due_at=finding.due_at,
        link=f"{settings().address()}/api/v1/{path}",
        now=now,
        calendar=calendar,
    )
