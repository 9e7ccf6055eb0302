"""Projects of other systems: admitted or changed by the id their source knows them by.

A program is let in by an administrator and answers for its own units' projects alone; what it
brings has passed the gates of its own house.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit.caller import Caller
from services.core.projects import queries, rules, schemas
from services.core.projects.actions import keeping
from services.core.projects.actions.library import change, enter
from services.core.projects.models import ProjectExternal

_UPSERT = "projects.upsert"


def put_external(
    session: Session, *, source_id: str, external_id: str, given: schemas.NewProject, by: Caller
) -> UUID:
    """Admit a project by the id of its source, or change what the source says of it.

    The same said again changes nothing. What is not sent stays as people keep it here. Two at once
    are one after the other, so they make one project.

    Raises:
        Missing, Forbidden, Conflict, UnlawfulMove.
        Invalid: something named is unknown or does not fit, or may not change this way.
    """
    by.must(_UPSERT)
    queries.hold_external(session, source_id=source_id, external_id=external_id)
    known = queries.external(session, by, source_id=source_id, external_id=external_id)
    if known is None:
        made = enter(session, given=given, by=by, permission=_UPSERT)
        session.add(
            ProjectExternal(source_id=source_id, external_id=external_id, project_id=made.id)
        )
        session.flush()
        return made.id
    project = keeping.open_project(
        session, project_id=known, expected=None, verb="change", by=by, permission=_UPSERT
    )
    sent = given.given()
    rules.check_fixed({name: getattr(project, name) for name in rules.FIXED}, sent)
    said = {name: sent[name] for name in schemas.ProjectChange.model_fields if name in sent}
    if said.get("responsible_organisation_id") is None:
        said.pop("responsible_organisation_id", None)
    changed = schemas.ProjectChange.model_validate(said)
    change(session, project_id=known, given=changed, expected=None, by=by, permission=_UPSERT)
    return known
