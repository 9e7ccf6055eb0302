"""The watched row of a project, kept in step with what the project owes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.core.calendar.periods import containing, period_named
from services.core.calendar.rules import day_of
from services.core.projects import rules
from services.core.projects.actions.keeping import side_state_of
from services.core.projects.models import Project, ProjectWatch


def recheck(session: Session, *, project_id: UUID, now: datetime) -> None:
    """Let monitoring look at a project at its next sweep: something of it has changed."""
    session.execute(
        update(ProjectWatch).where(ProjectWatch.project_id == project_id).values(next_check_at=now)
    )


def settle(watch: ProjectWatch, project: Project, *, now: datetime) -> None:
    """Bring the watched row in step after the project's stage, side state or reports changed.

    Periods that pass while a project stands aside are not owed (I-17): when it is watched again,
    reports go on with the current one, or with `reports_from` if that is still ahead. What is owed
    next is always looked at again: another stage may report in another rhythm.
    """
    watch.next_check_at = now
    today = day_of(now)
    if not rules.is_watched(rules.Stage(project.stage), side_state_of(project)):
        watch.watched_since_on = watch.next_open_at = None
        return
    watch.watched_since_on = watch.watched_since_on or today
    if project.reports_from is None:
        watch.next_period = watch.next_open_at = None
    elif watch.next_period is None:
        watch.next_period, watch.next_open_at = project.reports_from, now
    else:
        following = period_named(watch.next_period)
        if watch.next_open_at is None and following.last_on < today:
            watch.next_period = containing(following.every, today).name
        watch.next_open_at = now
