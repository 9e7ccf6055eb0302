"""Reads of assignments: which policy counts for a project, and why."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    ScalarSelect,
    SQLColumnExpression,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from services.core.access.models import Account
from services.core.assignments.models import PolicyAssignment
from services.core.assignments.rules import Choices
from services.core.groups.models import JointGroup
from services.core.kit import reading, rows
from services.core.kit.db import Base
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.organisations.queries import named
from services.core.policies.rules import DEFAULT_CODE
from services.core.projects.models import Project
from services.core.projects.queries import LIBRARY_CLASS
from services.core.projects.rules import Stage, library_class
from services.core.regions.models import Region

_MAKER = Account.__table__.alias("assigner")
_SOURCE = PolicyAssignment.__table__.join(_MAKER, _MAKER.c.id == PolicyAssignment.made_by)
FIELDS: Fields = Constant(
    {
        "id": PolicyAssignment.id,
        "code": PolicyAssignment.code,
        "region_code": PolicyAssignment.region_code,
        "library_class": PolicyAssignment.library_class,
        "effective_on": PolicyAssignment.effective_on,
        "reason": PolicyAssignment.reason,
        "made_at": PolicyAssignment.made_at,
        "made_by": named(_MAKER),
        "ended_at": PolicyAssignment.ended_at,
        "version": PolicyAssignment.version,
    }
)

RECORDS = Records(
    name="policy-assignments",
    kind="policy_assignment",
    key=PolicyAssignment.id,
    version=PolicyAssignment.version,
    fields=lambda _: FIELDS,
    source=lambda _: _SOURCE,
    visible=lambda _: true(),
    follows={"account": by(PolicyAssignment.made_by)},
)
_IS_CLASS = PolicyAssignment.library_class == LIBRARY_CLASS
_IS_ALL = PolicyAssignment.library_class.is_(None)


@cache
def policy_code() -> ColumnElement[Any]:
    """Write the code of the policy that counts for a project; null: the default.

    For a statement that names the project and, by an outer join, its group.
    """
    region = func.coalesce(JointGroup.region_code, Project.region_code)
    own = func.nullif(JointGroup.policy_code, DEFAULT_CODE)
    of_class = _nearest(PolicyAssignment.code, region, _IS_CLASS)
    of_place = _nearest(PolicyAssignment.code, region, _IS_ALL)
    return func.coalesce(of_class, own, of_place)


@cache
def place_policy_code(place: type[Base]) -> ColumnElement[Any]:
    """Write the code of the policy that counts for a place's own affairs; null: the default.

    `place`: the table of a record that names its region; the statement is about that record.
    """
    region: SQLColumnExpression[Any] = place.__table__.c.region_code
    return _nearest(PolicyAssignment.code, region, _IS_ALL, place.__table__)


@cache
def group_policy_code() -> ColumnElement[Any]:
    """Write the code of the policy that counts for a group's own affairs; null: the default."""
    own = func.nullif(JointGroup.policy_code, DEFAULT_CODE)
    of_place = _nearest(PolicyAssignment.code, JointGroup.region_code, _IS_ALL)
    return func.coalesce(own, of_place)


def choices(session: Session, project_id: UUID, stage: Stage) -> Choices:
    """Read what has been chosen for a project, by whom."""
    region = func.coalesce(JointGroup.region_code, Project.region_code)
    place = aliased(Region)
    name = select(place.name).where(place.code == PolicyAssignment.region_code).scalar_subquery()
    of_class, own, of_place = session.execute(
        select(
            _nearest(name, region, _IS_CLASS),
            func.nullif(JointGroup.policy_code, DEFAULT_CODE),
            _nearest(name, region, _IS_ALL),
        )
        .select_from(Project)
        .outerjoin(JointGroup, JointGroup.id == Project.group_id)
        .where(Project.id == project_id)
    ).one()
    return Choices(of_class, library_class(stage), own is not None, of_place)


def _nearest(
    shown: Any,  # noqa: ANN401 any column or subquery
    region: SQLColumnExpression[Any],
    kind: ColumnElement[bool],
    *places: FromClause,
) -> ScalarSelect[Any]:
    """Write what the nearest place above a region says; of two of one place the newer counts."""
    here, there = aliased(Region), aliased(Region)
    today = cast(func.timezone("Asia/Shanghai", func.house_now()), Date)
    return (
        select(shown)
        .select_from(PolicyAssignment)
        .join(here, here.code == region)
        .join(there, there.code == PolicyAssignment.region_code)
        .where(
            PolicyAssignment.region_code == func.any(here.lineage),
            PolicyAssignment.ended_at.is_(None),
            PolicyAssignment.effective_on <= today,
            kind,
        )
        .order_by(
            func.cardinality(there.lineage).desc(),
            PolicyAssignment.effective_on.desc(),
            PolicyAssignment.id.desc(),
        )
        .limit(1)
        .correlate(Project, JointGroup, *places)
        .scalar_subquery()
    )


def assignment(session: Session, *, assignment_id: UUID) -> Found:
    """Read one assignment.

    Raises:
        Missing: there is none.
    """
    return reading.found(
        session,
        FIELDS,
        version=PolicyAssignment.version,
        source=_SOURCE,
        where=[PolicyAssignment.id == assignment_id],
    )


def assignments(session: Session, *, ask: Ask, region_code: str | None) -> Page:
    """Read a page of assignments, of all places, or those that reach one."""
    where: list[ColumnElement[bool]] = []
    if region_code:
        above = select(func.unnest(Region.lineage)).where(Region.code == region_code)
        where.append(PolicyAssignment.region_code.in_(above))
    return reading.page(
        session,
        FIELDS,
        source=_SOURCE,
        where=where,
        sorts={"effective_on": PolicyAssignment.effective_on, "id": PolicyAssignment.id},
        ask=ask,
    )


def for_change(session: Session, *, assignment_id: UUID, expected: int) -> PolicyAssignment:
    """Lock one assignment at the version the caller has seen."""
    return rows.for_change(
        session, PolicyAssignment, PolicyAssignment.id == assignment_id, expected=expected
    )
