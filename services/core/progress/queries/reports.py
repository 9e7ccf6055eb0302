"""Reports as they are read; who sees the project sees them, but not a draft's figures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.progress import schemas
from services.core.progress.models import ProgressCorrection, ProgressReport
from services.core.progress.rules import CorrectionState, ReportState
from services.core.projects import queries as projects
from services.core.projects.models import Project

_REPORTER = Account.__table__.alias("reporter")
_REVIEWER = Account.__table__.alias("reviewer")
_SOURCE = (
    ProgressReport.__table__.join(Project.__table__, Project.id == ProgressReport.project_id)
    .join(Organisation.__table__, Organisation.id == ProgressReport.organisation_id)
    .outerjoin(_REPORTER, _REPORTER.c.id == ProgressReport.submitted_by)
    .outerjoin(_REVIEWER, _REVIEWER.c.id == ProgressReport.reviewed_by)
)
_SORTS = {
    "period": ProgressReport.period,
    "original_due_at": ProgressReport.original_due_at,
    "id": ProgressReport.id,
}
_OWED = (ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED)
_EXACT: ColumnElement[str] = literal_column(f"'{Qualifier.EXACT.value}'")

_IS_OPEN = literal_column("seen.is_open", Boolean())
_CONTENT: dict[str, SQLColumnExpression[Any]] = {
    "invested_period": reading.money(ProgressReport.invested_period, _EXACT),
    "cumulative_year": reading.money(ProgressReport.cumulative_year, _EXACT),
    "cumulative_all": reading.money(ProgressReport.cumulative_all, _EXACT),
    "paid_year": reading.money(ProgressReport.paid_year, _EXACT),
    "paid_all": reading.money(ProgressReport.paid_all, _EXACT),
    "physical_percent": ProgressReport.physical_percent,
    "image_progress": ProgressReport.image_progress,
    "problems": ProgressReport.problems,
    "next_steps": ProgressReport.next_steps,
    "help_needed": ProgressReport.help_needed,
    "no_change_reason": ProgressReport.no_change_reason,
    "correction_reason": ProgressReport.correction_reason,
    "warnings": ProgressReport.warnings,
    "review_note": ProgressReport.review_note,
}
"""What its unit wrote, and what was answered: others see it once it is handed in."""

_IS_CORRECTED = (
    select(ProgressCorrection.id)
    .where(
        ProgressCorrection.report_id == ProgressReport.id,
        ProgressCorrection.state == literal_column(f"'{CorrectionState.ACCEPTED.value}'"),
    )
    .correlate(ProgressReport)
    .exists()
)

FIELDS: Fields = Constant(
    {
        "id": ProgressReport.id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "group_id": Project.group_id,
        "organisation": named(Organisation.__table__),
        "period": ProgressReport.period,
        "state": ProgressReport.state,
        "opened_at": ProgressReport.opened_at,
        "original_due_at": ProgressReport.original_due_at,
        "current_due_at": ProgressReport.current_due_at,
        "is_overdue": and_(
            ProgressReport.state.in_(_OWED), ProgressReport.current_due_at < func.house_now()
        ),
        "is_late": ProgressReport.is_late,
        "is_open": _IS_OPEN,
        **{name: case((_IS_OPEN, value), else_=None) for name, value in _CONTENT.items()},
        "is_no_change": ProgressReport.is_no_change,
        "is_corrected": _IS_CORRECTED,
        "submitted_at": ProgressReport.submitted_at,
        "submitted_by": named(_REPORTER),
        "reviewed_at": ProgressReport.reviewed_at,
        "reviewed_by": named(_REVIEWER),
        "source": ProgressReport.source,
        "is_illustrative": ProgressReport.is_illustrative,
        "version": ProgressReport.version,
    }
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "a report of a project that the caller sees", where the project is joined."""
    return projects.visible(caller)


def report(session: Session, caller: Caller, *, report_id: UUID) -> Found:
    """Read one report.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return RECORDS.one(session, caller, report_id)


def reports(session: Session, caller: Caller, *, ask: Ask, wanted: schemas.ReportFilters) -> Page:
    """Read a page of reports."""
    equal: dict[Any, object] = {
        ProgressReport.project_id: wanted.project_id,
        Project.group_id: wanted.group_id,
        ProgressReport.state: wanted.state,
        ProgressReport.period: wanted.period,
    }
    where = [visible(caller)]
    where += [column == value for column, value in equal.items() if value is not None]
    if wanted.overdue is not None:
        where.append(_overdue(caller.now) if wanted.overdue else ~_overdue(caller.now))
    return reading.page(session, FIELDS, source=_source(caller), where=where, sorts=_SORTS, ask=ask)


def for_change(
    session: Session, caller: Caller, *, report_id: UUID, expected: int | None
) -> ProgressReport:
    """Lock one report in the caller's scope, at the version the caller has seen."""
    seen = select(Project.id).where(Project.id == ProgressReport.project_id, visible(caller))
    return rows.for_change(
        session, ProgressReport, ProgressReport.id == report_id, seen.exists(), expected=expected
    )


def _source(caller: Caller) -> FromClause:
    """Join what a report is shown with, and whether its content is open to this caller."""
    is_open = or_(
        ProgressReport.state.not_in(_OWED),
        among(ProgressReport.organisation_id, caller.own_organisation_ids),
    )
    seen = select(is_open.label("is_open")).correlate(ProgressReport)
    return _SOURCE.join(seen.lateral("seen"), true())


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(ProgressReport.state.in_(_OWED), ProgressReport.current_due_at < now)


RECORDS = Records(
    name="progress-reports",
    kind="progress_report",
    key=ProgressReport.id,
    version=ProgressReport.version,
    fields=lambda _: FIELDS,
    source=_source,
    visible=visible,
    follows={
        "project": by(ProgressReport.project_id),
        "project_partner": by(ProgressReport.project_id),
        "organisation": by(ProgressReport.organisation_id),
        "account": by(ProgressReport.submitted_by, ProgressReport.reviewed_by),
    },
    seen_by=frozenset({"project", "project_partner"}),
    varies=True,
    turned=lambda since, until: and_(
        ProgressReport.state.in_(_OWED),
        ProgressReport.current_due_at > since,
        ProgressReport.current_due_at <= until,
    ),
)
