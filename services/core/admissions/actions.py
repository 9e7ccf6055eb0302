"""Writes of proposals: drafted and submitted by units, passed or returned at each gate."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.admissions import queries, rules, schemas
from services.core.admissions.events import ProjectChecked, ProjectReturned, ProjectSubmitted
from services.core.admissions.models import Admission
from services.core.admissions.rules import GATES, AdmissionState, AdmissionVerb
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.projects import actions as projects
from services.core.projects.actions import keeping
from services.core.projects.schemas import NewProject
from services.core.regions.models import Region
from services.core.regions.rules import RegionLevel


def draft(session: Session, *, given: NewProject, by: Caller) -> Admission:
    """Propose a project; it is its unit's own until it is submitted.

    Raises:
        Conflict: the code is taken. Forbidden: not the caller's to keep.
        Invalid: something named is unknown, or days, shares or stage do not fit.
    """
    _check(session, given, None, by)
    made = Admission(drafted_for=by.organisation_id, **_columns(given))
    session.add(made)
    session.flush()
    _note(session, made, "admission.drafted", by)
    return made


def change(
    session: Session,
    *,
    admission_id: UUID,
    given: schemas.ProposalChange,
    expected: int,
    by: Caller,
) -> Admission:
    """Put a proposal right that is not at a gate.

    Raises:
        Missing, Stale, Forbidden, Invalid, as for a new one.
        Conflict: it waits at a gate, was admitted, or the code is taken.
    """
    found = _of_its_unit(session, admission_id, expected, by)
    sent = given.model_dump(mode="json", exclude_unset=True)
    whole = NewProject.model_validate(found.proposal | sent)
    _check(session, whole, found.id, by)
    if AdmissionState(found.state) not in rules.KEPT_BY_ITS_UNIT:
        raise Conflict(Words("申请已提交，不能修改。", "It waits at a gate, or was admitted."))
    if rows.merged(found, _columns(whole)):
        _note(session, found, "admission.changed", by)
    return found


def submit(session: Session, *, admission_id: UUID, expected: int, by: Caller) -> Admission:
    """Hand a proposal in, for the first time or after it was returned.

    Raises:
        Missing, Stale, Forbidden, Invalid, Conflict, as for a new one.
        UnlawfulMove: it waits at a gate already, or was admitted.
    """
    found = _of_its_unit(session, admission_id, expected, by)
    place = session.get_one(Region, found.region_code)
    table = rules.moves_from(RegionLevel(place.level))
    state = moved(table, AdmissionState(found.state), AdmissionVerb.SUBMIT)
    _check(session, NewProject.model_validate(found.proposal), found.id, by)
    found.submitted_by, found.submitted_at = by.account_id, by.now
    _step(found, state, AdmissionVerb.SUBMIT, GATES[state], by)
    fact = ProjectSubmitted(**_about(found), return_count=found.return_count)
    _record(session, found, fact, by)
    return found


def check(session: Session, *, admission_id: UUID, expected: int, by: Caller) -> Admission:
    """Let a proposal pass the gate it is at; the last one makes the project.

    Raises:
        Missing, Stale; UnlawfulMove: it is at no gate.
        Forbidden: another regulator's gate, or the caller submitted it.
        Conflict, Invalid: it can no longer be admitted as it is.
    """
    found, gate, state = _at_gate(session, admission_id, expected, by, AdmissionVerb.CHECK)
    if state == AdmissionState.ADMITTED:
        proposal = NewProject.model_validate(found.proposal)
        made = projects.enter(session, given=proposal, by=by, permission="projects.admit")
        with session.no_autoflush:  # the table wants the project and the state together
            found.project_id = made.id
            _step(found, state, AdmissionVerb.CHECK, gate, by)
    else:
        _step(found, state, AdmissionVerb.CHECK, gate, by)
    _record(session, found, ProjectChecked(**_about(found), gate_level=gate), by)
    return found


def send_back(
    session: Session, *, admission_id: UUID, given: schemas.Why, expected: int, by: Caller
) -> Admission:
    """Return a proposal from the gate it is at, with the reason; it is counted.

    Raises:
        Missing, Stale; UnlawfulMove: it is at no gate.
        Forbidden: another regulator's gate, or the caller submitted it.
    """
    found, gate, state = _at_gate(session, admission_id, expected, by, AdmissionVerb.RETURN)
    found.return_count += 1
    _step(found, state, AdmissionVerb.RETURN, gate, by, given.reason)
    fact = ProjectReturned(
        **_about(found), gate_level=gate, reason=given.reason, return_count=found.return_count
    )
    _record(session, found, fact, by)
    return found


def _of_its_unit(session: Session, admission_id: UUID, expected: int, by: Caller) -> Admission:
    """Lock a proposal for whoever keeps what it proposes."""
    found = queries.for_change(session, by, admission_id=admission_id, expected=expected)
    units = (found.lead_organisation_id, found.responsible_organisation_id)
    keeping.must_keep(session, group_id=found.group_id, units=units, by=by)
    return found


def _at_gate(
    session: Session, admission_id: UUID, expected: int, by: Caller, verb: AdmissionVerb
) -> tuple[Admission, RegionLevel, AdmissionState]:
    """Lock a proposal for whoever keeps the gate it is at; gives the gate and what follows."""
    found = queries.for_change(session, by, admission_id=admission_id, expected=expected)
    by.must("projects.admit")
    place, before = session.get_one(Region, found.region_code), AdmissionState(found.state)
    state = moved(rules.moves_from(RegionLevel(place.level)), before, verb)
    rules.check_gatekeeper(before, place.lineage, by.region_code)
    rules.check_other_person(found.submitted_by, by.account_id)
    return found, GATES[before], state


def _check(session: Session, given: NewProject, admission_id: UUID | None, by: Caller) -> None:
    """Refuse what the library would not admit, and a code that another proposal has."""
    projects.check_new(session, given=given, by=by, permission="projects.keep")
    if queries.is_proposed(session, given.code, admission_id):
        words = Words(f"编号“{given.code}”已在申报中。", f"'{given.code}' is proposed already.")
        raise Conflict(words, faults=[Fault("/code", "taken", words)])


def _columns(given: NewProject) -> dict[str, Any]:
    return {
        "code": given.code,
        "name": given.name,
        "group_id": given.group_id,
        "region_code": given.region_code,
        "lead_organisation_id": given.lead_organisation_id,
        "responsible_organisation_id": given.responsible_organisation_id
        or given.lead_organisation_id,
        "proposal": given.model_dump(mode="json"),
    }


def _step(
    found: Admission,
    state: AdmissionState,
    verb: AdmissionVerb,
    gate: RegionLevel,
    by: Caller,
    reason: str | None = None,
) -> None:
    """Move a proposal, and add the line that says so."""
    found.state = state
    line = {
        "gate_level": gate,
        "verb": verb,
        "at": by.now.isoformat(),
        "by": {"id": str(by.account_id), "name": by.name},
        "reason": reason,
    }
    found.steps = [*found.steps, line]


def _about(found: Admission) -> dict[str, Any]:
    """Give what every fact about this proposal says."""
    return {
        "admission_id": found.id,
        "project_code": found.code,
        "project_name": found.name,
        "group_id": found.group_id,
        "region_code": found.region_code,
        "admission_state": found.state,
    }


def _record(session: Session, found: Admission, fact: Fact, by: Caller) -> None:
    units = {found.lead_organisation_id, found.responsible_organisation_id}
    about = Subject(
        "admission", found.id, group_id=found.group_id, organisation_ids=tuple(sorted(units))
    )
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now)


def _note(session: Session, found: Admission, action: str, by: Caller) -> None:
    """Write down what a unit did with what is still its own."""
    ledger.note(
        session,
        action,
        by=Actor.person(by),
        now=by.now,
        about=Subject("admission", found.id, organisation_ids=(found.drafted_for,)),
        outcome=ledger.DRAFT,
    )
