"""Reads of progress reports; who sees the project sees the report, but not a draft's figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    SQLColumnExpression,
    Uuid,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from services.core.access.models import Account
from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar, day_of
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import MemberRole
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Subject
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.policies import queries as policies
from services.core.policies.queries import Current
from services.core.progress import schemas
from services.core.progress.models import ProgressReport
from services.core.progress.rules import FIGURES, Figures, Previous, Reported, ReportState
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Project, ProjectPartner, ProjectWatch
from services.core.projects.rules import SideState, Stage, Track, is_watched

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

_PARTNERS: ColumnElement[Any] = func.array(
    select(ProjectPartner.organisation_id)
    .where(ProjectPartner.project_id == Project.id)
    .correlate(Project)
    .scalar_subquery(),
    type_=ARRAY(Uuid()),
)

_IS_OPEN = literal_column("seen.is_open", Boolean())
_CONTENT: dict[str, SQLColumnExpression[Any]] = {
    "invested_period": reading.money(ProgressReport.invested_period, _EXACT),
    "cumulative_year": reading.money(ProgressReport.cumulative_year, _EXACT),
    "cumulative_all": reading.money(ProgressReport.cumulative_all, _EXACT),
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
        "submitted_at": ProgressReport.submitted_at,
        "submitted_by": named(_REPORTER),
        "reviewed_at": ProgressReport.reviewed_at,
        "reviewed_by": named(_REVIEWER),
        "source": ProgressReport.source,
        "is_illustrative": ProgressReport.is_illustrative,
        "version": ProgressReport.version,
    }
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a report stands in: its project, its plan, the report before it, and who is asking."""

    subject: Subject
    track: Track
    total: Decimal | None
    planned_year: Decimal | None
    previous: Previous | None
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
        )


@dataclass(frozen=True, slots=True)
class Owing:
    """A project that owes reports, and by whose policy and days."""

    project: Project
    partners: tuple[UUID, ...]
    policy_code: str | None
    region_code: str

    @property
    def is_watched(self) -> bool:
        """Say whether it is neither paused, nor gone, nor ended (I-17)."""
        return is_watched(Stage(self.project.stage), self.side_state)

    @property
    def side_state(self) -> SideState | None:
        """Give the state beside its stages, if there is one."""
        return SideState(self.project.side_state) if self.project.side_state else None

    def subject(self, kind: str, record_id: UUID) -> Subject:
        """Name a record of this project as what a fact is about."""
        return subject(kind, record_id, self.project, self.partners)


class Terms:
    """By which policy and which days projects are judged on one day, each asked for once."""

    def __init__(self, session: Session, on: date) -> None:
        """Keep the day; nothing is read yet."""
        self._session, self._on = session, on
        self._policies: dict[str | None, Current] = {}
        self._calendars: dict[str, WorkCalendar] = {}

    def policy(self, owing: Owing) -> Current:
        """Give the policy of a project's group, or the default.

        Raises:
            Conflict: no version of it is in effect.
        """
        code = owing.policy_code
        if code not in self._policies:
            self._policies[code] = policies.current(self._session, code=code, on=self._on)
        return self._policies[code]

    def calendar(self, owing: Owing) -> WorkCalendar:
        """Give the days of the county a project's group serves, or of the project's own place."""
        region = owing.region_code
        if region not in self._calendars:
            self._calendars[region] = calendars.work_calendar(self._session, region)
        return self._calendars[region]


def figures(report: ProgressReport) -> Figures:
    """Give what a report says in numbers."""
    return Figures(*(getattr(report, name) for name in FIGURES))


def subject(kind: str, record_id: UUID, project: Project, partners: Collection[UUID]) -> Subject:
    """Name what a fact is about, for everybody who sees the project: its group and its units."""
    units = dict.fromkeys(
        (project.responsible_organisation_id, project.lead_organisation_id, *partners)
    )
    return Subject(kind, record_id, project.group_id, tuple(units))


def about(report: ProgressReport) -> dict[str, Any]:
    """Give what every fact about a report says first."""
    return {
        "report_id": report.id,
        "project_id": report.project_id,
        "organisation_id": report.organisation_id,
        "period": report.period,
        "due_at": report.original_due_at,
    }


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
    session: Session, caller: Caller, *, report_id: UUID, expected: int
) -> ProgressReport:
    """Lock one report in the caller's scope, at the version the caller has seen."""
    seen = select(Project.id).where(Project.id == ProgressReport.project_id, visible(caller))
    return rows.for_change(
        session, ProgressReport, ProgressReport.id == report_id, seen.exists(), expected=expected
    )


def setting(session: Session, caller: Caller, report: ProgressReport) -> Setting:
    """Read what a report stands in, in one statement."""
    before = aliased(ProgressReport)
    last = (
        select(before)
        .where(
            before.project_id == report.project_id,
            before.state == ReportState.ACCEPTED,
            before.period < report.period,
        )
        .order_by(before.period.desc())
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
            _PARTNERS,
            planned.scalar_subquery(),
            _convenes(caller),
            latest.period,
            latest.image_progress,
            latest.invested_period,
            latest.cumulative_year,
            latest.cumulative_all,
            latest.physical_percent,
        )
        .outerjoin(latest, latest.project_id == Project.id)
        .where(Project.id == report.project_id)
    ).one()
    project, partners, planned_year, is_conveners, period, image, *numbers = row
    return Setting(
        subject=subject("progress_report", report.id, project, partners),
        track=Track(project.track),
        total=project.total_investment,
        planned_year=planned_year,
        previous=Previous(period, Figures(*numbers), image) if period else None,
        is_conveners=is_conveners,
    )


def held(
    session: Session, moment: SQLColumnExpression[Any], *, now: datetime, limit: int
) -> list[tuple[ProjectWatch, Owing]]:
    """Lock the watched rows whose moment has come, oldest first, with their projects.

    The project is locked too, so that nobody who changes it waits for its watched row while this
    work waits for the project. What another transaction holds is left for the next look.
    """
    found = session.execute(
        _owing()
        .add_columns(ProjectWatch)
        .join(ProjectWatch, ProjectWatch.project_id == Project.id)
        .where(moment <= now)
        .order_by(moment, ProjectWatch.project_id)
        .limit(limit)
        .with_for_update(of=(ProjectWatch, Project), key_share=True, skip_locked=True)
    ).all()
    return [(row[-1], _as_owing(row)) for row in found]


def watched(session: Session, *where: ColumnElement[bool]) -> list[tuple[ProjectWatch, Owing]]:
    """Read watched rows with their projects; nothing is locked."""
    found = session.execute(
        _owing()
        .add_columns(ProjectWatch)
        .join(ProjectWatch, ProjectWatch.project_id == Project.id)
        .where(*where)
    ).all()
    return [(row[-1], _as_owing(row)) for row in found]


def awaited(session: Session, *, now: datetime) -> list[tuple[ProgressReport, Owing]]:
    """Lock the reports that are owed and not yet due, with their projects."""
    found = session.execute(
        _owing()
        .add_columns(ProgressReport)
        .join(ProgressReport, ProgressReport.project_id == Project.id)
        .where(
            ProgressReport.state.in_((ReportState.DUE, ReportState.DRAFT)),
            ProgressReport.original_due_at > now,
        )
        .order_by(ProgressReport.id)
        .with_for_update(of=ProgressReport)
    ).all()
    return [(row[-1], _as_owing(row)) for row in found]


def _owing() -> Any:  # noqa: ANN401 a Select that its callers widen
    return select(Project, _PARTNERS, JointGroup.policy_code, JointGroup.region_code).outerjoin(
        JointGroup, JointGroup.id == Project.group_id
    )


def _as_owing(row: Sequence[Any]) -> Owing:
    project, partners, policy_code, region_code = row[:4]
    return Owing(project, tuple(partners), policy_code, region_code or project.region_code)


def _convenes(caller: Caller) -> ColumnElement[bool]:
    today = day_of(caller.now)
    return (
        select(GroupMembership.id)
        .where(
            GroupMembership.group_id == Project.group_id,
            GroupMembership.role == MemberRole.CONVENER,
            GroupMembership.valid_from <= today,
            or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to > today),
            among(GroupMembership.organisation_id, caller.own_organisation_ids),
        )
        .correlate(Project)
        .exists()
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
