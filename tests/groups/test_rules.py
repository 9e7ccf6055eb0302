"""What makes a group lawful, without a database."""

from datetime import date
from itertools import product
from uuid import UUID, uuid4

import pytest

from services.core.groups import rules
from services.core.groups.rules import GroupState, GroupVerb, MemberRole, Seat
from services.core.kit.errors import Conflict, Invalid, UnlawfulMove
from services.core.kit.moves import moved

ENERGY, GAS, TOUR, TALENT = (uuid4() for _ in range(4))
D1, D2, D3, D4 = (date(2026, 1, day) for day in (1, 2, 3, 4))
LAWFUL = {
    (GroupState.DRAFT, GroupVerb.ESTABLISH): GroupState.ACTIVE,
    (GroupState.ACTIVE, GroupVerb.HAND_OVER): GroupState.ACTIVE,
    (GroupState.ACTIVE, GroupVerb.DISSOLVE): GroupState.DISSOLVED,
}


def seat(
    unit: UUID,
    *days: date | None,
    role: MemberRole = MemberRole.MEMBER,
    speaks_for: UUID | None = None,
) -> Seat:
    start, end = (*days, None, None)[:2] if days else (D1, None)
    assert start is not None
    return Seat(uuid4(), unit, role, speaks_for, start, end)


@pytest.mark.parametrize(("state", "verb"), list(product(GroupState, GroupVerb)))
def test_a_group_moves_only_along_its_table(state: GroupState, verb: GroupVerb) -> None:
    if (state, verb) in LAWFUL:
        assert moved(rules.MOVES, state, verb) == LAWFUL[state, verb]
    else:
        with pytest.raises(UnlawfulMove) as refused:
            moved(rules.MOVES, state, verb)
        assert set(refused.value.lawful) == {to for at, to in LAWFUL if at == state}


@pytest.mark.parametrize("state", list(GroupState))
def test_only_a_dissolved_group_is_frozen(state: GroupState) -> None:
    if state == GroupState.DISSOLVED:
        with pytest.raises(rules.Frozen):
            rules.must_be_open(state)
    else:
        rules.must_be_open(state)


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (D1, None, {D1, D2, D3, D4}),
        (D2, D4, {D2, D3}),
        (D2, D3, {D2}),
        (D2, D2, set()),
        (D4, None, {D4}),
    ],
)
def test_a_place_is_held_from_its_first_day_to_the_day_before_its_last(
    start: date, end: date | None, held: set[date]
) -> None:
    place = seat(ENERGY, start, end)
    assert {day for day in (D1, D2, D3, D4) if place.holds(day)} == held
    for day in (D1, D2, D3, D4):
        later_or_now = {other for other in (D1, D2, D3, D4) if other >= day}
        assert place.reaches(day) == bool(held & later_or_now)


def test_the_chair_is_whose_it_is_that_day() -> None:
    seats = [
        seat(GAS, D1, D3, role=MemberRole.CONVENER),
        seat(TOUR, D3, role=MemberRole.CONVENER),
        seat(ENERGY, D1),
    ]
    found = [rules.convener(seats, day) for day in (D1, D2, D3, D4)]
    assert [place.organisation_id if place else None for place in found] == [GAS, GAS, TOUR, TOUR]
    assert rules.chaired(seats, D3).organisation_id == TOUR


def test_a_group_without_a_convener_is_none() -> None:
    seats = [seat(ENERGY), seat(GAS, D1, D2, role=MemberRole.CONVENER)]
    with pytest.raises(rules.NoConvener):
        rules.chaired(seats, D2)


def test_member_units_are_members_and_a_convener_that_speaks_for_itself() -> None:
    seats = [
        seat(ENERGY),
        seat(GAS, role=MemberRole.CONVENER, speaks_for=ENERGY),
        seat(TOUR, D1, D2),
        seat(TALENT, role=MemberRole.OBSERVER),
    ]
    assert rules.units(seats, D1) == {ENERGY, TOUR}
    assert rules.units(seats, D2) == {ENERGY}
    assert rules.units([seat(TOUR, role=MemberRole.CONVENER)], D1) == {TOUR}


@pytest.mark.parametrize(
    ("start", "end", "since", "free"),
    [
        (D1, None, D2, False),
        (D1, D2, D2, True),
        (D1, D3, D2, False),
        (D3, None, D2, False),
        (D3, D3, D2, True),
        (D2, D2, D2, True),
    ],
)
def test_a_unit_has_one_place_at_a_time(
    start: date, end: date | None, since: date, *, free: bool
) -> None:
    seats = [seat(ENERGY, start, end)]
    rules.must_be_seatable(seats, TOUR, since)
    if free:
        rules.must_be_seatable(seats, ENERGY, since)
    else:
        with pytest.raises(Conflict):
            rules.must_be_seatable(seats, ENERGY, since)


@pytest.mark.parametrize("state", list(GroupState))
def test_a_convener_is_added_only_to_a_draft_without_one(state: GroupState) -> None:
    empty, taken = [seat(ENERGY)], [seat(GAS, role=MemberRole.CONVENER)]
    if state == GroupState.DRAFT:
        rules.must_be_vacant(state, empty, D1)
        rules.must_be_vacant(state, [seat(GAS, D1, D2, role=MemberRole.CONVENER)], D2)
    else:
        with pytest.raises(Conflict):
            rules.must_be_vacant(state, empty, D1)
    with pytest.raises(Conflict):
        rules.must_be_vacant(state, taken, D1)


@pytest.mark.parametrize("unit", [GAS, ENERGY])
def test_the_chair_and_whom_it_speaks_for_cannot_just_leave(unit: UUID) -> None:
    seats = [
        seat(ENERGY),
        seat(GAS, role=MemberRole.CONVENER, speaks_for=ENERGY),
        seat(TOUR),
    ]
    rules.must_be_spare(seats, TOUR, D2)
    with pytest.raises(Conflict):
        rules.must_be_spare(seats, unit, D2)


def test_a_former_convener_may_leave_after_its_time_and_not_before() -> None:
    seats = [
        seat(GAS, D1, D3, role=MemberRole.CONVENER),
        seat(GAS, D3),
        seat(TOUR, D3, role=MemberRole.CONVENER),
    ]
    rules.must_be_spare(seats, GAS, D3)
    with pytest.raises(Conflict):
        rules.must_be_spare(seats, GAS, D2)


@pytest.mark.parametrize(
    ("day", "not_before", "good"),
    [(D3, None, True), (D1, None, True), (D4, None, False), (D1, D2, False), (D2, D2, True)],
)
def test_a_move_is_dated_between_what_it_follows_and_today(
    day: date, not_before: date | None, *, good: bool
) -> None:
    if good:
        assert rules.checked_day(day, not_before=not_before, today=D3, pointer="/on") == day
    else:
        with pytest.raises(Invalid) as refused:
            rules.checked_day(day, not_before=not_before, today=D3, pointer="/on")
        assert refused.value.faults[0].pointer == "/on"
        assert refused.value.faults[0].allowed


@pytest.mark.parametrize(
    ("lineage", "members", "named", "speaks_for"),
    [
        ([ENERGY, GAS], {ENERGY, TOUR}, None, ENERGY),
        ([ENERGY, GAS], {ENERGY, TOUR}, ENERGY, ENERGY),
        ([ENERGY, GAS], {GAS}, None, None),
        ([ENERGY, GAS], {ENERGY, GAS}, None, None),
        ([ENERGY, GAS], {ENERGY, GAS}, ENERGY, ENERGY),
        ([TOUR, ENERGY, GAS], {TOUR, ENERGY}, None, ENERGY),
        ([TOUR, ENERGY, GAS], {TOUR, ENERGY}, TOUR, TOUR),
    ],
)
def test_a_convener_speaks_for_itself_or_for_the_nearest_member_above_it(
    lineage: list[UUID], members: set[UUID], named: UUID | None, speaks_for: UUID | None
) -> None:
    assert rules.represented(GAS, lineage, members, named) == speaks_for


@pytest.mark.parametrize(
    ("members", "named"), [({TOUR}, None), ({TOUR}, TOUR), ({ENERGY}, GAS), (set(), None)]
)
def test_a_convener_that_belongs_to_no_member_is_refused(
    members: set[UUID], named: UUID | None
) -> None:
    with pytest.raises(Invalid):
        rules.represented(GAS, [ENERGY, GAS], members, named)


def test_every_warning_is_said_in_both_languages() -> None:
    assert all(words.zh and words.en for words in rules.WARNINGS.values())
