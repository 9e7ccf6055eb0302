"""Rules of blockers, without a database: every state with every verb, every bound."""

from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.core.blockers import rules
from services.core.blockers.known import ladders, named
from services.core.blockers.rules import (
    MOVES,
    BlockerLevel,
    BlockerState,
    BlockerVerb,
    RecheckOutcome,
)
from services.core.calendar.published import base_calendar
from services.core.kit.errors import Conflict, Forbidden, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from tests import given

CALENDAR = base_calendar()
LIFE = {
    "raised": {"change": "raised", "triage": "triaged"},
    "triaged": {
        "change": "triaged",
        "assign": "assigned",
        "escalate": "triaged",
        "suspend": "suspended",
    },
    "assigned": {
        "change": "assigned",
        "assign": "assigned",
        "consult": "consulting",
        "escalate": "triaged",
        "suspend": "suspended",
        "resolve": "resolved",
    },
    "consulting": {
        "change": "consulting",
        "assign": "assigned",
        "consult": "consulting",
        "conclude": "consulting",
        "escalate": "triaged",
        "suspend": "suspended",
        "resolve": "resolved",
    },
    "suspended": {"resume": "assigned"},
    "resolved": {"verify": "verified", "return": "assigned"},
    "verified": {"close": "closed", "return": "assigned"},
    "closed": {"recheck": "closed", "reopen": "assigned"},
}


@pytest.mark.parametrize(("state", "verb"), list(product(BlockerState, BlockerVerb)))
def test_every_state_with_every_verb(state: BlockerState, verb: BlockerVerb) -> None:
    after = LIFE[state].get(verb)
    if after is None:
        with pytest.raises(UnlawfulMove) as refused:
            moved(MOVES, state, verb)
        assert refused.value.lawful == tuple(sorted(LIFE[state]))
    else:
        assert moved(MOVES, state, verb) == after


def test_a_state_is_either_open_or_solved_and_only_a_stopped_one_is_open_and_never_late() -> None:
    assert {*BlockerState} == rules.OPEN_STATES | rules.SOLVED_STATES
    assert not rules.OPEN_STATES & rules.SOLVED_STATES
    assert {BlockerState.SUSPENDED} == rules.OPEN_STATES - rules.LATE_STATES


def test_levels_go_up_one_by_one_and_never_beyond_the_province() -> None:
    climbed = [BlockerLevel.UNIT]
    while (above := rules.next_level(climbed[-1])) is not None:
        assert rules.level_above(climbed[-1]) is above
        climbed.append(above)
    assert climbed == ["unit", "county", "city", "province"]
    with pytest.raises(Conflict):
        rules.level_above(BlockerLevel.PROVINCE)


@pytest.mark.parametrize(
    ("level", "needs"), [("unit", False), ("county", False), ("city", True), ("province", True)]
)
def test_triage_past_the_next_level_up_needs_a_reason(level: str, *, needs: bool) -> None:
    rules.check_triage(BlockerLevel(level), reason="县内已无空间")
    for silent in (None, "", "  "):
        if needs:
            with pytest.raises(Invalid) as refused:
                rules.check_triage(BlockerLevel(level), reason=silent)
            assert refused.value.faults[0].pointer == "/reason"
        else:
            rules.check_triage(BlockerLevel(level), reason=silent)


SOLVER, OTHER = uuid4(), uuid4()
SOLVING, OWNER, THIRD = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("level", "judge", "unit", "may"),
    [
        ("unit", SOLVER, THIRD, False),
        ("unit", OTHER, SOLVING, True),
        ("unit", OTHER, OWNER, True),
        ("county", SOLVER, THIRD, False),
        ("county", OTHER, SOLVING, False),
        ("county", OTHER, OWNER, False),
        ("county", OTHER, THIRD, True),
        ("city", OTHER, SOLVING, False),
        ("province", OTHER, OWNER, False),
        ("province", OTHER, THIRD, True),
    ],
)
def test_nobody_judges_their_own_and_from_the_county_up_nobody_of_their_unit(
    level: str, judge: UUID, unit: UUID, *, may: bool
) -> None:
    asked: dict[str, Any] = {
        "judge": judge,
        "judges_unit": unit,
        "solver": SOLVER,
        "solvers_unit": SOLVING,
        "owner": OWNER,
    }
    if may:
        rules.check_judge(BlockerLevel(level), **asked)
    else:
        with pytest.raises(Forbidden):
            rules.check_judge(BlockerLevel(level), **asked)


CLOSED = date(2026, 12, 10)
RECHECK = date(2027, 3, 10)


def test_a_recheck_is_due_ninety_calendar_days_after_close_out() -> None:
    assert rules.recheck_on(CLOSED) == RECHECK
    assert (RECHECK - CLOSED).days == rules.RECHECK_AFTER_DAYS == 90


@pytest.mark.parametrize(
    ("outcome", "due_on", "today", "may"),
    [
        ("holds", RECHECK, RECHECK - timedelta(days=1), False),
        ("holds", RECHECK, RECHECK, True),
        ("holds", RECHECK, RECHECK + timedelta(days=1), True),
        ("holds", None, RECHECK, False),
        ("reopens", RECHECK, CLOSED, True),
        ("reopens", None, RECHECK, True),
    ],
)
def test_that_it_holds_is_said_when_it_is_due_and_that_it_is_back_on_any_day(
    outcome: str, due_on: date | None, today: date, *, may: bool
) -> None:
    if may:
        rules.check_recheck(RecheckOutcome(outcome), due_on=due_on, today=today)
    else:
        with pytest.raises(Conflict):
            rules.check_recheck(RecheckOutcome(outcome), due_on=due_on, today=today)


@pytest.mark.parametrize(
    ("reason", "due_on", "pointers"),
    [
        (None, None, ["/reason", "/due_on"]),
        ("反弹", None, ["/due_on"]),
        (None, RECHECK, ["/reason"]),
        ("反弹", RECHECK - timedelta(days=1), ["/due_on"]),
        ("反弹", RECHECK, []),
    ],
)
def test_what_reopens_has_a_reason_and_a_new_due(
    reason: str | None, due_on: date | None, pointers: list[str]
) -> None:
    if not pointers:
        assert rules.check_reopening(reason, due_on, today=RECHECK) == (reason, due_on)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_reopening(reason, due_on, today=RECHECK)
    assert [fault.pointer for fault in refused.value.faults] == pointers


@pytest.mark.parametrize(
    ("held_on", "may"),
    [("2026-11-23", False), ("2026-11-24", True), ("2026-11-26", True), ("2026-11-27", False)],
)
def test_a_consultation_lies_between_the_raising_and_today(held_on: str, *, may: bool) -> None:
    days = {"raised_on": date(2026, 11, 24), "today": date(2026, 11, 26)}
    if may:
        rules.check_consulted_on(date.fromisoformat(held_on), **days)
    else:
        with pytest.raises(Invalid):
            rules.check_consulted_on(date.fromisoformat(held_on), **days)


def test_no_commitment_is_due_before_its_consultation() -> None:
    held = date(2026, 11, 25)
    rules.check_commitments([held, held + timedelta(days=7)], held_on=held)
    with pytest.raises(Invalid) as refused:
        rules.check_commitments([held, held - timedelta(days=1)], held_on=held)
    assert [fault.pointer for fault in refused.value.faults] == ["/commitments/1/due_on"]


@pytest.mark.parametrize(
    ("due_on", "assessed"),
    [
        ("2026-12-18", "2026-12-18"),
        ("2026-12-19", "2026-12-21"),
        ("2026-10-10", "2026-10-10"),
        ("2026-10-01", "2026-10-08"),
    ],
)
def test_a_due_on_a_closed_day_is_assessed_on_the_next_that_works(
    due_on: str, assessed: str
) -> None:
    assert rules.assessed_on(date.fromisoformat(due_on), CALENDAR).isoformat() == assessed


@pytest.mark.parametrize(
    ("began", "ended", "stopped", "due", "moved_to"),
    [
        ("2026-11-24", "2026-11-24", 0, "2026-12-18", "2026-12-18"),
        ("2026-11-24", "2026-11-25", 1, "2026-12-18", "2026-12-21"),
        ("2026-11-27", "2026-11-30", 1, "2026-12-18", "2026-12-21"),
        ("2026-09-30", "2026-10-12", 4, "2026-10-13", "2026-10-19"),
        ("2026-11-24", "2026-12-09", 11, "2026-12-18", "2027-01-05"),
    ],
)
def test_a_stopped_clock_gives_its_working_days_back(
    began: str, ended: str, stopped: int, due: str, moved_to: str
) -> None:
    days = rules.stopped_days(date.fromisoformat(began), date.fromisoformat(ended), CALENDAR)
    assert days == stopped
    moved_on = rules.moved_by(date.fromisoformat(due), days, CALENDAR)
    assert moved_on.isoformat() == moved_to


def test_a_stopped_clock_runs_again_as_the_day_of_its_limit_begins() -> None:
    stopped = rules.runs_on_again(date(2026, 11, 24), 15)
    assert stopped.until_on == date(2026, 12, 9)
    assert stopped.next_at == given.at("2026-12-09 00:00")


def test_a_due_is_not_past() -> None:
    rules.check_due(CLOSED, today=CLOSED)
    with pytest.raises(Invalid):
        rules.check_due(CLOSED, today=CLOSED + timedelta(days=1))


def test_the_shipped_ladders_are_whole_and_name_their_source() -> None:
    assert list(ladders()) == ["tonglu", "yongkang"]
    for ladder in ladders().values():
        assert ladder.source.kind == "practice"
        assert (ladder.source.url or "").startswith("https://")
        assert [rung.number for rung in ladder.rungs] == [1, 2, 3, 4]
        ranks = [list(BlockerLevel).index(rung.level) for rung in ladder.rungs]
        assert ranks == sorted(ranks)
        assert all(1 <= rhythm.weekday <= 7 for rhythm in ladder.rhythms)


def test_only_a_known_ladder_can_be_named() -> None:
    assert named(None, pointer="/ladder") is None
    with pytest.raises(Invalid) as refused:
        named("nowhere", pointer="/ladder")
    assert refused.value.faults[0].allowed == ("tonglu", "yongkang")


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-11-24", [("collect", "2026-11-27"), ("consult", "2026-11-25")]),
        ("2026-11-25", [("collect", "2026-11-27"), ("consult", "2026-11-25")]),
        ("2026-11-26", [("collect", "2026-11-27"), ("consult", "2026-12-02")]),
        ("2026-09-29", [("collect", "2026-10-08"), ("consult", "2026-09-30")]),
        ("2026-10-02", [("collect", "2026-10-08"), ("consult", "2026-10-08")]),
    ],
)
def test_yongkang_collects_on_friday_and_consults_on_wednesday_or_the_next_day_that_works(
    today: str, days: list[tuple[str, str]]
) -> None:
    proposal = rules.proposed(
        ladders()["yongkang"],
        BlockerLevel.UNIT,
        today=date.fromisoformat(today),
        calendar=CALENDAR,
    )
    assert [(one.does, day.isoformat()) for one, day in proposal.days] == days
    assert proposal.consultation_on is not None
    assert proposal.consultation_on.isoformat() == days[1][1]
    assert (proposal.next_level, proposal.rung and proposal.rung.number) == ("county", 2)


def test_tonglu_has_a_friday_report_and_no_day_of_consultation() -> None:
    at_unit, at_county, nameless = (
        rules.proposed(ladder, level, today=date(2026, 11, 24), calendar=CALENDAR)
        for ladder, level in (
            (ladders()["tonglu"], BlockerLevel.UNIT),
            (ladders()["tonglu"], BlockerLevel.COUNTY),
            (None, BlockerLevel.PROVINCE),
        )
    )
    assert (at_unit.rung and at_unit.rung.number, at_unit.consultation_on) == (3, None)
    assert [day.isoformat() for _, day in at_unit.days] == ["2026-11-27"]
    assert (at_county.next_level, at_county.rung) == ("city", None)
    assert (nameless.next_level, nameless.days) == (None, ())
