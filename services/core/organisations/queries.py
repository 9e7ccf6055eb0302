"""Reads of organisations (public to every caller) and officers (their reach only in scope)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, case, func, or_, select, text
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.organisations.models import Officer, Organisation
from services.core.regions.models import Region

_PARENT = Organisation.__table__.alias("parent")
_SOURCE = (
    Organisation.__table__.join(Region.__table__, Region.code == Organisation.region_code)
).outerjoin(_PARENT, _PARENT.c.id == Organisation.parent_id)


def named(table: FromClause) -> ColumnElement[Any]:
    """Build `{id, name}` of a joined organisation, or null where there is none."""
    shape = reading.shaped({"id": table.c.id, "name": table.c.name})
    return case((table.c.id.is_not(None), shape))


FIELDS: Fields = Constant(
    {
        "id": Organisation.id,
        "code": Organisation.code,
        "name": Organisation.name,
        "name_en": Organisation.name_en,
        "short_names": func.to_json(Organisation.short_names),
        "credit_code": Organisation.credit_code,
        "level": Organisation.level,
        "kind": Organisation.kind,
        "parent": named(_PARENT),
        "lineage": func.to_json(Organisation.lineage),
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "is_placeholder": Organisation.is_placeholder,
        "source": Organisation.source,
        "is_illustrative": Organisation.is_illustrative,
        "version": Organisation.version,
    }
)
RECORDS = Records(
    name="organisations",
    kind="organisation",
    key=Organisation.id,
    version=Organisation.version,
    fields=lambda _: FIELDS,
    source=lambda _: _SOURCE,
    visible=lambda caller: among(Organisation.id, caller.organisation_ids),
    follows={"organisation": by(Organisation.parent_id), "region": by(Organisation.region_code)},
)
"""Anybody may look up any organisation; a copy holds those of the own scope."""
_SORTS = {
    "name": Organisation.name,
    "code": Organisation.code,
    "level": Organisation.level,
    "id": Organisation.id,
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a directory search asks for; what is None does not matter."""

    under: UUID | None = None
    region: str | None = None
    level: str | None = None
    kind: str | None = None
    q: str | None = None


def organisation(session: Session, *, organisation_id: UUID) -> Found:
    """Read one organisation.

    Raises:
        Missing: there is none with this id.
    """
    return reading.found(
        session,
        FIELDS,
        version=Organisation.version,
        source=_SOURCE,
        where=[Organisation.id == organisation_id],
    )


def organisations(session: Session, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of the directory."""
    return reading.page(
        session, FIELDS, source=_SOURCE, where=_matching(sought), sorts=_SORTS, ask=ask
    )


def _matching(sought: Sought) -> Sequence[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if sought.under:
        where.append(Organisation.lineage.contains([sought.under]))
    if sought.region:
        where.append(Region.lineage.contains([sought.region]))
    if sought.level:
        where.append(Organisation.level == sought.level)
    if sought.kind:
        where.append(Organisation.kind == sought.kind)
    if sought.q:
        short = func.array_to_string(Organisation.short_names, "\n")
        where.append(
            or_(
                Organisation.name.icontains(sought.q, autoescape=True),
                short.icontains(sought.q, autoescape=True),
            )
        )
    return where


def for_change(session: Session, *, organisation_id: UUID, expected: int | None) -> Organisation:
    """Lock one organisation at the version the caller has seen."""
    return rows.for_change(
        session, Organisation, Organisation.id == organisation_id, expected=expected
    )


def placed(session: Session, *, organisation_id: UUID, pointer: str) -> Organisation:
    """Give the organisation a request names.

    Raises:
        Invalid: there is none; the pointer says where it was named.
    """
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise Invalid.at(
            pointer,
            Words("没有这个单位。", "There is no such organisation."),
            code="unknown_organisation",
        )
    return found


def regulates(session: Session, caller: Caller, *, region_code: str) -> bool:
    """Say whether a place lies in the region of the caller's own organisation.

    What the caller may do there is a matter of permissions; a company has a region too.
    """
    statement = (
        select(Region.lineage.contains(array([Organisation.region_code])))
        .select_from(Organisation)
        .join(Region, Region.code == region_code)
        .where(Organisation.id == caller.organisation_id)
    )
    return bool(session.scalar(statement))


def hold_the_tree(session: Session) -> None:
    """Let one transaction at a time change who is below whom, until it ends.

    Without it two moves at once could close a circle that neither of them sees.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('organisation.tree', 0))"))


def officer(session: Session, caller: Caller, *, organisation_id: UUID, officer_id: UUID) -> Found:
    """Read one officer of an organisation.

    Raises:
        Missing: this organisation has no such officer.
    """
    return reading.found(
        session,
        _officer_fields(caller),
        version=Officer.version,
        source=Officer.__table__,
        where=[Officer.id == officer_id, Officer.organisation_id == organisation_id],
    )


def officers(
    session: Session,
    caller: Caller,
    *,
    organisation_id: UUID,
    ask: Ask,
    duty: str | None,
    as_of: date | None,
) -> Page:
    """Read a page of one organisation's officers; `as_of`: only those in office on that day."""
    where = [Officer.organisation_id == organisation_id]
    if duty:
        where.append(Officer.duty == duty)
    if as_of:
        not_over = or_(Officer.valid_to.is_(None), Officer.valid_to > as_of)
        where += [Officer.valid_from <= as_of, not_over]
    return reading.page(
        session,
        _officer_fields(caller),
        source=Officer.__table__,
        where=where,
        sorts={"valid_from": Officer.valid_from, "name": Officer.name, "id": Officer.id},
        ask=ask,
    )


def officer_for_change(
    session: Session, *, organisation_id: UUID, officer_id: UUID, expected: int
) -> Officer:
    """Lock one officer of an organisation at the version the caller has seen."""
    return rows.for_change(
        session,
        Officer,
        Officer.id == officer_id,
        Officer.organisation_id == organisation_id,
        expected=expected,
    )


def _officer_fields(caller: Caller) -> Fields:
    """Name what this caller sees of an officer: who it is always, how to reach only in scope."""
    in_scope = among(Officer.organisation_id, caller.organisation_ids)
    return {
        "id": Officer.id,
        "organisation_id": Officer.organisation_id,
        "name": Officer.name,
        "duty": Officer.duty,
        "phone": case((in_scope, Officer.phone)),
        "account_id": case((in_scope, Officer.account_id)),
        "deputy_account_id": case((in_scope, Officer.deputy_account_id)),
        "valid_from": Officer.valid_from,
        "valid_to": Officer.valid_to,
        "source": Officer.source,
        "is_illustrative": Officer.is_illustrative,
        "version": Officer.version,
    }
