"""Projects by the ids of other systems."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Found
from services.core.projects.models import Project, ProjectExternal
from services.core.projects.queries.library import project, visible

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:source_id || '/' || :external_id, 0))")


def hold_external(session: Session, *, source_id: str, external_id: str) -> None:
    """Let nobody else write at this id until the transaction ends, known or not."""
    session.execute(_HOLD, {"source_id": source_id, "external_id": external_id})


def external(session: Session, caller: Caller, *, source_id: str, external_id: str) -> UUID | None:
    """Give the project behind an id of a source, None where the caller sees none."""
    return session.scalar(
        select(ProjectExternal.project_id)
        .join(Project, Project.id == ProjectExternal.project_id)
        .where(
            ProjectExternal.source_id == source_id,
            ProjectExternal.external_id == external_id,
            visible(caller),
        )
    )


def external_project(
    session: Session, caller: Caller, *, source_id: str, external_id: str
) -> Found:
    """Read a project by the id of its source.

    Raises:
        Missing: there is none in the caller's scope.
    """
    found = external(session, caller, source_id=source_id, external_id=external_id)
    if found is None:
        raise Missing
    return project(session, caller, project_id=found)
