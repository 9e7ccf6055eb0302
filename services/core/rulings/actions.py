"""Writes of rulings."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.events import Fact
from services.core.kit.scope import Ids
from services.core.projects import queries as projects
from services.core.projects.actions import keeping, watching
from services.core.projects.models import Project
from services.core.rulings import queries, rules, schemas
from services.core.rulings.events import RulingEnded, RulingIssued
from services.core.rulings.models import Ruling


def make(session: Session, *, project_id: UUID, given: schemas.NewRuling, by: Caller) -> Ruling:
    """Rule about a project's light; monitoring looks at it at once.

    Raises:
        Missing; Forbidden: it is for a regulator. Conflict: one on the same is in force.
        Invalid: neither or both of the two, or no near end.
    """
    by.must("supervision.issue")
    rules.check_said(given.dimension, given.light)
    today = day_of(by.now)
    rules.check_expiry(given.expires_on, today)
    project = projects.for_change(session, by, project_id=project_id, expected=None)
    others = queries.in_force(session, Ids.asked([project.id]), on=today).get(project.id, ())
    rules.check_free(list(others), given.dimension)
    ruling = Ruling(
        project_id=project.id,
        dimension=given.dimension,
        light=given.light,
        reason=given.reason,
        expires_on=given.expires_on,
        made_at=by.now,
        made_by=by.account_id,
    )
    session.add(ruling)
    session.flush()
    made = RulingIssued(**_about(ruling, project), reason=ruling.reason)
    _note(session, ruling, project, made, by, {"reason": [None, ruling.reason]})
    return ruling


def end(session: Session, *, ruling_id: UUID, expected: int, by: Caller) -> None:
    """End a ruling before its last day.

    Raises:
        Missing, Stale; Forbidden: it is for a regulator. UnlawfulMove: it no longer counts.
    """
    by.must("supervision.issue")
    ruling = queries.for_change(session, by, ruling_id=ruling_id, expected=expected)
    rules.check_end(rules.state_of(ruling.expires_on, ruling.ended_at, day_of(by.now)))
    ruling.ended_at, ruling.ended_by = by.now, by.account_id
    project = projects.for_change(session, by, project_id=ruling.project_id, expected=None)
    ended = RulingEnded(**_about(ruling, project))
    _note(session, ruling, project, ended, by, {"ended_at": [None, by.now.isoformat()]})


def _about(ruling: Ruling, project: Project) -> dict[str, Any]:
    return {
        "ruling_id": ruling.id,
        "project_id": project.id,
        "project_code": project.code,
        "dimension": ruling.dimension,
        "light": ruling.light,
        "expires_on": ruling.expires_on,
    }


def _note(
    session: Session,
    ruling: Ruling,
    project: Project,
    fact: Fact,
    by: Caller,
    changes: dict[str, Any],
) -> None:
    watching.recheck(session, project_id=project.id, now=by.now)
    about = ("ruling", ruling.id)
    keeping.record(session, project, fact, by=by, changes=changes, about=about)
