"""The clock of a blocker is stopped, and runs again: by a person, or by itself at the limit."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.blockers import queries, rules, schemas
from services.core.blockers.actions import keeping
from services.core.blockers.actions.keeping import Held
from services.core.blockers.events import BlockerResumed, BlockerSuspended
from services.core.blockers.models import Blocker, BlockerSuspension
from services.core.blockers.rules import BlockerState, BlockerVerb
from services.core.calendar.rules import day_of
from services.core.kit import jobs
from services.core.kit.caller import Caller
from services.core.kit.events import Actor
from services.core.kit.moves import moved

_BY = Actor.part("blockers")


def suspend(
    session: Session, *, blocker_id: UUID, given: schemas.Suspension, expected: int, by: Caller
) -> Blocker:
    """Stop a blocker's clock, with the reason and a limit in calendar days.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not from its state.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    before = keeping.advance(session, held, BlockerVerb.SUSPEND)
    blocker, _ = held
    today = day_of(by.now)
    stopped = rules.runs_on_again(today, given.limit_days)
    session.add(
        BlockerSuspension(
            blocker_id=blocker.id,
            state_before=before,
            reason=given.reason,
            began_on=today,
            limit_days=given.limit_days,
            until_on=stopped.until_on,
            next_at=stopped.next_at,
        )
    )
    fact = BlockerSuspended(
        **keeping.about(blocker), until_on=stopped.until_on, reason=given.reason
    )
    keeping.record(session, held, fact, by=by)
    return blocker


def resume(session: Session, *, blocker_id: UUID, expected: int, by: Caller) -> Blocker:
    """Let a blocker's clock run again; its due moves by the working days it stood still.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: its clock is not stopped.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    blocker, place = held
    keeping.must_be_open(session, place)
    moved(rules.MOVES, BlockerState(blocker.state), BlockerVerb.RESUME)
    stop = queries.open_suspension(session, blocker_id=blocker_id)
    _run_on(session, held, stop, ended_on=day_of(by.now), by=Actor.person(by), now=by.now)
    return blocker


def resume_due(session: Session, *, now: datetime, limit: int) -> int:
    """Let clocks run again whose limit is reached; gives how many were looked at."""
    return jobs.each_due(session, BlockerSuspension, _at_limit, now=now, limit=limit)


def _at_limit(session: Session, stop: BlockerSuspension, now: datetime) -> None:
    blocker = queries.at_hand(session, blocker_id=stop.blocker_id)
    if blocker is None:
        return  # a person who holds it waits for this row: the next look finds what they did
    held = blocker, queries.standing_on(session, blocker, on=day_of(now))
    _run_on(session, held, stop, ended_on=stop.until_on, by=_BY, now=now)


def _run_on(
    session: Session,
    held: Held,
    stop: BlockerSuspension,
    *,
    ended_on: date,
    by: Actor,
    now: datetime,
) -> None:
    blocker, place = held
    stopped = rules.stopped_days(stop.began_on, ended_on, place.calendar)
    stop.ended_on, stop.next_at, stop.stopped_working_days = ended_on, None, stopped
    blocker.state = BlockerState(stop.state_before)
    blocker.current_due_on = rules.moved_by(blocker.current_due_on, stopped, place.calendar)
    blocker.assessed_due_on = rules.moved_by(blocker.assessed_due_on, stopped, place.calendar)
    fact = BlockerResumed(
        **keeping.about(blocker),
        stopped_working_days=stopped,
        current_due_on=blocker.current_due_on,
    )
    keeping.told(session, held, fact, by=by, now=now)
