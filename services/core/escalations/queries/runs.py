"""Reads of climbs and their steps."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.escalations.models import EscalationRun, EscalationStep
from services.core.escalations.rules import RunState
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects.models import Project

_STEP = reading.shaped(
    {
        "number": EscalationStep.number,
        "kind": EscalationStep.kind,
        "colour": EscalationStep.colour,
        "planned_at": EscalationStep.planned_at,
        "taken_at": EscalationStep.taken_at,
        "account_ids": func.to_json(EscalationStep.account_ids),
        "organisation_ids": func.to_json(EscalationStep.organisation_ids),
        "order_id": EscalationStep.order_id,
    }
)
_STEPS = (
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(_STEP, EscalationStep.number)),
            func.json_build_array(),
        )
    )
    .where(EscalationStep.run_id == EscalationRun.id)
    .correlate(EscalationRun)
    .scalar_subquery()
)
FIELDS: Fields = Constant(
    {
        "id": EscalationRun.id,
        "finding_id": EscalationRun.finding_id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "group_id": EscalationRun.group_id,
        "organisation": named(Organisation.__table__),
        "policy_code": EscalationRun.policy_code,
        "policy_number": EscalationRun.policy_number,
        "ladder": EscalationRun.ladder,
        "due_at": EscalationRun.due_at,
        "state": EscalationRun.state,
        "climbed": EscalationRun.climbed,
        "next_at": EscalationRun.next_at,
        "started_at": EscalationRun.started_at,
        "ended_at": EscalationRun.ended_at,
        "ended_reason": EscalationRun.ended_reason,
        "steps": _STEPS,
        "version": EscalationRun.version,
    }
)
_SOURCE = EscalationRun.__table__.join(
    Project.__table__, Project.id == EscalationRun.project_id
).join(Organisation.__table__, Organisation.id == EscalationRun.organisation_id)
_SORTS = {
    "started_at": EscalationRun.started_at,
    "due_at": EscalationRun.due_at,
    "id": EscalationRun.id,
}


@dataclass(frozen=True, slots=True)
class SoughtRuns:
    """What a list of climbs asks for; what is None does not matter."""

    state: str | None = None
    project: UUID | None = None
    group: UUID | None = None


def _visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of the caller's groups or units"."""
    return or_(
        among(EscalationRun.group_id, caller.group_ids),
        among(EscalationRun.organisation_id, caller.organisation_ids),
    )


RUNS = Records(
    name="escalations",
    kind="escalation_run",
    key=EscalationRun.id,
    version=EscalationRun.version,
    fields=lambda _: FIELDS,
    source=lambda _: _SOURCE,
    visible=_visible,
    follows={
        "escalation_step": by(EscalationRun.id),
        "project": by(EscalationRun.project_id),
        "organisation": by(EscalationRun.organisation_id),
    },
)


def run(session: Session, caller: Caller, *, run_id: UUID) -> Found:
    """Read one climb with its steps.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return RUNS.one(session, caller, run_id)


def runs(session: Session, caller: Caller, *, ask: Ask, sought: SoughtRuns) -> Page:
    """Read a page of climbs."""
    where = [_visible(caller)]
    if sought.state:
        where.append(EscalationRun.state == sought.state)
    if sought.project:
        where.append(EscalationRun.project_id == sought.project)
    if sought.group:
        where.append(EscalationRun.group_id == sought.group)
    return reading.page(session, FIELDS, source=_SOURCE, where=where, sorts=_SORTS, ask=ask)


_OPEN = (
    select(EscalationRun)
    .where(
        EscalationRun.project_id == bindparam("of", type_=Uuid()),
        EscalationRun.state != RunState.STOPPED,
    )
    .order_by(EscalationRun.started_at, EscalationRun.id)
    .with_for_update()
)


def open_runs(session: Session, *, project_id: UUID) -> list[EscalationRun]:
    """Lock the climbs of a project that are not stopped, the oldest first."""
    return list(session.scalars(_OPEN, {"of": project_id}))


def climbing_without_a_moment(session: Session, *, project_id: UUID) -> list[EscalationRun]:
    """Lock the climbs of a project whose next step waits for red periods instead of a day."""
    return [
        climb
        for climb in open_runs(session, project_id=project_id)
        if climb.state == RunState.CLIMBING and climb.next_at is None
    ]


def steps_behind(session: Session, *, finding_id: UUID) -> int:
    """Give how many steps were ever taken for a finding: a new climb begins above them."""
    highest = session.scalar(
        select(func.max(EscalationStep.number))
        .join(EscalationRun, EscalationRun.id == EscalationStep.run_id)
        .where(EscalationRun.finding_id == finding_id)
    )
    return 0 if highest is None else highest + 1


def chased(session: Session, *, run_id: UUID) -> list[UUID]:
    """Give every account a climb has gone to."""
    return list(
        session.scalars(
            select(func.unnest(EscalationStep.account_ids).label("account_id"))
            .where(EscalationStep.run_id == run_id)
            .distinct()
            .order_by("account_id")
        )
    )
