"""Projects that owe reports, by whose policy and whose days."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    SQLColumnExpression,
    Uuid,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.core.assignments.models import PolicyAssignment
from services.core.assignments.queries import policy_code
from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar, instant_of
from services.core.groups.models import JointGroup
from services.core.kit.events import Subject
from services.core.policies import queries as policies
from services.core.policies.models import PolicyPack
from services.core.policies.pack import Cadence
from services.core.policies.queries import Current
from services.core.policies.rules import PackState
from services.core.progress.models import ProgressReport
from services.core.progress.rules import ReportState
from services.core.projects.models import Project, ProjectPartner, ProjectWatch
from services.core.projects.rules import SideState, Stage, is_watched, library_class

PARTNERS: ColumnElement[Any] = func.array(
    select(ProjectPartner.organisation_id)
    .where(ProjectPartner.project_id == Project.id)
    .correlate(Project)
    .scalar_subquery(),
    type_=ARRAY(Uuid()),
)


class Outline(NamedTuple):
    """As much of a project as reports and rules look at; thousands are read at once."""

    id: UUID
    code: str
    group_id: UUID | None
    region_code: str
    stage: str
    side_state: str | None
    responsible_organisation_id: UUID
    lead_organisation_id: UUID
    plan_start_on: date | None
    actual_start_on: date | None
    reports_from: str | None
    version: int
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Owing:
    """A project that owes reports, and by whose policy and days."""

    project: Outline
    partners: tuple[UUID, ...]
    policy_code: str | None
    region_code: str

    @property
    def is_watched(self) -> bool:
        """Say whether it is neither paused, nor gone, nor ended (I-17)."""
        return is_watched(Stage(self.project.stage), self.side_state)

    @property
    def side_state(self) -> SideState | None:
        """Give the state beside its stages, if there is one."""
        return SideState(self.project.side_state) if self.project.side_state else None

    def subject(self, kind: str, record_id: UUID) -> Subject:
        """Name a record of this project as what a fact is about."""
        return subject(kind, record_id, self.project, self.partners)


class Terms:
    """By which policy and which days projects are judged on one day, each asked for once."""

    def __init__(self, session: Session, on: date, owing: Iterable[Owing]) -> None:
        """Keep the day, and read the calendars of the places of these projects."""
        self._session, self._on = session, on
        self._policies: dict[str | None, Current] = {}
        regions = {each.region_code for each in owing}
        self._calendars = calendars.work_calendars(session, regions) if regions else {}

    def policy(self, owing: Owing) -> Current:
        """Give the policy that counts for a project: its class's, group's, place's, or the default.

        Raises:
            Conflict: no version of it is in effect.
        """
        code = owing.policy_code
        if code not in self._policies:
            self._policies[code] = policies.current(self._session, code=code, on=self._on)
        return self._policies[code]

    def cadence(self, owing: Owing) -> Cadence:
        """Give how often a project reports: by its policy, and its class in the library.

        Raises:
            Conflict: no version of its policy is in effect.
        """
        return self.policy(owing).pack.cadence_of(library_class(Stage(owing.project.stage)))

    @cached_property
    def changes_at(self) -> datetime | None:
        """The midnight on which another policy begins to count somewhere; None: none is to."""
        begins = union_all(
            select(PolicyPack.effective_on.label("on")).where(
                PolicyPack.state == PackState.ADOPTED
            ),
            select(PolicyAssignment.effective_on).where(PolicyAssignment.ended_at.is_(None)),
        ).subquery()
        first = self._session.scalar(select(func.min(begins.c.on)).where(begins.c.on > self._on))
        return instant_of(first, time(0)) if first else None

    def calendar(self, owing: Owing) -> WorkCalendar:
        """Give the days of the county a project's group serves, or of the project's own place."""
        return self._calendars[owing.region_code]


def subject(
    kind: str, record_id: UUID, project: Project | Outline, partners: Collection[UUID]
) -> Subject:
    """Name what a fact is about, for everybody who sees the project: its group and its units."""
    units = dict.fromkeys(
        (project.responsible_organisation_id, project.lead_organisation_id, *partners)
    )
    return Subject(kind, record_id, project.group_id, tuple(units))


def held(
    session: Session, moment: SQLColumnExpression[Any], *, now: datetime, limit: int
) -> list[tuple[ProjectWatch, Owing]]:
    """Lock the watched rows whose moment has come, oldest first, with their projects.

    The project is locked too, so that nobody who changes it waits for its watched row while this
    work waits for the project. What another transaction holds is left for the next look.
    """
    found = session.execute(_due(moment), {"now": now, "most": limit}).all()
    return [(row[-1], _as_owing(row)) for row in found]


@cache
def _due(moment: SQLColumnExpression[Any]) -> Any:  # noqa: ANN401 a Select of what is due
    """Write the statement of what is due by a moment, once for a process: it is large."""
    return (
        _owing()
        .add_columns(ProjectWatch)
        .join(ProjectWatch, ProjectWatch.project_id == Project.id)
        .where(moment <= bindparam("now", type_=DateTime(timezone=True)))
        .order_by(moment, ProjectWatch.project_id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(of=(ProjectWatch, Project), key_share=True, skip_locked=True)
    )


def watched(
    session: Session, *where: ColumnElement[bool], lock: bool = False
) -> list[tuple[ProjectWatch, Owing]]:
    """Read watched rows with their projects; locked, they are read anew, in order of their ids."""
    asked = (
        _owing()
        .add_columns(ProjectWatch)
        .join(ProjectWatch, ProjectWatch.project_id == Project.id)
        .where(*where)
    )
    if lock:
        asked = asked.order_by(ProjectWatch.project_id).with_for_update(
            of=(ProjectWatch, Project), key_share=True
        )
    found = session.execute(asked, execution_options={"populate_existing": lock}).all()
    return [(row[-1], _as_owing(row)) for row in found]


def awaited(session: Session, *, now: datetime) -> list[tuple[ProgressReport, Owing]]:
    """Lock the reports that are owed and not yet due, with their projects."""
    found = session.execute(
        _owing()
        .add_columns(ProgressReport)
        .join(ProgressReport, ProgressReport.project_id == Project.id)
        .where(
            ProgressReport.state.in_((ReportState.DUE, ReportState.DRAFT)),
            ProgressReport.original_due_at > now,
        )
        .order_by(ProgressReport.id)
        .with_for_update(of=ProgressReport)
    ).all()
    return [(row[-1], _as_owing(row)) for row in found]


def owing(session: Session, *where: ColumnElement[bool]) -> list[Owing]:
    """Read projects with what decides when their reports are due, and who hears of them."""
    return [_as_owing(row) for row in session.execute(_owing().where(*where))]


def _owing() -> Any:  # noqa: ANN401 a Select that its callers widen
    outline = (getattr(Project, name) for name in Outline._fields)
    return select(
        PARTNERS, policy_code(), JointGroup.region_code.label("served"), *outline
    ).outerjoin(JointGroup, JointGroup.id == Project.group_id)


def _as_owing(row: Sequence[Any]) -> Owing:
    partners, code, served, *outline = row[: 3 + len(Outline._fields)]
    project = Outline._make(outline)
    return Owing(project, tuple(partners), code, served or project.region_code)
