"""Keeping processes running: starts, notices deaths, starts again, bounds the logs, stops."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import children
from services.standalone.children import Program
from services.standalone.trouble import Trouble


@dataclass(slots=True)
class Kept:
    """One program, its process, and how it has fared (monotonic seconds)."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    was_steady: bool = False
    deaths: int = 0
    again: float | None = None
    """When to start it again; None while it runs."""


class Keeper:
    """Programs that must run until they are stopped."""

    def __init__(self, chosen: Settings, say: Callable[[Words], None]) -> None:
        """Keep nothing yet; `say` is told about every death."""
        self._chosen = chosen
        self._say = say
        self._kept: list[Kept] = []

    def start(self, program: Program) -> Kept:
        """Start a program and keep it running; its last log is set aside first."""
        set_aside(program.log)
        kept = Kept(program, children.start(program), time.monotonic())
        self._kept.append(kept)
        return kept

    def look(self) -> None:
        """See who died, and start again whose pause is over.

        Raises:
            Trouble: a program died too often without ever having been steady.
        """
        for kept in self._kept:
            if kept.again is None:
                self._note(kept)
            elif time.monotonic() >= kept.again:
                kept.process, kept.started = children.start(kept.program), time.monotonic()
                kept.again = None

    def _note(self, kept: Kept) -> None:
        lived = time.monotonic() - kept.started
        steady = lived >= self._chosen.steady_after.total_seconds()
        kept.was_steady = kept.was_steady or steady
        code = kept.process.poll()
        if code is None:
            return
        kept.deaths = 1 if steady else kept.deaths + 1
        why = children.failure(kept.program, code)
        if not kept.was_steady and kept.deaths >= self._chosen.start_attempts:
            raise Trouble(why)
        pause = self._pause(kept.deaths)
        kept.again = time.monotonic() + pause
        zh, en = f"{pause:.3g} 秒后重启", f"it starts again in {pause:.3g} s"
        self._say(Words(f"{why.zh}；{zh}。", f"{why.en}; {en}."))
        self._sweep(kept.program)

    def _pause(self, deaths: int) -> float:
        """Give the seconds to wait after so many deaths in a row."""
        first = self._chosen.restart_after.total_seconds()
        longest = self._chosen.restart_after_limit.total_seconds()
        return min(first * 2.0 ** min(deaths - 1, 20), longest)

    def _sweep(self, program: Program) -> None:
        """Kill children a dead process left behind: a killed Celery worker leaves its pool."""
        home, name = program.environment.get(children.MARK), program.environment.get(children.NAME)
        if home and name:
            for orphan in children.marked(Path(home), name):
                orphan.kill()

    def bound_logs(self) -> None:
        """Set a log aside, by copying, when it has grown to its limit; its writer keeps it open.

        Lines written between the copy and the cut are lost: the price of one plain file.
        """
        for kept in self._kept:
            log = kept.program.log
            if log.stat().st_size > self._chosen.log_limit_bytes:
                shutil.copyfile(log, older(log))
                log.open("w", encoding="ascii").close()

    def stop(self, deadline: float) -> None:
        """Stop all, by the deadline (monotonic seconds)."""
        children.stop(self._pairs(), deadline)
        self._kept.clear()

    def _pairs(self) -> Iterable[tuple[Program, subprocess.Popen[bytes]]]:
        return [(kept.program, kept.process) for kept in self._kept]


def older(log: Path) -> Path:
    """Give the name under which a log is set aside."""
    return log.with_name(log.name + ".1")


def set_aside(log: Path) -> None:
    """Begin a new log, and keep the one before."""
    if log.exists():
        log.replace(older(log))
