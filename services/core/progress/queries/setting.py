"""What a report stands in, and what is said of it: read before anybody writes at it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from services.core.calendar.periods import period_named
from services.core.calendar.rules import day_of
from services.core.evidence import queries as evidence
from services.core.kit.caller import Caller
from services.core.kit.events import Subject
from services.core.kit.scope import Ids
from services.core.progress.models import ProgressReport
from services.core.progress.queries.owing import PARTNERS, subject
from services.core.progress.rules import FIGURES, Figures, Previous, Reported, ReportState
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Milestone, Project
from services.core.projects.rules import Track

_OWN = Ids("own_units")
_FIRST_ON, _LAST_ON = bindparam("first_on", type_=Date()), bindparam("last_on", type_=Date())


@dataclass(frozen=True, slots=True)
class Setting:
    """What a report stands in: its project, its plan, the report before it, and who is asking."""

    subject: Subject
    track: Track
    total: Decimal | None
    planned_year: Decimal | None
    previous: Previous | None
    has_files: bool
    """Photos or files were uploaded as the report's evidence."""
    bare_milestones: tuple[str, ...]
    """Milestones reached in the period's month, without a photo or file."""
    is_conveners: bool
    """The caller belongs to the unit that convenes the project's group today."""

    def reported(self, report: ProgressReport) -> Reported:
        """Give the report as it would stand, with what it is compared with."""
        return Reported(
            period=report.period,
            figures=figures(report),
            image_progress=report.image_progress,
            previous=self.previous,
            planned_year=self.planned_year,
            total=self.total,
            has_files=self.has_files,
            bare_milestones=self.bare_milestones,
        )


def figures(report: ProgressReport) -> Figures:
    """Give what a report says in numbers."""
    return Figures(*(getattr(report, name) for name in FIGURES))


def about(report: ProgressReport) -> dict[str, Any]:
    """Give what every fact about a report says first."""
    return {
        "report_id": report.id,
        "project_id": report.project_id,
        "organisation_id": report.organisation_id,
        "period": report.period,
        "due_at": report.original_due_at,
    }


def setting(session: Session, caller: Caller, report: ProgressReport) -> Setting:
    """Read what a report stands in, in one statement."""
    period = period_named(report.period)
    asked = {
        "report_id": report.id,
        "project_id": report.project_id,
        "year": int(report.period[:4]),
        "first_on": period.first_on,
        "last_on": period.last_on,
        "today": day_of(caller.now),
        _OWN.name: caller.own_organisation_ids.text,
    }
    row = session.execute(_setting(), asked).one()
    project, partners, planned_year, has_files, bare, is_conveners, before, image, *numbers = row
    return Setting(
        subject=subject("progress_report", report.id, project, partners),
        track=Track(project.track),
        total=project.total_investment,
        planned_year=planned_year,
        previous=Previous(before, Figures(*numbers), image) if before else None,
        has_files=has_files,
        bare_milestones=tuple(bare or ()),
        is_conveners=is_conveners,
    )


@cache
def _setting() -> Any:  # noqa: ANN401 a Select of everything above
    """Write that statement, once for a process: it is large."""
    before, project_id = aliased(ProgressReport), bindparam("project_id", type_=Uuid())
    last = (
        select(before)
        .where(
            before.project_id == project_id,
            before.state == ReportState.ACCEPTED,
            before.last_on < _LAST_ON,
        )
        .order_by(before.last_on.desc())
        .limit(1)
        .subquery()
    )
    latest = aliased(ProgressReport, last)
    planned = select(AnnualPlan.planned_investment).where(
        AnnualPlan.project_id == Project.id,
        AnnualPlan.year == bindparam("year", type_=Integer()),
        AnnualPlan.is_current,
    )
    return (
        select(
            Project,
            PARTNERS,
            planned.scalar_subquery(),
            evidence.is_proven(bindparam("report_id", type_=Uuid())),
            _bare_milestones(),
            projects.convened_by(_OWN, bindparam("today", type_=Date())),
            latest.period,
            latest.image_progress,
            latest.invested_period,
            latest.cumulative_year,
            latest.cumulative_all,
            latest.physical_percent,
            latest.paid_year,
            latest.paid_all,
        )
        .outerjoin(latest, latest.project_id == Project.id)
        .where(Project.id == project_id)
    )


def _bare_milestones() -> ColumnElement[list[str] | None]:
    """Name the project's milestones reached in the period that nobody has shown."""
    return (
        select(func.array_agg(aggregate_order_by(Milestone.name, Milestone.planned_on)))
        .where(
            Milestone.project_id == Project.id,
            Milestone.actual_on.between(_FIRST_ON, _LAST_ON),
            ~evidence.is_proven(Milestone.id),
        )
        .correlate(Project)
        .scalar_subquery()
    )
