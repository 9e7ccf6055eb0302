"""Writes of joint groups: draft, establish, keep the members, hand the chair over, dissolve."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.groups import queries, rules, schemas
from services.core.groups.events import (
    GroupChanged,
    GroupConvenerChanged,
    GroupDissolved,
    GroupDrafted,
    GroupEstablished,
    GroupMemberJoined,
    GroupMemberLeft,
)
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import DutyKind, GroupState, GroupVerb, MemberRole, Seat
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Forbidden, Invalid
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.organisations import rules as organisation_rules
from services.core.organisations.models import Organisation
from services.core.regions import queries as regions
from services.core.regions.rules import RegionLevel


def draft(session: Session, *, given: schemas.NewGroup, by: Caller) -> JointGroup:
    """Begin to prepare a group for a county in the caller's region; members do not see it yet.

    Raises:
        Invalid: no such county or policy. Forbidden: the county lies elsewhere.
    """
    by.must("groups.establish")
    region = regions.placed(session, code=given.region_code, pointer="/region_code")
    if region.level != RegionLevel.COUNTY:
        raise Invalid.at(
            "/region_code",
            Words("团组只能为县级区划设立。", "A group serves a county."),
            code="not_a_county",
        )
    _must_regulate(session, region.code, by)
    if "policy_code" in given.given():
        queries.must_be_adopted(session, policy_code=given.policy_code)
    group = JointGroup(**given.model_dump(), state=GroupState.DRAFT)
    session.add(group)
    session.flush()
    fact = GroupDrafted(group_id=group.id, code=group.code, region_code=group.region_code)
    _record(session, group, fact, by)
    return group


def change(
    session: Session, *, group_id: UUID, given: schemas.GroupChange, expected: int, by: Caller
) -> JointGroup:
    """Change a group's name, charter, expected number of members or policy."""
    group = _kept(session, group_id, expected, by)
    values = given.given()
    if "policy_code" in values:
        queries.must_be_adopted(session, policy_code=given.policy_code)
    changes = rows.merged(group, values)
    if changes:
        fact = GroupChanged(group_id=group.id, fields=tuple(sorted(changes)))
        _record(session, group, fact, by, changes=changes)
    return group


def establish(
    session: Session, *, group_id: UUID, given: schemas.Establishment, expected: int, by: Caller
) -> JointGroup:
    """Make a draft the county's one active group.

    Raises:
        Conflict: the county has one (I-1), or there is no convener (I-2).
        Invalid: the convener is neither a member unit nor belongs to one (I-3).
    """
    group = _regulated(session, group_id, expected, by)
    state = moved(rules.MOVES, GroupState(group.state), GroupVerb.ESTABLISH)
    today = day_of(by.now)
    since = rules.checked_day(
        given.established_on or today, not_before=None, today=today, pointer="/established_on"
    )
    _must_be_first(session, group)
    seats = queries.seats(session, group_id=group.id)
    rules.chaired(seats, since)
    chair = rules.chaired(seats, today)
    units = rules.units(seats, today)
    convener = organisations.placed(
        session, organisation_id=chair.organisation_id, pointer="/organisation_id"
    )
    rules.represented(
        convener.id, convener.lineage, units, chair.represents_organisation_id
    )
    group.state, group.established_on = state, since
    fact = GroupEstablished(
        group_id=group.id,
        code=group.code,
        region_code=group.region_code,
        established_on=since,
        convener_organisation_id=chair.organisation_id,
        represents_organisation_id=chair.represents_organisation_id,
        member_organisation_ids=tuple(sorted(units)),
    )
    heard = tuple(seat.organisation_id for seat in seats if seat.holds(today))
    changes = {"state": [GroupState.DRAFT, state]}
    _record(session, group, fact, by, heard=heard, changes=changes)
    return group


def add_member(
    session: Session, *, group_id: UUID, given: schemas.NewMember, by: Caller
) -> JointGroup:
    """Give a unit its place; the convener takes the chair only while the group is drafted.

    Raises:
        Conflict: the unit has a place then, or the group has its convener.
        Invalid: no such unit, or a convener that is no member unit and belongs to none (I-3).
    """
    group = _kept(session, group_id, None, by)
    unit = organisations.placed(
        session, organisation_id=given.organisation_id, pointer="/organisation_id"
    )
    since = given.valid_from or day_of(by.now)
    seats = queries.seats(session, group_id=group.id)
    represents = None
    if given.role == MemberRole.CONVENER:
        seats, represents = _take_the_chair(session, group, seats, given, since)
    elif given.represents_organisation_id is not None:
        raise Invalid.at(
            "/represents_organisation_id",
            Words("只有召集单位可以代表其他单位。", "Only a convener represents another unit."),
            code="not_a_convener",
            allowed=("null",),
        )
    rules.must_be_seatable(seats, unit.id, since)
    _seat(
        session,
        group,
        Seat(group.id, unit.id, given.role, represents, since, None),
        by,
        source=given.source,
        is_illustrative=given.is_illustrative,
    )
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
        Conflict: it has left, or is the convener or the unit that one speaks for.
    """
    group = _kept(session, group_id, expected, by)
    seats = queries.seats(session, group_id=group.id)
    seat = next((seat for seat in seats if seat.id == member_id), None)
    today = day_of(by.now)
    if seat is None or not seat.reaches(min(today, seat.valid_from)):
        raise Conflict(Words("该单位已不在团组内。", "The unit has no such place any more."))
    last = given.valid_to or max(today, seat.valid_from)
    organisation_rules.checked_term(seat.valid_from, last)
    if group.state == GroupState.ACTIVE:
        rules.must_be_spare(seats, seat.organisation_id, last)
    _close(session, group, seat, last, given.reason)
    fact = GroupMemberLeft(
        group_id=group.id,
        organisation_id=seat.organisation_id,
        role=seat.role,
        valid_to=last,
        reason=given.reason,
    )
    changes = {"valid_to": [seat.valid_to, last]}
    _record(session, group, fact, by, heard=_heard(group, seat.organisation_id), changes=changes)
    return group
