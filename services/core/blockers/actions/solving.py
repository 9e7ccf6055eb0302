"""A blocker is reported solved, judged by others, struck off, and looked at again."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.blockers import rules, schemas
from services.core.blockers.actions import keeping
from services.core.blockers.actions.keeping import Held
from services.core.blockers.events import (
    BlockerClosed,
    BlockerRechecked,
    BlockerReopened,
    BlockerResolved,
    BlockerReturned,
    BlockerVerified,
)
from services.core.blockers.models import Blocker
from services.core.blockers.rules import BlockerLevel, BlockerVerb, RecheckOutcome
from services.core.calendar.rules import day_of
from services.core.kit import rows
from services.core.kit.caller import Caller

_UNSOLVED = dict.fromkeys(
    (
        *("resolution", "resolved_by", "resolved_by_organisation_id", "resolved_on"),
        *("verified_by", "verified_on", "closed_by", "closed_on", "evidence", "recheck_due_on"),
    )
)
"""What is no longer true of a blocker that is not solved; its history keeps it."""


def resolve(
    session: Session, *, blocker_id: UUID, given: schemas.Resolution, expected: int, by: Caller
) -> Blocker:
    """Report a blocker solved, for its owner or, on the owner's behalf, the convener.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not from its state.
    """
    held = keeping.of_owner(session, blocker_id, expected, by)
    keeping.advance(session, held, BlockerVerb.RESOLVE)
    blocker, _ = held
    blocker.resolution, blocker.resolved_on = given.resolution, day_of(by.now)
    blocker.resolved_by = by.account_id
    blocker.resolved_by_organisation_id = by.organisation_id
    blocker.next_consultation_on = None
    fact = BlockerResolved(**keeping.about(blocker), resolved_by_organisation_id=by.organisation_id)
    keeping.record(session, held, fact, by=by)
    return blocker


def send_back(
    session: Session, *, blocker_id: UUID, given: schemas.Return, expected: int, by: Caller
) -> Blocker:
    """Send a blocker back to its owner, because it is not solved.

    Raises:
        Missing, Stale, Frozen. UnlawfulMove: it was not reported solved.
        Forbidden: it is another's to judge.
    """
    held = _judged(session, blocker_id, expected, by, BlockerVerb.RETURN)
    blocker, _ = held
    rows.merged(blocker, _UNSOLVED)
    fact = BlockerReturned(**keeping.about(blocker), reason=given.reason)
    keeping.record(session, held, fact, by=by)
    return blocker


def verify(session: Session, *, blocker_id: UUID, expected: int, by: Caller) -> Blocker:
    """Say, as another person, that a blocker is solved; from the county up of another unit (I-10).

    Raises:
        Missing, Stale, Frozen. UnlawfulMove: it was not reported solved.
        Forbidden: it is another's to judge.
    """
    held = _judged(session, blocker_id, expected, by, BlockerVerb.VERIFY)
    blocker, _ = held
    blocker.verified_by, blocker.verified_on = by.account_id, day_of(by.now)
    keeping.record(session, held, BlockerVerified(**keeping.about(blocker)), by=by)
    return blocker


def close(
    session: Session, *, blocker_id: UUID, given: schemas.CloseOut, expected: int, by: Caller
) -> Blocker:
    """Strike a verified blocker off, with evidence; 90 days later it is to be re-checked.

    Raises:
        Missing, Stale, Frozen. UnlawfulMove: it was not verified.
        Forbidden: it is another's to judge.
    """
    with session.no_autoflush:  # what is closed has evidence, and the table checks it
        held = _judged(session, blocker_id, expected, by, BlockerVerb.CLOSE)
        blocker, _ = held
        today = day_of(by.now)
        blocker.evidence, blocker.closed_by, blocker.closed_on = (
            given.evidence,
            by.account_id,
            today,
        )
        due_on = rules.recheck_on(today)
        blocker.recheck_due_on, blocker.rechecked_on = due_on, None
    fact = BlockerClosed(**keeping.about(blocker), recheck_due_on=due_on)
    keeping.record(session, held, fact, by=by)
    return blocker


def recheck(
    session: Session, *, blocker_id: UUID, given: schemas.Recheck, expected: int, by: Caller
) -> Blocker:
    """Look at a closed blocker again (回头看): it stays solved, or it is back with a new due.

    The original due stays; from now on it is assessed by the new one.

    Raises:
        Missing, Stale, Frozen. UnlawfulMove: it is not closed. Forbidden: it is another's to judge.
        Conflict: no re-check is due yet. Invalid: it is back, and reason or due is missing.
    """
    is_back = given.outcome is RecheckOutcome.REOPENS
    verb = BlockerVerb.REOPEN if is_back else BlockerVerb.RECHECK
    held = _judged(session, blocker_id, expected, by, verb)
    blocker, place = held
    today = day_of(by.now)
    rules.check_recheck(given.outcome, due_on=blocker.recheck_due_on, today=today)
    blocker.rechecked_on = today
    if not is_back:
        blocker.recheck_due_on = None
        keeping.record(session, held, BlockerRechecked(**keeping.about(blocker)), by=by)
        return blocker
    reason, due_on = rules.check_reopening(given.reason, given.due_on, today=today)
    rows.merged(blocker, _UNSOLVED)
    blocker.current_due_on = due_on
    blocker.assessed_due_on = rules.assessed_on(due_on, place.calendar)
    blocker.reopened_count += 1
    fact = BlockerReopened(**keeping.about(blocker), current_due_on=due_on, reason=reason)
    keeping.record(session, held, fact, by=by)
    return blocker


def _judged(
    session: Session, blocker_id: UUID, expected: int, by: Caller, verb: BlockerVerb
) -> Held:
    """Lock a blocker and move it, for somebody who may judge it (I-10)."""
    held = keeping.under_review(session, blocker_id, expected, by)
    keeping.advance(session, held, verb)
    blocker, _ = held
    rules.check_judge(
        BlockerLevel(blocker.level),
        judge=by.account_id,
        judges_unit=by.organisation_id,
        solver=blocker.resolved_by,
        solvers_unit=blocker.resolved_by_organisation_id,
        owner=blocker.owner_organisation_id,
    )
    return held
