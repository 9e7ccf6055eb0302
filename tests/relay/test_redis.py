"""Redis may stop, forget, fall back or run full: the log goes on, and the stream follows it."""

import shutil
import signal
import time
from pathlib import Path

from tests.relay.house import STREAM, House, eventually


def test_redis_may_stop_and_come_back(house: House) -> None:
    relay = house.relay()
    with house.writing():
        assert eventually(lambda: house.ask("SELECT seq FROM feed_head") > 20), house.log(relay)
        for how in (signal.SIGKILL, signal.SIGTERM):
            house.valkey.stop(how)
            before = house.ask("SELECT seq FROM feed_head")
            time.sleep(1.5)
            assert house.ask("SELECT seq FROM feed_head") > before + 10, (
                "numbers are given meanwhile"
            )
            house.valkey.start()
            time.sleep(0.5)
    assert eventually(house.is_numbered)
    assert eventually(house.is_copied), house.log(relay)
    house.must_be_whole()


def test_a_redis_that_hangs_delays_the_copy_only(house: House) -> None:
    relay = house.relay(TUANZU_RELAY_STALE="PT10S")
    with house.writing():
        assert eventually(lambda: house.ask("SELECT seq FROM feed_head") > 20), house.log(relay)
        assert house.valkey.process
        house.valkey.process.send_signal(signal.SIGSTOP)
        before = house.ask("SELECT seq FROM feed_head")
        time.sleep(8)
        assert house.ask("SELECT seq FROM feed_head") > before + 10
        house.valkey.process.send_signal(signal.SIGCONT)
    assert eventually(house.is_numbered)
    assert eventually(house.is_copied), house.log(relay)


def test_a_wiped_stream_is_filled_again_with_the_same_ids(house: House) -> None:
    relay = house.relay()
    house.happen(60)
    assert eventually(house.is_copied), house.log(relay)
    with house.valkey.client() as client:
        before = client.xrange(STREAM)
        with house.writing():
            client.flushall()
            time.sleep(0.5)
            client.delete(STREAM)
            time.sleep(0.5)
        assert eventually(house.is_numbered)
        assert eventually(house.is_copied), house.log(relay)
        assert client.xrange(STREAM)[:60] == before, "the same ids, and the same words"


def test_a_stream_wiped_in_a_quiet_hour_does_not_wait_for_the_next_fact(house: House) -> None:
    relay = house.relay()
    house.happen(60)
    assert eventually(house.is_copied), house.log(relay)
    with house.valkey.client() as client:
        before = client.xrange(STREAM)
        client.flushall()
        assert eventually(lambda: client.xrange(STREAM) == before), house.log(relay)


def test_a_stale_replica_is_brought_up_to_date(house: House, tmp_path: Path) -> None:
    relay = house.relay()
    house.happen(30)
    assert eventually(house.is_copied), house.log(relay)
    with house.valkey.client() as client:
        client.save()
    shutil.copy(house.valkey.folder / "dump.rdb", tmp_path / "old.rdb")
    house.happen(40)
    assert eventually(house.is_copied), house.log(relay)
    with house.writing():
        house.valkey.stop()
        shutil.copy(tmp_path / "old.rdb", house.valkey.folder / "dump.rdb")
        house.valkey.start()
    assert eventually(house.is_numbered)
    assert eventually(house.is_copied), house.log(relay)
    house.must_be_whole()


def test_a_redis_without_memory_delays_the_copy_until_it_has_some(house: House) -> None:
    relay = house.relay()
    house.happen(10)
    assert eventually(house.is_copied), house.log(relay)
    with house.valkey.client() as client:
        client.config_set("maxmemory", "1")
        with house.writing():
            before = house.ask("SELECT seq FROM feed_head")
            time.sleep(2)
            assert house.ask("SELECT seq FROM feed_head") > before + 10
        assert house.valkey.numbers() == list(range(1, 11)), "it takes nothing"
        client.config_set("maxmemory", "0")
    assert eventually(house.is_numbered)
    assert eventually(house.is_copied), house.log(relay)


def test_a_stream_that_is_rebuilt_takes_turns_with_new_facts(house: House) -> None:
    relay = house.relay(TUANZU_RELAY_BATCH="20")
    house.happen(200)
    assert eventually(house.is_copied), house.log(relay)
    with house.valkey.client() as client:
        client.flushall()
    house.happen(20)
    assert eventually(house.is_copied), house.log(relay)
    assert eventually(lambda: house.ask("SELECT copied FROM feed_head") == 220), "it is noted"
