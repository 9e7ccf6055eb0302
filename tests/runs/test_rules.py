"""When a run is due, which were missed, and what is wrong with the watch: without a database."""

from datetime import datetime, time, timedelta

import pytest

from services.core.runs.rules import MOST_COUNTED, Late, Turn, last_due, next_due, troubles, turn
from tests.given import at

NINE, GRACE = time(9), timedelta(minutes=15)
NONE = Late(0, None)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-26 08:59", "2026-11-25 09:00"),
        ("2026-11-26 09:00", "2026-11-26 09:00"),
        ("2026-11-27 00:30", "2026-11-26 09:00"),  # still the 26th in UTC
    ],
)
def test_a_run_is_due_once_a_day_at_an_hour_of_the_house(now: str, due: str) -> None:
    assert last_due(at(now), NINE) == at(due)
    assert next_due(at(now), NINE) == at(due) + timedelta(days=1)


@pytest.mark.parametrize(
    ("previous", "now", "found"),
    [
        ("2026-11-25 09:00", "2026-11-26 08:59", None),
        ("2026-11-25 09:00", "2026-11-26 09:00", ("2026-11-26 09:00", 0, None)),
        ("2026-11-25 09:00", "2026-11-26 09:15", ("2026-11-26 09:00", 0, None)),
        ("2026-11-25 09:00", "2026-11-26 09:16", ("2026-11-26 09:00", 1, "2026-11-26 09:00")),
        ("2026-11-23 09:00", "2026-11-26 09:05", ("2026-11-26 09:00", 2, "2026-11-24 09:00")),
        ("2026-11-23 09:00", "2026-11-26 14:00", ("2026-11-26 09:00", 3, "2026-11-24 09:00")),
        # The hour was moved from 15:00 to 09:00: the next morning is due, and nothing was missed.
        ("2026-11-25 15:00", "2026-11-26 09:01", ("2026-11-26 09:00", 0, None)),
    ],
)
def test_what_is_due_and_what_was_missed_is_counted_from_the_last_run(
    previous: str, now: str, found: tuple[str, int, str | None] | None
) -> None:
    expected = None
    if found is not None:
        expected = Turn(at(found[0]), found[1], at(found[2]) if found[2] else None)
    assert turn(at(previous), at(now), at=NINE, grace=GRACE) == expected


def codes(
    last: str | None, now: datetime, checks: Late = NONE, reminders: Late = NONE
) -> list[str]:
    found = troubles(
        last_due_at=at(last) if last else None,
        checks=checks,
        reminders=reminders,
        now=now,
        at=NINE,
        grace=GRACE,
    )
    return [f"{each.code} {each.count}" for each in found]


def test_nothing_is_wrong_within_the_grace_or_before_the_first_run() -> None:
    assert codes("2026-11-25 09:00", at("2026-11-26 09:15")) == []
    assert codes(None, at("2026-11-26 09:15")) == []


def test_what_is_late_is_said_with_its_numbers() -> None:
    now = at("2026-11-26 09:30")
    late = Late(2, at("2026-11-26 08:30"))
    assert codes("2026-11-24 09:00", now, late, late) == [
        "run_overdue 2",
        "checks_overdue 2",
        "reminders_unsent 2",
    ]
    (found,) = troubles(
        last_due_at=at("2026-11-26 09:00"),
        checks=NONE,
        reminders=late,
        now=now,
        at=NINE,
        grace=GRACE,
    )
    assert found.since == at("2026-11-26 08:30")
    assert found.words.zh == "2 条提醒逾时未发，最早应于 2026-11-26T00:30Z，已过 60 分钟（MR-23）。"
    assert found.words.en == (
        "2 reminder(s) due and not sent, the oldest due 2026-11-26T00:30Z, 60 min ago (MR-23)."
    )


def test_beyond_a_limit_it_is_said_to_be_more() -> None:
    (found,) = troubles(
        last_due_at=None,
        checks=Late(MOST_COUNTED, at("2026-11-26 08:30")),
        reminders=NONE,
        now=at("2026-11-26 09:30"),
        at=NINE,
        grace=GRACE,
    )
    assert found.words.en.startswith("1000+ project(s)")
