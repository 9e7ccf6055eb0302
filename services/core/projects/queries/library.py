"""The library as it is read: one project, a page of them, and who sees which."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    SQLColumnExpression,
    Text,
    and_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy import literal_column as constant
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.groups.models import JointGroup
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by, ids_of
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.policies.pack import SEVERITY
from services.core.projects import rules, schemas
from services.core.projects.models import AnnualPlan, Project, ProjectPartner, ProjectWatch
from services.core.regions.models import Region

LEAD = Organisation.__table__.alias("lead")
_RESPONSIBLE = Organisation.__table__.alias("responsible")
SOURCE = (
    Project.__table__.outerjoin(ProjectWatch.__table__, ProjectWatch.project_id == Project.id)
    .outerjoin(JointGroup.__table__, JointGroup.id == Project.group_id)
    .outerjoin(Region.__table__, Region.code == Project.region_code)
    .outerjoin(LEAD, LEAD.c.id == Project.lead_organisation_id)
    .outerjoin(_RESPONSIBLE, _RESPONSIBLE.c.id == Project.responsible_organisation_id)
)
"""Outer joins: none can lose a row, so a count needs none of them."""


def _constant(value: str) -> ColumnElement[str]:
    """Write one of our own words into the statement, so that it stays one and the same."""
    return constant(f"'{value}'", Text)


LIBRARY_CLASS: ColumnElement[str] = case(
    *(
        (Project.stage == _constant(stage), _constant(rules.library_class(stage)))
        for stage in rules.Stage
    )
)
"""Made from the rule, so that the two cannot drift apart."""

_SEVERITY: ColumnElement[int] = case(
    *(
        (ProjectWatch.light == _constant(light), constant(str(place + 1), Integer))
        for light, place in SEVERITY.items()
    ),
    else_=constant("0", Integer),
)
"""From red down to green, and at last what was never assessed."""

_PARTNERS = (
    select(
        func.coalesce(
            func.json_agg(
                aggregate_order_by(
                    reading.shaped(
                        {
                            "organisation": named(Organisation.__table__),
                            "role": ProjectPartner.role,
                            "share_percent": ProjectPartner.share_percent,
                        }
                    ),
                    Organisation.name,
                    Organisation.id,
                )
            ),
            func.json_build_array(),
        )
    )
    .select_from(ProjectPartner)
    .join(Organisation, Organisation.id == ProjectPartner.organisation_id)
    .where(ProjectPartner.project_id == Project.id)
    .correlate(Project)
    .scalar_subquery()
)

_WATCH = reading.shaped(
    {
        "light": ProjectWatch.light,
        "light_since": ProjectWatch.light_since,
        "last_accepted_period": ProjectWatch.last_accepted_period,
        "cumulative_year": reading.money(ProjectWatch.cumulative_year, _constant(Qualifier.EXACT)),
        "cumulative_all": reading.money(ProjectWatch.cumulative_all, _constant(Qualifier.EXACT)),
        "paid_year": reading.money(ProjectWatch.paid_year, _constant(Qualifier.EXACT)),
        "paid_all": reading.money(ProjectWatch.paid_all, _constant(Qualifier.EXACT)),
        "physical_percent": ProjectWatch.physical_percent,
    }
)

FIELDS: Fields = Constant(
    {
        "id": Project.id,
        "code": Project.code,
        "name": Project.name,
        "name_en": Project.name_en,
        "description": Project.description,
        "group": named(JointGroup.__table__),
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "thrust": Project.thrust,
        "domain": Project.domain,
        "track": Project.track,
        "stage": Project.stage,
        "side_state": Project.side_state,
        "library_class": LIBRARY_CLASS,
        "lead_organisation": named(LEAD),
        "responsible_organisation": named(_RESPONSIBLE),
        "responsible_person": Project.responsible_person,
        "responsible_account_id": Project.responsible_account_id,
        "parent_id": Project.parent_id,
        "partners": _PARTNERS,
        "total_investment": reading.money(Project.total_investment, Project.investment_qualifier),
        "plan_start_on": Project.plan_start_on,
        "plan_finish_on": Project.plan_finish_on,
        "actual_start_on": Project.actual_start_on,
        "actual_finish_on": Project.actual_finish_on,
        "reports_from": Project.reports_from,
        "watch": _WATCH,
        "source": Project.source,
        "is_illustrative": Project.is_illustrative,
        "version": Project.version,
    }
)
_SORTS = {
    "name": Project.name,
    "light": _SEVERITY,
    "stage": Project.stage,
    "region": Project.region_code,
    "code": Project.code,
}


def visible(caller: Caller, *, project_id: UUID | None = None) -> ColumnElement[bool]:
    """Write "of the caller's groups, or one that its organisations lead, answer for or join".

    The partners are one list, hashed once at most: asked row by row, the planner takes a page of
    the whole library for so costly that it no longer cares how it is joined. Where one project is
    asked for, `project_id` keeps that list to it, and the plan is cheap enough to be kept.
    """
    joined = select(ProjectPartner.project_id).where(
        among(ProjectPartner.organisation_id, caller.organisation_ids)
    )
    if project_id is not None:
        joined = joined.where(ProjectPartner.project_id == project_id)
    return or_(
        among(Project.group_id, caller.group_ids),
        among(Project.lead_organisation_id, caller.organisation_ids),
        among(Project.responsible_organisation_id, caller.organisation_ids),
        Project.id.in_(joined),
    )


def _of_units(ids: Collection[str]) -> ColumnElement[bool]:
    """Write "one that names one of these organisations"."""
    units = ids_of(ids, Project.lead_organisation_id)
    joined = select(ProjectPartner.project_id).where(ProjectPartner.organisation_id == units.any_())
    return or_(
        Project.lead_organisation_id == units.any_(),
        Project.responsible_organisation_id == units.any_(),
        Project.id.in_(joined),
    )


RECORDS = Records(
    name="projects",
    kind="project",
    key=Project.id,
    version=Project.version,
    fields=lambda _: FIELDS,
    source=lambda _: SOURCE,
    visible=visible,
    follows={
        "project_partner": by(Project.id),
        "project_watch": by(Project.id),
        "joint_group": by(Project.group_id),
        "organisation": _of_units,
        "region": by(Project.region_code),
    },
    seen_by=frozenset({"project_partner"}),
)


def project(session: Session, caller: Caller, *, project_id: UUID) -> Found:
    """Read one project.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return reading.found(
        session,
        FIELDS,
        version=Project.version,
        source=SOURCE,
        where=[Project.id == project_id, visible(caller, project_id=project_id)],
    )


def projects(session: Session, caller: Caller, *, ask: Ask, wanted: schemas.ProjectFilters) -> Page:
    """Read a page of projects with their lights and names, in one statement."""
    where = [visible(caller), *matching(wanted)]
    return reading.page(session, FIELDS, source=SOURCE, where=where, sorts=_SORTS, ask=ask)


def matching(wanted: schemas.ProjectFilters) -> list[ColumnElement[bool]]:
    """Write "a project that these filters let through"."""
    equal: dict[Any, object] = {
        LEAD.c.level: wanted.lead_level,
        Project.group_id: wanted.group_id,
        Project.stage: wanted.stage,
        Project.domain: wanted.domain,
        Project.thrust: wanted.thrust,
        Project.track: wanted.track,
        Project.lead_organisation_id: wanted.lead_organisation_id,
        Project.parent_id: wanted.parent_id,
    }
    where = [column == value for column, value in equal.items() if value is not None]
    if wanted.side_state is not None:
        kept = wanted.side_state == "kept"
        where.append(is_kept() if kept else _is_or_none(Project.side_state, wanted.side_state))
    if wanted.light is not None:
        where.append(_is_or_none(ProjectWatch.light, wanted.light))
    if wanted.plan_year is not None:
        planned = select(AnnualPlan.project_id).where(
            AnnualPlan.year == wanted.plan_year, AnnualPlan.is_current
        )
        where.append(Project.id.in_(planned))
    if wanted.library_class:
        stages = [s for s in rules.Stage if rules.library_class(s) == wanted.library_class]
        where.append(Project.stage.in_(stages))
    if wanted.region:
        where.append(stands_under(wanted.region))
    if wanted.q:
        names = (Project.name, Project.code, Project.name_en)
        where.append(or_(*(name.icontains(wanted.q, autoescape=True) for name in names)))
    return where


def is_kept() -> ColumnElement[bool]:
    """Write "still in the library": paused perhaps, but neither terminated nor moved out."""
    return or_(
        Project.side_state.is_(None), Project.side_state == _constant(rules.SideState.PAUSED)
    )


def _is_or_none(column: SQLColumnExpression[Any], value: str) -> ColumnElement[bool]:
    return column.is_(None) if value == "none" else column == value


def stands_under(region_code: str) -> ColumnElement[bool]:
    """Write "a project that stands in this region or below it"."""
    below = select(Region.code).where(Region.lineage.contains([region_code]))
    return Project.region_code.in_(below)


def sum_of(
    amount: SQLColumnExpression[Any], qualifier: SQLColumnExpression[Any]
) -> tuple[ColumnElement[Any], ColumnElement[str]]:
    """Give a sum of amounts, null if none is known, and its qualifier as in `kit.money` (T-6)."""
    known = amount.is_not(None)
    worst = case(
        *(
            (func.bool_or(and_(known, qualifier == _constant(one))), _constant(one))
            for one in (Qualifier.ABOUT, Qualifier.AT_LEAST)
        ),
        else_=_constant(Qualifier.EXACT),
    )
    return func.sum(amount), worst
