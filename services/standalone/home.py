"""The data folder of the one-machine run: what lies where, and who may use it."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from services.core.kit import cipher
from services.core.kit.words import Words
from services.standalone.trouble import Trouble

_LOCK_TRIES = 4
_LOCK_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Home:
    """Absolute paths below one TUANZU_HOME."""

    root: Path

    @property
    def lock(self) -> Path:
        """Give the file whose lock says that a supervisor runs from here."""
        return self.root / "lock"

    @property
    def instance(self) -> Path:
        """Give the note of the running instance's addresses (0600)."""
        return self.root / "instance.json"

    @property
    def secret_key(self) -> Path:
        """Give the file of the master key (0600)."""
        return self.root / "secret.key"

    @property
    def logs(self) -> Path:
        """Give the folder of one log per process."""
        return self.root / "logs"

    @property
    def engines(self) -> Path:
        """Give the folder of the engines' data, or the link to where it had to be put."""
        return self.root / "engines"

    @property
    def evidence(self) -> Path:
        """Give the folder of photos and files (0700)."""
        return self.root / "evidence"

    @property
    def demo_loaded(self) -> Path:
        """Give the mark that the demo was loaded once."""
        return self.root / "demo.loaded"

    @property
    def demo_password(self) -> Path:
        """Give the file of the demo log-ins' one password (0600)."""
        return self.root / "demo.password"

    def log(self, name: str) -> Path:
        """Give the log of one process."""
        return self.logs / f"{name}.log"

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was ever kept here (a lock or logs alone are nothing)."""
        if not self.root.exists():
            return True
        return {entry.name for entry in self.root.iterdir()} <= {self.lock.name, self.logs.name}


def opened(path: Path) -> Home:
    """Make the data folder if need be and give its paths.

    As root the folder may be entered (not listed) by others, because the engines run as another
    user inside it; every file of ours in it is 0600 or lies in a 0700 folder.

    Raises:
        Trouble: the folder cannot be made or written.
    """
    home = Home(path.expanduser().resolve())
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        if home.root.stat().st_uid == os.geteuid():
            home.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
        home.logs.mkdir(mode=0o700, exist_ok=True)
        home.lock.touch(mode=0o600)
    except OSError as error:
        raise Trouble(
            Words(
                f"无法使用数据目录 {home.root}（{error.strerror}）；"
                "请换用创建它的用户，或将 TUANZU_HOME 设为可写的目录。",
                f"The data folder {home.root} cannot be used ({error.strerror}); run as the user "
                "who made it, or set TUANZU_HOME to a folder you may write.",
            )
        ) from error
    return home


@contextmanager
def locked(home: Home) -> Generator[None]:
    """Hold the home for one supervisor (or backup, or restore) at a time.

    The kernel drops the lock with the process that holds it, so a killed one blocks nobody.

    Raises:
        Trouble: somebody holds it.
    """
    with home.lock.open("r+", encoding="ascii") as file:
        if not _taken(file):
            holder = file.read().strip()
            raise Trouble(
                Words(
                    f"数据目录 {home.root} 正由进程 {holder} 使用；"
                    "请先停止它，或将 TUANZU_HOME 设为另一目录。",
                    f"The data folder {home.root} is in use by process {holder}; stop that one, or "
                    "set TUANZU_HOME to another folder.",
                )
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _taken(file: TextIO) -> bool:
    """Take the lock, trying for a moment: `is_locked` holds it for an instant when it looks."""
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE_SECONDS)
        else:
            return True
    return False


def is_locked(home: Home) -> bool:
    """Tell whether a living process holds this home."""
    try:
        with home.lock.open("r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner may read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def ensure_secret_key(path: Path) -> None:
    """Make the master key (base64 of 32 random bytes) unless there is one."""
    if not path.exists():
        write_private(path, cipher.written((cipher.new_key(),)))
