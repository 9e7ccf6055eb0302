"""Our processes without rights: no root, nothing to write to but /tmp, passwords from files.

That is how the compose file runs them. The containers themselves need Docker; the requirements
on our side of them do not.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from services.core.kit.settings import Settings
from services.standalone import accounts, home, postgres, terminal, valkey
from services.standalone.accounts import Account
from services.standalone.keeper import Keeper
from services.standalone.processes import TABLE, Site
from tests.standalone.runs import QUICK, REPOSITORY, eventually, left_over, surroundings

NOBODY = Account(65534, 65534)


@pytest.fixture(scope="session")
def python(seasoned_once: Path) -> dict[str, str]:
    """Give variables by which the account finds a Python it may run, as PYTHON, and our packages.

    Root's own Python may lie below a folder that is closed to others; then a copy of it serves.
    """
    packages = [str(REPOSITORY), *(path for path in sys.path if "site-packages" in path)]
    found = {"PYTHONPATH": os.pathsep.join(packages), "PYTHON": sys.executable}
    ours = Path(sys.executable).resolve()
    if os.geteuid() != 0 or NOBODY.can_run(ours):
        return found
    base, copy = Path(sys.base_prefix), seasoned_once.with_name("python")
    library = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (copy / "bin").mkdir(parents=True)
    shutil.copy2(ours, copy / "bin" / "python")
    leave = shutil.ignore_patterns("test", "site-packages", "__pycache__", "config-*")
    shutil.copytree(base / "lib" / library, copy / "lib" / library, ignore=leave)
    for shared in (base / "lib").glob("libpython*"):
        shutil.copy2(shared, copy / "lib")
    return found | {
        "PYTHON": str(copy / "bin" / "python"),
        "PYTHONHOME": str(copy),
        "LD_LIBRARY_PATH": str(copy / "lib"),
    }


@dataclass
class Bare:
    """Runs modules of ours as an account that may write to one scratch folder and nowhere else."""

    scratch: Path
    python: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `python -m …` in a folder it may not write to, as in a container."""
        narrow = {"HOME": "/nowhere", "TMPDIR": str(self.scratch)} | self.python
        as_root = os.geteuid() == 0
        return subprocess.Popen(  # noqa: S603 our own modules
            [self.python["PYTHON"], "-B", *words],
            env=surroundings(self.scratch / "home", **self.variables) | narrow,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=NOBODY.uid if as_root else None,
            group=NOBODY.gid if as_root else None,
            extra_groups=[] if as_root else None,
        )

    def run(self, *words: str) -> str:
        """Run a command of `tuanzu` to its end; gives what it printed."""
        with self.start("-m", "services.standalone.cli", *words) as process:
            printed, _ = process.communicate(timeout=60)
        assert process.returncode == 0, printed
        return printed


@pytest.fixture
def bare(homes: Path, python: dict[str, str]) -> Bare:
    """Give a runner whose scratch folder, with one for each kind of key, is the account's."""
    scratch = homes / "scratch"
    for folder in (scratch, scratch / "keys", scratch / "owner-keys"):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            NOBODY.owns(folder)
    return Bare(scratch, python)


@pytest.fixture
def installation(homes: Path, seasoned: Path, embedded: Settings, bare: Bare) -> Generator[Bare]:
    """Give the runner what the compose file gives: engines by TCP, passwords in files only."""
    keys, owner_keys = bare.scratch / "keys", bare.scratch / "owner-keys"
    bare.run("keys", "make", str(keys), str(owner_keys))
    place = home.opened(seasoned)
    account = accounts.engine_account(place)
    server = postgres.placed(place.engines, place.log("postgres"), account)
    cache = valkey.placed(place.engines, place.log("valkey"), account)
    cache.write_config()
    port, rules = valkey.free_port(), homes / "hba.conf"
    rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    tcp = ("--listen_addresses=127.0.0.1", f"--port={port}", f"--hba_file={rules}")
    program = server.tool("postgres", *server.program().argv[1:], *tcp)
    keeper = Keeper(embedded, terminal.complain)
    keeper.start(program)
    keeper.start(cache.program())
    assert eventually(lambda: _prepared(server, port, (owner_keys / "password").read_text()))
    address = f"127.0.0.1:{port}/tuanzu?passfile="
    bare.variables = {
        "TUANZU_DATABASE_URL": f"postgresql+psycopg://tuanzu_app@{address}{keys / 'pgpass'}",
        "TUANZU_MIGRATION_URL": f"postgresql+psycopg://tuanzu_owner@{address}"
        f"{owner_keys / 'pgpass'}",
        "TUANZU_REDIS_URL": cache.url,
        "TUANZU_SECRET_KEY_FILE": str(keys / "secret.key"),
        "TUANZU_PORT": str(valkey.free_port()),
        "TUANZU_SWEEP_EVERY": "PT1S",
    }
    yield bare
    keeper.stop(time.monotonic() + 5)


def _prepared(server: postgres.Postgres, port: int, password: str) -> bool:
    """Do what the image's entry point does: give the owner its password; no other role is there."""
    try:
        with psycopg.connect(
            host=str(server.socket),
            port=port,
            user=postgres.OWNER,
            dbname="tuanzu",
            autocommit=True,
        ) as owner:
            owner.execute("DROP OWNED BY tuanzu_app")
            owner.execute("DROP ROLE tuanzu_app")
            owner.execute(sql.SQL("ALTER ROLE tuanzu_owner PASSWORD {}").format(password))
    except psycopg.OperationalError:
        return False
    return True


def test_keys_are_made_once_and_only_their_owner_reads_them(bare: Bare) -> None:
    folders = (bare.scratch / "keys", bare.scratch / "owner-keys")
    made = []
    for _ in range(2):
        bare.run("keys", "make", *map(str, folders))
        files = sorted(path for folder in folders for path in folder.iterdir())
        made.append([path.read_text() for path in files])
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert len(files) == 4
    assert made[0] == made[1]


def test_an_ordinary_user_runs_everything_and_leaves_nothing(bare: Bare) -> None:
    bare.variables = QUICK | {"STAND_IN": "plain", "TUANZU_PORT": str(valkey.free_port())}
    with bare.start("-m", "tests.standalone.stand_in") as process:
        assert process.stdout is not None
        assert any("ready" in line for line in process.stdout)
        engines = bare.scratch / "home" / "engines"
        assert engines.stat().st_uid == bare.scratch.stat().st_uid
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert left_over(bare.scratch / "home") == []


def test_every_process_of_the_table_works_without_rights(installation: Bare) -> None:
    installation.run("migrate")
    del installation.variables["TUANZU_MIGRATION_URL"]
    port = int(installation.variables["TUANZU_PORT"])
    site = Site("127.0.0.1", port, installation.scratch, worker_processes=1)
    running = [
        installation.start(*process.command(site)[1:]) for process in TABLE if not process.one_shot
    ]
    try:
        for process in TABLE:
            if process.health:
                assert eventually(partial(_healthy, installation, process.name), 30)
        assert [begun.poll() for begun in running] == [None] * len(running)
    finally:
        for begun in running:
            begun.terminate()
            begun.communicate(timeout=20)
    report = installation.run("doctor")
    assert any("✓" in line and "database role" in line for line in report.splitlines())


def _healthy(installation: Bare, name: str) -> bool:
    with installation.start("-m", "services.standalone.cli", "alive", name) as process:
        process.communicate(timeout=20)
    return process.returncode == 0
