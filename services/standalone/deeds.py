"""What the demonstration's people do besides reporting: one act for each deed of its history."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.models import Account
from services.core.admissions import actions as admissions
from services.core.admissions.models import Admission
from services.core.admissions.schemas import ExitChange, NewExit, Why
from services.core.blockers import actions as blockers
from services.core.blockers.models import Blocker
from services.core.blockers.schemas import Assignment, NewBlocker, Triage
from services.core.calendar.rules import day_of
from services.core.exchange import queries, rules
from services.core.exchange.rules import Anchors
from services.core.exchange.schemas import Deed
from services.core.guarantees import actions as guarantees
from services.core.guarantees.schemas import NewGuarantee
from services.core.kit.caller import Caller
from services.core.organisations.models import Organisation
from services.core.projects import actions as projects
from services.core.projects.models import AnnualPlan, PlanChange, Project
from services.core.projects.schemas import NewPlanChange, PlanDecision
from services.core.rulings import actions as rulings
from services.core.rulings.schemas import NewRuling
from services.standalone.sweep import Act

_Doer = Callable[[Session, Deed, Project, Caller], object]


def act(session: Session, deed: Deed, anchors: Anchors) -> Act:
    """Give what one person does, and when."""
    days = queries.reporting(session, anchors, period=deed.period)

    def do(session: Session, now: datetime) -> None:
        project = session.scalars(select(Project).where(Project.code == deed.project)).one()
        _DOERS[deed.does](session, deed, project, person(session, deed.by, now))

    return Act(rules.instant(deed.at, days), do)


def person(session: Session, login: str, now: datetime) -> Caller:
    """Give somebody of the demonstration as they act at an instant."""
    account_id = session.scalars(select(Account.id).where(Account.login == login)).one()
    caller = access.caller_for(session, account_id)
    assert isinstance(caller, Caller)  # noqa: S101 the document has just opened the account
    return replace(caller, now=now)


def _raise(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    given = NewBlocker(project_id=project.id, due_on=_due(deed), **deed.says)
    return blockers.raise_one(session, given=given, by=by)


def _triage(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    return blockers.triage(session, given=Triage(**deed.says), by=by, **_blocker(session, project))


def _assign(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    given = Assignment(owner_organisation_id=_unit(session, deed), **deed.says)
    return blockers.assign(session, given=given, by=by, **_blocker(session, project))


def _promise(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    given = NewGuarantee(
        promiser_organisation_id=_unit(session, deed),
        promised_on=day_of(by.now),
        due_on=_due(deed),
        **deed.says,
    )
    return guarantees.promise(session, project_id=project.id, given=given, by=by)


def _declare(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    given = NewRuling(expires_on=_due(deed), **deed.says)
    return rulings.make(session, project_id=project.id, given=given, by=by)


def _ask(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    """Ask for the plan in force with other words: the money stays as it is."""
    plan = session.scalars(
        select(AnnualPlan).where(
            AnnualPlan.project_id == project.id, AnnualPlan.year == deed.year, AnnualPlan.is_current
        )
    ).one()
    money = {"amount": str(plan.planned_investment), "qualifier": plan.investment_qualifier}
    said: dict[str, Any] = {
        "year": plan.year,
        "replaces": plan.number,
        "planned_investment": money,
        "curve": [str(amount) for amount in plan.curve],
    }
    given = NewPlanChange.model_validate({**said, **deed.says})
    return projects.request_plan_change(session, project_id=project.id, given=given, by=by)


def _approve(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    change = session.scalars(select(PlanChange).where(PlanChange.project_id == project.id)).one()
    return projects.approve_plan_change(
        session,
        change_id=change.id,
        given=PlanDecision(**deed.says),
        expected=change.version,
        by=by,
    )


def _leave(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    admissions.draft_exit(session, project_id=project.id, given=NewExit(**deed.says), by=by)
    return admissions.submit(session, by=by, **_exit(session, project))


def _return(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    return admissions.send_back(session, given=Why(**deed.says), by=by, **_exit(session, project))


def _mend(session: Session, deed: Deed, project: Project, by: Caller) -> object:
    given = ExitChange(**deed.says)
    admissions.change_exit(session, given=given, by=by, **_exit(session, project))
    return admissions.submit(session, by=by, **_exit(session, project))


def _check(session: Session, _: Deed, project: Project, by: Caller) -> object:
    return admissions.check(session, by=by, **_exit(session, project))


_DOERS: Mapping[str, _Doer] = {
    "raise": _raise,
    "triage": _triage,
    "assign": _assign,
    "promise": _promise,
    "declare": _declare,
    "ask": _ask,
    "approve": _approve,
    "leave": _leave,
    "return": _return,
    "mend": _mend,
    "check": _check,
}


def _blocker(session: Session, project: Project) -> dict[str, Any]:
    """Say which blocker is meant: the project's one."""
    found = session.scalars(select(Blocker).where(Blocker.project_id == project.id)).one()
    return {"blocker_id": found.id, "expected": found.version}


def _exit(session: Session, project: Project) -> dict[str, Any]:
    """Say which exit is meant: the project's one."""
    found = session.scalars(select(Admission).where(Admission.project_id == project.id)).one()
    return {"admission_id": found.id, "expected": found.version}


def _unit(session: Session, deed: Deed) -> UUID:
    return session.scalars(
        select(Organisation.id).where(Organisation.code == deed.organisation)
    ).one()


def _due(deed: Deed) -> date:
    """Give the day a deed names.

    Raises:
        ValueError: it names none, which only the history itself can mend.
    """
    if deed.due_on is None:
        raise ValueError(deed)
    return deed.due_on
