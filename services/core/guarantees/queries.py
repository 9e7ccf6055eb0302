"""Reads of promises; who sees the project sees what was promised to it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import Session

from services.core.guarantees.models import ResourceGuarantee
from services.core.guarantees.rules import OPEN, OpenPromise
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import ASKED, Ids, among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects import queries as projects
from services.core.projects.models import Project

_FIELDS: Fields = Constant(
    {
        "id": ResourceGuarantee.id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "kind": ResourceGuarantee.kind,
        "description": ResourceGuarantee.description,
        "promiser": named(Organisation.__table__),
        "amount": cast(ResourceGuarantee.amount, Text),
        "unit": ResourceGuarantee.unit,
        "promised_on": ResourceGuarantee.promised_on,
        "due_on": ResourceGuarantee.due_on,
        "original_due_on": ResourceGuarantee.original_due_on,
        "state": ResourceGuarantee.state,
        "delivered_amount": cast(ResourceGuarantee.delivered_amount, Text),
        "delivered_on": ResourceGuarantee.delivered_on,
        "evidence": ResourceGuarantee.evidence,
        "note": ResourceGuarantee.note,
        "reported_by": ResourceGuarantee.reported_by,
        "confirmed_by": ResourceGuarantee.confirmed_by,
        "confirmed_at": ResourceGuarantee.confirmed_at,
        "source": ResourceGuarantee.source,
        "is_illustrative": ResourceGuarantee.is_illustrative,
        "version": ResourceGuarantee.version,
    }
)
_SOURCE = ResourceGuarantee.__table__.join(
    Project.__table__, Project.id == ResourceGuarantee.project_id
).join(Organisation.__table__, Organisation.id == ResourceGuarantee.promiser_organisation_id)
RECORDS = Records(
    name="guarantees",
    kind="resource_guarantee",
    key=ResourceGuarantee.id,
    version=ResourceGuarantee.version,
    fields=lambda _: _FIELDS,
    source=lambda _: _SOURCE,
    visible=projects.visible,
    follows={
        "project": by(ResourceGuarantee.project_id),
        "project_partner": by(ResourceGuarantee.project_id),
        "organisation": by(ResourceGuarantee.promiser_organisation_id),
    },
    seen_by=frozenset({"project", "project_partner"}),
)
_IS_OPEN = ResourceGuarantee.state.in_(OPEN)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for; what is None does not matter."""

    project_id: UUID | None = None
    group_id: UUID | None = None
    promiser_id: UUID | None = None
    kind: str | None = None
    state: str | None = None
    overdue_on: date | None = None
    """Only what was still owed when this day began."""


def guarantee(session: Session, caller: Caller, *, guarantee_id: UUID) -> Found:
    """Read one promise.

    Raises:
        Missing: there is none to a project in scope.
    """
    return RECORDS.one(session, caller, guarantee_id)


def guarantees(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of promises to projects in scope."""
    return reading.page(
        session,
        _FIELDS,
        source=_SOURCE,
        where=[projects.visible(caller), *_matching(sought)],
        sorts={
            "due_on": ResourceGuarantee.due_on,
            "original_due_on": ResourceGuarantee.original_due_on,
            "id": ResourceGuarantee.id,
        },
        ask=ask,
    )


def _matching(sought: Sought) -> list[ColumnElement[bool]]:
    equal: dict[Any, object] = {
        ResourceGuarantee.project_id: sought.project_id,
        Project.group_id: sought.group_id,
        ResourceGuarantee.promiser_organisation_id: sought.promiser_id,
        ResourceGuarantee.kind: sought.kind,
        ResourceGuarantee.state: sought.state,
    }
    where = [column == value for column, value in equal.items() if value is not None]
    if sought.overdue_on is not None:
        where += [_IS_OPEN, ResourceGuarantee.original_due_on < sought.overdue_on]
    return where


_OPEN_PROMISES = (
    select(
        ResourceGuarantee.project_id,
        ResourceGuarantee.id,
        ResourceGuarantee.description,
        ResourceGuarantee.promiser_organisation_id,
        ResourceGuarantee.original_due_on,
    )
    .where(among(ResourceGuarantee.project_id, ASKED), _IS_OPEN)
    .order_by(ResourceGuarantee.original_due_on, ResourceGuarantee.id)
)


def open_promises(session: Session, wanted: Ids) -> dict[UUID, list[OpenPromise]]:
    """Give what is still owed to some projects, the longest due first."""
    found: dict[UUID, list[OpenPromise]] = defaultdict(list)
    for row in session.execute(_OPEN_PROMISES, wanted.given):
        found[row[0]].append(OpenPromise(row[1], row[2], row[3], row[4]))
    return found


def for_change(
    session: Session, caller: Caller, *, guarantee_id: UUID, expected: int | None
) -> ResourceGuarantee:
    """Lock one promise at the version the caller has seen."""
    seen = select(Project.id).where(
        Project.id == ResourceGuarantee.project_id, projects.visible(caller)
    )
    return rows.for_change(
        session,
        ResourceGuarantee,
        ResourceGuarantee.id == guarantee_id,
        seen.exists(),
        expected=expected,
    )
