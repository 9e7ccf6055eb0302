"""Reminders come once each, inside the window, and what was missed is caught up once."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.calendar.published import base_calendar
from services.core.calendar.rules import (
    SENDING_WINDOW,
    SHANGHAI,
    WorkDay,
    day_of,
    instant_of,
    overruled,
)
from services.core.kit.errors import UnlawfulMove
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.policies.pack import DayUnit, ReminderPlan
from services.core.reminders.rules import (
    MOVES,
    ReminderState,
    ReminderVerb,
    Silence,
    Standing,
    Timetable,
    next_slot,
    owed,
    silenced_by,
)

CHINA = base_calendar()
REPORT = ReminderPlan((3, 1, 0), DayUnit.WORKING_DAYS, time(9), 2, "proposal")
AGREEMENT = ReminderPlan((60, 30, 7), DayUnit.DAYS, time(9), None, "proposal")
CLOSE_TOGETHER = ReminderPlan((3, 2, 1, 0), DayUnit.DAYS, time(9), None, "proposal")
OPENED = instant_of(date(2026, 12, 1), time(0))
NOVEMBER = Timetable(REPORT, CHINA.due_instant(date(2026, 12, 7)), OPENED, CHINA)
DUE_DAYS = st.dates(date(2022, 3, 1), date(2027, 6, 30))
PLANS = st.sampled_from([REPORT, AGREEMENT, CLOSE_TOGETHER])
TIMETABLES = st.builds(
    lambda plan, day: Timetable(
        plan, CHINA.due_instant(day), instant_of(day - timedelta(days=100), time(0)), CHINA
    ),
    PLANS,
    DUE_DAYS,
)


def at(text: str) -> datetime:
    """Read a wall-clock time in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def delivered(timetable: Timetable, sweeps: list[datetime]) -> list[tuple[str, bool]]:
    """Run the decision at these instants; give every settled key, and whether it was sent."""
    settled: dict[str, bool] = {}
    for now in sweeps:
        found = owed(timetable, settled, now)
        for occurrence in found.superseded:
            assert occurrence.key not in settled
            settled[occurrence.key] = False
        if found.deliver:
            assert found.deliver.key not in settled
            settled[found.deliver.key] = True
    return list(settled.items())


@pytest.mark.parametrize(("state", "verb"), list(product(ReminderState, ReminderVerb)))
def test_a_reminder_has_one_end(state: ReminderState, verb: ReminderVerb) -> None:
    ends = {"send": "sent", "supersede": "superseded", "withdraw": "withdrawn"}
    if state == ReminderState.PLANNED:
        assert moved(MOVES, state, verb) == ends[verb]
        return
    with pytest.raises(UnlawfulMove) as refusal:
        moved(MOVES, state, verb)
    assert refusal.value.lawful == ()


def test_the_november_report_is_announced_three_times() -> None:
    assert [(o.key, o.send_at) for o in NOVEMBER.planned_times()] == [
        ("T-3", at("2026-12-02T09:00")),
        ("T-1", at("2026-12-04T09:00")),
        ("T", at("2026-12-07T09:00")),
    ]


def test_after_the_due_day_it_comes_every_two_working_days() -> None:
    follow = [NOVEMBER.after_due(n) for n in (1, 2, 3)]
    assert [(o.key, o.send_at) for o in follow if o] == [
        ("T+2", at("2026-12-09T09:00")),
        ("T+4", at("2026-12-11T09:00")),
        ("T+6", at("2026-12-15T09:00")),
    ]
    assert Timetable(AGREEMENT, NOVEMBER.due_at, OPENED, CHINA).after_due(1) is None


def test_make_up_days_count_and_holidays_do_not() -> None:
    due = CHINA.due_instant(date(2026, 10, 10))  # a Saturday that works
    october = Timetable(REPORT, due, instant_of(date(2026, 9, 1), time(0)), CHINA)
    assert [o.send_at for o in october.planned_times()] == [
        at("2026-09-30T09:00"),
        at("2026-10-09T09:00"),
        at("2026-10-10T09:00"),
    ]


def test_calendar_days_before_a_due_move_to_the_next_opening() -> None:
    due = CHINA.due_instant(date(2026, 3, 20))
    expiry = Timetable(AGREEMENT, due, instant_of(date(2025, 1, 1), time(0)), CHINA)
    assert [(o.key, o.send_at) for o in expiry.planned_times()] == [
        ("T-60", at("2026-01-19T09:00")),
        ("T-30", at("2026-02-24T08:30")),  # 18 February lies in Spring Festival
        ("T-7", at("2026-03-13T09:00")),
    ]


def test_nothing_is_owed_from_before_it_opened() -> None:
    late = Timetable(REPORT, NOVEMBER.due_at, at("2026-12-03T10:00"), CHINA)
    assert [o.key for o in late.planned_times()] == ["T-1", "T"]
    after = Timetable(REPORT, NOVEMBER.due_at, at("2026-12-10T10:00"), CHINA)
    assert [o.key for o in islice(after.occurrences(), 2)] == ["T+4", "T+6"]


def test_before_the_first_nothing_goes_and_the_next_moment_is_known() -> None:
    found = owed(NOVEMBER, (), at("2026-12-01T12:00"))
    assert (found.deliver, found.superseded) == (None, ())
    assert found.next_at == at("2026-12-02T09:00")


def test_a_reminder_goes_at_its_moment_and_only_then() -> None:
    now = at("2026-12-02T09:00")
    found = owed(NOVEMBER, (), now)
    assert found.deliver is not None
    assert (found.deliver.key, found.superseded) == ("T-3", ())
    again = owed(NOVEMBER, {"T-3"}, now)
    assert (again.deliver, again.next_at) == (None, at("2026-12-04T09:00"))


def test_several_missed_ones_become_one_message_at_the_next_opening() -> None:
    night = at("2026-12-09T23:00")
    waiting = owed(NOVEMBER, {"T-3"}, night)
    assert (waiting.deliver, waiting.superseded) == (None, ())
    assert waiting.next_at == at("2026-12-10T08:30")
    found = owed(NOVEMBER, {"T-3"}, at("2026-12-10T08:30"))
    assert found.deliver is not None
    assert found.deliver.key == "T+2"
    assert [o.key for o in found.superseded] == ["T-1", "T"]
    assert found.next_at == at("2026-12-11T09:00")


def test_a_plan_without_an_end_after_due_is_over_when_all_is_settled() -> None:
    expiry = Timetable(AGREEMENT, NOVEMBER.due_at, at("2026-01-01T00:00"), CHINA)
    done = owed(expiry, {"T-60", "T-30", "T-7"}, at("2027-01-05T10:00"))
    assert (done.deliver, done.superseded, done.next_at) == (None, (), None)


def test_a_newly_published_holiday_moves_what_is_not_yet_sent() -> None:
    holiday = WorkDay(date(2026, 12, 2), works=False, reason=Words("假", "Off"), source="notice")
    moved_day = Timetable(REPORT, NOVEMBER.due_at, OPENED, overruled(CHINA, [holiday]))
    first = moved_day.planned_times()[0]
    assert (first.key, first.send_at) == ("T-3", at("2026-12-01T09:00"))


@given(TIMETABLES)
def test_every_occurrence_is_sent_inside_the_window_of_a_working_day(timetable: Timetable) -> None:
    found = list(islice(timetable.occurrences(), 8))
    assert len({o.key for o in found}) == len(found)
    assert [o.send_at for o in found] == sorted(o.send_at for o in found)
    for occurrence in found:
        local = occurrence.send_at.astimezone(SHANGHAI)
        assert CHINA.is_working(local.date())
        assert SENDING_WINDOW.holds(local.time())
    assert day_of(found[-1].send_at) >= day_of(found[0].send_at)


@given(TIMETABLES, st.lists(st.integers(-90 * 24, 40 * 24), min_size=1, max_size=12))
def test_whatever_the_outages_and_repeats_each_occurrence_is_settled_once(
    timetable: Timetable, hours: list[int]
) -> None:
    # Out of order on purpose: a clock that jumps back must neither repeat nor skip.
    chaos = [timetable.due_at + timedelta(hours=hour) for hour in hours]
    end = CHINA.next_opening(timetable.due_at + timedelta(days=50))
    settled = [key for key, _ in delivered(timetable, [*chaos, end, end])]
    expected = []
    for occurrence in timetable.occurrences():
        if occurrence.send_at > end:
            break
        expected.append(occurrence.key)
    assert sorted(settled) == sorted(expected)


@given(TIMETABLES, st.integers(-90 * 24, 40 * 24))
def test_the_next_moment_is_never_too_late(timetable: Timetable, hour: int) -> None:
    now = timetable.due_at + timedelta(hours=hour)
    found = owed(timetable, (), now)
    assert found.next_at is None or found.next_at > now
    if found.deliver is None and found.next_at is not None:
        just_before = found.next_at - timedelta(microseconds=1)
        assert owed(timetable, (), max(now, just_before)).deliver is None
        assert owed(timetable, (), found.next_at).deliver is not None


@pytest.mark.parametrize("flags", list(product([False, True], repeat=4)))
def test_a_subject_that_is_done_closed_suspended_or_not_begun_is_left_in_peace(
    flags: tuple[bool, bool, bool, bool],
) -> None:
    expected = next((s for s, flag in zip(Silence, flags, strict=True) if flag), None)
    assert silenced_by(Standing(*flags)) == expected


@pytest.mark.parametrize(
    ("now", "told_today", "slot"),
    [
        ("2026-12-04T10:00", 0, "2026-12-04T10:00"),
        ("2026-12-04T19:00", 0, "2026-12-07T08:30"),
        ("2026-12-04T10:00", 1, "2026-12-07T08:30"),
        ("2026-12-07T10:00", 1, "2026-12-08T08:30"),
    ],
)
def test_one_person_is_told_once_a_day(now: str, told_today: int, slot: str) -> None:
    found = next_slot(
        at(now).astimezone(UTC),
        told_today=told_today,
        per_day=1,
        calendar=CHINA,
        window=SENDING_WINDOW,
    )
    assert found == at(slot)
