"""Writes of assignments."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.assignments import queries, schemas
from services.core.assignments.events import PolicyAssigned, PolicyAssignmentEnded
from services.core.assignments.models import PolicyAssignment
from services.core.calendar.rules import day_of
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Invalid, UnlawfulMove
from services.core.kit.events import Actor, Fact, Subject
from services.core.policies import queries as policies
from services.core.policies.rules import check_effective
from services.core.regions import queries as regions


def assign(session: Session, *, given: schemas.NewAssignment, by: Caller) -> PolicyAssignment:
    """Let a policy count for a place, or for one class of its projects, from a day on.

    Raises:
        Forbidden: the caller does not regulate the place. Invalid: there is no such place, no
            version of the policy is in effect on that day, or the day is past.
    """
    by.must("policies.keep")
    place = regions.placed(session, code=given.region_code, pointer="/region_code")
    by.must_supervise(place.lineage)
    check_effective(given.effective_on, day_of(by.now))
    try:
        policies.current(session, code=given.code, on=given.effective_on)
    except Conflict as refused:
        raise Invalid.at("/code", refused.words, code="unknown_policy") from refused
    assignment = PolicyAssignment(**given.model_dump(), made_at=by.now, made_by=by.account_id)
    session.add(assignment)
    session.flush()
    fact = PolicyAssigned(**_about(assignment), effective_on=assignment.effective_on)
    _record(session, assignment, fact, by, {"code": [None, assignment.code]})
    return assignment


def end(session: Session, *, assignment_id: UUID, expected: int, by: Caller) -> None:
    """Let an assignment no longer count.

    Raises:
        Missing, Stale. Forbidden: the caller does not regulate the place. UnlawfulMove: it ended.
    """
    by.must("policies.keep")
    assignment = queries.for_change(session, assignment_id=assignment_id, expected=expected)
    place = regions.placed(session, code=assignment.region_code, pointer="/region_code")
    by.must_supervise(place.lineage)
    if assignment.ended_at is not None:
        raise UnlawfulMove("ended", "end", ())
    assignment.ended_at = by.now
    fact = PolicyAssignmentEnded(**_about(assignment))
    _record(session, assignment, fact, by, {"ended_at": [None, by.now.isoformat()]})


def _about(assignment: PolicyAssignment) -> dict[str, Any]:
    return {
        "assignment_id": assignment.id,
        "code": assignment.code,
        "region_code": assignment.region_code,
        "library_class": assignment.library_class,
    }


def _record(
    session: Session,
    assignment: PolicyAssignment,
    fact: Fact,
    by: Caller,
    changes: dict[str, Any],
) -> None:
    about = Subject("policy_assignment", assignment.id, for_everybody=True)
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
