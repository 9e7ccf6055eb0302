"""Our processes without rights: no root, nothing to write to but /tmp, passwords from files.

That is how the compose file runs them. The containers themselves need Docker; the requirements
on our side of them do not.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from services.core.kit.settings import Settings
from services.standalone import accounts, children, engines, home, postgres, probe, valkey
from services.standalone.accounts import Account
from tests.standalone.runs import REPOSITORY, eventually, surroundings

NOBODY = Account(65534, 65534)


def interpreter() -> tuple[str, str]:
    """Give a Python the unprivileged account can run, and the packages it needs.

    Raises:
        pytest.skip: the only one lies below a folder that is closed to that account.
    """
    packages = os.pathsep.join([str(REPOSITORY), *(path for path in sys.path if "site-" in path)])
    ours = Path(sys.executable).resolve()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (ours, shutil.which(version, path="/usr/bin:/usr/local/bin:/bin")):
        if candidate and (os.geteuid() != 0 or NOBODY.can_run(Path(candidate))):
            return str(candidate), packages
    pytest.skip(f"no {version} that an account without rights may run")


@dataclass
class Bare:
    """Runs commands as an account that may write only to one scratch folder."""

    scratch: Path
    variables: dict[str, str]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a module of ours in a folder it may not write to."""
        executable, packages = interpreter()
        as_root = os.geteuid() == 0
        return subprocess.Popen(  # noqa: S603 our own modules
            [executable, "-m", *words],
            env=surroundings(self.scratch / "home", **self.variables)
            | {"PYTHONPATH": packages, "HOME": "/nowhere", "TMPDIR": str(self.scratch)}
            | {"PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=NOBODY.uid if as_root else None,
            group=NOBODY.gid if as_root else None,
            extra_groups=[] if as_root else None,
        )

    def run(self, *words: str) -> str:
        """Run a module of ours to its end; gives what it printed."""
        process = self.start(*words)
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == 0, printed
        return printed


@pytest.fixture
def bare(homes: Path) -> Bare:
    """Give a runner whose scratch folder belongs to the account."""
    scratch = homes / "scratch"
    scratch.mkdir()
    if os.geteuid() == 0:
        NOBODY.owns(scratch)
    return Bare(scratch, {})


@pytest.fixture
def by_password(homes: Path, embedded: Settings, bare: Bare) -> Generator[Bare]:
    """Give the runner an installation like the compose file's: TCP, scram, files of passwords."""
    bare.run("services.standalone.cli", "keys", str(bare.scratch), str(bare.scratch / "."))
    place = home.opened(homes / "server")
    account = accounts.engine_account(place)
    folder = accounts.settled(place, account)
    port = valkey.free_port()
    with engines.running(place.root, embedded):
        pass
    server = postgres.placed(folder, place.log("postgres"), account)
    rules = folder / "hba.conf"
    rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    rules.chmod(0o644)
    program = server.tool(
        "postgres", *server.program().argv[1:], f"--port={port}", f"--hba_file={rules}",
        "--listen_addresses=127.0.0.1",
    )
    process = children.start(program)
    del process
    yield bare
