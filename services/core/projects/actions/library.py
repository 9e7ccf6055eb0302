"""Admitting projects, and changing what is recorded of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.calendar.rules import day_of
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Invalid
from services.core.kit.ids import new_id
from services.core.kit.money import Qualifier
from services.core.kit.shapes import Money
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.projects import queries, rules, schemas
from services.core.projects.actions import keeping, watching
from services.core.projects.events import ProjectAdmitted, ProjectChanged
from services.core.projects.models import Project, ProjectPartner, ProjectWatch
from services.core.regions import queries as regions

_ADMIT = "projects.admit"


def admit(session: Session, *, given: schemas.NewProject, by: Caller) -> Project:
    """Admit a project past the gates below the province, as the province's regulator.

    Raises:
        Conflict, Invalid, as `enter`. Forbidden: the caller is somebody else.
    """
    by.must(_ADMIT)
    _must_know(given.group_id, by)
    rules.check_last_gate(by.region_code)
    return enter(session, given=given, by=by, permission=_ADMIT)


def check_new(
    session: Session, *, given: schemas.NewProject, by: Caller, permission: str
) -> Project:
    """Give a project as it would be admitted; nothing is written.

    Raises:
        Conflict: the code is taken, or the group is dissolved. Forbidden: not the caller's to keep.
        Invalid: something named is unknown, or days, shares or stage do not fit.
    """
    _must_know(given.group_id, by)
    responsible = given.responsible_organisation_id or given.lead_organisation_id
    units = (given.lead_organisation_id, responsible)
    keeping.must_keep(session, group_id=given.group_id, units=units, by=by, permission=permission)
    _must_be_free(session, given.code)
    rules.checked_stage(given.track, given.stage)
    project = Project(
        id=new_id(),
        **_columns(given.model_dump(exclude={"partners"}), given.total_investment),
    )
    project.responsible_organisation_id = responsible
    sent = set(schemas.NewProject.model_fields)
    _check(session, project, sent, given.partners, by)
    return project


def _must_know(group_id: UUID | None, by: Caller) -> None:
    if group_id is not None and group_id not in by.group_ids:
        words = Words("没有这个团组。", "There is no such group.")
        raise Invalid.at("/group_id", words, code="unknown_group")


def enter(session: Session, *, given: schemas.NewProject, by: Caller, permission: str) -> Project:
    """Put a project into the library, with its partners and the row that is watched.

    Raises:
        Conflict, Forbidden, Invalid, as `check_new`.
    """
    project = check_new(session, given=given, by=by, permission=permission)
    session.add(project)
    session.flush()
    session.add_all(_partners(project.id, given.partners))
    watch = ProjectWatch(project_id=project.id)
    session.add(watch)
    watching.settle(watch, project, now=by.now)
    session.flush()
    fact = ProjectAdmitted(
        project_id=project.id,
        project_code=project.code,
        project_name=project.name,
        group_id=project.group_id,
        region_code=project.region_code,
        track=given.track,
        stage=given.stage,
        lead_organisation_id=project.lead_organisation_id,
        responsible_organisation_id=project.responsible_organisation_id,
        is_illustrative=project.is_illustrative,
    )
    keeping.record(session, project, fact, by=by)
    return project


def change(
    session: Session,
    *,
    project_id: UUID,
    given: schemas.ProjectChange,
    expected: int | None,
    by: Caller,
    permission: str = "projects.keep",
) -> Project:
    """Change what is recorded of a project; partners, if sent, are replaced as a whole.

    Raises:
        Missing, Stale, Forbidden, Conflict; UnlawfulMove: it has left the library.
        Invalid: something named is unknown, or days or shares do not fit.
    """
    project = keeping.open_project(
        session,
        project_id=project_id,
        expected=expected,
        verb="change",
        by=by,
        permission=permission,
    )
    before = keeping.units_of(session, project)
    sent = given.given()
    with session.no_autoflush:  # what is refused must not reach the table's own checks first
        partners = queries.partners(session, project.id)
        changes = rows.merged(project, _columns(_without(sent, "partners"), given.total_investment))
        after = given.partners if "partners" in sent else [_as_given(one) for one in partners]
        _check(session, project, set(sent), after, by)
    if "partners" in sent:
        changes |= _replace(session, project, partners, given.partners)
    if changes:
        watch = queries.watch_for_change(session, project_id=project.id)
        if "reports_from" in changes:
            watch.next_period = watch.next_open_at = None
        watching.settle(watch, project, now=by.now)
        fact = ProjectChanged(
            project_id=project.id, project_code=project.code, fields=tuple(sorted(changes))
        )
        keeping.record(session, project, fact, by=by, changes=changes, before=before)
    return project


def _columns(values: dict[str, Any], investment: Money | None) -> dict[str, Any]:
    """Write the money object as its two columns, if it was sent."""
    if "total_investment" in values:
        values["total_investment"] = investment.amount if investment else None
        values["investment_qualifier"] = investment.qualifier if investment else Qualifier.EXACT
    return values


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def _must_be_free(session: Session, code: str) -> None:
    if session.scalar(select(Project.id).where(Project.code == code)) is not None:
        words = Words(f"项目编号“{code}”已被使用。", f"The project code '{code}' is taken.")
        raise Conflict(words, faults=[Fault("/code", "taken", words)])


def _check(
    session: Session,
    project: Project,
    sent: set[str],
    partners: Sequence[schemas.GivenPartner],
    by: Caller,
) -> None:
    """Refuse a project as it would be, looking up only what was sent."""
    today = day_of(by.now)
    if sent & {"plan_start_on", "plan_finish_on"}:
        days = tuple(queries.open_milestone_days(session, project.id))
        rules.check_plan_days(project.plan_start_on, project.plan_finish_on, days)
    if sent & {"actual_start_on", "actual_finish_on"}:
        rules.check_actual_days(project.actual_start_on, project.actual_finish_on, today=today)
    if "reports_from" in sent and project.reports_from:
        rules.checked_reports_from(project.reports_from, f"{today:%Y-%m}")
    _check_named(session, project, sent)
    if "parent_id" in sent and project.parent_id:
        queries.parent(
            session,
            by,
            parent_id=project.parent_id,
            group_id=project.group_id,
            child_id=project.id,
        )
    if sent & {"partners", "lead_organisation_id"}:
        for place, one in enumerate(partners):
            pointer = f"/partners/{place}/organisation_id"
            organisations.placed(session, organisation_id=one.organisation_id, pointer=pointer)
        shares = [(one.organisation_id, one.share_percent) for one in partners]
        rules.check_shares(project.lead_organisation_id, shares)


def _check_named(session: Session, project: Project, sent: set[str]) -> None:
    """Refuse a place, a unit or a person that is not there."""
    if "region_code" in sent:
        regions.placed(session, code=project.region_code, pointer="/region_code")
    for name in ("lead_organisation_id", "responsible_organisation_id"):
        if name in sent:
            organisations.placed(
                session, organisation_id=getattr(project, name), pointer=f"/{name}"
            )
    if sent & {"responsible_organisation_id", "responsible_account_id"}:
        access.must_work_for(
            session,
            organisation_id=project.responsible_organisation_id,
            named={"/responsible_account_id": project.responsible_account_id},
        )


def _replace(
    session: Session,
    project: Project,
    before: Sequence[ProjectPartner],
    given: Sequence[schemas.GivenPartner],
) -> dict[str, Any]:
    """Put the given partners in the place of all others; gives what changed."""
    old = sorted((_as_given(one) for one in before), key=_by_unit)
    new = sorted(given, key=_by_unit)
    if old == new:
        return {}
    rows.touch(project)
    for one in before:
        session.delete(one)
    session.flush()
    session.add_all(_partners(project.id, given))
    session.flush()
    return {"partners": [[one.model_dump(mode="json") for one in side] for side in (old, new)]}


def _by_unit(partner: schemas.GivenPartner) -> UUID:
    return partner.organisation_id


def _as_given(partner: ProjectPartner) -> schemas.GivenPartner:
    return schemas.GivenPartner(
        organisation_id=partner.organisation_id,
        role=rules.PartnerRole(partner.role),
        share_percent=partner.share_percent,
    )


def _partners(project_id: UUID, given: Sequence[schemas.GivenPartner]) -> list[ProjectPartner]:
    return [ProjectPartner(project_id=project_id, **one.model_dump()) for one in given]
