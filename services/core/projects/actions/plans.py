"""Annual plans: baselined once, then replaced by versions that say why."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid, Stale
from services.core.kit.words import Words
from services.core.projects import queries, rules, schemas
from services.core.projects.actions import keeping, watching
from services.core.projects.events import PlanBaselined, PlanChanged
from services.core.projects.models import AnnualPlan, Project


def plan_year(
    session: Session,
    *,
    project_id: UUID,
    year: int,
    given: schemas.GivenPlan,
    expected: int | None,
    by: Caller,
) -> AnnualPlan:
    """Give a project its plan for a year, or a new version of it; earlier versions are kept.

    `expected` is the number of the version it replaces, None where there is none yet.

    Raises:
        Missing, Forbidden, UnlawfulMove; Stale: another version is in force than the one seen.
        Invalid: the curve does not add up, or a replacement gives no reason.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb="plan a year", by=by
    )
    before = queries.current_plan(session, project.id, year)
    _check_replacement(before, given, expected)
    if before is not None:
        before.is_current = False
        session.flush()  # the old one steps down before the new one may stand
    plan = _made(project, year, given, by)
    plan.number = before.number + 1 if before else 1
    session.add(plan)
    session.flush()
    watching.recheck(session, project_id=project.id, now=by.now)
    _record(session, project, plan, before, by)
    return plan


def _check_replacement(
    before: AnnualPlan | None, given: schemas.GivenPlan, expected: int | None
) -> None:
    if expected != (before.number if before else None):
        raise Stale(
            Words(
                "计划已有变动，请查看现行版本。",
                "Another version is in force than the one you saw.",
            )
        )
    if before is not None and given.reason is None:
        words = Words("调整计划须说明原因。", "Replacing a plan needs a reason.")
        raise Invalid.at("/reason", words, code="missing")


def _made(project: Project, year: int, given: schemas.GivenPlan, by: Caller) -> AnnualPlan:
    """Make the row, with the curve that was given or one spread evenly."""
    planned = given.planned_investment.amount
    curve = rules.checked_curve(given.curve, planned) if given.curve else rules.spread(planned)
    return AnnualPlan(
        project_id=project.id,
        year=year,
        planned_investment=planned,
        investment_qualifier=given.planned_investment.qualifier,
        curve=list(curve),
        is_spread=given.curve is None,
        image_target=given.image_target,
        reason=given.reason,
        made_at=by.now,
        made_by=by.account_id,
        source=given.source,
        is_illustrative=given.is_illustrative,
    )


def _record(
    session: Session, project: Project, plan: AnnualPlan, before: AnnualPlan | None, by: Caller
) -> None:
    said = {
        "project_id": project.id,
        "project_code": project.code,
        "plan_id": plan.id,
        "year": plan.year,
        "number": plan.number,
        "planned_investment": plan.planned_investment,
        "investment_qualifier": plan.investment_qualifier,
        "is_spread": plan.is_spread,
    }
    about = ("annual_plan", plan.id)
    if before is None:
        keeping.record(session, project, PlanBaselined.model_validate(said), by=by, about=about)
        return
    fact = PlanChanged.model_validate(
        {**said, "planned_investment_before": before.planned_investment, "reason": plan.reason}
    )
    changes = {f"plan {plan.year}": [before.curve, plan.curve]}
    keeping.record(session, project, fact, by=by, changes=changes, about=about)
