"""Requests to change plans, and versions of a plan beside each other; who sees the project sees."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.organisations.queries import named
from services.core.projects import rules, schemas
from services.core.projects.models import AnnualPlan, PlanChange, Project
from services.core.projects.queries.library import visible
from services.core.projects.queries.timetable import must_see, plan_version
from services.core.projects.rules import PlanChangeState

_ASKER = Account.__table__.alias("asker")
_DECIDER = Account.__table__.alias("decider")
_SOURCE = PlanChange.__table__.join(_ASKER, _ASKER.c.id == PlanChange.requested_by).outerjoin(
    _DECIDER, _DECIDER.c.id == PlanChange.decided_by
)
_FIELDS: Fields = Constant(
    {
        "id": PlanChange.id,
        "project_id": PlanChange.project_id,
        "year": PlanChange.year,
        "replaces": PlanChange.replaces,
        "state": PlanChange.state,
        "planned_investment": reading.money(
            PlanChange.planned_investment, PlanChange.investment_qualifier
        ),
        "curve": func.to_json(cast(PlanChange.curve, ARRAY(Text))),
        "is_spread": PlanChange.is_spread,
        "spread_by": PlanChange.spread_by,
        "payments": reading.money(PlanChange.planned_payments, PlanChange.payments_qualifier),
        "payment_curve": func.to_json(cast(PlanChange.payment_curve, ARRAY(Text))),
        "payments_spread_by": PlanChange.payments_spread_by,
        "image_target": PlanChange.image_target,
        "reason": PlanChange.reason,
        "requested_at": PlanChange.requested_at,
        "requested_by": named(_ASKER),
        "decided_at": PlanChange.decided_at,
        "decided_by": named(_DECIDER),
        "decision_note": PlanChange.decision_note,
        "plan_id": PlanChange.plan_id,
        "source": PlanChange.source,
        "is_illustrative": PlanChange.is_illustrative,
        "version": PlanChange.version,
    }
)


def _seen(caller: Caller) -> ColumnElement[bool]:
    """Write "a request about a project that the caller sees"."""
    return select(Project.id).where(Project.id == PlanChange.project_id, visible(caller)).exists()


PLAN_CHANGES = Records(
    name="plan-changes",
    kind="plan_change",
    key=PlanChange.id,
    version=PlanChange.version,
    fields=lambda _: _FIELDS,
    source=lambda _: _SOURCE,
    visible=_seen,
    follows={
        "project": by(PlanChange.project_id),
        "project_partner": by(PlanChange.project_id),
        "account": by(PlanChange.requested_by, PlanChange.decided_by),
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def plan_change(session: Session, caller: Caller, *, change_id: UUID) -> Found:
    """Read one request.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return PLAN_CHANGES.one(session, caller, change_id)


def plan_changes(
    session: Session,
    caller: Caller,
    *,
    project_id: UUID,
    ask: Ask,
    wanted: schemas.PlanChangeFilters,
) -> Page:
    """Read a page of the requests to change a project's plans.

    Raises:
        Missing: the caller does not see the project.
    """
    must_see(session, caller, project_id)
    where: list[ColumnElement[bool]] = [PlanChange.project_id == project_id]
    if wanted.year is not None:
        where.append(PlanChange.year == wanted.year)
    if wanted.state is not None:
        where.append(PlanChange.state == wanted.state)
    sorts = {"requested_at": PlanChange.requested_at, "id": PlanChange.id}
    return reading.page(session, _FIELDS, source=_SOURCE, where=where, sorts=sorts, ask=ask)


def project_of_plan_change(session: Session, caller: Caller, *, change_id: UUID) -> UUID:
    """Give the project a request is about.

    Raises:
        Missing: there is none in the caller's scope.
    """
    found = session.scalar(
        select(PlanChange.project_id).where(PlanChange.id == change_id, _seen(caller))
    )
    if found is None:
        raise Missing
    return found


def plan_change_for_change(session: Session, *, change_id: UUID, expected: int) -> PlanChange:
    """Lock one request at the version the caller has seen; its project is locked already."""
    return rows.for_change(session, PlanChange, PlanChange.id == change_id, expected=expected)


def open_plan_change(session: Session, project_id: UUID, year: int) -> PlanChange | None:
    """Give the request that waits for its decision; the project's lock keeps it so."""
    return session.scalars(
        select(PlanChange).where(
            PlanChange.project_id == project_id,
            PlanChange.year == year,
            PlanChange.state == PlanChangeState.REQUESTED,
        )
    ).one_or_none()


def compared_plans(
    session: Session, caller: Caller, *, project_id: UUID, year: int, numbers: tuple[int, int]
) -> Found:
    """Read two versions of a year's plan, and the difference per month.

    Raises:
        Missing: there is no such version, or the caller does not see the project.
    """
    shown = [
        plan_version(session, caller, project_id=project_id, year=year, number=number)
        for number in numbers
    ]
    found = session.execute(
        select(AnnualPlan.number, AnnualPlan.curve).where(
            AnnualPlan.project_id == project_id,
            AnnualPlan.year == year,
            AnnualPlan.number.in_(numbers),
        )
    )
    curves = {row.number: row.curve for row in found}
    before, after = (curves[number] for number in numbers)
    months: list[dict[str, Any]] = [
        {
            "period": f"{year:04}-{place:02}",
            "before": str(month.before),
            "after": str(month.after),
            "difference": str(month.difference),
            "month_difference": str(month.month_difference),
        }
        for place, month in enumerate(rules.compared(before, after), start=1)
    ]
    whole = orjson.dumps(str(after[-1] - before[-1])).decode()
    body = (
        f'{{"before":{shown[0].body},"after":{shown[1].body},'
        f'"difference":{whole},"months":{orjson.dumps(months).decode()}}}'
    )
    return Found(body, version=numbers[1])
