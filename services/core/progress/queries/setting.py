"""What a report stands in, and what is said of it: read before anybody writes at it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from services.core.calendar.periods import Period, period_named
from services.core.evidence import queries as evidence
from services.core.kit.caller import Caller
from services.core.kit.events import Subject
from services.core.progress.models import ProgressReport
from services.core.progress.queries.owing import PARTNERS, subject
from services.core.progress.rules import FIGURES, Figures, Previous, Reported, ReportState
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Milestone, Project
from services.core.projects.rules import Track


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
    before = aliased(ProgressReport)
    last = (
        select(before)
        .where(
            before.project_id == report.project_id,
            before.state == ReportState.ACCEPTED,
            before.last_on < report.last_on,
        )
        .order_by(before.last_on.desc())
        .limit(1)
        .subquery()
    )
    latest = aliased(ProgressReport, last)
    planned = select(AnnualPlan.planned_investment).where(
        AnnualPlan.project_id == Project.id,
        AnnualPlan.year == int(report.period[:4]),
        AnnualPlan.is_current,
    )
    row = session.execute(
        select(
            Project,
            PARTNERS,
            planned.scalar_subquery(),
            evidence.is_proven(literal(report.id)),
            _bare_milestones(period_named(report.period)),
            projects.convened_by(caller),
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
        .where(Project.id == report.project_id)
    ).one()
    project, partners, planned_year, has_files, bare, is_conveners, period, image, *numbers = row
    return Setting(
        subject=subject("progress_report", report.id, project, partners),
        track=Track(project.track),
        total=project.total_investment,
        planned_year=planned_year,
        previous=Previous(period, Figures(*numbers), image) if period else None,
        has_files=has_files,
        bare_milestones=tuple(bare or ()),
        is_conveners=is_conveners,
    )


def _bare_milestones(period: Period) -> ColumnElement[list[str] | None]:
    """Name the project's milestones reached in a period that nobody has shown."""
    return (
        select(func.array_agg(aggregate_order_by(Milestone.name, Milestone.planned_on)))
        .where(
            Milestone.project_id == Project.id,
            Milestone.actual_on.between(period.first_on, period.last_on),
            ~evidence.is_proven(Milestone.id),
        )
        .correlate(Project)
        .scalar_subquery()
    )
