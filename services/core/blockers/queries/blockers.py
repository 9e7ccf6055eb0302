"""What is shown of blockers, built as JSON in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.blockers.models import Blocker, BlockerConsultation, BlockerSuspension
from services.core.blockers.rules import LATE_STATES, OPEN_STATES, BlockerState
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects import queries as projects
from services.core.projects.models import Project
from services.core.regions.models import Region

_RAISING = Organisation.__table__.alias("raising")
_OWNER = Organisation.__table__.alias("owner")
_SOLVING = Organisation.__table__.alias("solving")
_RAISER = Account.__table__.alias("raiser")
_SOLVER = Account.__table__.alias("solver")
_VERIFIER = Account.__table__.alias("verifier")
_CLOSER = Account.__table__.alias("closer")
_STOP = BlockerSuspension.__table__.alias("stop")
SOURCE: FromClause = (
    Blocker.__table__.join(Project.__table__, Project.id == Blocker.project_id)
    .join(Region.__table__, Region.code == Project.region_code)
    .join(_RAISING, _RAISING.c.id == Blocker.raised_by_organisation_id)
    .join(_RAISER, _RAISER.c.id == Blocker.raised_by)
    .outerjoin(_OWNER, _OWNER.c.id == Blocker.owner_organisation_id)
    .outerjoin(_SOLVING, _SOLVING.c.id == Blocker.resolved_by_organisation_id)
    .outerjoin(_SOLVER, _SOLVER.c.id == Blocker.resolved_by)
    .outerjoin(_VERIFIER, _VERIFIER.c.id == Blocker.verified_by)
    .outerjoin(_CLOSER, _CLOSER.c.id == Blocker.closed_by)
    .outerjoin(_STOP, and_(_STOP.c.blocker_id == Blocker.id, _STOP.c.ended_on.is_(None)))
)
_DUE_AT: ColumnElement[Any] = literal_column(
    "((blocker.assessed_due_on + TIME '17:30') AT TIME ZONE 'Asia/Shanghai')",
    DateTime(timezone=True),
)
"""17:30 of the day it is assessed by, which works (`rules.overdue_since`)."""
IS_OPEN: ColumnElement[bool] = Blocker.state.in_(sorted(OPEN_STATES))
IS_RUNNING: ColumnElement[bool] = Blocker.state.in_(sorted(LATE_STATES))
IS_OVERDUE: ColumnElement[bool] = and_(IS_RUNNING, func.house_now() > _DUE_AT)

_CONSULTED = (
    select(func.count())
    .select_from(BlockerConsultation)
    .where(BlockerConsultation.blocker_id == Blocker.id)
    .correlate(Blocker)
    .scalar_subquery()
)
_SUSPENSION = case(
    (
        _STOP.c.id.is_not(None),
        reading.shaped(
            {"reason": _STOP.c.reason, "began_on": _STOP.c.began_on, "until_on": _STOP.c.until_on}
        ),
    )
)

FIELDS: Fields = Constant(
    {
        "id": Blocker.id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "group_id": Project.group_id,
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "kind": Blocker.kind,
        "severity": Blocker.severity,
        "level": Blocker.level,
        "state": Blocker.state,
        "title": Blocker.title,
        "description": Blocker.description,
        "ladder": Blocker.ladder,
        "raised_by": named(_RAISER),
        "raised_by_organisation": named(_RAISING),
        "raised_on": Blocker.raised_on,
        "owner_organisation": named(_OWNER),
        "responsible_person": Blocker.responsible_person,
        "responsible_account_id": Blocker.responsible_account_id,
        "original_due_on": Blocker.original_due_on,
        "current_due_on": Blocker.current_due_on,
        "assessed_due_on": Blocker.assessed_due_on,
        "is_overdue": IS_OVERDUE,
        "suspension": _SUSPENSION,
        "consultation_count": _CONSULTED,
        "next_consultation_on": Blocker.next_consultation_on,
        "resolution": Blocker.resolution,
        "resolved_by": named(_SOLVER),
        "resolved_by_organisation": named(_SOLVING),
        "resolved_on": Blocker.resolved_on,
        "verified_by": named(_VERIFIER),
        "verified_on": Blocker.verified_on,
        "closed_by": named(_CLOSER),
        "closed_on": Blocker.closed_on,
        "evidence": Blocker.evidence,
        "recheck_due_on": Blocker.recheck_due_on,
        "rechecked_on": Blocker.rechecked_on,
        "reopened_count": Blocker.reopened_count,
        "source": Blocker.source,
        "is_illustrative": Blocker.is_illustrative,
        "version": Blocker.version,
    }
)
_SORTS = {
    "current_due_on": Blocker.current_due_on,
    "raised_on": Blocker.raised_on,
    "id": Blocker.id,
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list or a count of blockers asks for; what is None does not matter."""

    project_id: UUID | None = None
    group_id: UUID | None = None
    region: str | None = None
    owner_id: UUID | None = None
    level: str | None = None
    state: str | None = None
    kind: str | None = None
    severity: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    recheck_due: bool | None = None


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of a project the caller sees, or one of its organisations is to solve it"."""
    owns = among(Blocker.owner_organisation_id, caller.organisation_ids)
    return or_(projects.visible(caller), and_(Blocker.owner_organisation_id.is_not(None), owns))


def blocker(session: Session, caller: Caller, *, blocker_id: UUID) -> Found:
    """Read one blocker, whole.

    Raises:
        Missing: there is none in scope.
    """
    return RECORDS.one(session, caller, blocker_id)


def blockers(session: Session, caller: Caller, *, ask: Ask, sought: Sought, today: date) -> Page:
    """Read a page of blockers in scope."""
    return reading.page(
        session,
        FIELDS,
        source=SOURCE,
        where=[visible(caller), *matching(sought, today)],
        sorts=_SORTS,
        ask=ask,
    )


def matching(sought: Sought, today: date) -> list[ColumnElement[bool]]:
    """Write the conditions of what is sought."""
    where: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (Blocker.project_id, sought.project_id),
            (Project.group_id, sought.group_id),
            (Blocker.owner_organisation_id, sought.owner_id),
            (Blocker.level, sought.level),
            (Blocker.state, sought.state),
            (Blocker.kind, sought.kind),
            (Blocker.severity, sought.severity),
        )
        if value is not None
    ]
    if sought.region is not None:
        where.append(Region.lineage.contains([sought.region]))
    is_recheck_due = and_(
        Blocker.state == BlockerState.CLOSED,
        Blocker.recheck_due_on.is_not(None),
        Blocker.recheck_due_on <= today,
    )
    for condition, wanted in (
        (IS_OPEN, sought.open),
        (IS_OVERDUE, sought.overdue),
        (is_recheck_due, sought.recheck_due),
    ):
        if wanted is not None:
            where.append(condition if wanted else ~condition)
    return where


def _of_regions(codes: Collection[str]) -> ColumnElement[bool]:
    """Find blockers of projects that stand in one of these places."""
    there = select(Project.id).where(by(Project.region_code)(codes))
    return Blocker.project_id.in_(there)


def _of_accounts(ids: Collection[str]) -> ColumnElement[bool]:
    people = (Blocker.raised_by, Blocker.resolved_by, Blocker.verified_by, Blocker.closed_by)
    return by(*people)(ids)


RECORDS = Records(
    name="blockers",
    kind="blocker",
    key=Blocker.id,
    version=Blocker.version,
    fields=lambda _: FIELDS,
    source=lambda _: SOURCE,
    visible=visible,
    follows={
        "blocker_suspension": by(Blocker.id),
        "project": by(Blocker.project_id),
        "project_partner": by(Blocker.project_id),
        "region": _of_regions,
        "organisation": by(
            Blocker.raised_by_organisation_id,
            Blocker.owner_organisation_id,
            Blocker.resolved_by_organisation_id,
        ),
        "account": _of_accounts,
    },
    seen_by=frozenset({"project", "project_partner"}),
    turned=lambda since, until: and_(IS_RUNNING, since < _DUE_AT, until >= _DUE_AT),
)
