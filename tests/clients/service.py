"""A whole service with the demonstration in it, for clients generated from the contract."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import engines, given
from tests.standalone.runs import REPOSITORY
from tests.stories.world import World

CONTRACT = REPOSITORY / "docs" / "contract"


class Service:
    """Where it is, and the tokens of its log-ins."""

    def __init__(self, world: World) -> None:
        """Keep the processes."""
        self.world = world
        self.url = f"http://127.0.0.1:{world.port}"

    def tuanzu(self, *words: str) -> str:
        """Run one command of `tuanzu` beside the service; gives what it printed."""
        done = subprocess.run(  # noqa: S603 our own interpreter and module
            [sys.executable, "-m", "services.standalone.cli", *words],
            env=self.world.environment | {"TUANZU_HOME": str(self.world.folder)},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def token(self, login: str) -> str:
        """Give a bearer token, as `tuanzu token` prints it."""
        return self.tuanzu("token", login)


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    """Load the demonstration, start every process, stop them all."""
    with engines.database(f"clients_{os.getpid()}") as url:
        world = World(url, folder)
        service = Service(world)
        try:
            world.set_now(given.at("2026-11-25 10:00"))  # the README's day
            service.tuanzu("demo", "load")
            world.start("valkey", "api", "relay", "worker", "beat")
            world.answers()
            yield service
        finally:
            world.stop()
