"""Milestones proposed backwards from a finish; nothing is written."""

from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.calendar import queries as calendars
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Found
from services.core.projects import rules, schemas
from services.core.projects.models import Project
from services.core.projects.queries.library import visible


def scheduled(
    session: Session, caller: Caller, *, project_id: UUID, given: schemas.Backwards
) -> Found:
    """Propose days for steps that end at a finish, by the working days of the project's place.

    Raises:
        Missing: the caller does not see the project.
    """
    project = session.execute(
        select(Project.region_code, Project.plan_start_on).where(
            Project.id == project_id, visible(caller)
        )
    ).one_or_none()
    if project is None:
        raise Missing
    calendar = calendars.work_calendar(session, project.region_code)
    laid = rules.backwards(given.finish_on, [one.working_days for one in given.steps], calendar)
    begins = laid[0].starts_on
    body = {
        "project_id": project_id,
        "finish_on": given.finish_on,
        "starts_on": begins,
        "is_possible": begins >= project.plan_start_on if project.plan_start_on else None,
        "provisional_years": calendar.provisional_years(begins, given.finish_on),
        "steps": [
            {
                "name": one.name,
                "working_days": one.working_days,
                "starts_on": step.starts_on,
                "planned_on": step.planned_on,
            }
            for one, step in zip(given.steps, laid, strict=True)
        ],
    }
    return Found(orjson.dumps(body).decode(), version=0)
