"""Reads of agreements; batches are announcements and public, agreements are their parties'."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.core.agreements.models import (
    AgreementBatch,
    AgreementParty,
    AgreementProject,
    FrameworkAgreement,
)
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.scope import among
from services.core.organisations.models import Organisation

_RECORDED = (
    select(func.count())
    .where(FrameworkAgreement.batch_id == AgreementBatch.id)
    .correlate(AgreementBatch)
    .scalar_subquery()
)
_BATCH_FIELDS: Fields = Constant(
    {
        "id": AgreementBatch.id,
        "code": AgreementBatch.code,
        "name": AgreementBatch.name,
        "signed_month": AgreementBatch.signed_month,
        "agreement_count": AgreementBatch.agreement_count,
        "recorded_count": _RECORDED,
        "enterprise_count": AgreementBatch.enterprise_count,
        "county_count": AgreementBatch.county_count,
        "amount": reading.money(AgreementBatch.amount, AgreementBatch.amount_qualifier),
        "source": AgreementBatch.source,
        "is_illustrative": AgreementBatch.is_illustrative,
        "version": AgreementBatch.version,
    }
)
_PARTY = reading.shaped(
    {
        "organisation": reading.shaped({"id": Organisation.id, "name": Organisation.name}),
        "side": AgreementParty.side,
    }
)
_PARTIES = (
    select(func.coalesce(func.json_agg(_PARTY), func.json_build_array()))
    .select_from(AgreementParty)
    .join(Organisation, Organisation.id == AgreementParty.organisation_id)
    .where(AgreementParty.agreement_id == FrameworkAgreement.id)
    .correlate(FrameworkAgreement)
    .scalar_subquery()
)
_PROJECTS = (
    select(func.coalesce(func.json_agg(AgreementProject.project_id), func.json_build_array()))
    .where(AgreementProject.agreement_id == FrameworkAgreement.id)
    .correlate(FrameworkAgreement)
    .scalar_subquery()
)
_FIELDS: Fields = Constant(
    {
        "id": FrameworkAgreement.id,
        "code": FrameworkAgreement.code,
        "name": FrameworkAgreement.name,
        "batch_id": FrameworkAgreement.batch_id,
        "group_id": FrameworkAgreement.group_id,
        "domain": FrameworkAgreement.domain,
        "amount": reading.money(FrameworkAgreement.amount, FrameworkAgreement.amount_qualifier),
        "signed_on": FrameworkAgreement.signed_on,
        "valid_to": FrameworkAgreement.valid_to,
        "state": FrameworkAgreement.state,
        "is_placeholder": FrameworkAgreement.is_placeholder,
        "parties": _PARTIES,
        "project_ids": _PROJECTS,
        "source": FrameworkAgreement.source,
        "is_illustrative": FrameworkAgreement.is_illustrative,
        "version": FrameworkAgreement.version,
    }
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of the caller's groups, signed by one of its organisations, or named by nobody".

    A placeholder of an announced batch says nothing about anybody, and is public like its batch.
    """
    joined = select(AgreementParty.agreement_id).where(
        AgreementParty.agreement_id == FrameworkAgreement.id,
        among(AgreementParty.organisation_id, caller.organisation_ids),
    )
    return or_(
        among(FrameworkAgreement.group_id, caller.group_ids),
        FrameworkAgreement.is_placeholder,
        joined.exists(),
    )


def batch(session: Session, *, batch_id: UUID) -> Found:
    """Read one batch.

    Raises:
        Missing: there is none.
    """
    return reading.found(
        session,
        _BATCH_FIELDS,
        version=AgreementBatch.version,
        source=AgreementBatch.__table__,
        where=[AgreementBatch.id == batch_id],
    )


def batches(session: Session, *, ask: Ask) -> Page:
    """Read a page of batches."""
    return reading.page(
        session,
        _BATCH_FIELDS,
        source=AgreementBatch.__table__,
        where=[],
        sorts={"signed_month": AgreementBatch.signed_month, "code": AgreementBatch.code},
        ask=ask,
    )


def agreement(session: Session, caller: Caller, *, agreement_id: UUID) -> Found:
    """Read one agreement.

    Raises:
        Missing: there is none in scope.
    """
    return reading.found(
        session,
        _FIELDS,
        version=FrameworkAgreement.version,
        source=FrameworkAgreement.__table__,
        where=[FrameworkAgreement.id == agreement_id, visible(caller)],
    )


def agreements(
    session: Session, caller: Caller, *, ask: Ask, narrowed: Sequence[ColumnElement[bool]]
) -> Page:
    """Read a page of agreements in scope; `narrowed` comes from `matching`."""
    return reading.page(
        session,
        _FIELDS,
        source=FrameworkAgreement.__table__,
        where=[visible(caller), *narrowed],
        sorts={"name": FrameworkAgreement.name, "code": FrameworkAgreement.code},
        ask=ask,
    )


def matching(
    *, batch_id: UUID | None, group_id: UUID | None, state: str | None
) -> list[ColumnElement[bool]]:
    """Write the filters a list was asked with."""
    asked = (
        (FrameworkAgreement.batch_id, batch_id),
        (FrameworkAgreement.group_id, group_id),
        (FrameworkAgreement.state, state),
    )
    return [column == value for column, value in asked if value is not None]


def for_change(
    session: Session, caller: Caller, *, agreement_id: UUID, expected: int
) -> FrameworkAgreement:
    """Lock one agreement in scope at the version the caller has seen."""
    return rows.for_change(
        session,
        FrameworkAgreement,
        FrameworkAgreement.id == agreement_id,
        visible(caller),
        expected=expected,
    )


def parties_of(session: Session, agreement_id: UUID) -> tuple[UUID, ...]:
    """Give the organisations that signed."""
    return tuple(
        session.scalars(
            select(AgreementParty.organisation_id).where(
                AgreementParty.agreement_id == agreement_id
            )
        )
    )
