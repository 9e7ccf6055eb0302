"""Reads of proposals; a draft is its own unit's."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, literal, or_, select
from sqlalchemy.orm import Session

from services.core.admissions.models import Admission
from services.core.admissions.rules import GATES, OPEN, AdmissionKind, AdmissionState
from services.core.groups.models import JointGroup
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects import queries as projects
from services.core.projects.models import Project
from services.core.projects.rules import SideState
from services.core.regions.models import Region

_GATE = case(
    *((Admission.state == literal(state), literal(gate, String)) for state, gate in GATES.items())
)
_IS_EXIT = Admission.kind == literal(AdmissionKind.EXIT)
_FIELDS: Fields = Constant(
    {
        "id": Admission.id,
        "kind": Admission.kind,
        "code": Admission.code,
        "name": Admission.name,
        "group": named(JointGroup.__table__),
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "lead_organisation": named(Organisation.__table__),
        "state": Admission.state,
        "gate_level": _GATE,
        "return_count": Admission.return_count,
        "steps": Admission.steps,
        "proposal": case((~_IS_EXIT, Admission.proposal)),
        "exit": case((_IS_EXIT, Admission.proposal)),
        "submitted_by": Admission.submitted_by,
        "submitted_at": Admission.submitted_at,
        "project_id": Admission.project_id,
        "version": Admission.version,
    }
)
_SOURCE = (
    Admission.__table__.join(Region.__table__, Region.code == Admission.region_code)
    .join(Organisation.__table__, Organisation.id == Admission.lead_organisation_id)
    .outerjoin(JointGroup.__table__, JointGroup.id == Admission.group_id)
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for; what is None does not matter."""

    kind: AdmissionKind | None = None
    project_id: UUID | None = None
    group_id: UUID | None = None
    region: str | None = None
    state: AdmissionState | None = None


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of the caller's groups or units, and once submitted unless its own unit's"."""
    in_scope = or_(
        among(Admission.group_id, caller.group_ids),
        among(Admission.lead_organisation_id, caller.organisation_ids),
        among(Admission.responsible_organisation_id, caller.organisation_ids),
    )
    own = among(Admission.drafted_for, caller.own_organisation_ids)
    return in_scope & or_(Admission.submitted_by.is_not(None), own)


RECORDS = Records(
    name="admissions",
    kind="admission",
    key=Admission.id,
    version=Admission.version,
    fields=lambda _: _FIELDS,
    source=lambda _: _SOURCE,
    visible=visible,
    follows={
        "joint_group": by(Admission.group_id),
        "region": by(Admission.region_code),
        "organisation": by(Admission.lead_organisation_id),
    },
)


def admission(session: Session, caller: Caller, *, admission_id: UUID) -> Found:
    """Read one proposal.

    Raises:
        Missing: there is none in scope.
    """
    return RECORDS.one(session, caller, admission_id)


def admissions(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of the proposals in scope."""
    equal: dict[Any, object] = {
        Admission.kind: sought.kind,
        Admission.project_id: sought.project_id,
        Admission.group_id: sought.group_id,
        Admission.state: sought.state,
    }
    where = [column == value for column, value in equal.items() if value is not None]
    if sought.region is not None:
        where.append(Region.lineage.contains([sought.region]))
    return reading.page(
        session,
        _FIELDS,
        source=_SOURCE,
        where=[visible(caller), *where],
        sorts={"code": Admission.code, "state": Admission.state, "id": Admission.id},
        ask=ask,
    )


def for_change(session: Session, caller: Caller, *, admission_id: UUID, expected: int) -> Admission:
    """Lock one proposal at the version the caller has seen."""
    return rows.for_change(
        session, Admission, Admission.id == admission_id, visible(caller), expected=expected
    )


def is_proposed(session: Session, kind: AdmissionKind, code: str, but: UUID | None) -> bool:
    """Say whether another proposal of this kind that is not decided has this code."""
    waits = select(Admission.id).where(
        Admission.kind == kind,
        Admission.code == code,
        Admission.state.in_(OPEN),
        Admission.id.is_distinct_from(but),
    )
    return session.scalar(waits) is not None


def is_kept(session: Session, caller: Caller, *, project_id: UUID) -> bool:
    """Say whether the caller sees such a project, and the library still has it."""
    kept = or_(Project.side_state.is_(None), Project.side_state == SideState.PAUSED)
    found = select(Project.id).where(Project.id == project_id, projects.visible(caller), kept)
    return session.scalar(found) is not None
