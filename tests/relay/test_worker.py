"""A worker that is asked to stop finishes what it has begun; two beats do no harm; the command."""

import json
import signal
import time
from pathlib import Path
from subprocess import Popen

from sqlalchemy import text

from tests.relay.house import House, eventually

QUICK = {"TUANZU_SWEEP_EVERY": "PT1S"}
_APP = ("celery", "-A", "tests.relay.slow_worker")


def worker(house: House, **also: str) -> "Popen[bytes]":
    calm = ("--without-gossip", "--without-mingle", "-P", "prefork", "-c", "2")
    name = f"w{len(house.running)}@test"
    return house.start(*_APP, "worker", *calm, "-n", name, "-Q", "watch", **QUICK, **also)


def beat(house: House, folder: Path) -> "Popen[bytes]":
    note = folder / f"beat{len(house.running)}"
    return house.start(*_APP, "beat", "--schedule", str(note), **QUICK)


def test_a_worker_asked_to_stop_claims_nothing_more_and_finishes_what_it_has_begun(
    house: House, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    working = worker(house, SLOW_NOTES=str(notes))
    beat(house, tmp_path)
    assert eventually(lambda: len(notes.read_text().split()) >= 3), house.log(working)
    time.sleep(0.5)
    working.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    begun = notes.read_text().split()
    assert working.wait(timeout=60) == 0, house.log(working)
    assert time.monotonic() - asked < 15, "a look goes on for 20 s, and hears that it should not"
    assert notes.read_text().split() == begun, "nothing was begun after it"
    with house.engine.connect() as connection:
        done = connection.scalars(
            text("SELECT name FROM consumer_cursor WHERE name LIKE 'slow-%' ORDER BY 1")
        )
        assert list(done) == sorted(begun), "all that was begun was finished"


def test_two_beats_and_two_workers_give_every_fact_its_effect_once(
    house: House, tmp_path: Path
) -> None:
    relay = house.relay()
    workers = [worker(house), worker(house)]
    beats = [beat(house, tmp_path), beat(house, tmp_path)]
    with house.writing():
        assert eventually(lambda: house.ask("SELECT seq FROM feed_head") > 100), house.log(relay)
    counted = "SELECT count(*) FROM aggregate_version v JOIN event e ON e.event_id = v.aggregate_id"
    assert eventually(lambda: house.ask(counted) >= len(house.written)), house.log(workers[0])
    time.sleep(3)
    assert house.ask(counted) == len(house.written)
    assert house.ask(f"{counted} WHERE v.version <> 1") == 0
    assert [process.poll() for process in (*workers, *beats)] == [None] * 4


def test_the_command_shows_what_waits_and_puts_back_what_is_parked(house: House) -> None:
    relay = house.relay()
    house.happen(3)
    assert eventually(house.is_numbered), house.log(relay)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO consumer_cursor VALUES ('webhooks', 1)")
        connection.exec_driver_sql(
            "INSERT INTO event_parked VALUES ('webhooks', 1, 'division by zero', now(), 5, NULL)"
        )
        connection.exec_driver_sql("INSERT INTO event_parked VALUES ('x', 2, 'no', now(), 5, NULL)")

    def said(*words: str) -> str:
        process = house.start("services.standalone.cli", "queues", *words, LC_ALL="C")
        process.wait()
        return house.log(process)

    found = json.loads(said("--json"))
    assert (found["newest"], found["pending"], found["lags"]["webhooks"]) == (3, 0, 2)
    assert found["parked"] == {"feed.webhooks": 1, "feed.x": 1}
    assert "relay" in found["heartbeats"]
    assert "feed.webhooks/1: failed 5 times, parked: division by zero" in said()
    assert "Put back: 1." in said("retry", "feed.webhooks/1")
    assert house.ask("SELECT next_at <= now() FROM event_parked WHERE seq = 1")
    assert "There is no feed.webhooks/9" in said("retry", "feed.webhooks/9")
    assert "There is no nonsense/1" in said("retry", "nonsense/1")
    assert "Let go: feed.x/2" in said("forget", "feed.x/2")
    assert "Put back: 1." in said("retry", "all")
    assert house.ask("SELECT count(*) FROM event_parked") == 1
