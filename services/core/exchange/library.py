"""Drafts of the library: projects with partners, milestones, plans, and the row that is watched."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.core.exchange import schemas
from services.core.exchange.book import Book
from services.core.kit.errors import Fault, Invalid
from services.core.kit.events import Fact, Subject
from services.core.kit.ids import new_id
from services.core.kit.money import Qualifier
from services.core.kit.shapes import Money
from services.core.kit.words import Words
from services.core.outcomes import rules as outcomes
from services.core.outcomes.events import IndicatorDefined, OutcomeObserved
from services.core.outcomes.models import IndicatorObservation, OutcomeIndicator
from services.core.outcomes.rules import Observed
from services.core.projects import rules
from services.core.projects.actions import watching
from services.core.projects.events import (
    MilestonePlanned,
    MilestoneReached,
    PlanBaselined,
    ProjectAdmitted,
)
from services.core.projects.models import (
    AnnualPlan,
    Milestone,
    Project,
    ProjectPartner,
    ProjectWatch,
)

_FIRST_PLAN = 1
_ALIKE = (1,) * rules.MONTHS
"""Any months will do to spread by where only sums are checked."""


def project(book: Book, row: schemas.ProjectRow) -> None:
    """Draft a project with everything that belongs to it."""
    _check(book, row)
    drafted = _project(book, row)
    book.ids["projects"][row.code] = drafted.id
    book.created["projects"] += 1
    watch = ProjectWatch(project_id=drafted.id)
    watching.settle(watch, drafted, now=book.now)
    book.draft(drafted, watch)
    units = {drafted.lead_organisation_id, drafted.responsible_organisation_id}
    for partner in row.partners:
        unit_id = book.unit(partner.organisation).id
        units.add(unit_id)
        book.draft(
            ProjectPartner(
                project_id=drafted.id,
                organisation_id=unit_id,
                **partner.model_dump(exclude={"organisation"}),
            )
        )
    heard = _Heard(book, drafted, tuple(sorted(units)))
    heard.note("project", drafted.id, _admitted(drafted))
    for milestone in row.milestones:
        _milestone(heard, milestone)
    for place, outcome in enumerate(row.outcomes):
        with book.at(f"/outcomes/{place}"):
            _outcome(heard, outcome)
    for plan in row.plans:
        _plan(heard, plan)


class _Heard:
    """A drafted project, and who hears the facts about it."""

    def __init__(self, book: Book, project: Project, units: tuple[UUID, ...]) -> None:
        self.book, self.project, self._units = book, project, units
        self.said: dict[str, Any] = {"project_id": project.id, "project_code": project.code}

    def note(self, kind: str, subject_id: UUID, fact: Fact) -> None:
        """Mean to record a fact of the project, or of a part that is a record of its own."""
        self.book.note(fact, Subject(kind, subject_id, self.project.group_id, self._units))


def _project(book: Book, row: schemas.ProjectRow) -> Project:
    lead = book.unit(row.lead).id
    said = row.model_dump(
        exclude={
            "group",
            "region",
            "lead",
            "responsible",
            "responsible_account",
            "parent",
            "total_investment",
            "partners",
            "milestones",
            "outcomes",
            "plans",
        }
    )
    return Project(
        id=new_id(),
        group_id=book.maybe("groups", row.group),
        region_code=row.region,
        lead_organisation_id=lead,
        responsible_organisation_id=book.unit(row.responsible).id if row.responsible else lead,
        responsible_account_id=book.maybe("accounts", row.responsible_account),
        parent_id=book.maybe("projects", row.parent),
        **amounts("total_investment", "investment_qualifier", row.total_investment),
        **said,
    )


def _check(book: Book, row: schemas.ProjectRow) -> None:
    """Ask the library's own rules about a row, each by itself, so that every fault is found."""
    days = [one.planned_on for one in row.milestones if one.actual_on is None]
    asked: tuple[Callable[[], object], ...] = (
        lambda: rules.checked_stage(row.track, row.stage),
        lambda: rules.check_plan_days(row.plan_start_on, row.plan_finish_on, days),
        lambda: rules.check_actual_days(
            row.actual_start_on, row.actual_finish_on, today=book.today
        ),
        lambda: _check_people(book, row),
        lambda: _check_plans(book, row),
    )
    for ask in asked:
        with book.at(""):
            ask()
    weight = Decimal(0)
    for place, one in enumerate(row.milestones):
        with book.at(f"/milestones/{place}"):
            rules.check_weight(weight, one.weight)
            rules.check_past(one.actual_on, book.today, "/actual_on")
        weight += one.weight


def _check_people(book: Book, row: schemas.ProjectRow) -> None:
    if row.reports_from:
        rules.checked_reports_from(row.reports_from, f"{book.today:%Y-%m}")
    responsible = book.unit(row.responsible or row.lead)
    book.must_work_for(responsible, "/responsible_account", row.responsible_account)
    shares = [(book.unit(one.organisation).id, one.share_percent) for one in row.partners]
    rules.check_shares(book.unit(row.lead).id, shares)


def _check_plans(book: Book, row: schemas.ProjectRow) -> None:
    for place, plan in enumerate(row.plans):
        with book.at(f"/plans/{place}"):
            rules.checked_curve(tuple(plan.curve or ()), plan.planned.amount)
        with book.at(f"/plans/{place}"):
            _payments(plan, _ALIKE)
    years = [plan.year for plan in row.plans]
    if len(set(years)) < len(years):
        words = Words("同一年度只能有一个计划。", "There is one plan for a year.")
        raise Invalid(words, faults=[Fault("/plans", "repeated", words)])


def _milestone(heard: _Heard, row: schemas.MilestoneRow) -> None:
    made = new_id()
    heard.book.draft(
        Milestone(
            id=made,
            project_id=heard.project.id,
            original_planned_on=row.planned_on,
            **row.model_dump(),
        )
    )
    about: dict[str, Any] = {
        **heard.said,
        "milestone_id": made,
        "milestone_name": row.name,
        "gate": row.gate,
        "planned_on": row.planned_on,
        "original_planned_on": row.planned_on,
    }
    heard.note("milestone", made, MilestonePlanned(**about))
    if row.actual_on is not None:
        late = max((row.actual_on - row.planned_on).days, 0)
        fact = MilestoneReached(**about, actual_on=row.actual_on, days_late=late)
        heard.note("milestone", made, fact)


def _outcome(heard: _Heard, row: schemas.OutcomeRow) -> None:
    """Draft an indicator and its values, in the order of their days."""
    made = new_id()
    heard.book.draft(
        OutcomeIndicator(
            id=made, project_id=heard.project.id, **row.model_dump(exclude={"observations"})
        )
    )
    said: dict[str, Any] = {
        **heard.said,
        "indicator_id": made,
        "indicator_name": row.name,
        "unit": row.unit,
    }
    heard.note("outcome_indicator", made, IndicatorDefined(**said, measure=row.measure))
    before: Observed | None = None
    for one in sorted(row.observations, key=lambda each: each.as_of):
        given, seen = Observed(one.as_of, one.value), new_id()
        outcomes.check_day(one.as_of, today=heard.book.today)
        outcomes.check_value(row.measure, given, before=before, after=None, same=None, reason=None)
        before = given
        heard.book.draft(
            IndicatorObservation(
                id=seen, indicator_id=made, observed_at=heard.book.now, **one.model_dump()
            )
        )
        fact = OutcomeObserved(
            **said,
            observation_id=seen,
            reason=None,
            **one.model_dump(include={"as_of", "value", "qualifier"}),
        )
        heard.note("indicator_observation", seen, fact)


def _plan(heard: _Heard, row: schemas.PlanRow) -> None:
    made, planned = new_id(), row.planned
    calendar = heard.book.known.calendar(heard.project.region_code)
    days = rules.working_days_of_months(row.year, calendar)
    curve = row.curve or list(rules.spread(planned.amount, days))
    heard.book.draft(
        AnnualPlan(
            id=made,
            project_id=heard.project.id,
            number=_FIRST_PLAN,
            planned_investment=planned.amount,
            investment_qualifier=planned.qualifier,
            curve=curve,
            is_spread=row.curve is None,
            spread_by=None if row.curve else rules.Spread.WORKING_DAYS,
            made_at=heard.book.now,
            **_payments(row, days),
            **row.model_dump(exclude={"planned", "curve", "payments", "payment_curve"}),
        )
    )
    fact = PlanBaselined(
        **heard.said,
        plan_id=made,
        year=row.year,
        number=_FIRST_PLAN,
        planned_investment=planned.amount,
        investment_qualifier=planned.qualifier,
        is_spread=row.curve is None,
        planned_payments=row.payments.amount if row.payments else None,
    )
    heard.note("annual_plan", made, fact)


def _payments(row: schemas.PlanRow, working_days: Sequence[int]) -> dict[str, Any]:
    """Give the columns of what a row plans to pay.

    Raises:
        Invalid: its curve does not add up.
    """
    paid = row.payments
    return rules.payments(
        paid.amount if paid else None,
        paid.qualifier if paid else None,
        row.payment_curve,
        working_days,
    )


def _admitted(project: Project) -> ProjectAdmitted:
    return ProjectAdmitted(
        project_id=project.id,
        project_code=project.code,
        project_name=project.name,
        group_id=project.group_id,
        region_code=project.region_code,
        track=rules.Track(project.track),
        stage=rules.Stage(project.stage),
        lead_organisation_id=project.lead_organisation_id,
        responsible_organisation_id=project.responsible_organisation_id,
        is_illustrative=project.is_illustrative,
    )


def amounts(amount: str, qualifier: str, money: Money | None) -> dict[str, Any]:
    """Write a money object as its two columns."""
    return {
        amount: money.amount if money else None,
        qualifier: money.qualifier if money else Qualifier.EXACT,
    }
