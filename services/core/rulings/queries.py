"""Reads of rulings; who sees the project sees what was ruled about it."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, bindparam, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.calendar.rules import day_of, end_of
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import ASKED, Ids, among
from services.core.organisations.queries import named
from services.core.policies.pack import Dimension, Light
from services.core.projects import queries as projects
from services.core.projects.models import Project
from services.core.rulings.models import Ruling
from services.core.rulings.rules import InForce, RulingState

_MAKER = Account.__table__.alias("maker")
_ENDER = Account.__table__.alias("ender")
_SOURCE = (
    Ruling.__table__.join(Project.__table__, Project.id == Ruling.project_id)
    .join(_MAKER, _MAKER.c.id == Ruling.made_by)
    .outerjoin(_ENDER, _ENDER.c.id == Ruling.ended_by)
)


def _word(state: RulingState) -> ColumnElement[Any]:
    return literal_column(f"'{state.value}'")


_STATE = case(
    (Ruling.ended_at.is_not(None), _word(RulingState.ENDED)),
    (
        Ruling.expires_on < cast(func.timezone("Asia/Shanghai", func.house_now()), Date),
        _word(RulingState.EXPIRED),
    ),
    else_=_word(RulingState.IN_FORCE),
)
FIELDS: Fields = Constant(
    {
        "id": Ruling.id,
        "project_id": Ruling.project_id,
        "dimension": Ruling.dimension,
        "light": Ruling.light,
        "state": _STATE,
        "reason": Ruling.reason,
        "expires_on": Ruling.expires_on,
        "made_at": Ruling.made_at,
        "made_by": named(_MAKER),
        "ended_at": Ruling.ended_at,
        "ended_by": named(_ENDER),
        "version": Ruling.version,
    }
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of a project the caller may see", where the project is joined."""
    return projects.visible(caller)


def _expires(since: datetime, until: datetime) -> ColumnElement[bool] | None:
    """Write "expired between two moments"; none does within a day."""
    if day_of(since) == day_of(until):
        return None
    return Ruling.expires_on.between(day_of(since), day_of(until) - timedelta(days=1))


RECORDS = Records(
    name="rulings",
    kind="ruling",
    key=Ruling.id,
    version=Ruling.version,
    fields=lambda _: FIELDS,
    source=lambda _: _SOURCE,
    visible=visible,
    follows={
        "project": by(Ruling.project_id),
        "project_partner": by(Ruling.project_id),
        "account": by(Ruling.made_by, Ruling.ended_by),
    },
    seen_by=frozenset({"project", "project_partner"}),
    turned=_expires,
)


_IN_FORCE = (
    select(Ruling, Account.name)
    .join(Account, Account.id == Ruling.made_by)
    .where(
        among(Ruling.project_id, ASKED),
        Ruling.ended_at.is_(None),
        Ruling.expires_on >= bindparam("on", type_=Date()),
    )
    .order_by(Ruling.id)
)


def in_force(session: Session, wanted: Ids, *, on: date) -> dict[UUID, tuple[InForce, ...]]:
    """Give the rulings that count on a day, of some projects."""
    found: dict[UUID, list[InForce]] = defaultdict(list)
    for ruling, name in session.execute(_IN_FORCE, {**wanted.given, "on": on}):
        found[ruling.project_id].append(as_in_force(ruling, name))
    return {project_id: tuple(kept) for project_id, kept in found.items()}


def as_in_force(ruling: Ruling, by: str) -> InForce:
    """Give a row as what the rules heed; `by` names who made it."""
    return InForce(
        dimension=Dimension(ruling.dimension) if ruling.dimension else None,
        light=Light(ruling.light) if ruling.light else None,
        reason=ruling.reason,
        until=end_of(ruling.expires_on),
        by=by,
    )


def ruling(session: Session, caller: Caller, *, ruling_id: UUID) -> Found:
    """Read one ruling.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return RECORDS.one(session, caller, ruling_id)


def rulings(session: Session, caller: Caller, *, project_id: UUID, ask: Ask) -> Page:
    """Read a page of what was ruled about a project, ended and expired ones too.

    Raises:
        Missing: there is no such project in scope.
    """
    seen = select(Project.id).where(Project.id == project_id, visible(caller))
    if session.scalar(seen) is None:
        raise Missing
    return reading.page(
        session,
        FIELDS,
        source=_SOURCE,
        where=[Ruling.project_id == project_id],
        sorts={"expires_on": Ruling.expires_on, "made_at": Ruling.made_at, "id": Ruling.id},
        ask=ask,
    )


def for_change(session: Session, caller: Caller, *, ruling_id: UUID, expected: int) -> Ruling:
    """Lock one ruling in the caller's scope, at the version the caller has seen."""
    seen = select(Project.id).where(Project.id == Ruling.project_id, visible(caller))
    return rows.for_change(
        session, Ruling, Ruling.id == ruling_id, seen.exists(), expected=expected
    )
