"""Milestones and annual plans as they are read; who sees the project sees them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.calendar.rules import end_of
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.organisations.queries import named
from services.core.projects import schemas
from services.core.projects.models import AnnualPlan, Milestone, MilestoneVersion, Project
from services.core.projects.queries.library import visible
from services.core.projects.queries.past import check_has_come, in_force


def _said(row: type[Milestone | MilestoneVersion], key: SQLColumnExpression[UUID]) -> Constant:
    """Give the fields of a milestone, as it is or as one of its versions was."""
    return Constant(
        {
            "id": key,
            "project_id": row.project_id,
            "name": row.name,
            "gate": row.gate,
            "weight": row.weight,
            "planned_on": row.planned_on,
            "original_planned_on": row.original_planned_on,
            "forecast_on": row.forecast_on,
            "actual_on": row.actual_on,
            "evidence": row.evidence,
            "source": row.source,
            "is_illustrative": row.is_illustrative,
            "version": row.version,
        }
    )


_MILESTONE_FIELDS = _said(Milestone, Milestone.id)
_PAST_FIELDS = _said(MilestoneVersion, MilestoneVersion.milestone_id)
_PLAN_SOURCE = AnnualPlan.__table__.outerjoin(Account.__table__, Account.id == AnnualPlan.made_by)
_PLAN_FIELDS: Fields = {
    "id": AnnualPlan.id,
    "project_id": AnnualPlan.project_id,
    "year": AnnualPlan.year,
    "number": AnnualPlan.number,
    "is_current": AnnualPlan.is_current,
    "planned_investment": reading.money(
        AnnualPlan.planned_investment, AnnualPlan.investment_qualifier
    ),
    "curve": func.to_json(cast(AnnualPlan.curve, ARRAY(Text))),
    "is_spread": AnnualPlan.is_spread,
    "spread_by": AnnualPlan.spread_by,
    "payments": reading.money(AnnualPlan.planned_payments, AnnualPlan.payments_qualifier),
    "payment_curve": func.to_json(cast(AnnualPlan.payment_curve, ARRAY(Text))),
    "payments_spread_by": AnnualPlan.payments_spread_by,
    "image_target": AnnualPlan.image_target,
    "reason": AnnualPlan.reason,
    "made_at": AnnualPlan.made_at,
    "made_by": named(Account.__table__),
    "source": AnnualPlan.source,
    "is_illustrative": AnnualPlan.is_illustrative,
}


def _seen(caller: Caller) -> ColumnElement[bool]:
    """Write "a milestone of a project that the caller sees"."""
    return select(Project.id).where(Project.id == Milestone.project_id, visible(caller)).exists()


def _plan_seen(caller: Caller) -> ColumnElement[bool]:
    """Write "a plan of a project that the caller sees"."""
    return select(Project.id).where(Project.id == AnnualPlan.project_id, visible(caller)).exists()


MILESTONES = Records(
    name="milestones",
    kind="milestone",
    key=Milestone.id,
    version=Milestone.version,
    fields=lambda _: _MILESTONE_FIELDS,
    source=lambda _: Milestone.__table__,
    visible=_seen,
    follows={"project": by(Milestone.project_id), "project_partner": by(Milestone.project_id)},
    seen_by=frozenset({"project", "project_partner"}),
)
PLANS = Records(
    name="plans",
    kind="annual_plan",
    key=AnnualPlan.id,
    version=AnnualPlan.number,
    fields=lambda _: _PLAN_FIELDS,
    source=lambda _: _PLAN_SOURCE,
    visible=_plan_seen,
    follows={
        "project": by(AnnualPlan.project_id),
        "project_partner": by(AnnualPlan.project_id),
        "account": by(AnnualPlan.made_by),
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def milestone(
    session: Session, caller: Caller, *, milestone_id: UUID, as_of: date | None = None
) -> Found:
    """Read one milestone, as it is or as it was at the end of another day.

    Raises:
        Missing: there is none in the caller's scope, or there was none yet.
        Invalid: the day has not come yet.
    """
    check_has_come(as_of, caller)
    if as_of is None:
        return MILESTONES.one(session, caller, milestone_id)
    seen = select(Project.id).where(Project.id == MilestoneVersion.project_id, visible(caller))
    return reading.found(
        session,
        _PAST_FIELDS,
        version=MilestoneVersion.version,
        source=MilestoneVersion.__table__,
        where=[MilestoneVersion.milestone_id == milestone_id, seen.exists(), _said_at(as_of)],
    )


def milestones(
    session: Session, caller: Caller, *, project_id: UUID, ask: Ask, as_of: date | None = None
) -> Page:
    """Read a page of a project's milestones, as they are or were at the end of another day.

    Raises:
        Missing: the caller does not see the project. Invalid: the day has not come yet.
    """
    check_has_come(as_of, caller)
    must_see(session, caller, project_id)
    if as_of is None:
        return _milestones(
            session, Milestone, Milestone.id, [Milestone.project_id == project_id], ask
        )
    past = [MilestoneVersion.project_id == project_id, _said_at(as_of)]
    return _milestones(session, MilestoneVersion, MilestoneVersion.milestone_id, past, ask)


def _milestones(
    session: Session,
    row: type[Milestone | MilestoneVersion],
    key: SQLColumnExpression[UUID],
    where: list[ColumnElement[bool]],
    ask: Ask,
) -> Page:
    return reading.page(
        session,
        _MILESTONE_FIELDS if row is Milestone else _PAST_FIELDS,
        source=row.__table__,
        where=where,
        sorts={"planned_on": row.planned_on, "name": row.name, "id": key},
        ask=ask,
    )


def _said_at(as_of: date) -> ColumnElement[bool]:
    """Write "a version that stood when this day ended"."""
    by_then = end_of(as_of)
    until = MilestoneVersion.until
    return and_(MilestoneVersion.since < by_then, or_(until.is_(None), until >= by_then))


def milestone_for_change(
    session: Session, caller: Caller, *, milestone_id: UUID, expected: int | None
) -> Milestone:
    """Lock one milestone in the caller's scope, at the version the caller has seen."""
    return rows.for_change(
        session, Milestone, Milestone.id == milestone_id, _seen(caller), expected=expected
    )


def open_milestone_days(session: Session, project_id: UUID) -> Sequence[date]:
    """Give the planned days of a project's milestones that are not reached."""
    return session.scalars(
        select(Milestone.planned_on).where(
            Milestone.project_id == project_id, Milestone.actual_on.is_(None)
        )
    ).all()


def weight_of_others(session: Session, project_id: UUID, but: UUID | None) -> Decimal:
    """Give the weight of a project's milestones together, one of them left out."""
    total = session.scalar(
        select(func.sum(Milestone.weight)).where(
            Milestone.project_id == project_id, Milestone.id.is_distinct_from(but)
        )
    )
    return total or Decimal(0)


def plan(
    session: Session, caller: Caller, *, project_id: UUID, year: int, as_of: date | None = None
) -> Found:
    """Read the plan in force for one year, now or at the end of another day.

    Raises:
        Missing: there is none, or the caller does not see the project.
        Invalid: the day has not come yet.
    """
    check_has_come(as_of, caller)
    must_see(session, caller, project_id)
    return reading.found(
        session,
        _PLAN_FIELDS,
        version=AnnualPlan.number,
        source=_PLAN_SOURCE,
        where=[
            AnnualPlan.project_id == project_id,
            AnnualPlan.year == year,
            in_force(as_of),
        ],
    )


def plan_version(
    session: Session, caller: Caller, *, project_id: UUID, year: int, number: int
) -> Found:
    """Read one version of a year's plan, in force or not.

    Raises:
        Missing: there is none, or the caller does not see the project.
    """
    must_see(session, caller, project_id)
    return reading.found(
        session,
        _PLAN_FIELDS,
        version=AnnualPlan.number,
        source=_PLAN_SOURCE,
        where=[
            AnnualPlan.project_id == project_id,
            AnnualPlan.year == year,
            AnnualPlan.number == number,
        ],
    )


def plans(
    session: Session,
    caller: Caller,
    *,
    project_id: UUID,
    ask: Ask,
    wanted: schemas.PlanFilters,
) -> Page:
    """Read a page of the versions of a project's plans.

    Raises:
        Missing: the caller does not see the project. Invalid: the day has not come yet.
    """
    check_has_come(wanted.as_of, caller)
    must_see(session, caller, project_id)
    where: list[ColumnElement[bool]] = [AnnualPlan.project_id == project_id]
    if wanted.year is not None:
        where.append(AnnualPlan.year == wanted.year)
    if wanted.current is not None:
        where.append(AnnualPlan.is_current.is_(wanted.current))
    if wanted.as_of is not None:
        where.append(in_force(wanted.as_of))
    return reading.page(
        session,
        _PLAN_FIELDS,
        source=_PLAN_SOURCE,
        where=where,
        sorts={"year": AnnualPlan.year, "number": AnnualPlan.number, "id": AnnualPlan.id},
        ask=ask,
    )


def current_plan(session: Session, project_id: UUID, year: int) -> AnnualPlan | None:
    """Give the plan in force for one year; the project's lock keeps it so."""
    return session.scalars(
        select(AnnualPlan).where(
            AnnualPlan.project_id == project_id, AnnualPlan.year == year, AnnualPlan.is_current
        )
    ).one_or_none()


def must_see(session: Session, caller: Caller, project_id: UUID) -> None:
    """Refuse whoever does not see a project.

    Raises:
        Missing: there is none in the caller's scope.
    """
    if session.scalar(select(Project.id).where(Project.id == project_id, visible(caller))) is None:
        raise Missing
