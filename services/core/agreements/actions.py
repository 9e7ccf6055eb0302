"""Writes of agreements and batches."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.agreements import queries, rules, schemas
from services.core.agreements.events import (
    AgreementClosed,
    AgreementConverted,
    AgreementRecorded,
    AgreementSigned,
    BatchRecorded,
)
from services.core.agreements.models import (
    AgreementBatch,
    AgreementParty,
    AgreementProject,
    FrameworkAgreement,
)
from services.core.agreements.rules import AgreementState, AgreementVerb
from services.core.calendar.rules import day_of
from services.core.groups import queries as groups
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Invalid
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.kit.scope import among
from services.core.kit.shapes import Money
from services.core.kit.words import Words
from services.core.organisations.models import Organisation
from services.core.projects import queries as projects


def record_batch(session: Session, *, given: schemas.NewBatch, by: Caller) -> AgreementBatch:
    """Record agreements of one occasion as they were announced."""
    by.must("agreements.keep")
    batch = AgreementBatch(**given.model_dump(exclude={"amount"}), **_amount(given.amount))
    session.add(batch)
    session.flush()
    fact = BatchRecorded(
        batch_id=batch.id, batch_code=batch.code, agreement_count=batch.agreement_count
    )
    ledger.record(
        session,
        fact,
        about=Subject("agreement_batch", batch.id),
        by=Actor.person(by),
        now=by.now,
    )
    return batch


def record(session: Session, *, given: schemas.NewAgreement, by: Caller) -> FrameworkAgreement:
    """Record an agreement in talks, with its parties.

    Raises:
        Invalid: a side is missing, a party twice or unknown. Missing: the group is not in scope.
        Forbidden: none of the parties is the caller's, and it is no regulator of theirs.
    """
    by.must("agreements.keep")
    parties = [(party.organisation_id, party.side) for party in given.parties]
    rules.check_parties(parties)
    _check_known(session, [unit for unit, _ in parties])
    if given.group_id:
        groups.open_group(session, given.group_id)
    agreement = FrameworkAgreement(
        **given.model_dump(exclude={"amount", "parties"}),
        **_amount(given.amount),
        state=AgreementState.NEGOTIATING,
    )
    session.add(agreement)
    session.flush()
    session.add_all(
        AgreementParty(agreement_id=agreement.id, organisation_id=unit, side=side)
        for unit, side in parties
    )
    session.flush()
    queries.agreement(session, by, agreement_id=agreement.id)  # nobody records what he cannot see
    _note(session, agreement, AgreementRecorded(**_about(agreement)), by)
    return agreement


def change(
    session: Session,
    *,
    agreement_id: UUID,
    given: schemas.AgreementChange,
    expected: int,
    by: Caller,
) -> FrameworkAgreement:
    """Change what is recorded of an agreement that has not ended.

    Raises:
        Conflict: it has ended.
    """
    agreement = _open(session, agreement_id, expected, by)
    changes = rows.merged(agreement, given.given())
    if changes:
        _note(session, agreement, AgreementRecorded(**_about(agreement)), by, changes)
    return agreement


def sign(
    session: Session, *, agreement_id: UUID, given: schemas.Signing, expected: int, by: Caller
) -> FrameworkAgreement:
    """Note that an agreement was signed.

    Raises:
        Invalid: the day has not come. UnlawfulMove: it was signed before, or has ended.
    """
    if given.signed_on > day_of(by.now):
        raise Invalid.at(
            "/signed_on",
            Words("签订日不能晚于今天。", "It cannot have been signed after today."),
            code="in_the_future",
            allowed=(f"<= {day_of(by.now).isoformat()}",),
        )
    agreement = _moved(session, agreement_id, AgreementVerb.SIGN, expected, by)
    agreement.signed_on = given.signed_on
    _note(
        session,
        agreement,
        AgreementSigned(**_about(agreement), signed_on=given.signed_on),
        by,
    )
    return agreement


def convert(
    session: Session, *, agreement_id: UUID, given: schemas.Conversion, expected: int, by: Caller
) -> FrameworkAgreement:
    """Link a project that came out of an agreement; the first makes it converting.

    Raises:
        Missing: the project is not in scope. UnlawfulMove: it is not signed, or has ended.
    """
    projects.project(session, by, project_id=given.project_id)
    agreement = _open(session, agreement_id, expected, by)
    if agreement.state != AgreementState.CONVERTING:
        agreement.state = moved(rules.MOVES, AgreementState(agreement.state), AgreementVerb.CONVERT)
    session.add(
        AgreementProject(
            agreement_id=agreement.id, project_id=given.project_id, linked_on=day_of(by.now)
        )
    )
    rows.touch(agreement)
    fact = AgreementConverted(**_about(agreement), project_id=given.project_id)
    _note(session, agreement, fact, by)
    return agreement


def end(
    session: Session,
    *,
    agreement_id: UUID,
    verb: AgreementVerb,
    given: schemas.Ending,
    expected: int,
    by: Caller,
) -> FrameworkAgreement:
    """Fulfil, expire or terminate an agreement."""
    agreement = _moved(session, agreement_id, verb, expected, by)
    _note(session, agreement, AgreementClosed(**_about(agreement), reason=given.reason), by)
    return agreement


def _moved(
    session: Session, agreement_id: UUID, verb: AgreementVerb, expected: int, by: Caller
) -> FrameworkAgreement:
    by.must("agreements.keep")
    agreement = queries.for_change(session, by, agreement_id=agreement_id, expected=expected)
    agreement.state = moved(rules.MOVES, AgreementState(agreement.state), verb)
    return agreement


def _open(session: Session, agreement_id: UUID, expected: int, by: Caller) -> FrameworkAgreement:
    by.must("agreements.keep")
    agreement = queries.for_change(session, by, agreement_id=agreement_id, expected=expected)
    if AgreementState(agreement.state) in rules.ENDED:
        raise Conflict(Words("协议已结束，不能修改。", "The agreement has ended; nothing changes."))
    return agreement


def _check_known(session: Session, units: list[UUID]) -> None:
    known = set(session.scalars(select(Organisation.id).where(among(Organisation.id, units))))
    for place, unit in enumerate(units):
        if unit not in known:
            raise Invalid.at(
                f"/parties/{place}/organisation_id",
                Words("没有这个单位。", "There is no such organisation."),
                code="unknown_organisation",
            )


def _amount(money: Money | None) -> dict[str, Any]:
    if money is None:
        return {"amount": None}
    return {"amount": money.amount, "amount_qualifier": money.qualifier}


def _about(agreement: FrameworkAgreement) -> dict[str, Any]:
    return {
        "agreement_id": agreement.id,
        "agreement_code": agreement.code,
        "state": AgreementState(agreement.state),
    }


def _note(
    session: Session,
    agreement: FrameworkAgreement,
    fact: Fact,
    by: Caller,
    changes: dict[str, Any] | None = None,
) -> None:
    ledger.record(
        session,
        fact,
        about=Subject(
            "agreement",
            agreement.id,
            agreement.group_id,
            queries.parties_of(session, agreement.id),
        ),
        by=Actor.person(by),
        now=by.now,
        changes=changes,
    )
