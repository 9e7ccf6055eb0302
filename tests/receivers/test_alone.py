"""Each receiver by itself: it believes nobody, and keeps what it promised once."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.receivers.programs import DAY, FOLDER, KINDS, Program, events, running
from tests.standalone.runs import tuanzu

MOST_LINES = 120


@pytest.fixture(params=sorted(KINDS))
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    with running(request.param, tmp_path) as found:
        yield found


def numbers(count: int) -> list[tuple[int, str]]:
    return [(int(event["sequence"]), event["id"]) for event in events()][:count]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_can_be_read_in_one_sitting(kind: str) -> None:
    assert len((FOLDER / kind).read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_an_event_is_kept_once_however_often_it_comes(receiver: Program) -> None:
    first, second, *_ = events()
    answers = [receiver.push(event).status_code for event in (second, first, second, first)]
    assert answers == [204, 204, 204, 204]
    assert receiver.holds() == numbers(2)


def test_what_is_altered_old_or_unsigned_is_refused(receiver: Program) -> None:
    event = events()[0]
    assert receiver.push(event, altered=b" ").status_code == 401
    assert receiver.push(event, ago=timedelta(minutes=6)).status_code == 401
    assert receiver.push(event, ago=timedelta(minutes=-6)).status_code == 401
    receiver.secret = "whsec_" + "A" * 44
    assert receiver.push(event).status_code == 401
    assert receiver.push(event | {"padding": "x" * 1_000_001}).status_code == 413
    assert not receiver.store.exists() or receiver.holds() == []


def test_it_gives_the_challenge_of_a_handshake_back_and_keeps_nothing(receiver: Program) -> None:
    asked = {"id": "handshake", "type": "webhook.handshake", "data": {"challenge": "c-1"}}
    answer = receiver.push(asked)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "c-1"})
    assert receiver.push(asked, altered=b" ").status_code == 401
    assert receiver.push({**events()[0], "id": "trial", "test": True}).status_code == 204
    assert not receiver.store.exists() or receiver.holds() == []


def test_a_restart_forgets_nothing(receiver: Program) -> None:
    known = events()
    for event in known[:3]:
        receiver.push(event)
    receiver.kill()
    if receiver.kind == "receiver.ts":
        with receiver.store.open("ab") as torn:
            torn.write(b'{"id":"half a li')
    receiver.start()
    for event in known[:5]:
        assert receiver.push(event).status_code == 204
    assert receiver.holds() == numbers(5)


@pytest.mark.parametrize("receiver", ["receiver.py"], indirect=True)
def test_what_could_not_be_written_down_is_not_promised(receiver: Program) -> None:
    for event in events()[:1]:
        receiver.push(event)
    assert receiver.process is not None
    receiver.store.with_name("store-journal").mkdir()  # SQLite cannot write its journal
    with pytest.raises(Exception, match="disconnected"):
        receiver.push(events()[1])
    receiver.store.with_name("store-journal").rmdir()
    assert receiver.push(events()[1]).status_code == 204


def test_a_simulated_day_with_mischief_is_held_once_and_whole(receiver: Program) -> None:
    place = receiver.folder / "secret"
    place.write_text(receiver.secret, encoding="utf-8")
    also = ("--speed", 100_000, "--duplicates", 0.5, "--failures", 0.5, "--seed", 7)
    done = tuanzu(
        receiver.folder,
        "simulate",
        "play",
        DAY,
        "--to",
        receiver.url,
        "--secret-file",
        place,
        *also,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost on the way" in done.stdout
    assert "11 events in 22 attempts" in done.stdout
    assert receiver.holds() == numbers(11)


def test_a_receiver_that_was_down_gets_the_simulated_day_all_the_same(receiver: Program) -> None:
    place = receiver.folder / "secret"
    place.write_text(receiver.secret, encoding="utf-8")
    receiver.kill()
    words = ["simulate", "play", str(DAY), "--to", receiver.url, "--speed", "100000"]
    with subprocess.Popen(  # noqa: S603 our own interpreter and module
        [sys.executable, "-m", "services.standalone.cli", *words, "--secret-file", str(place)],
        cwd=FOLDER.parents[1],
        stdout=subprocess.PIPE,
        text=True,
    ) as playing:
        assert playing.stdout is not None
        assert "ConnectError" in playing.stdout.readline()
        receiver.start()
        playing.stdout.read()
    assert playing.returncode == 0
    assert receiver.holds() == numbers(11)
