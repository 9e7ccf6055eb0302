"""Reads of agreements; batches are announcements and public, agreements are their parties'."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.agreements.models import (
    AgreementBatch,
    AgreementParty,
    AgreementProject,
    FrameworkAgreement,
)
from services.core.agreements.rules import Side
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.reading import Ask, Fields, Found, Page
from services.core.kit.records import Records, by, ids_of
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects import queries as projects
from services.core.projects.models import Project

_PARTY = reading.shaped(
    {"organisation": named(Organisation.__table__), "side": AgreementParty.side}
)
_PARTIES = (
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(_PARTY, AgreementParty.side.desc(), Organisation.id)),
            func.json_build_array(),
        )
    )
    .select_from(AgreementParty)
    .join(Organisation, Organisation.id == AgreementParty.organisation_id)
    .where(AgreementParty.agreement_id == FrameworkAgreement.id)
    .correlate(FrameworkAgreement)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of agreements asks for; what is None does not matter."""

    batch_id: UUID | None = None
    group_id: UUID | None = None
    party_id: UUID | None = None
    state: str | None = None
    domain: str | None = None


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of the caller's groups, of one of its organisations, or a mere count of a batch".

    A placeholder without group and parties says nothing about anybody: it is public as its batch
    is, except to administrators, who see no business data at all.
    """
    joined = select(AgreementParty.agreement_id).where(
        among(AgreementParty.organisation_id, caller.organisation_ids)
    )
    nobody = and_(
        FrameworkAgreement.is_placeholder,
        FrameworkAgreement.group_id.is_(None),
        FrameworkAgreement.id.not_in(select(AgreementParty.agreement_id)),
    )
    ways = [among(FrameworkAgreement.group_id, caller.group_ids), FrameworkAgreement.id.in_(joined)]
    return or_(*ways, nobody) if caller.organisation_ids else or_(*ways)


def batch(session: Session, caller: Caller, *, batch_id: UUID) -> Found:
    """Read one batch.

    Raises:
        Missing: there is none.
    """
    return reading.found(
        session,
        _batch_fields(caller),
        version=AgreementBatch.version,
        source=AgreementBatch.__table__,
        where=[AgreementBatch.id == batch_id],
    )


def batches(session: Session, caller: Caller, *, ask: Ask) -> Page:
    """Read a page of batches."""
    return reading.page(
        session,
        _batch_fields(caller),
        source=AgreementBatch.__table__,
        where=[],
        sorts={"signed_month": AgreementBatch.signed_month, "code": AgreementBatch.code},
        ask=ask,
    )


def _batch_fields(caller: Caller) -> Fields:
    """Show what was announced, and beside it what of it is recorded in scope (T-5, I-13)."""
    own = (FrameworkAgreement.batch_id == AgreementBatch.id, visible(caller))
    amount = projects.sum_of(FrameworkAgreement.amount, FrameworkAgreement.amount_qualifier)
    count, recorded = (
        select(shown).select_from(FrameworkAgreement).where(*own).correlate(AgreementBatch)
        for shown in (func.count(), reading.money(*amount))
    )
    return {
        "id": AgreementBatch.id,
        "code": AgreementBatch.code,
        "name": AgreementBatch.name,
        "signed_month": AgreementBatch.signed_month,
        "agreement_count": AgreementBatch.agreement_count,
        "recorded_count": count.scalar_subquery(),
        "enterprise_count": AgreementBatch.enterprise_count,
        "county_count": AgreementBatch.county_count,
        "amount": reading.money(AgreementBatch.amount, AgreementBatch.amount_qualifier),
        "recorded_amount": recorded.scalar_subquery(),
        "source": AgreementBatch.source,
        "is_illustrative": AgreementBatch.is_illustrative,
        "version": AgreementBatch.version,
    }


def agreement(session: Session, caller: Caller, *, agreement_id: UUID) -> Found:
    """Read one agreement.

    Raises:
        Missing: there is none in scope.
    """
    return RECORDS.one(session, caller, agreement_id)


def agreements(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of agreements in scope."""
    return reading.page(
        session,
        _fields(caller),
        source=FrameworkAgreement.__table__,
        where=[visible(caller), *_matching(sought)],
        sorts={"name": FrameworkAgreement.name, "code": FrameworkAgreement.code},
        ask=ask,
    )


def _matching(sought: Sought) -> list[ColumnElement[bool]]:
    asked = (
        (FrameworkAgreement.batch_id, sought.batch_id),
        (FrameworkAgreement.group_id, sought.group_id),
        (FrameworkAgreement.state, sought.state),
        (FrameworkAgreement.domain, sought.domain),
    )
    where = [column == value for column, value in asked if value is not None]
    if sought.party_id:
        signed = select(AgreementParty.agreement_id).where(
            AgreementParty.organisation_id == sought.party_id
        )
        where.append(FrameworkAgreement.id.in_(signed))
    return where


def _fields(caller: Caller) -> Fields:
    """Show an agreement; of the projects that came out of it only those the caller sees."""
    converted = (
        select(
            func.coalesce(
                func.json_agg(aggregate_order_by(Project.id, Project.code)),
                func.json_build_array(),
            )
        )
        .select_from(AgreementProject)
        .join(Project, Project.id == AgreementProject.project_id)
        .where(AgreementProject.agreement_id == FrameworkAgreement.id, projects.visible(caller))
        .correlate(FrameworkAgreement)
        .scalar_subquery()
    )
    return {
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
        "project_ids": converted,
        "source": FrameworkAgreement.source,
        "is_illustrative": FrameworkAgreement.is_illustrative,
        "version": FrameworkAgreement.version,
    }


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


def parties_of(session: Session, agreement_id: UUID) -> Sequence[AgreementParty]:
    """Give the parties of an agreement."""
    return session.scalars(
        select(AgreementParty).where(AgreementParty.agreement_id == agreement_id)
    ).all()


def sides(parties: Sequence[AgreementParty]) -> list[tuple[UUID, Side]]:
    """Give parties as the rules look at them, in a fixed order."""
    return sorted((party.organisation_id, Side(party.side)) for party in parties)


def announced(session: Session, *, batch_id: UUID) -> AgreementBatch:
    """Give the batch a request names.

    Raises:
        Invalid: there is none.
    """
    found = session.get(AgreementBatch, batch_id)
    if found is None:
        words = Words("没有这个批次。", "There is no such batch.")
        raise Invalid.at("/batch_id", words, code="unknown_batch")
    return found


def is_taken(session: Session, table: type[FrameworkAgreement | AgreementBatch], code: str) -> bool:
    """Say whether a code is in use."""
    return session.scalar(select(table.id).where(table.code == code)) is not None


def converted_project(session: Session, caller: Caller, *, project_id: UUID) -> Project:
    """Give the project a request says came out of an agreement.

    Raises:
        Invalid: the caller sees none such.
    """
    found = session.scalars(
        select(Project).where(Project.id == project_id, projects.visible(caller))
    ).one_or_none()
    if found is None:
        words = Words("没有这个项目。", "There is no such project.")
        raise Invalid.at("/project_id", words, code="unknown_project")
    return found


def _of_units(ids: Collection[str]) -> ColumnElement[bool]:
    """Write "one that one of these organisations has signed"."""
    units = ids_of(ids, AgreementParty.organisation_id)
    signed = select(AgreementParty.agreement_id).where(
        AgreementParty.organisation_id == units.any_()
    )
    return FrameworkAgreement.id.in_(signed)


def _of_projects(ids: Collection[str]) -> ColumnElement[bool]:
    """Write "one that one of these projects came out of"."""
    came = ids_of(ids, AgreementProject.project_id)
    converted = select(AgreementProject.agreement_id).where(
        AgreementProject.project_id == came.any_()
    )
    return FrameworkAgreement.id.in_(converted)


RECORDS = Records(
    name="agreements",
    kind="framework_agreement",
    key=FrameworkAgreement.id,
    version=FrameworkAgreement.version,
    fields=_fields,
    source=lambda _: FrameworkAgreement.__table__,
    visible=visible,
    follows={
        "agreement_party": by(FrameworkAgreement.id),
        "agreement_project": by(FrameworkAgreement.id),
        "organisation": _of_units,
        "project": _of_projects,
        "project_partner": _of_projects,
    },
    seen_by=frozenset({"agreement_party"}),
    varies=True,
    once_public=FrameworkAgreement.is_placeholder.is_(other=True),
)
