"""A proposal on its way: handed in, withdrawn, passed or returned at each gate."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.admissions import queries, rules, schemas
from services.core.admissions.actions import proposals, telling
from services.core.admissions.events import (
    ProjectChecked,
    ProjectReturned,
    ProjectSubmitted,
    ProposalWithdrawn,
)
from services.core.admissions.models import Admission
from services.core.admissions.rules import (
    GATES,
    AdmissionKind,
    AdmissionState,
    AdmissionVerb,
    Moves,
)
from services.core.kit.caller import Caller
from services.core.kit.moves import moved
from services.core.projects import actions as projects
from services.core.projects.rules import ProjectVerb
from services.core.projects.schemas import NewProject
from services.core.regions.models import Region
from services.core.regions.rules import RegionLevel


def submit(session: Session, *, admission_id: UUID, expected: int, by: Caller) -> Admission:
    """Hand a proposal in, for the first time or after it was returned.

    Raises:
        Missing, Stale, Forbidden, Invalid, Conflict, as for a new one.
        UnlawfulMove: it waits at a gate already, was decided, or its project has left.
    """
    found = proposals.of_its_unit(session, admission_id, expected, by)
    if AdmissionState(found.state) in rules.KEPT_BY_ITS_UNIT:
        proposals.renew(session, found, by)
    state = moved(_moves(session, found), AdmissionState(found.state), AdmissionVerb.SUBMIT)
    found.submitted_by, found.submitted_at = by.account_id, by.now
    telling.step(found, state, AdmissionVerb.SUBMIT, GATES[state], by)
    fact = ProjectSubmitted(**telling.about(found), return_count=found.return_count)
    telling.record(session, found, fact, by)
    return found


def withdraw(
    session: Session, *, admission_id: UUID, given: schemas.Withdrawal, expected: int, by: Caller
) -> Admission:
    """Take a proposal back before it is decided; a gate returns it instead.

    Raises:
        Missing, Stale; UnlawfulMove: it was decided or withdrawn.
        Forbidden: another unit's. Invalid: it was submitted, and no reason is given.
    """
    found = queries.for_change(session, by, admission_id=admission_id, expected=expected)
    by.must("projects.keep")
    by.must_act_for(
        found.drafted_for, found.lead_organisation_id, found.responsible_organisation_id
    )
    before = AdmissionState(found.state)
    state = moved(_moves(session, found), before, AdmissionVerb.WITHDRAW)
    reason = rules.checked_withdrawal(before, given.reason)
    telling.step(found, state, AdmissionVerb.WITHDRAW, GATES.get(before), by, given.reason)
    if before == AdmissionState.DRAFT:
        telling.note(session, found, "admission.withdrawn", by)
    else:
        fact = ProposalWithdrawn(**telling.about(found), reason=reason)
        telling.record(session, found, fact, by)
    return found


def check(session: Session, *, admission_id: UUID, expected: int, by: Caller) -> Admission:
    """Let a proposal pass the gate it is at; the last one admits the project, or lets it go.

    Raises:
        Missing, Stale; UnlawfulMove: it is at no gate, or its project has left already.
        Forbidden: another regulator's gate, or the caller submitted it.
        Conflict, Invalid: it can no longer be admitted, or leave, as it is.
    """
    found, gate, state = _at_gate(session, admission_id, expected, by, AdmissionVerb.CHECK)
    if state == AdmissionState.EXITED:
        project, given = proposals.still_leaving(session, found, by)
        projects.stand(
            session,
            project_id=project.id,
            verb=ProjectVerb.MOVE_OUT,
            reason=given.reason,
            expected=project.version,
            by=by,
        )
    with session.no_autoflush:  # the table wants the project and the state together
        if state == AdmissionState.ADMITTED:
            proposal = NewProject.model_validate(found.proposal)
            made = projects.enter(session, given=proposal, by=by, permission="projects.admit")
            found.project_id = made.id
        telling.step(found, state, AdmissionVerb.CHECK, gate, by)
    telling.record(session, found, ProjectChecked(**telling.about(found), gate_level=gate), by)
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
    telling.step(found, state, AdmissionVerb.RETURN, gate, by, given.reason)
    fact = ProjectReturned(
        **telling.about(found),
        gate_level=gate,
        reason=given.reason,
        return_count=found.return_count,
    )
    telling.record(session, found, fact, by)
    return found


def _moves(session: Session, found: Admission) -> Moves:
    place = session.get_one(Region, found.region_code)
    return rules.moves_of(AdmissionKind(found.kind), RegionLevel(place.level))


def _at_gate(
    session: Session, admission_id: UUID, expected: int, by: Caller, verb: AdmissionVerb
) -> tuple[Admission, RegionLevel, AdmissionState]:
    """Lock a proposal for whoever keeps the gate it is at; gives the gate and what follows."""
    found = queries.for_change(session, by, admission_id=admission_id, expected=expected)
    by.must("projects.admit")
    place, before = session.get_one(Region, found.region_code), AdmissionState(found.state)
    state = moved(_moves(session, found), before, verb)
    rules.check_gatekeeper(before, place.lineage, by.region_code)
    rules.check_other_person(found.submitted_by, by.account_id)
    return found, GATES[before], state
