"""What is shown of the consultations on a blocker."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.blockers.models import Blocker, BlockerConsultation
from services.core.blockers.queries.blockers import visible
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by, ids_of
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects.models import Project

_CONVENER = Organisation.__table__.alias("convener")
_THERE = Organisation.__table__.alias("there")
_RECORDER = Account.__table__.alias("recorder")
_SOURCE = (
    BlockerConsultation.__table__.join(
        Blocker.__table__, Blocker.id == BlockerConsultation.blocker_id
    )
    .join(Project.__table__, Project.id == Blocker.project_id)
    .join(_CONVENER, _CONVENER.c.id == BlockerConsultation.convened_by_organisation_id)
    .join(_RECORDER, _RECORDER.c.id == BlockerConsultation.recorded_by)
)


def _attendees() -> ScalarSelect[Any]:
    ordered = aggregate_order_by(named(_THERE), _THERE.c.name, _THERE.c.id)
    return (
        select(func.coalesce(func.json_agg(ordered), func.json_build_array()))
        .select_from(_THERE)
        .where(_THERE.c.id == BlockerConsultation.attendee_ids.any_())
        .correlate(BlockerConsultation)
        .scalar_subquery()
    )


_FIELDS: Fields = Constant(
    {
        "id": BlockerConsultation.id,
        "blocker_id": BlockerConsultation.blocker_id,
        "number": BlockerConsultation.number,
        "level": BlockerConsultation.level,
        "convened_by": named(_CONVENER),
        "held_on": BlockerConsultation.held_on,
        "attendees": _attendees(),
        "conclusion": BlockerConsultation.conclusion,
        "commitments": BlockerConsultation.commitments,
        "outcome": BlockerConsultation.outcome,
        "recorded_by": named(_RECORDER),
    }
)


def consultation(
    session: Session, caller: Caller, *, blocker_id: UUID, consultation_id: UUID
) -> Found:
    """Read one consultation on a blocker.

    Raises:
        Missing: there is none in scope.
    """
    return reading.found(
        session,
        _FIELDS,
        version=BlockerConsultation.number,
        source=_SOURCE,
        where=[
            BlockerConsultation.id == consultation_id,
            BlockerConsultation.blocker_id == blocker_id,
            visible(caller),
        ],
    )


def consultations(session: Session, caller: Caller, *, blocker_id: UUID, ask: Ask) -> Page:
    """Read a page of the consultations on a blocker.

    Raises:
        Missing: the blocker is not in scope.
    """
    seen = (
        select(Blocker.id)
        .join(Project, Project.id == Blocker.project_id)
        .where(Blocker.id == blocker_id, visible(caller))
    )
    if session.scalar(seen) is None:
        raise Missing
    return reading.page(
        session,
        _FIELDS,
        source=_SOURCE,
        where=[BlockerConsultation.blocker_id == blocker_id],
        sorts={"number": BlockerConsultation.number},
        ask=ask,
    )


def _of_units(ids: Collection[str]) -> ColumnElement[bool]:
    """Find consultations that name a unit: whoever called for one, or was there."""
    units = ids_of(ids, BlockerConsultation.blocker_id)
    return or_(
        by(BlockerConsultation.convened_by_organisation_id)(ids),
        BlockerConsultation.attendee_ids.overlap(units),
    )


def _of_projects(ids: Collection[str]) -> ColumnElement[bool]:
    """Find consultations on blockers of these projects."""
    held_up = select(Blocker.id).where(by(Blocker.project_id)(ids))
    return BlockerConsultation.blocker_id.in_(held_up)


CONSULTATIONS = Records(
    name="consultations",
    kind="blocker_consultation",
    key=BlockerConsultation.id,
    version=BlockerConsultation.number,
    fields=lambda _: _FIELDS,
    source=lambda _: _SOURCE,
    visible=visible,
    follows={
        "blocker": by(BlockerConsultation.blocker_id),
        "project": _of_projects,
        "project_partner": _of_projects,
        "organisation": _of_units,
        "account": by(BlockerConsultation.recorded_by),
    },
    seen_by=frozenset({"blocker", "project", "project_partner"}),
)
