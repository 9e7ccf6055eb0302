"""What is written down of a proposal: its steps, its facts, and what its unit did with a draft."""

from typing import Any

from sqlalchemy.orm import Session

from services.core.admissions.models import Admission
from services.core.admissions.rules import AdmissionState, AdmissionVerb
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Fact, Subject
from services.core.regions.rules import RegionLevel


def step(
    found: Admission,
    state: AdmissionState,
    verb: AdmissionVerb,
    gate: RegionLevel | None,
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


def about(found: Admission) -> dict[str, Any]:
    """Give what every fact about this proposal says."""
    return {
        "admission_id": found.id,
        "admission_kind": found.kind,
        "project_id": found.project_id,
        "project_code": found.code,
        "project_name": found.name,
        "group_id": found.group_id,
        "region_code": found.region_code,
        "admission_state": found.state,
    }


def record(session: Session, found: Admission, fact: Fact, by: Caller) -> None:
    """Record what happened to a proposal for its group and its units."""
    units = {found.lead_organisation_id, found.responsible_organisation_id}
    subject = Subject(
        "admission", found.id, group_id=found.group_id, organisation_ids=tuple(sorted(units))
    )
    ledger.record(session, fact, about=subject, by=Actor.person(by), now=by.now)


def note(session: Session, found: Admission, action: str, by: Caller) -> None:
    """Write down what a unit did with what is still its own."""
    ledger.note(
        session,
        action,
        by=Actor.person(by),
        now=by.now,
        about=Subject("admission", found.id, organisation_ids=(found.drafted_for,)),
        outcome=ledger.DRAFT,
    )
