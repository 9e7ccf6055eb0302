"""Reads of monitoring: facts for the rules in whole batches, findings, health and its history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar, day_of
from services.core.groups.models import JointGroup
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.scope import among
from services.core.monitoring import rules
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.monitoring.rules.verdict import (
    Facts,
    OpenMilestone,
    OwedReport,
    Setting,
    YearPlan,
)
from services.core.organisations.models import Organisation
from services.core.policies import queries as policies
from services.core.progress.models import ProgressReport
from services.core.progress.rules import ReportState
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Milestone, Project, ProjectWatch
from services.core.projects.rules import SideState, Stage, is_watched

_BEFORE_START = frozenset(
    {
        Stage.IDEA,
        Stage.RESERVE,
        Stage.SIGNED,
        Stage.PREPARATORY,
        Stage.PROPOSED,
        Stage.AGREED,
    }
)
_DELIVERING = frozenset({Stage.UNDER_CONSTRUCTION, Stage.RUNNING})

_FINDING_FIELDS: Fields = Constant(
    {
        "id": Finding.id,
        "rule": Finding.rule,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "organisation": reading.shaped({"id": Organisation.id, "name": Organisation.name}),
        "group_id": Finding.group_id,
        "occurrence": Finding.occurrence,
        "state": Finding.state,
        "light": Finding.light,
        "worst_light": Finding.worst_light,
        "due_at": Finding.due_at,
        "opened_at": Finding.opened_at,
        "cleared_at": Finding.cleared_at,
        "explanation": Finding.explanation,
        "version": Finding.version,
    }
)
_HISTORY_FIELDS: Fields = Constant(
    {
        "id": HealthAssessment.id,
        "computed_at": HealthAssessment.computed_at,
        "light": HealthAssessment.light,
        "policy": reading.shaped(
            {"code": HealthAssessment.policy_code, "number": HealthAssessment.policy_number}
        ),
        "dimensions": HealthAssessment.dimensions,
    }
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One project as the rules see it, with the policy and the calendar it is judged by."""

    project: Project
    is_watched: bool
    facts: Facts
    setting: Setting


def due_watches(session: Session, *, now: datetime, limit: int) -> list[ProjectWatch]:
    """Lock the projects that are due for a check, oldest first; another worker's are skipped."""
    return list(
        session.scalars(
            select(ProjectWatch)
            .where(ProjectWatch.next_check_at <= now)
            .order_by(ProjectWatch.next_check_at, ProjectWatch.project_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def watched(
    session: Session, watches: Sequence[ProjectWatch], *, now: datetime
) -> dict[UUID, Watched]:
    """Gather the facts of a batch: a fixed number of statements, whatever its size."""
    wanted = [watch.project_id for watch in watches]
    reports, milestones = _reports(session, wanted), _milestones(session, wanted)
    plans, settings = _plans(session, wanted), _Settings(session, now)
    rows = session.execute(
        select(Project, JointGroup.policy_code)
        .outerjoin(JointGroup, JointGroup.id == Project.group_id)
        .where(among(Project.id, wanted))
    ).all()
    by_id = {watch.project_id: watch for watch in watches}
    return {
        project.id: Watched(
            project=project,
            is_watched=_is_watched(project),
            facts=_facts(
                project,
                by_id[project.id],
                reports=reports[project.id],
                milestones=milestones[project.id],
                plans=plans[project.id],
            ),
            setting=settings.of(policy_code, project.region_code),
        )
        for project, policy_code in rows
    }


class _Settings:
    """Policies and calendars of one batch, each read once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._packs: dict[str | None, policies.Current] = {}
        self._calendars: dict[str, WorkCalendar] = {}

    def of(self, policy_code: str | None, region_code: str) -> Setting:
        """Give what one project is judged by."""
        on = day_of(self._now)
        if policy_code not in self._packs:
            self._packs[policy_code] = policies.current(self._session, code=policy_code, on=on)
        if region_code not in self._calendars:
            self._calendars[region_code] = calendars.work_calendar(self._session, region_code)
        current = self._packs[policy_code]
        return Setting(current.pack, current.number, self._calendars[region_code], self._now)


def _is_watched(project: Project) -> bool:
    side = SideState(project.side_state) if project.side_state else None
    return is_watched(Stage(project.stage), side)


def _facts(
    project: Project,
    watch: ProjectWatch,
    *,
    reports: Sequence[OwedReport],
    milestones: Sequence[OpenMilestone],
    plans: dict[int, YearPlan],
) -> Facts:
    stage = Stage(project.stage)
    return Facts(
        has_started=project.actual_start_on is not None or stage not in _BEFORE_START,
        is_delivering=stage in _DELIVERING,
        plan_start_on=project.plan_start_on,
        watched_since_on=watch.watched_since_on,
        last_progress_on=watch.last_progress_on,
        last_accepted_period=watch.last_accepted_period,
        cumulative_year=watch.cumulative_year,
        owed_reports=tuple(reports),
        open_milestones=tuple(milestones),
        plans=plans,
    )


def _reports(session: Session, wanted: Sequence[UUID]) -> dict[UUID, list[OwedReport]]:
    found: dict[UUID, list[OwedReport]] = defaultdict(list)
    for row in session.execute(
        select(
            ProgressReport.project_id,
            ProgressReport.id,
            ProgressReport.period,
            ProgressReport.original_due_at,
        )
        .where(
            among(ProgressReport.project_id, wanted),
            ProgressReport.state != ReportState.ACCEPTED,
        )
        .order_by(ProgressReport.period)
    ):
        found[row[0]].append(OwedReport(row[1], row[2], row[3]))
    return found


def _milestones(session: Session, wanted: Sequence[UUID]) -> dict[UUID, list[OpenMilestone]]:
    found: dict[UUID, list[OpenMilestone]] = defaultdict(list)
    for row in session.execute(
        select(Milestone.project_id, Milestone.id, Milestone.name, Milestone.original_planned_on)
        .where(among(Milestone.project_id, wanted), Milestone.actual_on.is_(None))
        .order_by(Milestone.original_planned_on, Milestone.id)
    ):
        found[row[0]].append(OpenMilestone(row[1], row[2], row[3]))
    return found


def _plans(session: Session, wanted: Sequence[UUID]) -> dict[UUID, dict[int, YearPlan]]:
    found: dict[UUID, dict[int, YearPlan]] = defaultdict(dict)
    for row in session.execute(
        select(
            AnnualPlan.project_id,
            AnnualPlan.year,
            AnnualPlan.planned_investment,
            AnnualPlan.curve,
        ).where(among(AnnualPlan.project_id, wanted), AnnualPlan.is_current)
    ):
        found[row[0]][row[1]] = YearPlan(row[1], row[2], tuple(row[3]))
    return found


def findings_of(session: Session, wanted: Sequence[UUID]) -> dict[UUID, list[Finding]]:
    """Lock every finding of a batch of projects, open or cleared."""
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for finding in session.scalars(
        select(Finding).where(among(Finding.project_id, wanted)).with_for_update()
    ):
        found[finding.project_id].append(finding)
    return found


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of a project the caller may see"."""
    return projects.visible(caller)


def findings(session: Session, caller: Caller, *, ask: Ask, **filters: object) -> Page:
    """Read a page of findings; filters: project_id, group_id, rule, state, light."""
    source = Finding.__table__.join(Project.__table__, Project.id == Finding.project_id).join(
        Organisation.__table__, Organisation.id == Finding.organisation_id
    )
    where = [visible(caller)]
    where += [
        getattr(Finding, name) == value for name, value in filters.items() if value is not None
    ]
    return reading.page(
        session,
        _FINDING_FIELDS,
        source=source,
        where=where,
        sorts={"due_at": Finding.due_at, "opened_at": Finding.opened_at, "id": Finding.id},
        ask=ask,
    )


def health(session: Session, caller: Caller, *, project_id: UUID) -> Found:
    """Explain a project's light as of this moment: every rule with its arithmetic.

    The rules are asked anew, so that day counts are today's; `light_since` is what was recorded.

    Raises:
        Missing: there is no such project in scope.
    """
    row = session.execute(
        select(ProjectWatch, Project.version, Project.code)
        .join(Project, Project.id == ProjectWatch.project_id)
        .where(Project.id == project_id, visible(caller))
    ).one_or_none()
    if row is None:
        raise Missing
    watch, version, code = row
    seen = watched(session, [watch], now=caller.now)[project_id]
    verdicts = rules.assessed(seen.facts, seen.setting)
    body = {
        "project_id": project_id,
        "project_code": code,
        "computed_at": caller.now,
        "is_watched": seen.is_watched,
        "light": rules.overall(verdicts) if seen.is_watched else None,
        "light_since": watch.light_since,
        "next_check_at": watch.next_check_at,
        "dimensions": [rules.explained(verdict, seen.setting) for verdict in verdicts]
        if seen.is_watched
        else [],
    }
    return Found(orjson.dumps(body).decode(), version)


def health_history(session: Session, caller: Caller, *, project_id: UUID, ask: Ask) -> Page:
    """Read how a project's light changed, with the explanation of each time.

    Raises:
        Missing: there is no such project in scope.
    """
    seen = session.scalar(
        select(func.count()).select_from(Project).where(Project.id == project_id, visible(caller))
    )
    if not seen:
        raise Missing
    return reading.page(
        session,
        _HISTORY_FIELDS,
        source=HealthAssessment.__table__,
        where=[HealthAssessment.project_id == project_id],
        sorts={"id": HealthAssessment.id},
        ask=ask,
    )
