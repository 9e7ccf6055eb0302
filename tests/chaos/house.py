"""The whole house as `make run` starts it, a second relay beside it, and every way to harm it.

The supervisor restarts whatever is killed; nothing here does its work for it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from services.standalone import children, probe, valkey
from services.standalone.postgres import plain
from services.worker import queues
from tests.standalone.runs import REPOSITORY, left_over, surroundings

STREAM = "tuanzu:feed"
SETTINGS = {
    "TUANZU_DEMO": "0",
    "TUANZU_RESTART_AFTER": "PT0.2S",
    "TUANZU_RESTART_AFTER_LIMIT": "PT1S",
    "TUANZU_START_ATTEMPTS": "100000",  # who is killed young has not had a broken start
    "TUANZU_START_WITHIN": "PT120S",
    "TUANZU_SWEEP_EVERY": "PT1S",
    "TUANZU_CLAIM_LEASE": "PT5S",
    "TUANZU_REQUESTS_PER_MINUTE": "100000000",
    "TUANZU_ANONYMOUS_REQUESTS_PER_MINUTE": "100000000",
    "TUANZU_WEBHOOK_ALLOW_LOOPBACK": "true",
    "TUANZU_WEBHOOK_TIMEOUT": "PT3S",
    "TUANZU_WEBHOOK_QUIET": "PT0.5S",
    "TUANZU_WEBHOOK_QUIET_LONGEST": "PT1S",
    "TUANZU_WEBHOOK_SLOW_DOWN": "PT1S",
    "TUANZU_WEBHOOK_RETRY_SCHEDULE": json.dumps(["PT0.5S"] * 60),
}
"""A storm's day passes in a minute, so every wait of a day is a second."""

_FALL_BACK = """
local kept = redis.call('XRANGE', KEYS[1], '-', '+')
redis.call('DEL', KEYS[1])
for k = 1, math.floor(#kept * 2 / 3) do
  redis.call('XADD', KEYS[1], kept[k][1], unpack(kept[k][2]))
end
"""
"""The stream as a replica has it that was behind when it took over."""


class House:
    """Real processes in one folder."""

    def __init__(self, home: Path) -> None:
        """Start everything and wait until it answers."""
        self.home, self.port = home, valkey.free_port()
        self.harmed: Counter[str] = Counter()
        home.mkdir(mode=0o711)
        self._said = (home / "said.log").open("ab")
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "services.standalone.cli", "up"],
            env=surroundings(home, **SETTINGS, TUANZU_PORT=str(self.port)),
            cwd=REPOSITORY,
            stdout=self._said,
            stderr=self._said,
        )
        self._second: subprocess.Popen[bytes] | None = None
        self.until(self.is_ready, "the house is ready", seconds=120)
        noted = json.loads((home / "instance.json").read_text("utf-8"))
        self.variables: dict[str, str] = noted
        self.owner_url = plain(noted["TUANZU_MIGRATION_URL"])
        self.start_second_relay()

    @property
    def base(self) -> str:
        """Give the address of the api."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    def is_ready(self) -> bool:
        """Tell whether the api answers, with all it needs."""
        if self._supervisor.poll() is not None:
            raise AssertionError(f"the supervisor ended:\n{self.tails()}")
        return probe.answers("127.0.0.1", self.port, "/readyz")

    def until(self, seen: Callable[[], bool], what: str, *, seconds: float) -> None:
        """Wait until something is so; say what was waited for if it never is."""
        deadline = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > deadline:
                raise AssertionError(f"never: {what}\n{self.tails()}")
            time.sleep(0.1)

    def tails(self) -> str:
        """Give the ends of the logs."""
        paths = (self.home / "said.log", *(self.home / "logs").glob("*.log"))
        return "\n".join(f"--- {p.name}\n{p.read_text('utf-8', 'replace')[-1500:]}" for p in paths)

    def evidence(self) -> str:
        """Say where everything stands: how far each reader is, and what waits in Valkey."""
        head = self.ask("SELECT seq FROM feed_head")[0][0]
        cursors = self.ask("SELECT name, seq FROM consumer_cursor ORDER BY name")
        with self.stream() as client:
            waiting = {name: client.llen(name) for name in queues.ALL}
        return f"head {head}, cursors {cursors}, queues {waiting}\n{self.tails()}"

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Read rows as they are committed now."""
        with psycopg.connect(self.owner_url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(question.encode()).fetchall()

    def stream(self) -> redis.Redis:
        """Connect to the Valkey; the caller closes it."""
        return redis.Redis.from_url(self.variables["TUANZU_REDIS_URL"], socket_timeout=10)

    def start_second_relay(self) -> None:
        """Start the relay that stands by, or the one that came back."""
        environment = surroundings(self.home, **SETTINGS) | self.variables
        environment.pop("TUANZU_MIGRATION_URL")
        mark = {children.MARK: str(self.home), children.NAME: "relay-2"}
        with (self.home / "logs" / "relay-2.log").open("ab") as log:
            self._second = subprocess.Popen(
                [sys.executable, "-m", "services.worker.relay"],
                env=environment | mark,
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )

    def kill_second_relay(self) -> None:
        """Kill it."""
        assert self._second is not None
        self._second.kill()
        self._second.wait()

    def kill(self, name: str) -> None:
        """Kill one line of the process table; half of the time its children with it."""
        for process in self._of(name, with_children=random.random() < 0.5):  # noqa: S311 a storm's dice
            _send(process, signal.SIGKILL)

    def tell(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one line of the process table, or to the second relay."""
        if name == "relay-2" and self._second is not None:
            self._second.send_signal(number)
            return
        for process in self._of(name, with_children=False):
            _send(process, number)

    def _of(self, name: str, *, with_children: bool) -> list[psutil.Process]:
        found = children.marked(self.home, name)
        return [p for p in found if with_children or p.ppid() == self._supervisor.pid]

    def kill_postgres(self) -> None:
        """Kill the server, half of the time with everybody who works for it."""
        found = children.inhabitants(self._engines / "postgres", "postgres")
        numbers = {process.pid for process in found}
        heads = [process for process in found if process.ppid() not in numbers]
        for process in found if random.random() < 0.5 else heads:  # noqa: S311 a storm's dice
            _send(process, signal.SIGKILL)

    def kill_valkey(self, *, forgetful: bool) -> None:
        """Kill Valkey, and delete what it had written down."""
        if forgetful:
            shutil.rmtree(self._engines / "valkey" / "appendonlydir", ignore_errors=True)
        for process in children.inhabitants(self._engines / "valkey", "valkey-server"):
            _send(process, signal.SIGKILL)

    @property
    def _engines(self) -> Path:
        return (self.home / "engines").resolve()

    def wipe_valkey(self) -> None:
        """Wipe it while it runs."""
        with self.stream() as client:
            client.flushall()

    def fall_back(self) -> None:
        """Let Valkey be where it was some time ago."""
        with self.stream() as client:
            client.eval(_FALL_BACK, 1, STREAM)

    def stop(self) -> None:
        """End everything, and see that nothing stays."""
        self.kill_second_relay()
        self._supervisor.send_signal(signal.SIGINT)
        try:
            self._supervisor.wait(30)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()
        self._said.close()
        staying = left_over(self.home)
        for process in staying:
            _send(process, signal.SIGKILL)
        psutil.wait_procs(staying, timeout=5)
        assert staying == [], f"left running: {staying}"


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return
