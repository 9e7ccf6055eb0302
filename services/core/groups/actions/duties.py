"""What the convener owes the group again and again; it goes over with the chair (I-5)."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.groups import queries, rules, schemas
from services.core.groups.actions.keep import kept
from services.core.groups.events import ConvenerDutyAssigned, ConvenerDutyEnded
from services.core.groups.models import ConvenerDuty, JointGroup
from services.core.groups.rules import DutyKind
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.words import Words
from services.core.organisations import rules as organisation_rules


def assign(session: Session, *, group_id: UUID, given: schemas.NewDuty, by: Caller) -> ConvenerDuty:
    """Assign a duty to whoever convenes the group.

    Raises:
        Conflict: there is no convener, or the duty is owed already.
    """
    group = kept(session, group_id, None, by)
    today = day_of(by.now)
    chair = rules.chaired(queries.seats(session, group_id=group.id), today)
    owed = queries.duties_to_come(session, group_id=group.id, after=today)
    if any(duty.kind == given.kind for duty in owed):
        raise Conflict(Words("该职责已设定。", "The convener owes this already."))
    duty = ConvenerDuty(
        group_id=group.id,
        organisation_id=chair.organisation_id,
        **{**given.model_dump(), "began_on": given.began_on or today},
    )
    session.add(duty)
    session.flush()
    fact = ConvenerDutyAssigned(
        duty_id=duty.id,
        group_id=group.id,
        organisation_id=duty.organisation_id,
        kind=given.kind,
        every_months=duty.every_months,
        began_on=duty.began_on,
    )
    _tell(session, duty, fact, by)
    return duty


def end_duty(
    session: Session,
    *,
    group_id: UUID,
    duty_id: UUID,
    given: schemas.DutyEnd,
    expected: int,
    by: Caller,
) -> ConvenerDuty:
    """End a duty; from the given day on (today if none) the convener no longer owes it.

    Raises:
        Missing: there is none in scope. Conflict: it has ended. Invalid: it would end too early.
    """
    kept(session, group_id, None, by)
    duty = queries.duty_for_change(session, group_id=group_id, duty_id=duty_id, expected=expected)
    if duty.ended_on is not None:
        raise Conflict(Words("该职责已终止。", "The duty has ended already."))
    last = given.ended_on or max(day_of(by.now), duty.began_on)
    organisation_rules.checked_term(duty.began_on, last, pointer="/ended_on")
    _end(session, duty, last, by)
    return duty


def move_duties(
    session: Session, group: JointGroup, organisation_id: UUID, on: date
) -> tuple[DutyKind, ...]:
    """Let a new convener owe every duty that does not end before it takes the chair.

    The row moves and keeps its first day: the rhythm goes on, nothing is owed later for the change.
    """
    duties = queries.duties_to_come(session, group_id=group.id, after=on)
    for duty in duties:
        duty.organisation_id = organisation_id
    return tuple(DutyKind(duty.kind) for duty in duties)


def close_duties(session: Session, group: JointGroup, on: date, by: Caller) -> None:
    """End every duty of a group that is dissolved, so that nobody is asked for it again (I-17)."""
    for duty in queries.duties_to_come(session, group_id=group.id, after=on):
        _end(session, duty, max(on, duty.began_on), by)


def _end(session: Session, duty: ConvenerDuty, last: date, by: Caller) -> None:
    before, duty.ended_on = duty.ended_on, last
    fact = ConvenerDutyEnded(
        duty_id=duty.id,
        group_id=duty.group_id,
        organisation_id=duty.organisation_id,
        kind=DutyKind(duty.kind),
        ended_on=last,
    )
    _tell(session, duty, fact, by, {"ended_on": [before, last]})


def _tell(
    session: Session,
    duty: ConvenerDuty,
    fact: Fact,
    by: Caller,
    changes: dict[str, list[date | None]] | None = None,
) -> None:
    about = Subject(
        "convener_duty",
        duty.id,
        group_id=duty.group_id,
        organisation_ids=(duty.organisation_id,),
    )
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
