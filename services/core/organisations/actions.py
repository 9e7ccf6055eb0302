"""Writes of organisations and their officers."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Forbidden
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.kit.words import Words
from services.core.organisations import queries, rules, schemas
from services.core.organisations.events import OfficerAppointed, OfficerEnded, OrganisationChanged
from services.core.organisations.models import Officer, Organisation
from services.core.regions import queries as regions

_MOVE = text(
    """
    UPDATE organisation
    SET lineage = CAST(:above AS uuid[])
                  || lineage[array_position(lineage, CAST(:moved AS uuid)):]
    WHERE lineage @> ARRAY[CAST(:moved AS uuid)]
    """
)
"""What stands above the moved unit is replaced, in its own lineage and in all of those below."""


def enter(session: Session, *, given: schemas.NewOrganisation, by: Caller) -> Organisation:
    """Enter a unit in the directory, in the caller's region or below a unit the caller oversees.

    Raises:
        Conflict: its code is taken. Invalid: no such region or parent. Forbidden: not theirs.
    """
    by.must("organisations.keep")
    queries.hold_the_tree(session)
    _must_be_free(session, given.code, given.credit_code)
    regions.placed(session, code=given.region_code, pointer="/region_code")
    parent = _parent(session, given.parent_id)
    if not (
        queries.regulates(session, by, region_code=given.region_code)
        or given.parent_id in by.organisation_ids
    ):
        raise _not_theirs()
    made = new_id()
    organisation = Organisation(
        id=made, **given.model_dump(), lineage=rules.lineage(made, parent.lineage if parent else ())
    )
    session.add(organisation)
    session.flush()
    _record(session, organisation, "entered", by)
    return organisation


def change(
    session: Session,
    *,
    organisation_id: UUID,
    given: schemas.OrganisationChange,
    expected: int,
    by: Caller,
) -> Organisation:
    """Change a unit; another parent moves the whole subtree with it.

    Raises:
        Invalid: a circle, or an unknown parent or region. Forbidden: not the caller's to keep.
    """
    by.must("organisations.keep")
    values = given.given()
    if "parent_id" in values:
        queries.hold_the_tree(session)
    organisation = queries.for_change(session, organisation_id=organisation_id, expected=expected)
    _must_oversee(by, organisation.id)
    rules.must_stay_named(
        is_placeholder=organisation.is_placeholder, becomes_placeholder=given.is_placeholder
    )
    _must_be_free(session, None, given.credit_code, but=organisation.id)
    if "region_code" in values and given.region_code != organisation.region_code:
        regions.placed(session, code=given.region_code, pointer="/region_code")
        if not queries.regulates(session, by, region_code=given.region_code):
            raise _not_theirs()
    moves = "parent_id" in values and given.parent_id != organisation.parent_id
    if moves:
        _move(session, organisation, given.parent_id, by)
    changes = rows.merged(organisation, values)
    if changes:
        _record(session, organisation, "moved" if moves else "changed", by, changes)
    return organisation


def appoint(
    session: Session, *, organisation_id: UUID, given: schemas.NewOfficer, by: Caller
) -> Officer:
    """Appoint a person to answer for a unit in one duty.

    The door has checked that the log-ins belong to this unit: accounts live on a higher floor.

    Raises:
        Missing: no such unit. Conflict: it is a placeholder. Forbidden: it is not in scope.
    """
    organisation = queries.for_change(session, organisation_id=organisation_id, expected=None)
    by.must("officers.keep")
    _must_oversee(by, organisation.id)
    rules.must_hold_officers(is_placeholder=organisation.is_placeholder)
    values = given.model_dump()
    values["valid_from"] = given.valid_from or day_of(by.now)
    rules.checked_term(values["valid_from"], given.valid_to)
    officer = Officer(organisation_id=organisation.id, **values)
    session.add(officer)
    session.flush()
    fact = OfficerAppointed(
        officer_id=officer.id,
        organisation_id=organisation.id,
        duty=officer.duty,
        valid_from=officer.valid_from,
        valid_to=officer.valid_to,
    )
    ledger.record(session, fact, about=_about(officer), by=Actor.person(by), now=by.now)
    return officer


def end(
    session: Session,
    *,
    organisation_id: UUID,
    officer_id: UUID,
    given: schemas.OfficerEnd,
    expected: int,
    by: Caller,
) -> Officer:
    """End an officer's term; from the given day on (today if none) the person no longer answers.

    Raises:
        Missing: no such officer. Invalid: the term would end before it began.
    """
    officer = queries.officer_for_change(
        session, organisation_id=organisation_id, officer_id=officer_id, expected=expected
    )
    by.must("officers.keep")
    _must_oversee(by, organisation_id)
    last = given.valid_to or day_of(by.now)
    rules.checked_term(officer.valid_from, last)
    changes = rows.merged(officer, {"valid_to": last})
    if changes:
        fact = OfficerEnded(
            officer_id=officer.id,
            organisation_id=organisation_id,
            duty=officer.duty,
            valid_to=last,
            reason=given.reason,
        )
        ledger.record(
            session, fact, about=_about(officer), by=Actor.person(by), now=by.now, changes=changes
        )
    return officer


def _move(session: Session, organisation: Organisation, parent_id: UUID | None, by: Caller) -> None:
    """Give a unit and all below it their new lineage, in one statement."""
    parent = _parent(session, parent_id)
    above = rules.lineage(organisation.id, parent.lineage if parent else ())[:-1]
    for end_of_the_move in (organisation.parent_id, parent_id):
        if end_of_the_move is not None:
            _must_oversee(by, end_of_the_move)
    session.execute(_MOVE, {"above": above, "moved": organisation.id})
    session.refresh(organisation, ["lineage"])


def _parent(session: Session, parent_id: UUID | None) -> Organisation | None:
    if parent_id is None:
        return None
    return queries.placed(session, organisation_id=parent_id, pointer="/parent_id")


def _must_be_free(
    session: Session, code: str | None, credit_code: str | None, *, but: UUID | None = None
) -> None:
    """Refuse a code another unit has; the directory is public, so this gives nothing away."""
    for pointer, column, value in (
        ("/code", Organisation.code, code),
        ("/credit_code", Organisation.credit_code, credit_code),
    ):
        if value is None:
            continue
        holder = session.query(Organisation.id).filter(column == value).scalar()
        if holder not in (None, but):
            words = Words(f"“{value}”已被其他单位使用。", f"'{value}' belongs to another unit.")
            raise Conflict(words, faults=[Fault(pointer, "taken", words)])


def _must_oversee(by: Caller, organisation_id: UUID) -> None:
    if organisation_id not in by.organisation_ids:
        raise _not_theirs()


def _not_theirs() -> Forbidden:
    return Forbidden(
        Words(
            "该单位不在您的管辖范围内。",
            "The unit is neither yours nor in the region you regulate.",
        )
    )


def _about(officer: Officer) -> Subject:
    return Subject("officer", officer.id, organisation_ids=(officer.organisation_id,))


def _record(
    session: Session,
    organisation: Organisation,
    what: Literal["entered", "changed", "moved"],
    by: Caller,
    changes: dict[str, Any] | None = None,
) -> None:
    fact = OrganisationChanged(
        organisation_id=organisation.id,
        code=organisation.code,
        change=what,
        parent_id=organisation.parent_id,
    )
    about = Subject("organisation", organisation.id, organisation_ids=(organisation.id,))
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
