"""The rules of the library, exhaustively and without a database."""

from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from uuid import UUID

import pytest
from hypothesis import given as assume
from hypothesis import strategies as st

from services.core.calendar.published import base_calendar
from services.core.kit.errors import Conflict, Forbidden, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.projects import rules
from services.core.projects.rules import LibraryClass, ProjectVerb, SideState, Stage, Track

TODAY = date(2026, 11, 24)
PLACES = [(track, stage) for track in Track for stage in rules.STAGES[track]]
DAYS = rules.working_days_of_months(2026, base_calendar())
LEAD, ONE, TWO = (UUID(int=number) for number in (1, 2, 3))


def code_of(refused: pytest.ExceptionInfo[Invalid]) -> tuple[str, str]:
    (fault,) = refused.value.faults
    return fault.pointer, fault.code


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_belongs_to_a_track_and_a_library_class(stage: Stage) -> None:
    assert [track for track in Track if stage in rules.STAGES[track]]
    assert rules.library_class(stage) in LibraryClass


def test_the_library_classes_are_those_of_the_province() -> None:
    by_class = {
        known: {stage for stage in Stage if rules.library_class(stage) == known}
        for known in LibraryClass
    }
    assert by_class[LibraryClass.PLANNING] == {Stage.IDEA, Stage.RESERVE, Stage.PROPOSED}
    assert by_class[LibraryClass.PREPARATORY] == {Stage.SIGNED, Stage.PREPARATORY, Stage.AGREED}


@pytest.mark.parametrize(("track", "stage"), list(product(Track, Stage)))
def test_a_stage_of_the_other_track_is_refused(track: Track, stage: Stage) -> None:
    if stage in rules.STAGES[track]:
        assert rules.checked_stage(track, stage) is stage
    else:
        with pytest.raises(Invalid):
            rules.checked_stage(track, stage)


@pytest.mark.parametrize(("track", "stage"), PLACES)
@pytest.mark.parametrize("to", Stage)
def test_a_project_goes_forward_or_one_step_back(track: Track, stage: Stage, to: Stage) -> None:
    order = rules.STAGES[track]
    steps = order.index(to) - order.index(stage) if to in order else 0
    if steps >= 1 or (steps == -1):
        assert rules.advanced(track, stage, to, "because") is to
    else:
        with pytest.raises(Invalid) as refused:
            rules.advanced(track, stage, to, "because")
        assert code_of(refused) == ("/stage", "unlawful_stage")
        assert refused.value.faults[0].allowed == rules.lawful_stages(track, stage)


def test_a_step_back_says_why() -> None:
    with pytest.raises(Invalid) as refused:
        rules.advanced(Track.SERVICE, Stage.RUNNING, Stage.AGREED, None)
    assert code_of(refused) == ("/reason", "missing")


@pytest.mark.parametrize(("state", "verb"), list(product((None, *SideState), ProjectVerb)))
def test_side_states_move_only_along_the_table(state: SideState | None, verb: ProjectVerb) -> None:
    if (state, verb) in rules.SIDE_MOVES:
        assert rules.stood(state, verb) == rules.SIDE_MOVES[state, verb]
    else:
        with pytest.raises(UnlawfulMove) as refused:
            rules.stood(state, verb)
        assert set(refused.value.lawful) == {v for s, v in rules.SIDE_MOVES if s == state}


@pytest.mark.parametrize("state", [None, *SideState])
def test_what_has_left_is_closed_and_what_is_paused_stands_still(state: SideState | None) -> None:
    if state in (SideState.TERMINATED, SideState.MOVED_OUT):
        with pytest.raises(UnlawfulMove):
            rules.check_open(state, "change")
    else:
        rules.check_open(state, "change")
    if state is None:
        rules.check_present(state, "advance")
    else:
        with pytest.raises(UnlawfulMove):
            rules.check_present(state, "advance")


@pytest.mark.parametrize(("stage", "state"), list(product(Stage, (None, *SideState))))
def test_only_what_goes_on_is_watched(stage: Stage, state: SideState | None) -> None:
    ended = stage in {
        Stage.COMPLETED,
        Stage.OPERATING,
        Stage.DELIVERED,
        Stage.EVALUATED,
        Stage.ARCHIVED,
    }
    assert rules.is_watched(stage, state) == (state is None and not ended)


@pytest.mark.parametrize(("period", "good"), [("2023-11", True), ("2023-10", False)])
def test_reports_are_owed_from_three_years_back_at_most(period: str, *, good: bool) -> None:
    if good:
        assert rules.checked_reports_from(period, "2026-11") == period
    else:
        with pytest.raises(Invalid) as refused:
            rules.checked_reports_from(period, "2026-11")
        assert code_of(refused) == ("/reports_from", "too_early")


def test_shares_of_the_whole_may_reach_it() -> None:
    rules.check_shares(LEAD, [(ONE, Decimal(60)), (TWO, Decimal(40))])
    rules.check_shares(LEAD, [(ONE, None), (TWO, Decimal(100))])


def test_shares_beyond_the_whole_name_the_partner_and_what_is_left() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_shares(LEAD, [(ONE, Decimal(60)), (TWO, Decimal("40.01"))])
    assert code_of(refused) == ("/partners/1/share_percent", "over_100")
    assert refused.value.faults[0].allowed == ("<= 40.00",)


@pytest.mark.parametrize("second", [LEAD, ONE])
def test_an_organisation_is_in_a_project_once(second: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_shares(LEAD, [(ONE, None), (second, None)])
    assert code_of(refused) == ("/partners/1/organisation_id", "repeated")


@assume(st.decimals(0, Decimal("9999999999999999.99"), places=2))
def test_a_spread_plan_adds_up(planned: Decimal) -> None:
    curve = rules.spread(planned, DAYS)
    assert rules.checked_curve(curve, planned) == curve
    assert len(curve) == rules.MONTHS
    steps = (after - before for before, after in pairwise((Decimal(0), *curve)))
    daily = [step / days for days, step in zip(DAYS, steps, strict=True)]
    assert max(daily) - min(daily) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2023, (18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21)),
        (2026, (21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23)),
    ],
)
def test_the_working_days_of_a_years_months_are_counted(year: int, days: tuple[int, ...]) -> None:
    assert rules.working_days_of_months(year, base_calendar()) == days
    assert sum(days) == {2023: 249, 2026: 248}[year]


def test_a_month_with_a_holiday_is_planned_for_less() -> None:
    curve = rules.spread(Decimal(248), DAYS)
    assert curve == tuple(Decimal(sum(DAYS[: month + 1])) for month in range(12))


def test_two_curves_are_compared_month_by_month() -> None:
    one = tuple(Decimal(n) for n in range(10, 130, 10))
    other = (*one[:10], Decimal(150), Decimal(200))
    months = rules.compared(one, other)
    assert [int(month.difference) for month in months] == [0] * 10 + [40, 80]
    assert [int(month.month_difference) for month in months] == [0] * 10 + [40, 40]
    with pytest.raises(ValueError, match="shorter"):
        rules.compared(one, other[:11])


def test_nobody_decides_on_their_own_request() -> None:
    rules.check_decider(ONE, TWO)
    with pytest.raises(Forbidden):
        rules.check_decider(ONE, ONE)


def test_a_request_is_made_from_the_version_in_force() -> None:
    rules.check_replaces(2, 2)
    with pytest.raises(Conflict):
        rules.check_replaces(1, None)
    with pytest.raises(Invalid) as refused:
        rules.check_replaces(1, 2)
    assert code_of(refused) == ("/replaces", "not_in_force")
    assert refused.value.faults[0].allowed == ("2",)


@pytest.mark.parametrize("state", list(rules.PlanChangeState))
@pytest.mark.parametrize("verb", list(rules.PlanChangeVerb))
def test_a_request_is_decided_once(
    state: rules.PlanChangeState, verb: rules.PlanChangeVerb
) -> None:
    if state == "requested":
        assert moved(rules.PLAN_MOVES, state, verb) == f"{verb}d"
        return
    with pytest.raises(UnlawfulMove):
        moved(rules.PLAN_MOVES, state, verb)


def test_a_falling_curve_names_the_month_and_its_end() -> None:
    curve = tuple(Decimal(n) for n in (1, 2, 3, 4, 3, 6, 7, 8, 9, 10, 11, 12))
    with pytest.raises(Invalid) as refused:
        rules.checked_curve(curve, Decimal(13))
    assert [fault.pointer for fault in refused.value.faults] == ["/curve/4", "/curve/11"]


@pytest.mark.parametrize(
    ("start", "finish", "milestones", "fault"),
    [
        (2, 5, [2, 5], None),
        (None, None, [1, 9], None),
        (5, 5, [], None),
        (5, 4, [], ("/plan_finish_on", "before_start")),
        (2, 5, [6], ("/plan_finish_on", "before_milestone")),
        (2, 5, [1], ("/plan_start_on", "after_milestone")),
    ],
)
def test_plan_days_are_ordered_and_hold_the_milestones(
    start: int | None, finish: int | None, milestones: list[int], fault: tuple[str, str] | None
) -> None:
    days = (date(2026, 1, start) if start else None, date(2026, 1, finish) if finish else None)
    held = [date(2026, 1, n) for n in milestones]
    if fault is None:
        rules.check_plan_days(*days, held)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_plan_days(*days, held)
    assert code_of(refused) == fault


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (1, ("/planned_on", "before_start")),
        (2, None),
        (5, None),
        (6, ("/planned_on", "after_finish")),
    ],
)
def test_a_milestone_lies_inside_the_plan(day: int, fault: tuple[str, str] | None) -> None:
    inside = {"start_on": date(2026, 1, 2), "finish_on": date(2026, 1, 5)}
    if fault is None:
        rules.check_milestone_day(date(2026, 1, day), **inside)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_milestone_day(date(2026, 1, day), **inside)
    assert code_of(refused) == fault


def test_weights_together_reach_the_whole_and_no_further() -> None:
    rules.check_weight(Decimal(60), Decimal(40))
    with pytest.raises(Invalid) as refused:
        rules.check_weight(Decimal(60), Decimal("40.5"))
    assert code_of(refused) == ("/weight", "over_100")


@pytest.mark.parametrize(
    ("start", "finish", "fault"),
    [
        (date(2026, 1, 1), TODAY, None),
        (None, None, None),
        (date(2026, 11, 25), None, ("/actual_start_on", "in_the_future")),
        (None, date(2026, 11, 25), ("/happened_on", "in_the_future")),
        (date(2026, 2, 1), date(2026, 1, 1), ("/happened_on", "before_start")),
    ],
)
def test_what_happened_lies_in_the_past_and_in_order(
    start: date | None, finish: date | None, fault: tuple[str, str] | None
) -> None:
    if fault is None:
        rules.check_actual_days(start, finish, today=TODAY, pointer="/happened_on")
        return
    with pytest.raises(Invalid) as refused:
        rules.check_actual_days(start, finish, today=TODAY, pointer="/happened_on")
    assert code_of(refused) == fault
