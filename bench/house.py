"""The whole house: commit → stream latency, time to ready, and what each process weighs."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import psutil
import redis
from rich.table import Table
from sqlalchemy import text

from services.core.kit import clock, db, ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.settings import settings
from services.core.regions.events import RegionChanged

EVENTS, EVENTS_PER_SECOND = 500, 50
_PORT = 18440


def latency(database_url: str) -> Table:
    """Commit one fact after another beside a running relay; time each to a blocked XREAD."""
    environment = {**os.environ, "TUANZU_DATABASE_URL": database_url}
    relay = subprocess.Popen(
        [sys.executable, "-m", "services.worker.relay"], env=environment, stdout=subprocess.DEVNULL
    )
    seen: dict[UUID, float] = {}
    try:
        _commit_one()  # the relay elects itself, and numbers what earlier measurements left
        _wait_for_the_relay()
        reader = threading.Thread(target=_read, args=(seen, EVENTS), daemon=True)
        reader.start()
        time.sleep(0.5)
        committed: dict[UUID, float] = {}
        for _ in range(EVENTS):
            event_id = _commit_one()
            committed[event_id] = time.perf_counter()
            time.sleep(1 / EVENTS_PER_SECOND)
        reader.join(timeout=30)
    finally:
        relay.terminate()
        relay.wait(timeout=10)
    times = sorted((seen[event] - at) * 1000 for event, at in committed.items())
    table = Table(title=f"commit → Redis stream, {EVENTS} facts at {EVENTS_PER_SECOND}/s")
    for column in ("p50 ms", "p99 ms", "max ms", "aim"):
        table.add_column(column, justify="right")
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    table.add_row(f"{p50:.1f}", f"{p99:.1f}", f"{times[-1]:.1f}", "p50 ≤ 3, p99 ≤ 20")
    return table


def _wait_for_the_relay() -> None:
    """Wait until the stream holds every fact there is."""
    with redis.Redis.from_url(settings().redis_url) as client:
        for _ in range(300):
            with db.reading() as session:
                waiting = session.execute(text("SELECT count(*) FROM event_pending")).scalar_one()
                head = session.execute(text("SELECT seq FROM feed_head")).scalar_one()
            last = client.xrevrange(settings().stream_name, count=1)
            if not waiting and last and int(last[0][0].split(b"-")[0]) == head:
                return
            time.sleep(0.1)
    raise TimeoutError("the relay does not catch up")


def _commit_one() -> UUID:
    with db.unit_of_work() as session:
        return ledger.record(
            session,
            RegionChanged(region_code="990000", change="changed"),
            about=Subject("region", uuid4(), for_everybody=True),
            by=Actor.part("bench"),
            now=clock.house_now(session),
        )


def _read(seen: dict[UUID, float], count: int) -> None:
    """Note when each fact comes out of the stream."""
    with redis.Redis.from_url(settings().redis_url) as client:
        last = client.xrevrange(settings().stream_name, count=1)[0][0]
        while len(seen) < count:
            for _, entries in client.xread({settings().stream_name: last}, block=5000) or []:
                arrived = time.perf_counter()
                for entry_id, entry in entries:
                    last = entry_id
                    seen[UUID(orjson.loads(entry[b"d"])["id"])] = arrived


def whole(home: Path) -> Table:
    """Start the one-machine run twice as a user would; time it and weigh its processes."""
    table = Table(title="tuanzu up, installed")
    table.add_column("")
    table.add_column("", justify="right")
    for words in ("first start (initdb, migration, demo) → ready", "second start → ready"):
        process, seconds = _up(home)
        table.add_row(words, f"{seconds:.1f} s")
        if words.startswith("second"):
            time.sleep(3)
            for name, megabytes in _weights(process.pid):
                table.add_row(f"resident: {name}", f"{megabytes:.0f} MiB")
        table.add_row("Ctrl-C → nothing left", f"{_stopped(process):.1f} s")
    return table


def _stopped(process: subprocess.Popen[bytes]) -> float:
    """Stop a run as Ctrl-C does; gives the seconds it took."""
    began = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    return time.perf_counter() - began


def _up(home: Path) -> tuple[subprocess.Popen[bytes], float]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TUANZU_")
    } | {"TUANZU_HOME": str(home), "TUANZU_PORT": str(_PORT)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "services.standalone.cli", "up"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/readyz", timeout=1):
                return process, time.perf_counter() - began
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"tuanzu up ended with {process.returncode}")


def _weights(supervisor: int) -> list[tuple[str, float]]:
    """Give each process' own memory (USS: what would be freed if it left), PostgreSQL as one."""
    found: dict[str, float] = {}
    for process in [
        psutil.Process(supervisor),
        *psutil.Process(supervisor).children(recursive=True),
    ]:
        try:
            name = _name(process)
            found[name] = found.get(name, 0.0) + process.memory_full_info().uss / 2**20
        except psutil.Error:
            continue
    return sorted(found.items(), key=lambda pair: -pair[1])


def _name(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    for sign, name in (
        ("uvicorn", "api"),
        ("services.worker.relay", "relay"),
        (" worker", "worker (with its pool)"),
        (" beat", "beat"),
        ("valkey", "Valkey"),
        ("postgres", "PostgreSQL (all)"),
    ):
        if sign in words:
            return name
    return "supervisor"
