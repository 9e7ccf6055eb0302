"""Rows of the library to be changed, and the records a change names."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.projects.models import Project, ProjectPartner, ProjectWatch
from services.core.projects.queries.library import visible


def for_change(
    session: Session, caller: Caller, *, project_id: UUID, expected: int | None
) -> Project:
    """Lock one project in the caller's scope, at the version the caller has seen."""
    return rows.for_change(
        session, Project, Project.id == project_id, visible(caller), expected=expected
    )


def watch_for_change(session: Session, *, project_id: UUID) -> ProjectWatch:
    """Lock the watched row of a project; every write that concerns its health goes through it."""
    return rows.for_change(session, ProjectWatch, ProjectWatch.project_id == project_id)


def partners(session: Session, project_id: UUID) -> Sequence[ProjectPartner]:
    """Give the partners of a project."""
    return session.scalars(
        select(ProjectPartner).where(ProjectPartner.project_id == project_id)
    ).all()


def parent(
    session: Session, caller: Caller, *, parent_id: UUID, group_id: UUID | None, child_id: UUID
) -> Project:
    """Give the project another one is to be part of: of the same group, and not below it.

    The way up is held, so that two moves at once cannot close a circle neither of them sees.

    Raises:
        Invalid: it is unknown to the caller, of another group, or itself part of the child.
    """
    found = session.scalars(
        select(Project).where(Project.id == parent_id, visible(caller))
    ).one_or_none()
    if found is None:
        raise _no_parent("没有这个项目。", "There is no such project.", "unknown_project")
    if found.group_id != group_id:
        raise _no_parent("上级项目属于其他团组。", "It is of another group.", "other_group")
    above: UUID | None = parent_id
    while above is not None:
        if above == child_id:
            raise _no_parent("上级项目不能是其自身的下级。", "It is part of this one.", "cycle")
        above = session.scalar(
            select(Project.parent_id).where(Project.id == above).with_for_update(read=True)
        )
    return found


def _no_parent(zh: str, en: str, code: str) -> Invalid:
    return Invalid.at("/parent_id", Words(zh, en), code=code)
