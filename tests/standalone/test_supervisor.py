"""The supervisor on real processes: nothing outlives it, nothing blocks the next start."""

import os
import signal
import socket
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from services.standalone.postgres import plain
from tests.standalone.runs import Run, eventually, left_over


def test_ctrl_c_stops_everything_and_leaves_no_process(lived_in: Path) -> None:
    run = Run(lived_in).ready()
    assert len(left_over(run.home)) > 4
    assert run.stop() < 10
    assert run.process.returncode == 0
    assert left_over(run.home) == []
    assert not (run.home / "instance.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_other_stop_signals_do_the_same(lived_in: Path, number: signal.Signals) -> None:
    run = Run(lived_in).ready()
    run.process.send_signal(number)
    assert run.ended()[0] == 0
    assert left_over(run.home) == []


def test_a_stop_in_the_middle_of_a_start_leaves_no_process(lived_in: Path) -> None:
    run = Run(lived_in)
    assert eventually(lambda: len(left_over(run.home)) > 0)
    run.stop()
    assert left_over(run.home) == []


def test_what_ignores_the_signal_is_killed_with_its_children(lived_in: Path) -> None:
    run = Run(lived_in, table="stubborn", variables={"TUANZU_STOP_WITHIN": "PT0.5S"}).ready()
    assert eventually(lambda: len(left_over(run.home)) > 6)
    assert run.stop() < 10
    assert left_over(run.home) == []


def test_a_second_start_finds_its_data_and_key_again(lived_in: Path) -> None:
    first = Run(lived_in).ready()
    url = plain(first.variables_of_instance()["TUANZU_MIGRATION_URL"])
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept AS SELECT '团组' AS word")
    key = (first.home / "secret.key").read_text()
    first.stop()
    second = Run(lived_in).ready()
    with psycopg.connect(url) as owner:
        assert owner.execute("SELECT word FROM kept").fetchone() == ("团组",)
    assert (second.home / "secret.key").read_text() == key
    assert (second.home / "secret.key").stat().st_mode & 0o077 == 0
    assert (second.home / "instance.json").stat().st_mode & 0o077 == 0
    second.stop()


def test_a_killed_process_is_started_again_and_said_so(lived_in: Path) -> None:
    run = Run(lived_in).ready()
    before = run.pid("sleep")
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: bool(_others(run, "sleep", before)))
    run.process.send_signal(signal.SIGINT)
    assert "sleep ended (SIGKILL)" in run.ended()[1]


def _others(run: Run, name: str, before: int) -> list[int]:
    """Find the processes of a name that are not the one from before."""
    found = [p.pid for p in psutil.Process(run.process.pid).children() if p.pid != before]
    return [pid for pid in found if psutil.Process(pid).environ().get("TUANZU_PROCESS") == name]


def test_killed_engines_are_started_again_where_they_were(lived_in: Path) -> None:
    run = Run(lived_in).ready()
    known = run.variables_of_instance()
    for name in ("postgres", "valkey-server"):
        for process in psutil.Process(run.process.pid).children():
            if process.name() == name:
                process.kill()
    assert eventually(lambda: _database_answers(known["TUANZU_DATABASE_URL"]))
    assert eventually(lambda: _redis_answers(known["TUANZU_REDIS_URL"]))
    run.stop()
    assert left_over(run.home) == []


def _database_answers(url: str) -> bool:
    try:
        psycopg.connect(plain(url), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(lived_in: Path) -> None:
    run = Run(lived_in, table="stubborn").ready()
    assert eventually(lambda: len(left_over(run.home)) > 6)
    before = left_over(run.home)
    run.kill()
    again = Run(lived_in, port=run.port).ready()
    assert not any(process.is_running() for process in before)
    again.stop()
    assert left_over(run.home) == []


def test_a_broken_start_says_why_in_one_sentence(lived_in: Path) -> None:
    run = Run(lived_in, table="broken")
    code, printed = run.ended()
    assert code == 1
    last = printed.strip().splitlines()[-1]
    assert last.startswith("broken ended (exit code 1): there is no spoon (log: ")
    assert "Traceback" not in printed
    assert left_over(run.home) == []


def test_a_broken_engine_says_why_in_one_sentence(seasoned: Path) -> None:
    (seasoned / "engines" / "postgres" / "pg_hba.conf").write_text("nonsense\n")
    code, printed = Run(seasoned).ended()
    assert code == 1
    assert "postgres ended (exit code 1)" in printed
    assert "could not load" in printed
    assert "Traceback" not in printed


def test_a_taken_port_is_refused_in_one_sentence(lived_in: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, printed = Run(lived_in, port=port).ended()
    assert code == 1
    sentence = f"Port {port} on 127.0.0.1 is taken; set TUANZU_PORT to another one."
    assert printed.strip().splitlines()[-1] == sentence


def test_a_second_supervisor_of_a_home_is_refused_and_the_first_goes_on(lived_in: Path) -> None:
    run = Run(lived_in).ready()
    code, printed = Run(lived_in).ended()
    assert code == 1
    assert f"in use by process {run.process.pid}" in printed
    assert run.process.poll() is None
    run.stop()


def test_two_instances_run_side_by_side(lived_in: Path, homes: Path) -> None:
    one, two = Run(lived_in), Run(homes / "other 团组")
    assert one.ready().port != two.ready().port
    addresses = {run.variables_of_instance()["TUANZU_REDIS_URL"] for run in (one, two)}
    assert len(addresses) == 2
    one.stop()
    assert left_over(one.home) == []
    assert len(left_over(two.home)) > 4
    two.stop()


def test_a_log_is_set_aside_when_it_is_large(lived_in: Path) -> None:
    run = Run(lived_in, variables={"TUANZU_LOG_LIMIT_BYTES": "10000"}).ready()
    log = run.home / "logs" / "sleep.log"
    with log.open("a") as file:
        file.write("x" * 20_000)
    assert eventually(lambda: log.stat().st_size == 0)
    assert log.with_name("sleep.log.1").stat().st_size == 20_000
    run.stop()
