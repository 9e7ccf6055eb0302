"""Starting and stopping processes so that none outlives the supervisor.

On Linux the kernel itself signals a child whose supervisor dies (PR_SET_PDEATHSIG). Everywhere,
what was left is found at the next start: processes of ours by a mark in their environment, the
engines (which overwrite theirs) by the data folder they stand in. Neither can mistake a stranger
that was given an old process number.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from services.core.kit.words import Words
from services.standalone.accounts import Account
from services.standalone.trouble import Trouble

MARK = "TUANZU_SUPERVISED_FROM"
"""Environment variable that names the home a process was started for."""
NAME = "TUANZU_PROCESS"
"""Environment variable that names the process within its home."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_LOG_TAIL_BYTES = 8192
_LOOK_EVERY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: an absolute argv, in a folder, as an account, with its output in a log."""

    name: str
    argv: tuple[str, ...]
    folder: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM


def _follow(supervisor: int, farewell: signal.Signals) -> None:
    """Ask the kernel, in the new process, for a signal when the supervisor is gone."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
        if os.getppid() != supervisor:  # it died before we could ask
            os._exit(1)


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that the terminal's Ctrl-C reaches only us."""
    account = program.account
    with program.log.open("ab") as log:
        return subprocess.Popen(
            program.argv,
            cwd=program.folder,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # The supervisor has one thread, so no lock can be held across the fork.
            preexec_fn=partial(_follow, os.getpid(), program.stop_signal),  # noqa: PLW1509 see above
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def run_to_end(program: Program) -> None:
    """Run a program that ends by itself.

    Raises:
        Trouble: it failed; the sentence ends with the last line of its log.
    """
    code = start(program).wait()
    if code != 0:
        raise Trouble(failure(program, code))


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], program: Program, seconds: float
) -> None:
    """Wait until a started program does its work.

    Raises:
        Trouble: it ended instead, or was not ready in time.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        code = process.poll()
        if code is not None or time.monotonic() > deadline:
            raise Trouble(failure(program, code))
        time.sleep(_LOOK_EVERY_SECONDS)


def last_line(log: Path) -> str:
    """Give the line of a log that most likely says what went wrong, or an empty text.

    That is PostgreSQL's last FATAL, or else the last line: not an indented one, nor one in
    brackets, which belong to what stands before (SQLAlchemy adds "(Background on this error …)").
    """
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    said = [line for line in lines if line and line[0] not in " \t("]
    return next((line for line in reversed(said) if " FATAL: " in line), said[-1] if said else "")


def failure(program: Program, code: int | None) -> Words:
    """Say in one sentence that a program ended (or, without a code, was never ready), and why."""
    said = last_line(program.log)
    zh = "迟迟未就绪" if code is None else f"已退出（{_exit_words(code)}）"
    en = "was not ready in time" if code is None else f"ended ({_exit_words(code)})"
    return Words(
        f"{program.name} {zh}：{said or '没有输出'}（日志：{program.log}）",
        f"{program.name} {en}: {said or 'it printed nothing'} (log: {program.log})",
    )


def _exit_words(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def stop(running: Iterable[tuple[Program, subprocess.Popen[bytes]]], deadline: float) -> None:
    """Ask all to leave at once, wait until the deadline (monotonic seconds), then kill the rest."""
    pairs = [(program, process) for program, process in running if process.poll() is None]
    for program, process in pairs:
        process.send_signal(program.stop_signal)
    for _, process in pairs:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def marked(home: Path, name: str | None = None) -> list[psutil.Process]:
    """Find living processes that were started for this home (and under this name)."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except psutil.Error:
            continue
        if environment.get(MARK) == str(home) and name in (None, environment.get(NAME)):
            found.append(process)
    return [process for process in found if process.pid != os.getpid()]


def inhabitants(folder: Path, executable: str) -> list[psutil.Process]:
    """Find living processes of one engine that stand in this data folder."""
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == executable:
            try:
                if Path(process.cwd()) == folder:
                    found.append(process)
            except psutil.Error:
                continue
    return found


def dismiss(processes: list[psutil.Process], farewell: signal.Signals, seconds: float) -> None:
    """Ask found processes to leave, then kill those that stay."""
    for process in processes:
        _tell(process, farewell)
    _, staying = psutil.wait_procs(processes, timeout=seconds)
    for process in staying:
        _tell(process, signal.SIGKILL)
    psutil.wait_procs(staying, timeout=seconds)


def _tell(process: psutil.Process, what: signal.Signals) -> None:
    try:
        process.send_signal(what)
    except psutil.NoSuchProcess:
        return
