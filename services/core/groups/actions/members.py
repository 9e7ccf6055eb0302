"""Units take their places in a group and leave them; the chair is handed over (I-2 to I-5)."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.groups import queries, rules, schemas
from services.core.groups.actions.duties import move_duties
from services.core.groups.actions.keep import kept, tell
from services.core.groups.events import GroupConvenerChanged, GroupMemberJoined, GroupMemberLeft
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import GroupState, GroupVerb, MemberRole, Seat
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Invalid, Missing
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.organisations import rules as organisation_rules
from services.core.organisations.models import Organisation


def add_member(
    session: Session, *, group_id: UUID, given: schemas.NewMember, by: Caller
) -> JointGroup:
    """Give a unit its place; one takes the chair this way only while the group is drafted.

    Raises:
        Conflict: the unit has a place then, or the group has its convener.
        Invalid: no such unit, or a convener that is no member unit and belongs to none (I-3).
    """
    group = kept(session, group_id, None, by)
    unit = organisations.placed(
        session, organisation_id=given.organisation_id, pointer="/organisation_id"
    )
    since = given.valid_from or day_of(by.now)
    seats = queries.seats(session, group_id=group.id)
    spoken_for = None
    if given.role == MemberRole.CONVENER:
        rules.must_be_vacant(GroupState(group.state), seats, since)
        spoken_for = _spoken_for(unit, seats, since, given.represents_organisation_id)
        seats = _risen(session, seats, unit.id, since)
    elif given.represents_organisation_id is not None:
        raise Invalid.at(
            "/represents_organisation_id",
            Words("只有召集单位可以代表其他单位。", "Only a convener represents another unit."),
            code="not_a_convener",
            allowed=("null",),
        )
    rules.must_be_seatable(seats, unit.id, since)
    session.add(
        GroupMembership(
            group_id=group.id,
            organisation_id=unit.id,
            role=given.role,
            represents_organisation_id=spoken_for,
            valid_from=since,
            source=given.source,
            is_illustrative=given.is_illustrative,
        )
    )
    rows.touch(group)
    fact = GroupMemberJoined(
        group_id=group.id,
        organisation_id=unit.id,
        role=given.role,
        represents_organisation_id=spoken_for,
        valid_from=since,
    )
    tell(session, group, fact, by, heard=(unit.id,), changes={"member": [None, unit.id]})
    return group


def end_member(
    session: Session,
    *,
    group_id: UUID,
    member_id: UUID,
    given: schemas.MemberEnd,
    expected: int,
    by: Caller,
) -> JointGroup:
    """Let a unit leave; from the given day on (today if none) it has lost the group's records.

    Raises:
        Missing: there is no such place. Conflict: it has ended, or it is the chair's.
    """
    group = kept(session, group_id, expected, by)
    seats = queries.seats(session, group_id=group.id)
    seat = next((seat for seat in seats if seat.id == member_id), None)
    if seat is None:
        raise Missing
    today = day_of(by.now)
    if seat.valid_to is not None and seat.valid_to <= today:
        raise Conflict(Words("该单位已退出。", "The unit has left already."))
    last = given.valid_to or max(today, seat.valid_from)
    organisation_rules.checked_term(seat.valid_from, last)
    if group.state == GroupState.ACTIVE:
        rules.must_be_spare(seats, seat.organisation_id, last)
    _close(session, seat, last, given.reason)
    rows.touch(group)
    fact = GroupMemberLeft(
        group_id=group.id,
        organisation_id=seat.organisation_id,
        role=seat.role,
        valid_to=last,
        reason=given.reason,
    )
    changes = {"valid_to": [seat.valid_to, last]}
    tell(session, group, fact, by, heard=(seat.organisation_id,), changes=changes)
    return group


def hand_over(
    session: Session, *, group_id: UUID, given: schemas.HandOver, expected: int, by: Caller
) -> JointGroup:
    """Hand the chair over on one day, with every duty: no gap and no double (I-5).

    A convener that was a member unit itself stays a member.

    Raises:
        Conflict: the unit has the chair already. Invalid: it may not convene (I-3), or the day.
    """
    group = kept(session, group_id, expected, by)
    moved(rules.MOVES, GroupState(group.state), GroupVerb.HAND_OVER)
    today = day_of(by.now)
    seats = queries.seats(session, group_id=group.id)
    old = rules.chaired(seats, today)
    on = rules.checked_day(
        given.handed_over_on or today,
        not_before=old.valid_from,
        today=today,
        pointer="/handed_over_on",
    )
    unit = organisations.placed(
        session, organisation_id=given.organisation_id, pointer="/organisation_id"
    )
    if unit.id == old.organisation_id:
        raise Conflict(Words("该单位已是召集单位。", "The unit is the convener already."))
    spoken_for = _spoken_for(unit, seats, on, given.represents_organisation_id)
    _close(session, old, on, given.reason)
    others = _risen(session, [seat for seat in seats if seat.id != old.id], unit.id, on)
    rules.must_be_seatable(others, unit.id, on)
    _swap(session, group.id, old, unit.id, spoken_for, on)
    duties = move_duties(session, group, unit.id, on)
    rows.touch(group)
    fact = GroupConvenerChanged(
        group_id=group.id,
        from_organisation_id=old.organisation_id,
        to_organisation_id=unit.id,
        represents_organisation_id=spoken_for,
        handed_over_on=on,
        reason=given.reason,
        duties=duties,
    )
    changes = {"convener": [old.organisation_id, unit.id]}
    tell(session, group, fact, by, heard=(old.organisation_id, unit.id), changes=changes)
    return group


def _spoken_for(unit: Organisation, seats: list[Seat], on: date, named: UUID | None) -> UUID | None:
    """Give whom a new convener speaks for, or refuse it (I-3)."""
    if unit.is_placeholder:
        raise Invalid.at(
            "/organisation_id",
            Words("占位单位不能担任召集单位。", "A placeholder unit cannot convene."),
            code="placeholder",
        )
    return rules.represented(unit.id, unit.lineage, rules.units(seats, on), named)


def _risen(session: Session, seats: list[Seat], unit_id: UUID, on: date) -> list[Seat]:
    """End the place a unit has on the day it takes the chair; gives the other places."""
    risen = [seat for seat in seats if seat.organisation_id == unit_id and seat.holds(on)]
    for seat in risen:
        _close(session, seat, on, None)
    return [seat for seat in seats if seat not in risen]


def _swap(
    session: Session,
    group_id: UUID,
    old: Seat,
    unit_id: UUID,
    spoken_for: UUID | None,
    on: date,
) -> None:
    """Seat the new convener, and the old one as a member if it was a member unit itself."""
    session.add(
        GroupMembership(
            group_id=group_id,
            organisation_id=unit_id,
            role=MemberRole.CONVENER,
            represents_organisation_id=spoken_for,
            valid_from=on,
        )
    )
    if old.represents_organisation_id is None:
        session.add(
            GroupMembership(
                group_id=group_id,
                organisation_id=old.organisation_id,
                role=MemberRole.MEMBER,
                valid_from=on,
            )
        )


def _close(session: Session, seat: Seat, last: date, reason: str | None) -> None:
    """End a place; at once, because what takes its room is inserted before updates are sent."""
    row = session.get_one(GroupMembership, seat.id)
    row.valid_to, row.reason = last, reason
    session.flush()
