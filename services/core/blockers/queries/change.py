"""Rows of blockers to be changed, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.core.blockers.models import Blocker, BlockerConsultation, BlockerSuspension
from services.core.blockers.queries.blockers import visible
from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar
from services.core.groups import queries as groups
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.events import Subject
from services.core.kit.words import Words
from services.core.projects import queries as projects
from services.core.projects.models import Project


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blocker stands: its project with everybody in it, the convener, the calendar."""

    project: Project
    units: frozenset[UUID]
    """Every organisation that takes part in the project."""
    convener_id: UUID | None
    """Of the project's group today; None without a group, or while its chair is empty."""
    calendar: WorkCalendar

    def subject(
        self,
        blocker: Blocker,
        *,
        about: tuple[str, UUID] | None = None,
        heard: tuple[UUID, ...] = (),
    ) -> Subject:
        """Say who sees a fact: group, units of the project, who raised it, who is to solve it."""
        kind, subject_id = about or ("blocker", blocker.id)
        owner = blocker.owner_organisation_id
        named = (blocker.raised_by_organisation_id, *((owner,) if owner else ()), *heard)
        units = self.units.union(named)
        return Subject(kind, subject_id, self.project.group_id, tuple(sorted(units)))


def project_of(session: Session, caller: Caller, *, project_id: UUID) -> Project:
    """Give the project a request says is held up.

    Raises:
        Invalid: the caller sees none such.
    """
    found = session.scalars(
        select(Project).where(Project.id == project_id, projects.visible(caller))
    ).one_or_none()
    if found is None:
        words = Words("没有这个项目。", "There is no such project.")
        raise Invalid.at("/project_id", words, code="unknown_project")
    return found


def placed(session: Session, project: Project, *, on: date) -> Place:
    """Give where a blocker of a project stands on a day."""
    joined: Sequence[UUID] = [one.organisation_id for one in projects.partners(session, project.id)]
    units = {project.lead_organisation_id, project.responsible_organisation_id, *joined}
    convener = groups.convener_of(session, project.group_id, on) if project.group_id else None
    calendar = calendars.work_calendar(session, project.region_code)
    return Place(project, frozenset(units), convener, calendar)


def standing_on(session: Session, blocker: Blocker, *, on: date) -> Place:
    """Give where a known blocker stands on a day."""
    project = session.get_one(Project, blocker.project_id)
    return placed(session, project, on=on)


def for_change(
    session: Session, caller: Caller, *, blocker_id: UUID, expected: int | None
) -> Blocker:
    """Lock one blocker in scope at the version the caller has seen."""
    seen = (
        select(Blocker.id)
        .join(Project, Project.id == Blocker.project_id)
        .where(Blocker.id == blocker_id, visible(caller))
    )
    return rows.for_change(session, Blocker, Blocker.id.in_(seen), expected=expected)


def at_hand(session: Session, *, blocker_id: UUID) -> Blocker | None:
    """Lock a blocker for the service itself, or give None: somebody is at it just now."""
    return session.scalars(
        select(Blocker)
        .where(Blocker.id == blocker_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def open_suspension(session: Session, *, blocker_id: UUID) -> BlockerSuspension:
    """Lock the time in which a blocker's clock stands still."""
    return rows.for_change(
        session,
        BlockerSuspension,
        BlockerSuspension.blocker_id == blocker_id,
        BlockerSuspension.ended_on.is_(None),
    )


def next_number(session: Session, *, blocker_id: UUID) -> int:
    """Give the number of the next consultation on a blocker, which is locked."""
    latest = select(func.max(BlockerConsultation.number)).where(
        BlockerConsultation.blocker_id == blocker_id
    )
    return (session.scalar(latest) or 0) + 1
