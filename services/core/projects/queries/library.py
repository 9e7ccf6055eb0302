"""The library as it is read: one project, a page of them, and who sees which."""

from collections.abc import Collection
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy import literal_column as constant
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of, end_of
from services.core.groups import queries as groups
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import MemberRole
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Constant, Fields, Found, Page, Single
from services.core.kit.records import Records, by, ids_of
from services.core.kit.scope import Ids, among
from services.core.kit.words import Words
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.policies.pack import SEVERITY
from services.core.projects import rules, schemas
from services.core.projects.models import (
    AnnualPlan,
    Project,
    ProjectPartner,
    ProjectWatch,
    project_version,
)
from services.core.projects.queries.past import (
    PRESENT,
    Library,
    in_force,
    library_of,
    table_of,
)
from services.core.regions.models import Region

LEAD = Organisation.__table__.alias("lead")
_RESPONSIBLE = Organisation.__table__.alias("responsible")
_NOTHING = "[]"
"""A page without a row."""


def source_of(library: Library) -> FromClause:
    """Join what a project is shown with; of the past, who sees it today sees it then.

    Outer joins: none of them can lose a row, so a count needs none of them.
    """
    project, watch = library.project, library.watch
    rows = table_of(project)
    if library.as_of:
        rows = rows.join(Project.__table__, Project.id == project.id)
    return (
        rows.outerjoin(table_of(watch), watch.project_id == project.id)
        .outerjoin(JointGroup.__table__, JointGroup.id == project.group_id)
        .outerjoin(Region.__table__, Region.code == project.region_code)
        .outerjoin(LEAD, LEAD.c.id == project.lead_organisation_id)
        .outerjoin(_RESPONSIBLE, _RESPONSIBLE.c.id == project.responsible_organisation_id)
    )


def _constant(value: str) -> ColumnElement[str]:
    """Write one of our own words into the statement, so that it stays one and the same."""
    return constant(f"'{value}'", Text)


def class_of(stage: SQLColumnExpression[str]) -> ColumnElement[str]:
    """Write the library class of a stage, from the rule, so that the two cannot drift apart."""
    return case(
        *((stage == _constant(one), _constant(rules.library_class(one))) for one in rules.Stage)
    )


LIBRARY_CLASS = class_of(Project.stage)


def _severity(light: SQLColumnExpression[str | None]) -> ColumnElement[int]:
    """Write the place of a light from red down to green, and at last what was never assessed."""
    return case(
        *(
            (light == _constant(one), constant(str(place + 1), Integer))
            for one, place in SEVERITY.items()
        ),
        else_=constant("0", Integer),
    )


def _partners(library: Library) -> ColumnElement[Any]:
    partner = library.partner
    return (
        select(
            func.coalesce(
                func.json_agg(
                    aggregate_order_by(
                        reading.shaped(
                            {
                                "organisation": named(Organisation.__table__),
                                "role": partner.role,
                                "share_percent": partner.share_percent,
                            }
                        ),
                        Organisation.name,
                        Organisation.id,
                    )
                ),
                func.json_build_array(),
            )
        )
        .select_from(partner)
        .join(Organisation, Organisation.id == partner.organisation_id)
        .where(partner.project_id == library.project.id)
        .correlate(library.project)
        .scalar_subquery()
    )


def _watched(watch: type[ProjectWatch]) -> ColumnElement[Any]:
    exact = _constant(Qualifier.EXACT)
    return reading.shaped(
        {
            "light": watch.light,
            "light_since": watch.light_since,
            "last_accepted_period": watch.last_accepted_period,
            "cumulative_year": reading.money(watch.cumulative_year, exact),
            "cumulative_all": reading.money(watch.cumulative_all, exact),
            "paid_year": reading.money(watch.paid_year, exact),
            "paid_all": reading.money(watch.paid_all, exact),
            "physical_percent": watch.physical_percent,
        }
    )


def _fields_of(library: Library) -> Fields:
    project = library.project
    return {
        "id": project.id,
        "code": project.code,
        "name": project.name,
        "name_en": project.name_en,
        "description": project.description,
        "group": named(JointGroup.__table__),
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "thrust": project.thrust,
        "domain": project.domain,
        "track": project.track,
        "stage": project.stage,
        "side_state": project.side_state,
        "library_class": class_of(project.stage),
        "lead_organisation": named(LEAD),
        "responsible_organisation": named(_RESPONSIBLE),
        "responsible_person": project.responsible_person,
        "responsible_account_id": project.responsible_account_id,
        "parent_id": project.parent_id,
        "partners": _partners(library),
        "total_investment": reading.money(project.total_investment, project.investment_qualifier),
        "plan_start_on": project.plan_start_on,
        "plan_finish_on": project.plan_finish_on,
        "actual_start_on": project.actual_start_on,
        "actual_finish_on": project.actual_finish_on,
        "reports_from": project.reports_from,
        "watch": _watched(library.watch),
        "source": project.source,
        "is_illustrative": project.is_illustrative,
        "version": project.version,
    }


SOURCE = source_of(PRESENT)
FIELDS: Fields = Constant(_fields_of(PRESENT))


def visible(
    caller: Caller, *, project_id: UUID | BindParameter[UUID] | None = None
) -> ColumnElement[bool]:
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


def convened_by(units: Ids, on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Write "one of these units convenes the project's group on a day"."""
    return (
        select(GroupMembership.id)
        .where(
            GroupMembership.group_id == Project.group_id,
            GroupMembership.role == MemberRole.CONVENER,
            groups.in_force(on),
            among(GroupMembership.organisation_id, units),
        )
        .correlate(Project)
        .exists()
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


def project(
    session: Session, caller: Caller, *, project_id: UUID, as_of: date | None = None
) -> Found:
    """Read one project, as it is or as it was known when a day ended.

    Raises:
        Missing: there is none in the caller's scope, or none was known yet.
        Invalid: the day has not come yet.
    """
    library = library_of(as_of, caller)
    one = _ONE if library is PRESENT else Single(partial(_asked, library))
    return one.found(session, caller, project_id=project_id)


def _asked(library: Library, caller: Caller) -> Select[Any, int]:
    project_id = bindparam("project_id", type_=Uuid())
    return reading.asked(
        FIELDS if library is PRESENT else _fields_of(library),
        library.project.version,
        SOURCE if library is PRESENT else source_of(library),
        [library.project.id == project_id, visible(caller, project_id=project_id)],
    )


_ONE = Single(partial(_asked, PRESENT))


def projects(session: Session, caller: Caller, *, ask: Ask, wanted: schemas.ProjectFilters) -> Page:
    """Read a page of projects with their lights and names, in one statement.

    Raises:
        Invalid: the day asked for has not come yet, or lies before what is recorded.
    """
    library = library_of(wanted.as_of, caller)
    found = reading.page(
        session,
        FIELDS if library is PRESENT else _fields_of(library),
        source=SOURCE if library is PRESENT else source_of(library),
        where=[visible(caller), *matching(wanted, library)],
        sorts={
            "name": library.project.name,
            "light": _severity(library.watch.light),
            "stage": library.project.stage,
            "region": library.project.region_code,
            "code": library.project.code,
        },
        ask=ask,
    )
    if found.items == _NOTHING:
        check_recorded(session, caller, library)
    return found


def check_recorded(session: Session, caller: Caller, library: Library) -> None:
    """Refuse a day on which none of what the caller sees was known yet.

    Raises:
        Invalid: the record begins later; it says when.
    """
    if library.as_of is None:
        return
    first = session.scalar(
        select(func.min(project_version.c.since))
        .join(Project, Project.id == project_version.c.id)
        .where(visible(caller))
    )
    if first is not None and first >= end_of(library.as_of):
        raise Invalid.at(
            "?as_of",
            Words("此日尚无记录。", "Nothing was recorded yet on this day."),
            code="before_the_record",
            allowed=(f">= {day_of(first).isoformat()}",),
        )


def matching(wanted: schemas.ProjectFilters, library: Library) -> list[ColumnElement[bool]]:
    """Write "a project that these filters let through", as it stands in this library."""
    project, light = library.project, library.watch.light
    equal: dict[Any, object] = {
        LEAD.c.level: wanted.lead_level,
        project.group_id: wanted.group_id,
        project.stage: wanted.stage,
        project.domain: wanted.domain,
        project.thrust: wanted.thrust,
        project.track: wanted.track,
        project.lead_organisation_id: wanted.lead_organisation_id,
        project.parent_id: wanted.parent_id,
    }
    where = [column == value for column, value in equal.items() if value is not None]
    if wanted.side_state == "kept":
        where.append(is_kept(project))
    elif wanted.side_state is not None:
        where.append(_is_or_none(project.side_state, wanted.side_state))
    if wanted.light is not None:
        where.append(_is_or_none(light, wanted.light))
    if wanted.plan_year is not None:
        planned = select(AnnualPlan.project_id).where(
            AnnualPlan.year == wanted.plan_year, in_force(wanted.as_of)
        )
        where.append(project.id.in_(planned))
    if wanted.library_class:
        stages = [s for s in rules.Stage if rules.library_class(s) == wanted.library_class]
        where.append(project.stage.in_(stages))
    if wanted.region:
        where.append(stands_under(wanted.region, project))
    if wanted.q:
        names = (project.name, project.code, project.name_en)
        where.append(or_(*(name.icontains(wanted.q, autoescape=True) for name in names)))
    return where


def is_kept(project: type[Project] = Project) -> ColumnElement[bool]:
    """Write "still in the library": paused perhaps, but neither terminated nor moved out."""
    return or_(
        project.side_state.is_(None), project.side_state == _constant(rules.SideState.PAUSED)
    )


def _is_or_none(column: SQLColumnExpression[Any], value: str) -> ColumnElement[bool]:
    return column.is_(None) if value == "none" else column == value


def stands_under(region_code: str, project: type[Project] = Project) -> ColumnElement[bool]:
    """Write "a project that stands in this region or below it"."""
    below = select(Region.code).where(Region.lineage.contains([region_code]))
    return project.region_code.in_(below)
