"""What becomes of a delivery after an attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from services.core.notifications.rules import (
    DeliveryState,
    Outcome,
    Verdict,
    batch_within,
    next_try,
    verdict,
)

NOW = datetime(2026, 12, 2, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TAKEN = Outcome(is_taken=True, answer="250 OK")
BUSY = Outcome(is_taken=False, answer="451 try later")
UNKNOWN = Outcome(is_taken=False, answer="550 no such user", is_final=True)


@pytest.mark.parametrize(
    ("outcome", "attempts", "expected"),
    [
        (TAKEN, 1, Verdict(DeliveryState.DELIVERED, None)),
        (TAKEN, 3, Verdict(DeliveryState.DELIVERED, None)),
        (BUSY, 1, Verdict(DeliveryState.DUE, NOW + MINUTE)),
        (BUSY, 2, Verdict(DeliveryState.DUE, NOW + 2 * MINUTE)),
        (BUSY, 3, Verdict(DeliveryState.FAILED, None)),
        (UNKNOWN, 1, Verdict(DeliveryState.FAILED, None)),
    ],
)
def test_a_letter_is_taken_or_tried_again_or_given_up(
    outcome: Outcome, attempts: int, expected: Verdict
) -> None:
    assert verdict(outcome, attempts, now=NOW, base=MINUTE, limit=3) == expected


def test_the_wait_doubles_until_the_limit() -> None:
    waits = [next_try(n, now=NOW, base=MINUTE, limit=5) for n in range(1, 6)]
    assert waits == [NOW + MINUTE, NOW + 2 * MINUTE, NOW + 4 * MINUTE, NOW + 8 * MINUTE, None]


@pytest.mark.parametrize(
    ("lease", "timeout", "limit", "batch"),
    [(90, 15, 100, 6), (90, 15, 4, 4), (10, 15, 100, 1), (90, 90, 100, 1)],
)
def test_no_more_is_claimed_than_the_lease_can_hold(
    lease: int, timeout: int, limit: int, batch: int
) -> None:
    held = timedelta(seconds=lease)
    assert batch_within(held, timeout=timedelta(seconds=timeout), limit=limit) == batch
