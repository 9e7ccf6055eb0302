"""Writes of promises: whoever keeps the project records and confirms them."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.evidence import actions as evidence
from services.core.evidence.models import Evidence
from services.core.evidence.rules import Proven, ProvenKind
from services.core.evidence.schemas import NewEvidence
from services.core.guarantees import queries, rules, schemas
from services.core.guarantees.events import (
    GuaranteeChanged,
    GuaranteeDelivered,
    GuaranteePromised,
    GuaranteeReported,
    GuaranteeReturned,
    GuaranteeWithdrawn,
)
from services.core.guarantees.models import ResourceGuarantee
from services.core.guarantees.rules import GuaranteeState, GuaranteeVerb
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict
from services.core.kit.events import Fact
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.projects import actions as projects
from services.core.projects.actions import keeping
from services.core.projects.models import Project


def promise(
    session: Session, *, project_id: UUID, given: schemas.NewGuarantee, by: Caller
) -> ResourceGuarantee:
    """Record what somebody promised to a project.

    Raises:
        Missing, Forbidden, UnlawfulMove: the project has left the library.
        Invalid: no such organisation, an amount without its unit, a day does not fit.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb="promise", by=by
    )
    organisations.placed(
        session,
        organisation_id=given.promiser_organisation_id,
        pointer="/promiser_organisation_id",
    )
    rules.check_measure(given.amount, given.unit)
    rules.check_days(given.promised_on, given.due_on, today=day_of(by.now))
    made = ResourceGuarantee(
        project_id=project.id,
        original_due_on=given.due_on,
        state=GuaranteeState.PROMISED,
        **given.model_dump(),
    )
    session.add(made)
    session.flush()
    fact = GuaranteePromised(**_about(project, made), promised_amount=made.amount, unit=made.unit)
    _record(session, project, made, fact, by)
    return made


def change(
    session: Session,
    *,
    guarantee_id: UUID,
    given: schemas.GuaranteeChange,
    expected: int,
    by: Caller,
) -> ResourceGuarantee:
    """Change what is recorded of an open promise; its first day stays (I-9).

    Raises:
        Missing, Stale, Forbidden. Conflict: nothing is owed any more. Invalid: a day does not fit.
    """
    found, project = _kept(session, guarantee_id, expected, by, "change")
    if GuaranteeState(found.state) not in rules.OPEN:
        raise Conflict(Words("该承诺已了结。", "Nothing is owed of this promise any more."))
    with session.no_autoflush:  # what is refused must not reach the table's own checks first
        changes = rows.merged(found, given.given())
        rules.check_days(found.promised_on, found.due_on, today=day_of(by.now))
    if changes:
        fact = GuaranteeChanged(**_about(project, found), fields=tuple(sorted(changes)))
        _record(session, project, found, fact, by, changes)
    return found


def report(
    session: Session,
    *,
    guarantee_id: UUID,
    given: schemas.Delivery,
    expected: int,
    by: Caller,
) -> ResourceGuarantee:
    """Note what has come by now; once it is all, a second person confirms it.

    The promiser's own people may say so too, as far as they see the project.

    Raises:
        Missing, Stale, Forbidden. UnlawfulMove: not from its state.
        Invalid: the amount is missing, falls, or has no meaning here; the day does not fit.
    """
    found, project = _promised_or_kept(session, guarantee_id, expected, by, "report")
    state = moved(rules.MOVES, GuaranteeState(found.state), GuaranteeVerb.REPORT)
    today = day_of(by.now)
    rules.check_delivered_on(given.delivered_on, promised_on=found.promised_on, today=today)
    is_whole = rules.is_whole(found.amount, given.delivered_amount, before=found.delivered_amount)
    values: dict[str, Any] = {**given.model_dump(), "note": None, "reported_by": by.account_id}
    changes = rows.merged(found, {**values, "state": state if is_whole else found.state})
    fact = GuaranteeReported(
        **_about(project, found),
        delivered_amount=found.delivered_amount,
        unit=found.unit,
        delivered_on=given.delivered_on,
        is_whole=is_whole,
    )
    _record(session, project, found, fact, by, changes)
    return found


def prove(session: Session, *, guarantee_id: UUID, given: NewEvidence, by: Caller) -> Evidence:
    """Begin a piece of evidence that something promised has come.

    Raises:
        Missing, Forbidden. Invalid, Conflict: as every upload.
    """
    found, _ = _promised_or_kept(session, guarantee_id, None, by, "prove")
    proven = Proven(ProvenKind.RESOURCE_GUARANTEE, found.id, found.project_id)
    return evidence.begin(session, proven=proven, given=given, by=by)


def confirm(
    session: Session, *, guarantee_id: UUID, expected: int, by: Caller
) -> ResourceGuarantee:
    """Confirm, as a second person, that what was promised has come (I-10).

    Raises:
        Missing, Stale. Forbidden: also to whoever reported it. UnlawfulMove: not from its state.
    """
    found, project = _kept(session, guarantee_id, expected, by, "confirm")
    state = moved(rules.MOVES, GuaranteeState(found.state), GuaranteeVerb.CONFIRM)
    rules.check_second_person(found.reported_by, by.account_id)
    values = {"state": state, "confirmed_by": by.account_id, "confirmed_at": by.now}
    changes = rows.merged(found, values)
    delivered_on = found.delivered_on or day_of(by.now)
    fact = GuaranteeDelivered(
        **_about(project, found),
        delivered_on=delivered_on,
        days_late=max((delivered_on - found.original_due_on).days, 0),
    )
    _record(session, project, found, fact, by, changes)
    return found


def send_back(
    session: Session, *, guarantee_id: UUID, given: schemas.Because, expected: int, by: Caller
) -> ResourceGuarantee:
    """Return a reported delivery: it is owed again.

    Raises:
        Missing, Stale, Forbidden. UnlawfulMove: not from its state.
    """
    found, project = _kept(session, guarantee_id, expected, by, "return")
    state = moved(rules.MOVES, GuaranteeState(found.state), GuaranteeVerb.RETURN)
    changes = rows.merged(found, {"state": state, "note": given.reason})
    fact = GuaranteeReturned(**_about(project, found), reason=given.reason)
    _record(session, project, found, fact, by, changes)
    return found


def withdraw(
    session: Session, *, guarantee_id: UUID, given: schemas.Because, expected: int, by: Caller
) -> ResourceGuarantee:
    """Let a promise be owed no more.

    Raises:
        Missing, Stale, Forbidden. UnlawfulMove: not from its state.
    """
    found, project = _kept(session, guarantee_id, expected, by, "withdraw")
    state = moved(rules.MOVES, GuaranteeState(found.state), GuaranteeVerb.WITHDRAW)
    changes = rows.merged(found, {"state": state, "note": given.reason})
    fact = GuaranteeWithdrawn(**_about(project, found), reason=given.reason)
    _record(session, project, found, fact, by, changes)
    return found


def _promised_or_kept(
    session: Session, guarantee_id: UUID, expected: int | None, by: Caller, verb: str
) -> tuple[ResourceGuarantee, Project]:
    """Lock a promise for its promiser, or for whoever keeps the project."""
    found = queries.for_change(session, by, guarantee_id=guarantee_id, expected=expected)
    if found.promiser_organisation_id in by.organisation_ids:
        by.must("projects.keep")
        return found, session.get_one(Project, found.project_id)
    return found, _project_of(session, found, by, verb)


def _kept(
    session: Session, guarantee_id: UUID, expected: int, by: Caller, verb: str
) -> tuple[ResourceGuarantee, Project]:
    """Lock a promise to a project that the caller keeps."""
    found = queries.for_change(session, by, guarantee_id=guarantee_id, expected=expected)
    return found, _project_of(session, found, by, verb)


def _project_of(session: Session, found: ResourceGuarantee, by: Caller, verb: str) -> Project:
    return keeping.open_project(
        session, project_id=found.project_id, expected=None, verb=verb, by=by
    )


def _about(project: Project, found: ResourceGuarantee) -> dict[str, Any]:
    return {
        "guarantee_id": found.id,
        "project_id": project.id,
        "project_code": project.code,
        "guarantee_kind": found.kind,
        "promiser_organisation_id": found.promiser_organisation_id,
        "state": found.state,
        "original_due_on": found.original_due_on,
    }


def _record(
    session: Session,
    project: Project,
    found: ResourceGuarantee,
    fact: Fact,
    by: Caller,
    changes: dict[str, Any] | None = None,
) -> None:
    projects.recheck(session, project_id=project.id, now=by.now)
    about = ("resource_guarantee", found.id)
    keeping.record(session, project, fact, by=by, changes=changes, about=about)
