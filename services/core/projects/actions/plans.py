"""Annual plans: baselined once, then changed only by a request that a second person approves."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar import queries as calendars
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Stale
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.projects import queries, rules, schemas
from services.core.projects.actions import keeping, watching
from services.core.projects.events import (
    PlanBaselined,
    PlanChangeApproved,
    PlanChanged,
    PlanChangeRefused,
    PlanChangeRequested,
)
from services.core.projects.models import AnnualPlan, PlanChange, Project
from services.core.projects.rules import PlanChangeState, PlanChangeVerb

_COPIED = (
    "project_id",
    "year",
    "planned_investment",
    "investment_qualifier",
    "curve",
    "is_spread",
    "spread_by",
    "planned_payments",
    "payments_qualifier",
    "payment_curve",
    "payments_spread_by",
    "image_target",
    "reason",
    "source",
    "is_illustrative",
)
"""What a version takes over from the request it was approved as."""


def plan_year(
    session: Session,
    *,
    project_id: UUID,
    year: int,
    given: schemas.GivenPlan,
    expected: int | None,
    by: Caller,
) -> AnnualPlan:
    """Give a project its first plan for a year: the baseline.

    `expected` is None; a number says that the caller has seen a plan that is in force.

    Raises:
        Missing, Forbidden, UnlawfulMove; Stale: another version is in force than the one seen.
        Conflict: the year has its baseline. Invalid: the curve does not add up.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb="plan a year", by=by
    )
    before = queries.current_plan(session, project.id, year)
    if expected != (before.number if before else None):
        raise Stale(
            Words(
                "计划已有变动，请查看现行版本。",
                "Another version is in force than the one you saw.",
            )
        )
    rules.check_not_baselined(before.number if before else None)
    planned = _planned(session, project, year, given)
    plan = AnnualPlan(number=1, made_at=by.now, made_by=by.account_id, **planned)
    session.add(plan)
    session.flush()
    watching.recheck(session, project_id=project.id, now=by.now)
    fact = PlanBaselined.model_validate(_said(project, plan))
    keeping.record(session, project, fact, by=by, about=("annual_plan", plan.id))
    return plan


def request_plan_change(
    session: Session, *, project_id: UUID, given: schemas.NewPlanChange, by: Caller
) -> PlanChange:
    """Ask for another plan of a year; the one in force stays until somebody else approves.

    Raises:
        Missing, Forbidden, UnlawfulMove. Conflict: there is no plan yet, or a request is open.
        Invalid: another version is in force, or the curve does not add up.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb="change a plan", by=by
    )
    before = queries.current_plan(session, project.id, given.year)
    rules.check_replaces(given.replaces, before.number if before else None)
    if queries.open_plan_change(session, project.id, given.year) is not None:
        raise Conflict(
            Words("该年度已有待审批的申请。", "A request for this year waits for its decision.")
        )
    change = PlanChange(
        replaces=given.replaces,
        requested_at=by.now,
        requested_by=by.account_id,
        **_planned(session, project, given.year, given),
    )
    session.add(change)
    session.flush()
    fact = PlanChangeRequested(**_asked(project, change), reason=change.reason)
    keeping.record(session, project, fact, by=by, about=("plan_change", change.id))
    return change


def approve_plan_change(
    session: Session,
    *,
    change_id: UUID,
    given: schemas.PlanDecision | None,
    expected: int,
    by: Caller,
) -> AnnualPlan:
    """Let a request become the version in force; earlier versions are kept.

    Raises:
        Missing, Stale, UnlawfulMove. Forbidden: the caller asked for it, or is a stranger.
        Invalid: another version is in force by now.
    """
    change, project = _decided(session, change_id, expected, by, PlanChangeVerb.APPROVE)
    change.decision_note = given.note if given else None
    before = queries.current_plan(session, project.id, change.year)
    if before is None:
        raise RuntimeError("a request replaces a plan, and plans are never taken away")
    rules.check_replaces(change.replaces, before.number, pointer="")
    before.is_current = False
    session.flush()  # the old one steps down before the new one may stand
    plan = AnnualPlan(
        number=before.number + 1,
        made_at=by.now,
        made_by=change.requested_by,
        **{name: getattr(change, name) for name in _COPIED},
    )
    session.add(plan)
    session.flush()
    change.plan_id = plan.id
    watching.recheck(session, project_id=project.id, now=by.now)
    fact = PlanChanged.model_validate(
        {
            **_said(project, plan),
            "planned_investment_before": before.planned_investment,
            "reason": plan.reason,
            "change_id": change.id,
        }
    )
    changes = {f"plan {plan.year}": [before.curve, plan.curve]}
    keeping.record(session, project, fact, by=by, changes=changes, about=("annual_plan", plan.id))
    approved = PlanChangeApproved(**_asked(project, change), plan_id=plan.id, number=plan.number)
    keeping.record(session, project, approved, by=by, about=("plan_change", change.id))
    return plan


def refuse_plan_change(
    session: Session, *, change_id: UUID, given: schemas.PlanRefusal, expected: int, by: Caller
) -> None:
    """Refuse a request; the plan in force stays as it is.

    Raises:
        Missing, Stale, UnlawfulMove. Forbidden: the caller asked for it, or is a stranger.
    """
    change, project = _decided(session, change_id, expected, by, PlanChangeVerb.REFUSE)
    change.decision_note = given.note
    fact = PlanChangeRefused(**_asked(project, change), decision_note=given.note)
    keeping.record(session, project, fact, by=by, about=("plan_change", change.id))


def _decided(
    session: Session, change_id: UUID, expected: int, by: Caller, verb: PlanChangeVerb
) -> tuple[PlanChange, Project]:
    """Lock a request and move it, for somebody who keeps the project and did not ask for it.

    The project is locked first, as by every other write, so that no two wait for each other.
    """
    project_id = queries.project_of_plan_change(session, by, change_id=change_id)
    project = keeping.open_project(session, project_id=project_id, expected=None, verb=verb, by=by)
    change = queries.plan_change_for_change(session, change_id=change_id, expected=expected)
    change.state = moved(rules.PLAN_MOVES, PlanChangeState(change.state), verb)
    rules.check_decider(by.account_id, change.requested_by)
    change.decided_at, change.decided_by = by.now, by.account_id
    return change, project


def _planned(
    session: Session, project: Project, year: int, given: schemas.GivenPlan
) -> dict[str, Any]:
    """Give a plan's columns, with the curves that were given or spread by working days.

    Raises:
        Invalid: a curve does not add up.
    """
    planned, payments = given.planned_investment.amount, given.payments
    calendar = calendars.work_calendar(session, project.region_code)
    days = rules.working_days_of_months(year, calendar)
    curve = (
        rules.checked_curve(given.curve, planned) if given.curve else rules.spread(planned, days)
    )
    return {
        **rules.payments(
            payments.amount if payments else None,
            payments.qualifier if payments else None,
            given.payment_curve,
            days,
        ),
        "project_id": project.id,
        "year": year,
        "planned_investment": planned,
        "investment_qualifier": given.planned_investment.qualifier,
        "curve": list(curve),
        "is_spread": not given.curve,
        "spread_by": None if given.curve else rules.Spread.WORKING_DAYS,
        "image_target": given.image_target,
        "reason": given.reason,
        "source": given.source,
        "is_illustrative": given.is_illustrative,
    }


def _said(project: Project, plan: AnnualPlan) -> dict[str, Any]:
    """Give what every fact about a version says."""
    return {
        "project_id": project.id,
        "project_code": project.code,
        "plan_id": plan.id,
        "year": plan.year,
        "number": plan.number,
        "planned_investment": plan.planned_investment,
        "investment_qualifier": plan.investment_qualifier,
        "planned_payments": plan.planned_payments,
        "is_spread": plan.is_spread,
    }


def _asked(project: Project, change: PlanChange) -> dict[str, Any]:
    """Give what every fact about a request says."""
    return {
        "project_id": project.id,
        "project_code": project.code,
        "change_id": change.id,
        "year": change.year,
        "replaces": change.replaces,
        "planned_investment": change.planned_investment,
        "investment_qualifier": change.investment_qualifier,
    }
