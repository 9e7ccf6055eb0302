"""Consultations are called for and concluded, and what they cannot solve goes a level up."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.blockers import known, queries, rules, schemas
from services.core.blockers.actions import keeping
from services.core.blockers.actions.keeping import Held
from services.core.blockers.events import (
    BlockerConsultationCalled,
    BlockerEscalated,
    ConsultationConcluded,
)
from services.core.blockers.models import Blocker, BlockerConsultation
from services.core.blockers.rules import BlockerLevel, BlockerVerb, ConsultationOutcome
from services.core.calendar.rules import day_of
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.events import Actor
from services.core.kit.words import Words
from services.core.organisations import queries as organisations


def call(
    session: Session, *, blocker_id: UUID, given: schemas.Calling, expected: int, by: Caller
) -> Blocker:
    """Call for a consultation, on a day, else on the next consultation day of its ladder.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not from its state.
        Invalid: the day is past, or none is given and the ladder names none.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    keeping.advance(session, held, BlockerVerb.CONSULT)
    blocker, place = held
    today = day_of(by.now)
    ladder = known.named(blocker.ladder, pointer="/ladder")
    proposal = rules.proposed(
        ladder, BlockerLevel(blocker.level), today=today, calendar=place.calendar
    )
    on = given.on or proposal.consultation_on
    if on is None:
        words = Words(
            "所用协调阶梯没有会商日，请写明日期。",
            "Name the day: its ladder has no consultation day.",
        )
        raise Invalid.at("/on", words, code="missing")
    rules.check_due(on, today=today, pointer="/on")
    blocker.next_consultation_on = on
    fact = BlockerConsultationCalled(**keeping.about(blocker), next_consultation_on=on)
    keeping.record(session, held, fact, by=by)
    return blocker


def conclude(
    session: Session,
    *,
    blocker_id: UUID,
    given: schemas.NewConsultation,
    expected: int,
    by: Caller,
) -> BlockerConsultation:
    """Write down a consultation that was held; one that found no way escalates the blocker.

    At the province there is no level above: it stays there, to be consulted on again.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: no consultation was called for.
        Invalid: a day does not fit, a unit is unknown or named twice.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    keeping.advance(session, held, BlockerVerb.CONCLUDE)
    blocker, place = held
    rules.check_consulted_on(given.held_on, raised_on=blocker.raised_on, today=day_of(by.now))
    rules.check_commitments((one.due_on for one in given.commitments), held_on=given.held_on)
    _check_units(session, given)
    made = BlockerConsultation(
        blocker_id=blocker.id,
        number=queries.next_number(session, blocker_id=blocker.id),
        level=blocker.level,
        recorded_by=by.account_id,
        attendee_ids=list(given.attendee_ids),
        commitments=[one.model_dump(mode="json") for one in given.commitments],
        **given.model_dump(exclude={"attendee_ids", "commitments"}),
    )
    session.add(made)
    blocker.next_consultation_on = None
    rows.touch(blocker)
    session.flush()
    fact = ConsultationConcluded(
        consultation_id=made.id, project_id=blocker.project_id, **_of(made)
    )
    subject = place.subject(blocker, about=("blocker_consultation", made.id))
    ledger.record(session, fact, about=subject, by=Actor.person(by), now=by.now)
    above = rules.next_level(BlockerLevel(blocker.level))
    if given.outcome is ConsultationOutcome.UNRESOLVED and above is not None:
        _climb(session, held, reason=given.conclusion, due_on=None, by=by)
    return made


def escalate(
    session: Session, *, blocker_id: UUID, given: schemas.Escalation, expected: int, by: Caller
) -> Blocker:
    """Take a blocker to the next level up; its owner stays until it is assigned there anew.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not from its state.
        Conflict: it is at the province. Invalid: it would be due before today.
    """
    held = keeping.coordinated(session, blocker_id, expected, by)
    if given.due_on is not None:
        rules.check_due(given.due_on, today=day_of(by.now))
    _climb(session, held, reason=given.reason, due_on=given.due_on, by=by)
    return held[0]


def _climb(session: Session, held: Held, *, reason: str, due_on: date | None, by: Caller) -> None:
    keeping.advance(session, held, BlockerVerb.ESCALATE)
    blocker, _ = held
    before = BlockerLevel(blocker.level)
    blocker.level = rules.level_above(before)
    blocker.next_consultation_on = None
    blocker.current_due_on = due_on or blocker.current_due_on
    fact = BlockerEscalated(
        **keeping.about(blocker),
        level_before=before,
        current_due_on=blocker.current_due_on,
        reason=reason,
    )
    keeping.record(session, held, fact, by=by)


def _check_units(session: Session, given: schemas.NewConsultation) -> None:
    """Refuse units the directory does not know, and one named twice."""
    convener = given.convened_by_organisation_id
    organisations.placed(session, organisation_id=convener, pointer="/convened_by_organisation_id")
    for place, unit in enumerate(given.attendee_ids):
        pointer = f"/attendee_ids/{place}"
        if unit in given.attendee_ids[:place]:
            words = Words("同一单位不能重复。", "No unit is named twice.")
            raise Invalid.at(pointer, words, code="twice")
        organisations.placed(session, organisation_id=unit, pointer=pointer)
    for place, one in enumerate(given.commitments):
        pointer = f"/commitments/{place}/organisation_id"
        organisations.placed(session, organisation_id=one.organisation_id, pointer=pointer)


def _of(made: BlockerConsultation) -> dict[str, Any]:
    names = ("blocker_id", "number", "level", "held_on", "outcome")
    return {name: getattr(made, name) for name in names}
