"""Runs of the supervisor as a process of its own, seen from outside, as an operator sees them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from services.standalone import children, valkey

REPOSITORY = Path(__file__).resolve().parents[2]
QUICK = {
    "TUANZU_RESTART_AFTER": "PT0.1S",
    "TUANZU_STEADY_AFTER": "PT0.8S",
    "TUANZU_STOP_WITHIN": "PT2S",
    "TUANZU_DEMO": "0",
}
"""What takes its time in earnest is quick in a trial."""


def surroundings(home: Path, **also: str) -> dict[str, str]:
    """Give a clean environment for a child: nothing of the developer's own TUANZU_ settings."""
    inherited = {name: value for name, value in os.environ.items() if "TUANZU" not in name}
    return inherited | {"LC_ALL": "C", "TUANZU_HOME": str(home)} | also


def tuanzu(home: Path, *words: object, **also: str) -> subprocess.CompletedProcess[str]:
    """Run one command of `tuanzu` to its end."""
    return subprocess.run(  # noqa: S603 our own interpreter and module
        [sys.executable, "-m", "services.standalone.cli", *map(str, words)],
        env=surroundings(home, **also),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def eventually(seen: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Wait for something to become true; gives whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if seen():
            return True
        time.sleep(0.05)
    return seen()


@dataclass
class Run:
    """One supervisor with the stand-in table, or the real one."""

    home: Path
    table: str = "plain"
    variables: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=valkey.free_port)
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        """Start it."""
        module = "services.standalone.cli" if self.table == "real" else "tests.standalone.stand_in"
        also = QUICK | {"STAND_IN": self.table, "TUANZU_PORT": str(self.port)} | self.variables
        self.process = subprocess.Popen(  # noqa: S603 our own interpreter and module
            [sys.executable, "-m", module, "up"],
            env=surroundings(self.home, **also),
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ready(self) -> "Run":
        """Wait until the greeting is printed."""
        assert self.process.stdout is not None
        printed = []
        for line in self.process.stdout:
            printed.append(line)
            if "ready" in line and "http://" in line:
                return self
        raise AssertionError("".join(printed))

    def ended(self) -> tuple[int, str]:
        """Wait for its end; gives the exit code and what it printed since."""
        printed, _ = self.process.communicate(timeout=30)
        return self.process.returncode, printed

    def stop(self) -> float:
        """Stop it as Ctrl-C does; gives the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.ended()
        return time.monotonic() - began

    def kill(self) -> None:
        """Kill the supervisor so that it can do nothing about it."""
        self.process.kill()
        self.process.communicate()

    def variables_of_instance(self) -> dict[str, str]:
        """Give what the run notes for commands beside it."""
        found: dict[str, str] = json.loads((self.home / "instance.json").read_text())
        return found

    def pid(self, name: str) -> int:
        """Give the process number of one line of the table."""
        (found,) = [p for p in children.marked(self.home, name) if p.ppid() == self.process.pid]
        return found.pid


def left_over(home: Path) -> list[psutil.Process]:
    """Find every living process of a home, the engines included."""
    engines = (home / "engines").resolve()
    return [
        *children.marked(home),
        *children.inhabitants(engines / "postgres", "postgres"),
        *children.inhabitants(engines / "valkey", "valkey-server"),
    ]


def copied(home: Path, to: Path) -> Path:
    """Copy a home in which nothing runs, owners included."""
    shutil.copytree(home, to, symlinks=True)
    for path in (to, *to.rglob("*")):
        original = (home / path.relative_to(to)).lstat()
        os.chown(path, original.st_uid, original.st_gid, follow_symlinks=False)
    return to
