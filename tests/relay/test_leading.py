"""One relay leads; one that dies, leaves, or hangs with its connection open is replaced."""

import signal
import time
from collections.abc import Callable

from tests.relay.house import House, eventually

_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tuanzu-relay'"


def has_moved(house: House) -> Callable[[], bool]:
    """Give a way to ask whether something was numbered since now."""
    before = house.ask("SELECT seq FROM feed_head")
    return lambda: bool(house.ask("SELECT seq FROM feed_head") > before)


def test_a_leader_that_hangs_is_replaced_and_cannot_number_anything_when_it_goes_on(
    house: House,
) -> None:
    first = house.relay()
    house.happen()
    assert eventually(house.is_numbered), house.log(first)
    second = house.relay()
    assert eventually(lambda: house.ask(_SESSIONS) == 4), house.log(second)
    took = []
    with house.writing():
        for turn in range(6):
            leader, other = (first, second) if turn % 2 == 0 else (second, first)
            time.sleep(0.7 + turn * 0.013)  # stopped at another place of its round each time
            leader.send_signal(signal.SIGSTOP)
            stopped = time.monotonic()
            time.sleep(0.2)
            assert eventually(has_moved(house)), house.log(other)
            took.append(time.monotonic() - stopped)
            leader.send_signal(signal.SIGCONT)
    assert eventually(house.is_numbered)
    house.must_be_whole()
    assert eventually(house.is_copied)
    assert "the leading relay hangs" in house.log(first) + house.log(second)
    assert max(took) < 6, took
    assert first.poll() is None
    assert second.poll() is None, "the replaced one stands by"


def test_a_leader_that_waits_for_work_is_left_alone(house: House) -> None:
    first, second = house.relay(), house.relay()
    house.happen()
    assert eventually(house.is_numbered)
    assert eventually(lambda: house.ask(_SESSIONS) == 4)
    time.sleep(3)
    assert "hangs" not in house.log(first) + house.log(second)


def test_a_leader_that_is_killed_is_replaced_at_once(house: House) -> None:
    first = house.relay()
    house.happen()
    assert eventually(house.is_numbered)
    second = house.relay()
    with house.writing():
        time.sleep(1.5)
        first.kill()
        time.sleep(2)
    assert eventually(house.is_numbered), house.log(second)
    house.must_be_whole()
    assert eventually(house.is_copied)
