"""A ladder is climbed step by step, each exactly once, and never beyond what a person must do."""

import json
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.core.policies
from services.core.calendar.published import base_calendar
from services.core.calendar.rules import day_of
from services.core.escalations.rules import (
    ORDER_MOVES,
    RUN_MOVES,
    Circumstances,
    OrderState,
    OrderVerb,
    RunState,
    RunVerb,
    StopReason,
    due_steps,
    frozen,
    is_finished,
    next_step_at,
    stopped_by,
    thawed,
)
from services.core.kit.errors import Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.policies.pack import Mode, StepKind
from services.core.policies.rules import checked_pack

CHINA = base_calendar()
PACK = Path(services.core.policies.__path__[0], "packs", "zj-default.json")
LADDER = checked_pack(json.loads(PACK.read_text(encoding="utf-8"))).ladder
DUE = CHINA.due_instant(date(2026, 12, 7))

ORDER_LIFE = {
    ("drafted", "issue"): "issued",
    ("issued", "sign"): "signed",
    ("signed", "reply"): "replied",
    ("replied", "close"): "closed",
    ("replied", "return"): "signed",
    ("drafted", "withdraw"): "withdrawn",
    ("issued", "withdraw"): "withdrawn",
    ("signed", "withdraw"): "withdrawn",
}
RUN_LIFE = {
    ("climbing", "stop"): "stopped",
    ("climbing", "finish"): "finished",
    ("finished", "stop"): "stopped",
}


def at(text: str) -> datetime:
    """Read a wall-clock time in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def numbers(now: datetime, *, climbed: int = 0, red_periods: int = 0) -> list[int]:
    due = due_steps(
        LADDER, due_at=DUE, climbed=climbed, now=now, calendar=CHINA, red_periods=red_periods
    )
    return [one.step.number for one in due]


@pytest.mark.parametrize(("state", "verb"), list(product(RunState, RunVerb)))
def test_a_run_moves_only_along_its_table(state: RunState, verb: RunVerb) -> None:
    expected = RUN_LIFE.get((state.value, verb.value))
    if expected is not None:
        assert moved(RUN_MOVES, state, verb) == expected
        return
    with pytest.raises(UnlawfulMove) as refusal:
        moved(RUN_MOVES, state, verb)
    assert list(refusal.value.lawful) == sorted(v for s, v in RUN_LIFE if s == state)


@pytest.mark.parametrize(("state", "verb"), list(product(OrderState, OrderVerb)))
def test_an_order_moves_only_along_its_table(state: OrderState, verb: OrderVerb) -> None:
    expected = ORDER_LIFE.get((state.value, verb.value))
    if expected is not None:
        assert moved(ORDER_MOVES, state, verb) == expected
        return
    with pytest.raises(UnlawfulMove) as refusal:
        moved(ORDER_MOVES, state, verb)
    assert list(refusal.value.lawful) == sorted(v for s, v in ORDER_LIFE if s == state)


def test_the_default_ladder_is_the_one_of_the_policy() -> None:
    assert [(s.number, s.after, s.kind, s.mode) for s in LADDER.steps] == [
        (0, -3, StepKind.REMINDER, Mode.AUTOMATIC),
        (1, 0, StepKind.URGE, Mode.AUTOMATIC),
        (2, 2, StepKind.URGE_NOTICE, Mode.AUTOMATIC),
        (3, 5, StepKind.SUPERVISION_ORDER, Mode.DRAFT),
        (4, 10, StepKind.CONSULTATION, Mode.AUTOMATIC),
        (5, 15, StepKind.CIRCULAR, Mode.HUMAN),
        (6, None, StepKind.INTERVIEW, Mode.HUMAN),
    ]


@pytest.mark.parametrize(
    ("number", "planned"),
    [
        (0, "2026-12-02T09:00"),
        (1, "2026-12-07T17:30"),  # not at nine: until half past five nothing is overdue
        (2, "2026-12-09T09:00"),
        (3, "2026-12-14T09:00"),
        (4, "2026-12-21T09:00"),
        (5, "2026-12-28T09:00"),
    ],
)
def test_a_step_comes_at_its_moment_and_not_before(number: int, planned: str) -> None:
    moment = at(planned)
    found = due_steps(LADDER, due_at=DUE, climbed=number, now=moment, calendar=CHINA)
    assert [(one.step.number, one.planned_at) for one in found] == [(number, moment)]
    just_before = moment - timedelta(microseconds=1)
    assert numbers(just_before, climbed=number) == []
    early = next_step_at(LADDER, due_at=DUE, climbed=number, now=just_before, calendar=CHINA)
    assert early == moment


def test_a_run_that_begins_after_the_due_moment_does_not_warn_of_it() -> None:
    assert numbers(DUE) == [1]
    assert next_step_at(LADDER, due_at=DUE, climbed=0, now=DUE, calendar=CHINA) == DUE


def test_after_an_outage_every_step_is_still_climbed_in_order() -> None:
    assert numbers(at("2026-12-22T10:00")) == [1, 2, 3, 4]
    assert numbers(at("2026-12-22T10:00"), climbed=3) == [3, 4]


def test_an_interview_is_proposed_only_after_two_red_periods_and_the_steps_before_it() -> None:
    late = at("2027-01-05T10:00")
    assert numbers(late, climbed=6, red_periods=1) == []
    assert numbers(late, climbed=6, red_periods=2) == [6]
    assert numbers(at("2026-12-10T10:00"), red_periods=5) == [1, 2]
    waiting = next_step_at(LADDER, due_at=DUE, climbed=6, now=late, calendar=CHINA)
    assert waiting is None
    assert not is_finished(LADDER, 6)
    assert is_finished(LADDER, 7)
    assert numbers(late, climbed=7, red_periods=9) == []


@given(
    st.dates(date(2022, 3, 1), date(2027, 6, 30)),
    st.lists(st.integers(-24 * 10, 24 * 60), max_size=12),
    st.integers(0, 3),
)
def test_whatever_the_sweeps_every_step_is_taken_once_and_in_order(
    due_on: date, hours: list[int], red_periods: int
) -> None:
    due_at, climbed = CHINA.due_instant(due_on), 0
    taken: list[int] = []
    sweeps = [due_at + timedelta(hours=hour) for hour in hours]
    for now in [*sweeps, due_at + timedelta(days=90)]:
        for one in due_steps(
            LADDER,
            due_at=due_at,
            climbed=climbed,
            now=now,
            calendar=CHINA,
            red_periods=red_periods,
        ):
            assert one.planned_at <= now
            assert CHINA.is_working(day_of(one.planned_at)) or one.step.after is None
            taken.append(one.step.number)
            climbed = one.step.number + 1
    last = 6 if red_periods >= 2 else 5
    assert taken in (list(range(last + 1)), list(range(1, last + 1)))


@given(st.integers(0, 6), st.integers(-24 * 10, 24 * 60))
def test_the_next_step_is_exactly_when_something_falls_due(climbed: int, hour: int) -> None:
    now = DUE + timedelta(hours=hour)
    following = next_step_at(LADDER, due_at=DUE, climbed=climbed, now=now, calendar=CHINA)
    assert bool(numbers(now, climbed=climbed)) == (following is not None and following <= now)


def test_a_run_keeps_its_own_copy_of_the_ladder() -> None:
    copy = json.loads(json.dumps(frozen(LADDER), ensure_ascii=False))
    assert thawed(copy) == LADDER


def test_a_copy_that_would_act_alone_beyond_a_draft_is_refused() -> None:
    copy = json.loads(json.dumps(frozen(LADDER)))
    copy["steps"][5]["mode"] = "automatic"
    with pytest.raises(Invalid) as refusal:
        thawed(copy)
    fault = refusal.value.faults[0]
    assert (fault.pointer, fault.code) == ("/steps/5/mode", "beyond_automatic")
    assert fault.allowed == ("human",)


NOW = at("2026-12-10T10:00")
AHEAD, BEHIND = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("circumstances", "reason"),
    [
        (Circumstances(is_still_wrong=True), None),
        (Circumstances(is_still_wrong=False), StopReason.RESOLVED),
        (Circumstances(is_still_wrong=True, is_closed=True), StopReason.CLOSED),
        (Circumstances(is_still_wrong=True, is_suspended=True), StopReason.SUSPENDED),
        (Circumstances(is_still_wrong=True, is_plan_accepted=True), StopReason.PLAN_ACCEPTED),
        (Circumstances(is_still_wrong=True, extended_to=AHEAD), StopReason.EXTENDED),
        (Circumstances(is_still_wrong=True, extended_to=NOW), None),
        (Circumstances(is_still_wrong=True, extended_to=BEHIND), None),
        (Circumstances(is_still_wrong=True, waived_until=AHEAD), StopReason.WAIVED),
        (Circumstances(is_still_wrong=True, waived_until=BEHIND), None),
        (Circumstances(is_still_wrong=False, is_closed=True), StopReason.CLOSED),
    ],
)
def test_a_climb_stops_for_a_named_reason(
    circumstances: Circumstances, reason: StopReason | None
) -> None:
    assert stopped_by(circumstances, NOW) == reason
