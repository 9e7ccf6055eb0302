"""The one-machine run: starts everything in order, keeps it running, and stops it cleanly."""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import accounts, children, engines, home, instance, keeper, probe, terminal
from services.standalone.children import Program
from services.standalone.engines import Urls
from services.standalone.home import Home
from services.standalone.keeper import Keeper
from services.standalone.processes import DEMO, PYTHON, TABLE, Process, Site
from services.standalone.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds `services/`, `alembic/` and `alembic.ini`; the processes stand in it."""

_LOOK_EVERY_SECONDS = 0.1
_LOGS_EVERY_SECONDS = 1.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop; not an error, so no `except Exception` swallows it."""


class Bell:
    """What the stop signals ring: the first time it raises, afterwards the stop is under way."""

    def __init__(self) -> None:
        """Wait for the first ring."""
        self._muted = False

    def mute(self) -> None:
        """Let later signals pass unheard, so that they do not interrupt the stop."""
        self._muted = True

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        """Raise at the first signal."""
        if not self._muted:
            self._muted = True
            raise Stopped


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, from where: the table is data, so that a test can give another one."""

    home: Home
    chosen: Settings
    table: tuple[Process, ...] = TABLE
    demo: Process = DEMO

    @property
    def site(self) -> Site:
        """Give what the commands of the table need to know."""
        chosen = self.chosen
        return Site(chosen.host, chosen.port, self.home.root, chosen.worker_processes)


class Supervisor:
    """One run of a plan."""

    def __init__(self, plan: Plan) -> None:
        """Prepare; nothing is started before `run`."""
        self._plan = plan
        self._engines = Keeper(plan.chosen, terminal.complain)
        self._processes = Keeper(plan.chosen, terminal.complain)

    @contextmanager
    def running(self) -> Generator[float]:
        """Start everything, and stop it whatever happens; gives the seconds the start took.

        Raises:
            Trouble: it cannot start, in one sentence.
            Stopped: somebody asked to stop.
        """
        place = self._plan.home
        began = time.monotonic()
        bell = Bell()
        with home.locked(place), _heard(bell):
            try:
                engines.dismiss_leftovers(place)
                self._start()
                yield time.monotonic() - began
            finally:
                bell.mute()
                self._stop()

    def watch(self) -> None:
        """Keep everything running until a stop signal.

        Raises:
            Stopped: it came.
            Trouble: a process died again and again without ever having been steady.
        """
        next_logs = 0.0
        while True:
            self._look()
            if time.monotonic() >= next_logs:
                self._engines.bound_logs()
                self._processes.bound_logs()
                next_logs = time.monotonic() + _LOGS_EVERY_SECONDS
            time.sleep(_LOOK_EVERY_SECONDS)

    def _start(self) -> None:
        plan = self._plan
        _refuse_taken_port(plan.chosen.host, plan.chosen.port)
        if not plan.chosen.secret_key:
            home.ensure_secret_key(plan.chosen.secret_key_file or plan.home.secret_key)
        urls = engines.start(plan.home, plan.chosen, self._engines)
        if moved := accounts.moved_words(plan.home):
            terminal.say(moved)
        variables = _variables(plan, urls)
        self._prepare(variables)
        instance.write(plan.home, variables)
        for process in plan.table:
            if not process.one_shot:
                begun = self._processes.start(self._program(process, variables))
                if process.ready_at:  # others would only make it slower to answer
                    self._await(process, begun.program)

    def _prepare(self, variables: dict[str, str]) -> None:
        """Run what must be over before the first process starts: migrations, the demo."""
        plan = self._plan
        for process in plan.table:
            if process.one_shot:
                self._run_once(process, variables)
        if plan.chosen.demo and not plan.home.demo_loaded.exists():
            terminal.say(Words("首次启动：载入演示数据", "First start: loading the demonstration"))
            self._run_once(plan.demo, variables)
            plan.home.demo_loaded.touch(mode=0o600)

    def _run_once(self, process: Process, variables: dict[str, str]) -> None:
        program = self._program(process, variables)
        keeper.set_aside(program.log)
        children.run_to_end(program)

    def _program(self, process: Process, variables: dict[str, str]) -> Program:
        """Turn a line of the table into what can be started here."""
        command = process.command(self._plan.site)
        argv = (
            tuple(sys.executable if word == PYTHON else word for word in command[:1]) + command[1:]
        )
        environment = {
            **os.environ,
            **variables,
            "PYTHONUNBUFFERED": "1",
            children.MARK: str(self._plan.home.root),
            children.NAME: process.name,
        }
        if not process.as_owner:
            environment.pop("TUANZU_MIGRATION_URL", None)
        return Program(process.name, argv, ROOT, self._plan.home.log(process.name), environment)

    def _await(self, process: Process, program: Program) -> None:
        """Wait until a process answers, minding the others meanwhile."""
        site = self._plan.site
        deadline = time.monotonic() + self._plan.chosen.start_within.total_seconds()
        while not probe.answers(site.host, site.port, process.ready_at):
            if time.monotonic() > deadline:
                raise Trouble(children.failure(program, None))
            self._look()
            time.sleep(_LOOK_EVERY_SECONDS)

    def _look(self) -> None:
        self._engines.look()
        self._processes.look()

    def _stop(self) -> None:
        """Stop processes, then engines, then whatever a signal caught between start and note."""
        within = self._plan.chosen.stop_within.total_seconds()
        self._processes.stop(time.monotonic() + within)
        self._engines.stop(time.monotonic() + engines.STOP_SECONDS)
        engines.dismiss_leftovers(self._plan.home)
        instance.forget(self._plan.home)


@contextmanager
def _heard(bell: Bell) -> Generator[None]:
    """Let the stop signals ring the bell, and put the former handlers back."""
    former = [signal.signal(number, bell) for number in _STOP_SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_STOP_SIGNALS, former, strict=True):
            signal.signal(number, handler)


def _variables(plan: Plan, urls: Urls) -> dict[str, str]:
    """Give what the processes, and commands beside them, must know."""
    chosen = plan.chosen
    known = {
        "TUANZU_HOME": str(plan.home.root),
        "TUANZU_HOST": chosen.host,
        "TUANZU_PORT": str(chosen.port),
        "TUANZU_DATABASE_URL": urls.database,
        "TUANZU_MIGRATION_URL": urls.migration,
        "TUANZU_REDIS_URL": urls.redis,
    }
    if not chosen.secret_key:
        key = chosen.secret_key_file or plan.home.secret_key
        known["TUANZU_SECRET_KEY_FILE"] = str(key.resolve())
    return known


def _refuse_taken_port(host: str, port: int) -> None:
    """Refuse to start where the api could not listen.

    Raises:
        Trouble: the port is taken, or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            words = Words(
                f"{host} 的端口 {port} 已被占用；请将 TUANZU_PORT 设为其他端口。",
                f"Port {port} on {host} is taken; set TUANZU_PORT to another one.",
            )
        else:
            words = Words(
                f"无法在 {host}:{port} 监听（{error.strerror}）；"
                "请更改 TUANZU_HOST 或 TUANZU_PORT。",
                f"Cannot listen on {host}:{port} ({error.strerror}); change TUANZU_HOST or "
                "TUANZU_PORT.",
            )
        raise Trouble(words) from error
