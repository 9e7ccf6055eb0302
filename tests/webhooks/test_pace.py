"""When a message is tried again, how long an endpoint is left alone, what its rate allows."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from services.core.webhooks import rules
from services.core.webhooks.rules import Breaker, Health

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BREAKER = Breaker(trips_after=3, first=timedelta(seconds=30), longest=timedelta(minutes=10))


def after(health: Health, *, was_probe: bool = False, at: datetime = NOW) -> Health:
    return rules.after_failure(health, was_probe=was_probe, now=at, breaker=BREAKER, jitter=0)


def test_retries_follow_the_schedule_and_end() -> None:
    schedule = (timedelta(seconds=5), timedelta(minutes=5))
    assert rules.next_try(1, now=NOW, schedule=schedule, jitter=0) == NOW + schedule[0]
    assert rules.next_try(2, now=NOW, schedule=schedule, jitter=1) == NOW + schedule[1] * 1.2
    assert rules.next_try(3, now=NOW, schedule=schedule, jitter=0) is None


@pytest.mark.parametrize(
    ("asked", "wait"), [(None, 5), (1, 5), (8, 8), (1800, 1800), (99_999, 3600)]
)
def test_retry_after_moves_a_retry_back_by_an_hour_at_most(asked: int | None, wait: int) -> None:
    planned = NOW + timedelta(seconds=5)
    told = None if asked is None else timedelta(seconds=asked)
    found = rules.bounded_wait(told, planned, now=NOW, longest=HOUR)
    assert found == NOW + timedelta(seconds=wait)
    assert rules.bounded_wait(told, None, now=NOW, longest=HOUR) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Tue, 24 Nov 2026 10:02:00 GMT", 120),
        ("Tue, 24 Nov 2026 10:02:00 -0000", 120),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 0),
        ("9" * 40, 10**8),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Tue, 24 Nov 99999999999999999999 10:02:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    header: str | None, seconds: int | None
) -> None:
    found = rules.retry_after(header, now=NOW)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_an_endpoint_is_left_alone_after_so_many_failures_in_a_row() -> None:
    health = after(after(Health()))
    assert (health.failures, health.quiet_until, health.failing_since) == (2, None, NOW)
    health = after(health)
    assert health.quiet_until == NOW + timedelta(seconds=30)


def test_attempts_that_were_under_way_lengthen_no_silence() -> None:
    tripped = after(after(after(Health())))
    later = NOW + timedelta(seconds=10)
    for _ in range(7):
        assert after(tripped, at=later) == tripped


def test_each_probe_that_fails_doubles_the_silence_up_to_its_longest() -> None:
    health = after(after(after(Health())))
    waits = []
    for _ in range(40):
        assert health.quiet_until is not None
        at = health.quiet_until
        held = Health(health.failures, health.failing_since, at + timedelta(seconds=90))
        health = after(held, was_probe=True, at=at)
        assert health.quiet_until is not None
        waits.append((health.quiet_until - at).total_seconds())
    assert waits[:6] == [60, 120, 240, 480, 600, 600]
    assert set(waits[5:]) == {600}
    assert health.failing_since == NOW


def test_a_longer_silence_is_not_cut_short() -> None:
    far = NOW + HOUR
    assert rules.quieter(Health(quiet_until=far), until=NOW).quiet_until == far
    assert rules.quieter(Health(), until=far).quiet_until == far


@pytest.mark.parametrize("per_minute", [1, 7, 20, 60, 600, 6000])
def test_a_rate_is_kept_over_any_minute_whoever_asks_however_often(per_minute: int) -> None:
    free_at, sent = None, []
    for step in range(0, 180_000, 37):
        at = NOW + timedelta(milliseconds=step)
        count, free_at = rules.within_rate(free_at, now=at, per_minute=per_minute, wanted=10_000)
        sent += [at] * count
    burst = max(1, per_minute * 3 // 60)
    assert per_minute * 2.9 <= len(sent) <= per_minute * 3 + burst + 1
    for first, last in zip(sent, sent[per_minute + burst :], strict=False):
        assert last - first >= timedelta(seconds=59)
    if per_minute <= 20:
        assert all(b - a >= timedelta(minutes=1) / per_minute * 0.99 for a, b in pairwise(sent))


def test_what_is_not_wanted_stays_for_later() -> None:
    count, free_at = rules.within_rate(None, now=NOW, per_minute=60, wanted=1)
    assert count == 1
    assert rules.within_rate(free_at, now=NOW, per_minute=60, wanted=9)[0] == 2
    assert rules.within_rate(NOW + HOUR, now=NOW, per_minute=60, wanted=9) == (0, NOW + HOUR)
