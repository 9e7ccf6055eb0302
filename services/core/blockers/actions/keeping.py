"""Who may act on a blocker, and how what was done is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission, Role
from services.core.blockers import queries, rules
from services.core.blockers.models import Blocker
from services.core.blockers.queries import Place
from services.core.blockers.rules import BlockerState, BlockerVerb
from services.core.calendar.rules import day_of
from services.core.groups import queries as groups
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Fact
from services.core.kit.moves import moved
from services.core.projects import actions as projects

Held = tuple[Blocker, Place]
"""A locked blocker, and where it stands."""


def coordinated(session: Session, blocker_id: UUID, expected: int, by: Caller) -> Held:
    """Lock a blocker for those who coordinate: the group's convener, and regulators of the place.

    Raises:
        Missing, Stale. Forbidden: it is another's to coordinate.
    """
    blocker, place = _found(session, blocker_id, expected, by)
    by.must(Permission.COORDINATE_BLOCKERS)
    if not _regulates(place, by):
        by.must_act_for(_convener(place))
    return blocker, place


def of_raiser(session: Session, blocker_id: UUID, expected: int, by: Caller) -> Held:
    """Lock a blocker for the unit that raised it, or those who coordinate.

    Raises:
        Missing, Stale. Forbidden: it is another's to change.
    """
    blocker, place = _found(session, blocker_id, expected, by)
    by.must(Permission.REPORT_BLOCKERS)
    if not _regulates(place, by):
        by.must_act_for(blocker.raised_by_organisation_id, _convener(place))
    return blocker, place


def of_owner(session: Session, blocker_id: UUID, expected: int, by: Caller) -> Held:
    """Lock a blocker for the unit that is to solve it, or the convener on its behalf.

    Raises:
        Missing, Stale. Forbidden: it is another's to report solved.
    """
    blocker, place = _found(session, blocker_id, expected, by)
    by.must(Permission.REPORT_BLOCKERS)
    by.must_act_for(blocker.owner_organisation_id, _convener(place))
    return blocker, place


def of_everybody_at_it(session: Session, blocker_id: UUID, by: Caller) -> Held:
    """Lock a blocker for the unit that raised it or is to solve it, or those who coordinate.

    Raises:
        Missing. Forbidden: others are at it.
    """
    blocker, place = _found(session, blocker_id, None, by)
    by.must(Permission.REPORT_BLOCKERS)
    if not _regulates(place, by):
        at_it = (blocker.raised_by_organisation_id, blocker.owner_organisation_id)
        by.must_act_for(*at_it, _convener(place))
    return blocker, place


def under_review(session: Session, blocker_id: UUID, expected: int, by: Caller) -> Held:
    """Lock a blocker for who may judge it: its owner's line, the convener, regulators.

    Raises:
        Missing, Stale. Forbidden: it is another's to judge.
    """
    blocker, place = _found(session, blocker_id, expected, by)
    by.must(Permission.REVIEW_BLOCKERS)
    if not _regulates(place, by):
        by.must_act_for(blocker.owner_organisation_id, _convener(place))
    return blocker, place


def advance(session: Session, held: Held, verb: BlockerVerb) -> BlockerState:
    """Move a blocker along the table, unless its group is frozen; gives the state before.

    Raises:
        Frozen: its group is dissolved. UnlawfulMove: not from its state.
    """
    blocker, place = held
    must_be_open(session, place)
    before = BlockerState(blocker.state)
    after = moved(rules.MOVES, before, verb)
    if after != before:
        blocker.state = after
    return before


def must_be_open(session: Session, place: Place) -> None:
    """Refuse what belongs to a dissolved group.

    Raises:
        Frozen: it is dissolved.
    """
    if place.project.group_id is not None:
        groups.open_group(session, place.project.group_id)


def about(blocker: Blocker) -> dict[str, Any]:
    """Give what every fact of a blocker says first."""
    names = ("project_id", "kind", "severity", "level", "state")
    return {"blocker_id": blocker.id} | {name: getattr(blocker, name) for name in names}


def record(
    session: Session,
    held: Held,
    fact: Fact,
    *,
    by: Caller,
    heard: tuple[UUID, ...] = (),
) -> None:
    """Record what a person did, and let monitoring look; `heard`: units that lose sight of it."""
    told(session, held, fact, by=Actor.person(by), now=by.now, heard=heard)


def told(
    session: Session,
    held: Held,
    fact: Fact,
    *,
    by: Actor,
    now: datetime,
    heard: tuple[UUID, ...] = (),
) -> None:
    """Record a fact of a blocker, and let monitoring look at the project again."""
    blocker, place = held
    subject = place.subject(blocker, heard=heard)
    ledger.record(session, fact, about=subject, by=by, now=now)
    projects.recheck(session, project_id=blocker.project_id, now=now)


def _found(session: Session, blocker_id: UUID, expected: int | None, by: Caller) -> Held:
    blocker = queries.for_change(session, by, blocker_id=blocker_id, expected=expected)
    return blocker, queries.standing_on(session, blocker, on=day_of(by.now))


def _regulates(place: Place, by: Caller) -> bool:
    if by.role != Role.REGULATOR:
        return False
    group_id = place.project.group_id
    if group_id is not None:
        return group_id in by.group_ids
    return bool(by.organisation_ids.intersection(place.units))


def _convener(place: Place) -> UUID | None:
    """Give who coordinates where no regulator does: the convener, without a group the lead unit."""
    project = place.project
    return place.convener_id if project.group_id else project.lead_organisation_id
