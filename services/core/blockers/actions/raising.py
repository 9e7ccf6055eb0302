"""A blocker is raised, changed, triaged to a level, and assigned to a unit and a person."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.rules import Permission
from services.core.blockers import known, queries, rules, schemas
from services.core.blockers.actions import keeping
from services.core.blockers.events import (
    BlockerAssigned,
    BlockerChanged,
    BlockerRaised,
    BlockerTriaged,
)
from services.core.blockers.models import Blocker
from services.core.blockers.rules import BlockerLevel, BlockerState, BlockerVerb
from services.core.calendar.rules import day_of
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.organisations import queries as organisations


def raise_one(session: Session, *, given: schemas.NewBlocker, by: Caller) -> Blocker:
    """Raise a blocker of a project the caller sees; it begins at its unit, the lowest level.

    Raises:
        Forbidden: the role raises none. Frozen: the group is dissolved.
        Invalid: no such project or ladder, or it would be due before today.
    """
    by.must(Permission.REPORT_BLOCKERS)
    today = day_of(by.now)
    project = queries.project_of(session, by, project_id=given.project_id)
    place = queries.placed(session, project, on=today)
    keeping.must_be_open(session, place)
    rules.check_due(given.due_on, today=today)
    known.named(given.ladder, pointer="/ladder")
    values = given.model_dump(exclude={"due_on"})
    blocker = Blocker(
        **values,
        level=BlockerLevel.UNIT,
        state=BlockerState.RAISED,
        raised_by=by.account_id,
        raised_by_organisation_id=by.organisation_id,
        raised_on=today,
        original_due_on=given.due_on,
        current_due_on=given.due_on,
        assessed_due_on=rules.assessed_on(given.due_on, place.calendar),
    )
    session.add(blocker)
    session.flush()
    fact = BlockerRaised(
        **keeping.about(blocker),
        original_due_on=blocker.original_due_on,
        raised_by_organisation_id=blocker.raised_by_organisation_id,
    )
    keeping.record(session, (blocker, place), fact, by=by)
    return blocker


def change(
    session: Session, *, blocker_id: UUID, given: schemas.BlockerChange, expected: int, by: Caller
) -> Blocker:
    """Change what is recorded of a blocker that is open and whose clock runs.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: it is solved, or its clock is stopped.
        Invalid: there is no such ladder.
    """
    held = keeping.of_raiser(session, blocker_id, expected, by)
    keeping.advance(session, held, BlockerVerb.CHANGE)
    known.named(given.ladder, pointer="/ladder")
    blocker, _ = held
    changes = rows.merged(blocker, given.given())
    if changes:
        fact = BlockerChanged(**keeping.about(blocker), fields=tuple(sorted(changes)))
        keeping.record(session, held, fact, by=by)
    return blocker


def triage(
    session: Session, *, blocker_id: UUID, given: schemas.Triage, expected: int, by: Caller
) -> Blocker:
    """Say which level can solve a blocker, the lowest that is able.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: it was triaged before.
        Invalid: it would go past the next level up without a reason.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    keeping.advance(session, held, BlockerVerb.TRIAGE)
    blocker, _ = held
    rules.check_triage(given.level, reason=given.reason)
    blocker.level = given.level
    fact = BlockerTriaged(**keeping.about(blocker), reason=given.reason)
    keeping.record(session, held, fact, by=by)
    return blocker


def assign(
    session: Session, *, blocker_id: UUID, given: schemas.Assignment, expected: int, by: Caller
) -> Blocker:
    """Let a unit and a person answer for solving a blocker, by a day; also anew.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not from its state.
        Invalid: no such unit or account, or it would be due before today.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    blocker, _ = held
    organisations.placed(
        session, organisation_id=given.owner_organisation_id, pointer="/owner_organisation_id"
    )
    access.must_work_for(
        session,
        organisation_id=given.owner_organisation_id,
        named={"/responsible_account_id": given.responsible_account_id},
    )
    values = given.model_dump(exclude={"due_on"})
    before = blocker.owner_organisation_id
    if given.due_on is not None:
        rules.check_due(given.due_on, today=day_of(by.now))
        values["current_due_on"] = given.due_on
    with session.no_autoflush:  # a blocker that is assigned has an owner, and the table checks it
        keeping.advance(session, held, BlockerVerb.ASSIGN)
        rows.merged(blocker, values)
    fact = BlockerAssigned(
        **keeping.about(blocker),
        owner_organisation_id=given.owner_organisation_id,
        current_due_on=blocker.current_due_on,
    )
    keeping.record(session, held, fact, by=by, heard=(before,) if before else ())
    return blocker
