"""A project's moves: along its stages, and beside them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.projects import queries, rules, schemas
from services.core.projects.actions import keeping, watching
from services.core.projects.events import (
    ProjectCompleted,
    ProjectMovedOut,
    ProjectPaused,
    ProjectResumed,
    ProjectStageChanged,
    ProjectTerminated,
)
from services.core.projects.models import Project

_Stood = ProjectPaused | ProjectResumed | ProjectTerminated | ProjectMovedOut
_FACTS: Mapping[rules.ProjectVerb, type[_Stood]] = {
    rules.ProjectVerb.PAUSE: ProjectPaused,
    rules.ProjectVerb.RESUME: ProjectResumed,
    rules.ProjectVerb.TERMINATE: ProjectTerminated,
    rules.ProjectVerb.MOVE_OUT: ProjectMovedOut,
}


def advance(
    session: Session, *, project_id: UUID, given: schemas.Advance, expected: int, by: Caller
) -> Project:
    """Move a project to a later stage of its track, or one step back.

    Raises:
        Missing, Stale, Forbidden, Conflict; UnlawfulMove: it is paused or gone.
        Invalid: no lawful stage, a day ahead, or a step back without a reason.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=expected, verb="advance", by=by
    )
    rules.check_present(keeping.side_state_of(project), "advance")
    track, before = rules.Track(project.track), rules.Stage(project.stage)
    to = rules.advanced(track, before, given.stage, given.reason)
    today = day_of(by.now)
    on = given.happened_on or today
    rules.check_past(on, today, "/happened_on")
    days = _actual_days(project, before, to, on)
    changes = rows.merged(project, {"stage": to, **days})
    rules.check_actual_days(
        project.actual_start_on, project.actual_finish_on, today=today, pointer="/happened_on"
    )
    _settle(session, project, by)
    moved = ProjectStageChanged(
        project_id=project.id,
        project_code=project.code,
        stage_before=before,
        stage=to,
        happened_on=on,
        reason=given.reason,
    )
    keeping.record(session, project, moved, by=by, changes=changes)
    if to in rules.FINISHES and not rules.is_step_back(track, before, to):
        completed = ProjectCompleted(
            project_id=project.id,
            project_code=project.code,
            stage=to,
            finished_on=project.actual_finish_on or on,
        )
        keeping.record(session, project, completed, by=by)
    return project


def stand(
    session: Session,
    *,
    project_id: UUID,
    verb: rules.ProjectVerb,
    reason: str,
    expected: int,
    by: Caller,
) -> Project:
    """Pause, resume or terminate a project, or move it out as whoever keeps the last gate.

    Raises:
        Missing, Stale, Forbidden, Conflict; UnlawfulMove: not from its present state.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=expected, verb=verb, by=by
    )
    if verb == rules.ProjectVerb.MOVE_OUT:
        rules.check_last_gate(by.region_code)
    before = keeping.side_state_of(project)
    changes = rows.merged(project, {"side_state": rules.stood(before, verb)})
    _settle(session, project, by)
    fact = _FACTS[verb](
        project_id=project.id,
        project_code=project.code,
        stage=rules.Stage(project.stage),
        side_state_before=before,
        reason=reason,
    )
    keeping.record(session, project, fact, by=by, changes=changes)
    return project


def _actual_days(
    project: Project, before: rules.Stage, to: rules.Stage, on: date
) -> dict[str, Any]:
    """Give the actual days a move sets, or takes back when it goes back over them."""
    if rules.is_step_back(rules.Track(project.track), before, to):
        if before in rules.FINISHES:
            return {"actual_finish_on": None}
        return {"actual_start_on": None} if before in rules.STARTS else {}
    if to in rules.STARTS:
        return {"actual_start_on": project.actual_start_on or on}
    return {"actual_finish_on": project.actual_finish_on or on} if to in rules.FINISHES else {}


def _settle(session: Session, project: Project, by: Caller) -> None:
    watch = queries.watch_for_change(session, project_id=project.id)
    watching.settle(watch, project, now=by.now)
