"""Reads of monitoring: facts for the rules in whole batches, findings, health and its history."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.core.assignments.queries import choices
from services.core.assignments.rules import why
from services.core.calendar.rules import day_of
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.monitoring import rules
from services.core.monitoring.models import Finding, FindingState, HealthAssessment
from services.core.monitoring.past import months_of
from services.core.monitoring.rules.verdict import (
    Facts,
    OpenMilestone,
    OwedReport,
    Setting,
    Verdict,
    YearPlan,
)
from services.core.organisations.models import Organisation
from services.core.progress.models import ProgressReport
from services.core.progress.queries import Owing, Terms, watched
from services.core.progress.rules import ReportState, due_at
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Milestone, Project, ProjectWatch
from services.core.projects.rules import Stage
from services.core.rulings import queries as rulings

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
        "waived_until": Finding.waived_until,
        "explanation": Finding.explanation,
        "version": Finding.version,
    }
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One project as the rules see it, with the policy and the calendar it is judged by."""

    owing: Owing
    facts: Facts
    setting: Setting

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Ask every rule; a project at rest is asked nothing (I-17)."""
        return rules.assessed(self.facts, self.setting) if self.owing.is_watched else ()


class Batch:
    """What is known of some projects, read in a fixed number of statements."""

    def __init__(self, session: Session, project_ids: Collection[UUID], *, now: datetime) -> None:
        """Read the rows that rules look at."""
        self._now = now
        self._terms = Terms(session, day_of(now))
        self._reports = _reports(session, project_ids)
        self._milestones = _milestones(session, project_ids)
        self._plans = _plans(session, project_ids)
        self._months = months_of(session, project_ids, now=now)
        self._rulings = rulings.in_force(session, project_ids, on=day_of(now))

    def watched(self, watch: ProjectWatch, owing: Owing) -> Watched:
        """Put together what the rules look at of one project.

        Raises:
            Conflict: no version of its policy is in effect.
        """
        current, calendar = self._terms.policy(owing), self._terms.calendar(owing)
        setting = Setting(current.pack, current.number, calendar, self._now)
        return Watched(owing, self._facts(watch, owing.project, setting), setting)

    def _facts(self, watch: ProjectWatch, project: Project, setting: Setting) -> Facts:
        stage, reports = Stage(project.stage), self._reports[project.id]
        accepted_at = watch.last_accepted_at
        return Facts(
            has_started=project.actual_start_on is not None or stage not in _BEFORE_START,
            is_delivering=stage in _DELIVERING,
            owes_reports=project.reports_from is not None,
            plan_start_on=project.plan_start_on,
            watched_since_on=watch.watched_since_on,
            last_progress_on=watch.last_progress_on,
            last_accepted_on=day_of(accepted_at) if accepted_at else None,
            last_accepted_period=watch.last_accepted_period,
            next_due_at=_next_due(watch, reports, setting),
            cumulative_year=watch.cumulative_year,
            owed_reports=tuple(reports),
            open_milestones=tuple(self._milestones[project.id]),
            plans=self._plans[project.id],
            months=self._months.get(project.id, ()),
            rulings=self._rulings.get(project.id, ()),
        )


def _next_due(
    watch: ProjectWatch, reports: Sequence[OwedReport], setting: Setting
) -> datetime | None:
    """Give the due of the oldest report not accepted, else of the one that opens next."""
    if reports:
        return min(report.original_due_at for report in reports)
    if watch.next_period is None:
        return None
    return due_at(watch.next_period, setting.pack.cadence, setting.calendar)


def _reports(session: Session, wanted: Collection[UUID]) -> dict[UUID, list[OwedReport]]:
    found: dict[UUID, list[OwedReport]] = defaultdict(list)
    for report in session.scalars(
        select(ProgressReport)
        .where(
            among(ProgressReport.project_id, wanted),
            ProgressReport.state != ReportState.ACCEPTED,
        )
        .order_by(ProgressReport.period)
        .execution_options(populate_existing=True)
    ):
        returned = report.state == ReportState.RETURNED
        owed = OwedReport(
            report_id=report.id,
            period=report.period,
            original_due_at=report.original_due_at,
            is_handed_in=report.state == ReportState.SUBMITTED,
            is_late=report.is_late,
            returned_at=report.reviewed_at if returned else None,
        )
        found[report.project_id].append(owed)
    return found


def _milestones(session: Session, wanted: Collection[UUID]) -> dict[UUID, list[OpenMilestone]]:
    found: dict[UUID, list[OpenMilestone]] = defaultdict(list)
    for row in session.execute(
        select(Milestone.project_id, Milestone.id, Milestone.name, Milestone.original_planned_on)
        .where(among(Milestone.project_id, wanted), Milestone.actual_on.is_(None))
        .order_by(Milestone.original_planned_on, Milestone.id)
    ):
        found[row[0]].append(OpenMilestone(row[1], row[2], row[3]))
    return found


def _plans(session: Session, wanted: Collection[UUID]) -> dict[UUID, dict[int, YearPlan]]:
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


def open_findings(session: Session, wanted: Collection[UUID]) -> dict[UUID, list[Finding]]:
    """Give the findings of some projects that are not cleared; waived ones too."""
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for finding in session.scalars(
        select(Finding)
        .where(among(Finding.project_id, wanted), Finding.state != FindingState.CLEARED)
        .execution_options(populate_existing=True)
    ):
        found[finding.project_id].append(finding)
    return found


def earlier_finding(
    session: Session, *, rule: str, project_id: UUID, occurrence: str
) -> Finding | None:
    """Give what a rule found before of the same occurrence, if it did."""
    return session.scalars(
        select(Finding).where(
            Finding.rule == rule,
            Finding.project_id == project_id,
            Finding.occurrence == occurrence,
        )
    ).one_or_none()


def last_assessments(session: Session, wanted: Collection[UUID]) -> dict[UUID, HealthAssessment]:
    """Give the latest assessment of each of some projects."""
    latest = (
        select(func.max(HealthAssessment.id))
        .where(among(HealthAssessment.project_id, wanted))
        .group_by(HealthAssessment.project_id)
    )
    found = session.scalars(select(HealthAssessment).where(HealthAssessment.id.in_(latest)))
    return {kept.project_id: kept for kept in found}


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of a project the caller may see"."""
    return projects.visible(caller)


_FINDING_SOURCE = Finding.__table__.join(Project.__table__, Project.id == Finding.project_id).join(
    Organisation.__table__, Organisation.id == Finding.organisation_id
)
RECORDS = Records(
    name="findings",
    kind="finding",
    key=Finding.id,
    version=Finding.version,
    fields=lambda _: _FINDING_FIELDS,
    source=lambda _: _FINDING_SOURCE,
    visible=visible,
    follows={
        "project": by(Finding.project_id),
        "project_partner": by(Finding.project_id),
        "organisation": by(Finding.organisation_id),
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def findings(session: Session, caller: Caller, *, ask: Ask, **filters: object) -> Page:
    """Read a page of findings; filters: project_id, group_id, rule, state, light."""
    where = [visible(caller)]
    where += [
        getattr(Finding, name) == value for name, value in filters.items() if value is not None
    ]
    return reading.page(
        session,
        _FINDING_FIELDS,
        source=_FINDING_SOURCE,
        where=where,
        sorts={"due_at": Finding.due_at, "opened_at": Finding.opened_at, "id": Finding.id},
        ask=ask,
    )


def health(session: Session, caller: Caller, *, project_id: UUID) -> Found:
    """Explain a project's light as of this moment: every rule with its arithmetic.

    The rules are asked anew, so that day counts are today's; `light_since` is what was recorded.

    Raises:
        Missing: there is no such project in scope. Conflict: its policy is not in effect.
    """
    found = watched(session, Project.id == project_id, visible(caller))
    if not found:
        raise Missing
    watch, owing = found[0]
    project, seen = owing.project, Batch(session, [project_id], now=caller.now).watched(*found[0])
    verdicts = seen.verdicts
    reason = rules.why_unlit(Stage(project.stage), owing.side_state, verdicts)
    body = {
        "project_id": project_id,
        "project_code": project.code,
        "computed_at": caller.now,
        "is_watched": owing.is_watched,
        "light": rules.overall(verdicts),
        "reason": reason.both() if reason else None,
        "light_since": watch.light_since,
        "next_check_at": watch.next_check_at,
        "dimensions": [rules.explained(verdict, seen.setting) for verdict in verdicts],
        "declared": rules.declared(seen.facts),
        "policy": {
            "code": seen.setting.pack.code,
            "number": seen.setting.number,
            "because": why(choices(session, project)).both(),
        },
    }
    timeless = orjson.dumps({**body, "computed_at": None}).decode()
    return Found(orjson.dumps(body).decode(), project.version, essence=timeless)
