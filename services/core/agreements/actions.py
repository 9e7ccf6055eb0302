"""Writes of agreements and batches."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Role
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
from services.core.kit.errors import Conflict, Fault, Forbidden, Invalid
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.ids import new_id
from services.core.kit.money import Qualifier
from services.core.kit.moves import moved
from services.core.kit.shapes import Money
from services.core.kit.words import Words
from services.core.organisations import queries as organisations


def record_batch(session: Session, *, given: schemas.NewBatch, by: Caller) -> AgreementBatch:
    """Record agreements of one occasion as they were announced.

    Raises:
        Forbidden: only a regulator may. Conflict: the code is taken.
    """
    by.must("agreements.keep")
    if by.role != Role.REGULATOR:
        raise Forbidden(
            Words("批次由监管单位登记。", "What was announced is for a regulator to record.")
        )
    _must_be_free(session, AgreementBatch, given.code)
    batch = AgreementBatch(**_columns(given.model_dump(), given.amount))
    session.add(batch)
    session.flush()
    fact = BatchRecorded(
        batch_id=batch.id, batch_code=batch.code, agreement_count=batch.agreement_count
    )
    about = Subject("agreement_batch", batch.id, for_everybody=True)
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now)
    return batch


def record(session: Session, *, given: schemas.NewAgreement, by: Caller) -> FrameworkAgreement:
    """Record an agreement, in talks or already signed, with its parties.

    Raises:
        Invalid: a side is missing, somebody is named twice or unknown, or a day does not fit.
        Forbidden: it is another's to record. Conflict: the code is taken. Frozen: dissolved group.
    """
    parties = [(party.organisation_id, party.side) for party in given.parties]
    rules.check_named(
        parties, is_placeholder=given.is_placeholder, in_batch=given.batch_id is not None
    )
    if given.signed_on and given.state == "negotiating":
        words = Words("洽谈中的协议没有签订日。", "An agreement in talks has no day of signing.")
        raise Invalid.at("/signed_on", words, code="not_signed")
    rules.check_days(given.signed_on, given.valid_to, today=day_of(by.now))
    if given.group_id is not None and given.group_id not in by.group_ids:
        words = Words("没有这个团组。", "There is no such group.")
        raise Invalid.at("/group_id", words, code="unknown_group")
    _must_keep(session, given.group_id, [unit for unit, _ in parties], by)
    _check_known(session, given.parties)
    if given.batch_id is not None:
        queries.announced(session, batch_id=given.batch_id)
    _must_be_free(session, FrameworkAgreement, given.code)
    agreement = FrameworkAgreement(
        id=new_id(), **_columns(given.model_dump(exclude={"parties"}), given.amount)
    )
    session.add(agreement)
    session.flush()
    session.add_all(_rows(agreement.id, given.parties))
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
    """Change what is recorded of an agreement that has not ended; parties as a whole.

    Raises:
        Missing, Stale, Forbidden, Frozen. Conflict: it has ended.
        Invalid: a side would be missing, somebody is named twice or unknown, a day does not fit.
    """
    agreement = _open(session, agreement_id, expected, by)
    sent = given.given()
    before = queries.parties_of(session, agreement.id)
    after = (
        [(party.organisation_id, party.side) for party in given.parties]
        if "parties" in sent
        else queries.sides(before)
    )
    with session.no_autoflush:  # what is refused must not reach the table's own checks first
        values = {name: value for name, value in sent.items() if name != "parties"}
        changes = rows.merged(agreement, _columns(values, given.amount))
        rules.check_named(
            after,
            is_placeholder=agreement.is_placeholder,
            in_batch=agreement.batch_id is not None,
        )
        rules.check_days(agreement.signed_on, agreement.valid_to, today=day_of(by.now))
        _check_known(session, given.parties)
    heard = tuple(party.organisation_id for party in before)
    if "parties" in sent and sorted(after) != queries.sides(before):
        changes["parties"] = [queries.sides(before), sorted(after)]
        rows.touch(agreement)
        for party in before:
            session.delete(party)
        session.flush()
        session.add_all(_rows(agreement.id, given.parties))
    if changes:
        fact = AgreementRecorded(**_about(agreement))
        _note(session, agreement, fact, by, changes=changes, heard=heard)
    return agreement


def sign(
    session: Session, *, agreement_id: UUID, given: schemas.Signing, expected: int, by: Caller
) -> FrameworkAgreement:
    """Note that an agreement was signed.

    Raises:
        Missing, Stale, Forbidden, Frozen. Invalid: a day does not fit.
        UnlawfulMove: it was signed before, or has ended.
    """
    agreement = _kept(session, agreement_id, expected, by)
    state = moved(rules.MOVES, AgreementState(agreement.state), AgreementVerb.SIGN)
    valid_to = given.valid_to or agreement.valid_to
    rules.check_days(given.signed_on, valid_to, today=day_of(by.now))
    values = {"state": state, "signed_on": given.signed_on, "valid_to": valid_to}
    changes = rows.merged(agreement, values)
    fact = AgreementSigned(**_about(agreement), signed_on=given.signed_on)
    _note(session, agreement, fact, by, changes=changes)
    return agreement


def convert(
    session: Session, *, agreement_id: UUID, given: schemas.Conversion, expected: int, by: Caller
) -> FrameworkAgreement:
    """Link a project that came out of an agreement; the first makes it converting.

    Raises:
        Missing, Stale, Forbidden, Frozen. Invalid: no such project. Conflict: it is linked already.
        UnlawfulMove: the agreement is not signed, or has ended.
    """
    agreement = _kept(session, agreement_id, expected, by)
    before = AgreementState(agreement.state)
    if before is not AgreementState.CONVERTING:
        agreement.state = moved(rules.MOVES, before, AgreementVerb.CONVERT)
    project = queries.converted_project(session, by, project_id=given.project_id)
    if session.get(AgreementProject, (agreement.id, project.id)) is not None:
        words = Words("该项目已关联。", "The project is linked already.")
        raise Conflict(words, faults=[Fault("/project_id", "linked", words)])
    session.add(
        AgreementProject(agreement_id=agreement.id, project_id=project.id, linked_on=day_of(by.now))
    )
    rows.touch(agreement)
    fact = AgreementConverted(**_about(agreement), project_id=project.id)
    changes = {"state": [before, agreement.state], "project": [None, project.id]}
    _note(session, agreement, fact, by, changes=changes)
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
    """Fulfil, expire or terminate an agreement.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not from its state.
        Conflict: it has not run out yet. Invalid: giving up needs a reason.
    """
    agreement = _kept(session, agreement_id, expected, by)
    state = moved(rules.MOVES, AgreementState(agreement.state), verb)
    rules.check_ending(verb, valid_to=agreement.valid_to, today=day_of(by.now), reason=given.reason)
    changes = rows.merged(agreement, {"state": state})
    fact = AgreementClosed(**_about(agreement), reason=given.reason)
    _note(session, agreement, fact, by, changes=changes)
    return agreement


def _kept(session: Session, agreement_id: UUID, expected: int, by: Caller) -> FrameworkAgreement:
    """Lock an agreement that the caller may change."""
    agreement = queries.for_change(session, by, agreement_id=agreement_id, expected=expected)
    units = [party.organisation_id for party in queries.parties_of(session, agreement.id)]
    _must_keep(session, agreement.group_id, units, by)
    return agreement


def _open(session: Session, agreement_id: UUID, expected: int, by: Caller) -> FrameworkAgreement:
    """Lock an agreement that the caller may change and that has not ended."""
    agreement = _kept(session, agreement_id, expected, by)
    if AgreementState(agreement.state) in rules.ENDED:
        raise Conflict(Words("协议已结束，不能修改。", "The agreement has ended; nothing changes."))
    return agreement


def _must_keep(session: Session, group_id: UUID | None, units: list[UUID], by: Caller) -> None:
    """Refuse whoever is no party, does not convene the group, and does not regulate it.

    What names neither a group nor a party is for regulators.

    Raises:
        Forbidden: it is another's to change. Frozen: its group is dissolved.
    """
    by.must("agreements.keep")
    convener = None
    in_scope = not units or bool(by.organisation_ids.intersection(units))
    if group_id is not None:
        groups.open_group(session, group_id)
        convener = groups.convener_of(session, group_id, day_of(by.now))
        in_scope = group_id in by.group_ids
    if not (by.role == Role.REGULATOR and in_scope):
        by.must_act_for(*units, convener)


def _check_known(session: Session, parties: tuple[schemas.PartyGiven, ...]) -> None:
    for place, party in enumerate(parties):
        pointer = f"/parties/{place}/organisation_id"
        organisations.placed(session, organisation_id=party.organisation_id, pointer=pointer)


def _must_be_free(
    session: Session, table: type[FrameworkAgreement | AgreementBatch], code: str
) -> None:
    if queries.is_taken(session, table, code):
        words = Words(f"编号“{code}”已被使用。", f"The code '{code}' is taken.")
        raise Conflict(words, faults=[Fault("/code", "taken", words)])


def _columns(values: dict[str, Any], money: Money | None) -> dict[str, Any]:
    """Write the money object as its two columns, if it was sent."""
    if "amount" in values:
        values["amount"] = money.amount if money else None
        values["amount_qualifier"] = money.qualifier if money else Qualifier.EXACT
    return values


def _rows(agreement_id: UUID, parties: tuple[schemas.PartyGiven, ...]) -> list[AgreementParty]:
    return [AgreementParty(agreement_id=agreement_id, **party.model_dump()) for party in parties]


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
    *,
    changes: dict[str, Any] | None = None,
    heard: tuple[UUID, ...] = (),
) -> None:
    session.flush()
    parties = {party.organisation_id for party in queries.parties_of(session, agreement.id)}
    units = tuple(sorted(parties.union(heard)))
    about = Subject(
        "agreement",
        agreement.id,
        agreement.group_id,
        units,
        for_everybody=rules.is_for_everybody(
            is_placeholder=agreement.is_placeholder, group_id=agreement.group_id, units=units
        ),
    )
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
