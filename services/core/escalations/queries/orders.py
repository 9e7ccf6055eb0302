"""Reads of supervision orders; drafts are for those who may issue them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.access.rules import Permission
from services.core.calendar.rules import day_of
from services.core.escalations.models import SupervisionNumber, SupervisionOrder
from services.core.escalations.rules import OrderState
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by, ids_of
from services.core.kit.scope import among, overlapping
from services.core.kit.words import Words
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects.models import Project

_PEOPLE = {
    name: Account.__table__.alias(name)
    for name in ("drafted_by", "issued_by", "signed_by", "replied_by", "closed_by")
}


_UNITS = (
    select(
        func.coalesce(
            func.json_agg(named(Organisation.__table__)),
            func.json_build_array(),
        )
    )
    .where(Organisation.id == SupervisionOrder.issued_to.any_())
    .correlate(SupervisionOrder)
    .scalar_subquery()
)
FIELDS: Fields = Constant(
    {
        "id": SupervisionOrder.id,
        "code": SupervisionOrder.code,
        "run_id": SupervisionOrder.run_id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "group_id": SupervisionOrder.group_id,
        "kind": SupervisionOrder.kind,
        "colour": SupervisionOrder.colour,
        "state": SupervisionOrder.state,
        "title": reading.shaped({"zh": SupervisionOrder.title_zh, "en": SupervisionOrder.title_en}),
        "body": reading.shaped({"zh": SupervisionOrder.body_zh, "en": SupervisionOrder.body_en}),
        "issued_to": _UNITS,
        "drafted_at": SupervisionOrder.drafted_at,
        "drafted_by": named(_PEOPLE["drafted_by"]),
        "issued_at": SupervisionOrder.issued_at,
        "issued_by": named(_PEOPLE["issued_by"]),
        "signed_at": SupervisionOrder.signed_at,
        "signed_by": named(_PEOPLE["signed_by"]),
        "reply": SupervisionOrder.reply,
        "replied_at": SupervisionOrder.replied_at,
        "replied_by": named(_PEOPLE["replied_by"]),
        "closed_at": SupervisionOrder.closed_at,
        "closed_by": named(_PEOPLE["closed_by"]),
        "end_reason": SupervisionOrder.end_reason,
        "source": SupervisionOrder.source,
        "is_illustrative": SupervisionOrder.is_illustrative,
        "version": SupervisionOrder.version,
    }
)


def _joined() -> FromClause:
    source: FromClause = SupervisionOrder.__table__.join(
        Project.__table__, Project.id == SupervisionOrder.project_id
    )
    for name, table in _PEOPLE.items():
        source = source.outerjoin(table, table.c.id == getattr(SupervisionOrder, name))
    return source


_SOURCE = _joined()
_SORTS = {
    "drafted_at": SupervisionOrder.drafted_at,
    "code": SupervisionOrder.code,
    "id": SupervisionOrder.id,
}


@dataclass(frozen=True, slots=True)
class SoughtOrders:
    """What a list of orders asks for; what is None does not matter."""

    state: str | None = None
    project: UUID | None = None
    run: UUID | None = None
    group: UUID | None = None


def _visible(caller: Caller) -> Sequence[ColumnElement[bool]]:
    """Write "of the caller's groups, or issued to its units"; a draft only for who may issue it."""
    in_scope = or_(
        among(SupervisionOrder.group_id, caller.group_ids),
        overlapping(SupervisionOrder.issued_to, caller.organisation_ids),
    )
    if Permission.ISSUE_ORDERS in caller.permissions:
        return [in_scope]
    return [in_scope, SupervisionOrder.issued_at.is_not(None)]


def _to_units(ids: Collection[str]) -> ColumnElement[bool]:
    """Write "one issued to one of these organisations"."""
    units = ids_of(ids, Organisation.id)
    named_there: ColumnElement[bool] = SupervisionOrder.issued_to.overlap(units)
    return named_there


ORDERS = Records(
    name="supervision-orders",
    kind="supervision_order",
    key=SupervisionOrder.id,
    version=SupervisionOrder.version,
    fields=lambda _: FIELDS,
    source=lambda _: _SOURCE,
    visible=lambda caller: and_(*_visible(caller)),
    follows={
        "project": by(SupervisionOrder.project_id),
        "account": by(*(getattr(SupervisionOrder, name) for name in _PEOPLE)),
        "organisation": _to_units,
    },
)


def order(session: Session, caller: Caller, *, order_id: UUID) -> Found:
    """Read one order.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return ORDERS.one(session, caller, order_id)


def orders(session: Session, caller: Caller, *, ask: Ask, sought: SoughtOrders) -> Page:
    """Read a page of orders."""
    where = [*_visible(caller)]
    if sought.state:
        where.append(SupervisionOrder.state == sought.state)
    if sought.project:
        where.append(SupervisionOrder.project_id == sought.project)
    if sought.run:
        where.append(SupervisionOrder.run_id == sought.run)
    if sought.group:
        where.append(SupervisionOrder.group_id == sought.group)
    return reading.page(session, FIELDS, source=_SOURCE, where=where, sorts=_SORTS, ask=ask)


def order_for_change(
    session: Session, caller: Caller, *, order_id: UUID, expected: int
) -> SupervisionOrder:
    """Lock one order in scope at the version the caller has seen."""
    return rows.for_change(
        session,
        SupervisionOrder,
        SupervisionOrder.id == order_id,
        *_visible(caller),
        expected=expected,
    )


def drafts_of(session: Session, *, run_id: UUID) -> list[SupervisionOrder]:
    """Lock the papers a climb drafted that nobody issued yet."""
    return list(
        session.scalars(
            select(SupervisionOrder)
            .where(SupervisionOrder.run_id == run_id, SupervisionOrder.state == OrderState.DRAFTED)
            .order_by(SupervisionOrder.code)
            .with_for_update()
        )
    )


def next_code(session: Session, *, now: datetime) -> str:
    """Give the next order's code, as DB-2026-0001; one transaction at a time numbers a year."""
    year = day_of(now).year
    number = session.scalar(
        insert(SupervisionNumber)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": SupervisionNumber.last + 1})
        .returning(SupervisionNumber.last)
    )
    return f"DB-{year}-{number:04d}"


def project_in_scope(session: Session, caller: Caller, *, project_id: UUID) -> Project:
    """Give the project an order is to be about.

    Raises:
        Invalid: there is none in the caller's scope.
    """
    found = session.scalars(
        select(Project).where(
            Project.id == project_id,
            or_(
                among(Project.group_id, caller.group_ids),
                among(Project.responsible_organisation_id, caller.organisation_ids),
            ),
        )
    ).one_or_none()
    if found is None:
        raise Invalid.at(
            "/project_id",
            Words("没有这个项目。", "There is no such project."),
            code="unknown_project",
        )
    return found


def units_named(session: Session, organisation_ids: Sequence[UUID]) -> list[UUID]:
    """Give the units an order goes to, each once.

    Raises:
        Invalid: one of them does not exist; the pointer says which.
    """
    known = set(
        session.scalars(select(Organisation.id).where(Organisation.id.in_(organisation_ids)))
    )
    for place, unit in enumerate(organisation_ids):
        if unit not in known:
            raise Invalid.at(
                f"/issued_to/{place}",
                Words("没有这个单位。", "There is no such organisation."),
                code="unknown_organisation",
            )
    return list(dict.fromkeys(organisation_ids))
