"""A group is drafted, established for a county, and at last dissolved."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.groups import queries, rules, schemas
from services.core.groups.actions.duties import close_duties
from services.core.groups.actions.keep import kept, must_regulate, regulated, tell
from services.core.groups.events import (
    GroupChanged,
    GroupDissolved,
    GroupDrafted,
    GroupEstablished,
)
from services.core.groups.models import JointGroup
from services.core.groups.rules import GroupState, GroupVerb, Seat
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Invalid
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.policies import queries as policies
from services.core.regions import queries as regions
from services.core.regions.rules import RegionLevel


def draft(session: Session, *, given: schemas.NewGroup, by: Caller) -> JointGroup:
    """Begin to prepare a group for a county in the caller's region; members do not see it yet.

    Raises:
        Invalid: no such county or policy. Forbidden: the county lies elsewhere.
        Conflict: the code is taken.
    """
    by.must("groups.establish")
    region = regions.placed(session, code=given.region_code, pointer="/region_code")
    if region.level != RegionLevel.COUNTY:
        raise Invalid.at(
            "/region_code",
            Words("团组只能为县级区划设立。", "A group serves a county."),
            code="not_a_county",
        )
    must_regulate(session, region.code, by)
    if "policy_code" in given.given():
        _must_be_in_effect(session, given.policy_code, day_of(by.now))
    if queries.has_code(session, given.code):
        words = Words(f"编号“{given.code}”已被使用。", f"The code '{given.code}' is taken.")
        raise Conflict(words, faults=[Fault("/code", "taken", words)])
    group = JointGroup(**given.model_dump(), state=GroupState.DRAFT)
    session.add(group)
    session.flush()
    fact = GroupDrafted(group_id=group.id, code=group.code, region_code=group.region_code)
    tell(session, group, fact, by)
    return group


def change(
    session: Session, *, group_id: UUID, given: schemas.GroupChange, expected: int, by: Caller
) -> JointGroup:
    """Change a group's name, charter, expected number of members or policy."""
    group = kept(session, group_id, expected, by)
    values = given.given()
    if "policy_code" in values:
        _must_be_in_effect(session, given.policy_code, day_of(by.now))
    changes = rows.merged(group, values)
    if changes:
        fact = GroupChanged(group_id=group.id, fields=tuple(sorted(changes)))
        tell(session, group, fact, by, changes=changes)
    return group


def establish(
    session: Session, *, group_id: UUID, given: schemas.Establishment, expected: int, by: Caller
) -> JointGroup:
    """Make a draft the county's one active group.

    Raises:
        Conflict: the county has one (I-1), or there is no convener (I-2).
        Invalid: the convener is neither a member unit nor belongs to one (I-3).
    """
    group = regulated(session, group_id, expected, by)
    state = moved(rules.MOVES, GroupState(group.state), GroupVerb.ESTABLISH)
    today = day_of(by.now)
    since = rules.checked_day(
        given.established_on or today, not_before=None, today=today, pointer="/established_on"
    )
    _must_be_first(session, group)
    seats = queries.seats(session, group_id=group.id)
    rules.chaired(seats, since)
    chair = rules.chaired(seats, today)
    _must_be_represented(session, chair, seats, today)
    group.state, group.established_on = state, since
    fact = GroupEstablished(
        group_id=group.id,
        code=group.code,
        region_code=group.region_code,
        established_on=since,
        convener_organisation_id=chair.organisation_id,
        represents_organisation_id=chair.represents_organisation_id,
        member_organisation_ids=tuple(sorted(rules.units(seats, today))),
    )
    heard = tuple(seat.organisation_id for seat in seats if seat.holds(today))
    changes = {"state": [GroupState.DRAFT, state], "established_on": [None, since]}
    tell(session, group, fact, by, heard=heard, changes=changes)
    return group


def dissolve(
    session: Session, *, group_id: UUID, given: schemas.Dissolution, expected: int, by: Caller
) -> JointGroup:
    """End a group: its duties end, its members stay as they were that day, nothing changes more."""
    group = regulated(session, group_id, expected, by)
    state = moved(rules.MOVES, GroupState(group.state), GroupVerb.DISSOLVE)
    today = day_of(by.now)
    day = rules.checked_day(
        given.dissolved_on or today,
        not_before=group.established_on,
        today=today,
        pointer="/dissolved_on",
    )
    close_duties(session, group, day, by)
    group.state, group.dissolved_on = state, day
    fact = GroupDissolved(
        group_id=group.id, region_code=group.region_code, dissolved_on=day, reason=given.reason
    )
    seats = queries.seats(session, group_id=group.id)
    heard = tuple(seat.organisation_id for seat in seats if seat.holds(day))
    changes = {"state": [GroupState.ACTIVE, state], "dissolved_on": [None, day]}
    tell(session, group, fact, by, heard=heard, changes=changes)
    return group


def _must_be_first(session: Session, group: JointGroup) -> None:
    """Refuse a second active group of a county (I-1)."""
    other = queries.active_in(session, region_code=group.region_code)
    if other is not None:
        raise Conflict(
            Words(
                f"该县已有团组“{other.name}”（{other.code}）；一县只能有一个。",
                f"The county has its group already: {other.name} ({other.code}).",
            )
        )


def _must_be_represented(session: Session, chair: Seat, seats: list[Seat], on: date) -> None:
    """Refuse a convener whose member unit has left or is no longer above it (I-3)."""
    spoken_for = chair.represents_organisation_id
    convener = organisations.placed(
        session, organisation_id=chair.organisation_id, pointer="/organisation_id"
    )
    rules.represented(convener.id, convener.lineage, rules.units(seats, on), spoken_for)


def _must_be_in_effect(session: Session, policy_code: str, on: date) -> None:
    """Refuse a policy that nobody has adopted, at the field that names it."""
    try:
        policies.current(session, code=policy_code, on=on)
    except Conflict as refused:
        raise Invalid.at("/policy_code", refused.words, code="unknown_policy") from refused
