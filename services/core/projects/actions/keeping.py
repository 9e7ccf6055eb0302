"""Who may change a project, and to whom its facts belong."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Role
from services.core.calendar.rules import day_of
from services.core.groups import queries as groups
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Fact, Subject
from services.core.projects import queries, rules
from services.core.projects.models import Project

_KEEP = "projects.keep"


def must_keep(
    session: Session,
    *,
    group_id: UUID | None,
    units: tuple[UUID, ...],
    by: Caller,
    permission: str = _KEEP,
) -> None:
    """Refuse whoever neither leads nor answers for a project, convenes its group, or regulates it.

    Raises:
        Forbidden: it is another's to change. Frozen: its group is dissolved.
    """
    by.must(permission)
    convener = None
    in_scope = bool(by.organisation_ids.intersection(units))
    if group_id is not None:
        groups.open_group(session, group_id)
        convener = groups.convener_of(session, group_id, day_of(by.now))
        in_scope = group_id in by.group_ids
    if not (by.role == Role.REGULATOR and in_scope):
        by.must_act_for(*units, convener)


def open_project(
    session: Session,
    *,
    project_id: UUID,
    expected: int | None,
    verb: str,
    by: Caller,
    permission: str = _KEEP,
) -> Project:
    """Lock a project that the caller may change and that has not left the library.

    Raises:
        Missing, Stale, Forbidden, Conflict, UnlawfulMove.
    """
    project = queries.for_change(session, by, project_id=project_id, expected=expected)
    units = (project.lead_organisation_id, project.responsible_organisation_id)
    must_keep(session, group_id=project.group_id, units=units, by=by, permission=permission)
    rules.check_open(side_state_of(project), verb)
    return project


def side_state_of(project: Project) -> rules.SideState | None:
    """Give the state beside the stages, if there is one."""
    return rules.SideState(project.side_state) if project.side_state else None


def units_of(session: Session, project: Project) -> frozenset[UUID]:
    """Give every organisation that takes part in a project."""
    joined = (partner.organisation_id for partner in queries.partners(session, project.id))
    return frozenset((project.lead_organisation_id, project.responsible_organisation_id, *joined))


def record(  # noqa: PLR0913 the whole of one line of the ledger, and who took part before
    session: Session,
    project: Project,
    fact: Fact,
    *,
    by: Caller,
    changes: dict[str, Any] | None = None,
    about: tuple[str, UUID] | None = None,
    before: frozenset[UUID] = frozenset(),
) -> None:
    """Record a fact of a project, or of a part of it that is a record of its own (`about`).

    `before`: units that took part until now; they hear what took them out.
    """
    kind, subject_id = about or ("project", project.id)
    units = tuple(sorted(units_of(session, project) | before))
    subject = Subject(kind, subject_id, group_id=project.group_id, organisation_ids=units)
    ledger.record(session, fact, about=subject, by=Actor.person(by), now=by.now, changes=changes)
