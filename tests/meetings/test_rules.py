"""The rules of meetings, without a database: every state with every verb, and each refusal."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.core.kit.errors import Conflict, Forbidden, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.meetings import rules
from services.core.meetings.rules import InvitedAs, MeetingKind, MeetingState, MeetingVerb
from tests.given import at

NINE, TEN, ELEVEN = at("2026-12-07 09:00"), at("2026-12-07 10:00"), at("2026-12-07 11:00")
GAS, ENERGY, PORT = (uuid4() for _ in range(3))

_LAWFUL = {
    "draft": {"change": "draft", "schedule": "scheduled", "cancel": "cancelled"},
    "scheduled": {
        "change": "scheduled",
        "move": "scheduled",
        "reply": "scheduled",
        "cancel": "cancelled",
        "hold": "held",
    },
    "held": {"write_minutes": "held", "approve_minutes": "minutes_approved"},
    "minutes_approved": {"close": "closed"},
    "closed": {},
    "cancelled": {},
}


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [fault.pointer for fault in refused.value.faults]


@pytest.mark.parametrize(("state", "verb"), list(product(MeetingState, MeetingVerb)))
def test_a_state_moves_only_along_the_table(state: MeetingState, verb: MeetingVerb) -> None:
    after = _LAWFUL[state].get(verb)
    if after:
        assert moved(rules.MOVES, state, verb) == after
    else:
        with pytest.raises(UnlawfulMove) as refused:
            moved(rules.MOVES, state, verb)
        assert refused.value.lawful == tuple(sorted(_LAWFUL[state]))


def test_nothing_leads_out_of_an_ended_state() -> None:
    assert {state for state in MeetingState if not _LAWFUL[state]} == rules.ENDED


@pytest.mark.parametrize(
    ("kind", "has_group", "convenes", "regulates", "may"),
    [
        (kind, has_group, convenes, regulates, convenes or (regulates and kind != "group_meeting"))
        for kind, has_group, convenes, regulates in product(
            MeetingKind, (True, False), (True, False), (True, False)
        )
        if has_group or kind != "group_meeting"
    ],
)
def test_a_group_meeting_is_its_conveners_and_others_also_a_regulators(
    kind: MeetingKind,
    has_group: bool,  # noqa: FBT001 one row of the table
    convenes: bool,  # noqa: FBT001 one row of the table
    regulates: bool,  # noqa: FBT001 one row of the table
    may: bool,  # noqa: FBT001 one row of the table
) -> None:
    asked = {"has_group": has_group, "convenes": convenes, "regulates": regulates}
    if may:
        rules.check_holder(kind, **asked)
    else:
        with pytest.raises(Forbidden):
            rules.check_holder(kind, **asked)


def test_a_group_meeting_names_its_group() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_holder(
            MeetingKind.GROUP_MEETING, has_group=False, convenes=False, regulates=True
        )
    assert pointers(refused) == ["/group_id"]


def test_a_meeting_ends_after_it_begins_and_its_agenda_fits() -> None:
    rules.check_times(NINE, TEN)
    rules.check_agenda([30, None, 30], NINE, TEN)
    with pytest.raises(Invalid):
        rules.check_times(NINE, NINE)
    with pytest.raises(Invalid) as refused:
        rules.check_agenda([30, 31], NINE, TEN)
    assert refused.value.faults[0].allowed == ("<= 60",)


def test_the_convener_is_invited_even_if_nobody_named_it() -> None:
    named = rules.with_convener([(ENERGY, InvitedAs.CHAIR)], GAS)
    assert named == {ENERGY: "chair", GAS: "convener"}
    assert rules.with_convener([(GAS, InvitedAs.MEMBER)], GAS) == {GAS: "convener"}
    assert rules.with_convener([(GAS, InvitedAs.CHAIR)], GAS) == {GAS: "chair"}


@pytest.mark.parametrize(
    ("invited", "pointer"),
    [
        ([(ENERGY, "member"), (ENERGY, "guest")], "/invitations/1/organisation_id"),
        ([(ENERGY, "chair"), (PORT, "chair")], "/invitations/1/role"),
        ([(ENERGY, "convener")], "/invitations/0/role"),
    ],
)
def test_nobody_is_invited_twice_and_one_unit_chairs(
    invited: list[tuple[UUID, str]], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        rules.with_convener([(unit, InvitedAs(role)) for unit, role in invited], GAS)
    assert pointers(refused) == [pointer]


def test_a_meeting_is_announced_with_place_people_and_a_start_ahead() -> None:
    rules.check_announced(TEN, place="3号会议室", invited=[GAS, ENERGY], now=NINE)
    with pytest.raises(Invalid) as refused:
        rules.check_announced(TEN, place=" ", invited=[GAS], now=TEN)
    assert pointers(refused) == ["/starts_at", "/place", "/invitations"]


def test_an_announced_meeting_is_moved_and_not_changed() -> None:
    rules.check_not_announced(["title", "agenda"])
    with pytest.raises(Invalid) as refused:
        rules.check_not_announced(["place", "starts_at", "title"])
    assert pointers(refused) == ["/starts_at", "/place"]


def test_a_move_moves_something_and_leads_ahead() -> None:
    before = (TEN, ELEVEN, "3号会议室")
    rules.check_moved(before, (TEN, ELEVEN, "4号会议室"), NINE)
    for after, now in ((before, NINE), ((TEN, ELEVEN, "4号会议室"), TEN)):
        with pytest.raises(Invalid):
            rules.check_moved(before, after, now)


@pytest.mark.parametrize(
    ("check", "now", "refused"),
    [
        (rules.must_have_begun, NINE, True),
        (rules.must_have_begun, TEN, False),
        (rules.must_be_ahead, NINE, False),
        (rules.must_be_ahead, TEN, True),
    ],
)
def test_replies_end_and_holding_begins_with_the_meeting(
    check: Callable[..., None], now: Any, *, refused: bool
) -> None:
    if refused:
        with pytest.raises(Conflict):
            check(TEN, now)
    else:
        check(TEN, now)


@pytest.mark.parametrize(
    ("name", "is_proxy", "fits"),
    [("叶某", True, True), (None, False, True), (None, True, False), ("叶某", False, False)],
)
def test_a_proxy_has_a_name_and_nobody_else(
    name: str | None, *, is_proxy: bool, fits: bool
) -> None:
    if fits:
        rules.check_proxy(name, is_proxy=is_proxy, pointer="/proxy_name")
    else:
        with pytest.raises(Invalid) as refused:
            rules.check_proxy(name, is_proxy=is_proxy, pointer="/proxy_name")
        assert pointers(refused) == ["/proxy_name"]


def test_attendance_is_noted_of_every_unit_once() -> None:
    rules.check_attendance([ENERGY, GAS], {GAS, ENERGY})
    with pytest.raises(Invalid) as refused:
        rules.check_attendance([ENERGY, ENERGY, PORT], {GAS, ENERGY})
    assert pointers(refused) == [
        "/attendance/1/invitation_id",
        "/attendance/2/invitation_id",
        "/attendance",
    ]


def test_nobody_who_wrote_minutes_approves_them() -> None:
    first, second, third = (uuid4() for _ in range(3))
    rules.check_approver(third, [first, second])
    for writer in (first, second):
        with pytest.raises(Forbidden):
            rules.check_approver(writer, [first, second])


def test_a_letter_waits_for_sending_hours_unless_that_is_too_late() -> None:
    night, opening = at("2026-12-06 20:00"), at("2026-12-07 08:30")
    on_time = opening + rules.SHORT_NOTICE
    assert rules.letter_at(night, opening=opening, meets_at=on_time) == opening
    just_late = on_time - timedelta(seconds=1)
    assert rules.letter_at(night, opening=opening, meets_at=just_late) == night
