"""Milestones: planned, changed, reached."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import UnlawfulMove
from services.core.projects import queries, rules, schemas
from services.core.projects.actions import keeping, watching
from services.core.projects.events import MilestoneChanged, MilestonePlanned, MilestoneReached
from services.core.projects.models import Milestone, Project


def plan_milestone(
    session: Session, *, project_id: UUID, given: schemas.NewMilestone, by: Caller
) -> Milestone:
    """Plan a milestone; its day is kept as the one it will be judged by (I-9).

    Raises:
        Missing, Forbidden, Conflict, UnlawfulMove.
        Invalid: it lies outside the project's plan, or weighs too much.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb="plan a milestone", by=by
    )
    milestone = Milestone(
        project_id=project.id, original_planned_on=given.planned_on, **given.model_dump()
    )
    _check(session, project, milestone)
    session.add(milestone)
    session.flush()
    watching.recheck(session, project_id=project.id, now=by.now)
    fact = MilestonePlanned(**_said(project, milestone))
    keeping.record(session, project, fact, by=by, about=("milestone", milestone.id))
    return milestone


def change_milestone(
    session: Session,
    *,
    milestone_id: UUID,
    given: schemas.MilestoneChange,
    expected: int,
    by: Caller,
) -> Milestone:
    """Change a milestone that is not reached; the first planned day stays.

    Raises:
        Missing, Stale, Forbidden, Conflict; UnlawfulMove: it is reached.
        Invalid: it would lie outside the project's plan, or weigh too much.
    """
    milestone, project = _open(session, milestone_id, expected, by, "change")
    with session.no_autoflush:  # what is refused must not reach the table's own checks first
        changes = rows.merged(milestone, given.given())
        _check(session, project, milestone)
    if changes:
        watching.recheck(session, project_id=project.id, now=by.now)
        fact = MilestoneChanged(
            **_said(project, milestone),
            fields=tuple(sorted(changes)),
            forecast_on=milestone.forecast_on,
        )
        about = ("milestone", milestone.id)
        keeping.record(session, project, fact, by=by, changes=changes, about=about)
    return milestone


def reach_milestone(
    session: Session, *, milestone_id: UUID, given: schemas.Reach, expected: int, by: Caller
) -> Milestone:
    """Note that a milestone was reached, with the evidence for it.

    Raises:
        Missing, Stale, Forbidden, Conflict; UnlawfulMove: it was reached before.
        Invalid: the day has not come yet.
    """
    milestone, project = _open(session, milestone_id, expected, by, "reach")
    rules.check_past(given.actual_on, day_of(by.now), "/actual_on")
    changes = rows.merged(milestone, given.given())
    watch = queries.watch_for_change(session, project_id=project.id)
    watch.last_progress_on = max(watch.last_progress_on or given.actual_on, given.actual_on)
    watch.next_check_at = by.now
    fact = MilestoneReached(
        **_said(project, milestone),
        actual_on=given.actual_on,
        days_late=max((given.actual_on - milestone.original_planned_on).days, 0),
    )
    about = ("milestone", milestone.id)
    keeping.record(session, project, fact, by=by, changes=changes, about=about)
    return milestone


def _open(
    session: Session, milestone_id: UUID, expected: int, by: Caller, verb: str
) -> tuple[Milestone, Project]:
    """Lock a milestone that is not reached, and its project."""
    milestone = queries.milestone_for_change(
        session, by, milestone_id=milestone_id, expected=expected
    )
    project = keeping.open_project(
        session, project_id=milestone.project_id, expected=None, verb=verb, by=by
    )
    if milestone.actual_on is not None:
        raise UnlawfulMove("reached", verb, ())
    return milestone, project


def _check(session: Session, project: Project, milestone: Milestone) -> None:
    rules.check_milestone_day(
        milestone.planned_on, start_on=project.plan_start_on, finish_on=project.plan_finish_on
    )
    others = queries.weight_of_others(session, project.id, milestone.id)
    rules.check_weight(others, milestone.weight)


def _said(project: Project, milestone: Milestone) -> dict[str, Any]:
    """Give what every fact about a milestone says."""
    return {
        "project_id": project.id,
        "project_code": project.code,
        "milestone_id": milestone.id,
        "milestone_name": milestone.name,
        "gate": milestone.gate,
        "planned_on": milestone.planned_on,
        "original_planned_on": milestone.original_planned_on,
    }
