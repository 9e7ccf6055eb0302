"""The engines of one home: the embedded ones, or the addresses of servers that already run."""

import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.core.kit.settings import Settings
from services.standalone import accounts, children, home, postgres, terminal, valkey
from services.standalone.home import Home
from services.standalone.keeper import Keeper

STOP_SECONDS = 1.5
"""A fast shutdown takes 0.02 s; with `stop_within` this stays below ten seconds."""
_LEFTOVER_SECONDS = 2.0
"""A leftover worker in the middle of a task is cut short: the row is the job and comes back."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the engines are: as the application, as the owner of the tables, and Redis."""

    database: str
    migration: str
    redis: str


def dismiss_leftovers(place: Home) -> None:
    """Stop whatever an earlier supervisor of this home left running; call under its lock."""
    children.dismiss(children.marked(place.root), signal.SIGTERM, _LEFTOVER_SECONDS)
    if place.engines.exists():
        engines = place.engines.resolve()
        postgres.dismiss_leftover(engines)
        valkey.dismiss_leftover(engines)


def start(place: Home, chosen: Settings, keeper: Keeper) -> Urls:
    """Start the engines that are not given by address, and check that they keep their word.

    Raises:
        Trouble: an engine does not start or answer, or would lose acknowledged writes.
    """
    folder = Path()
    account = accounts.engine_account(place)
    if not (chosen.database_url and chosen.redis_url):
        folder = accounts.settled(place, account)
    within = chosen.start_within.total_seconds()
    database, migration = chosen.database_url, chosen.migration_url or chosen.database_url
    if not database:
        server = postgres.placed(folder, place.log("postgres"), account)
        _start_postgres(server, keeper, within)
        database, migration = server.url(postgres.APP), server.url(postgres.OWNER)
    redis_url = chosen.redis_url
    if not redis_url:
        cache = valkey.placed(folder, place.log("valkey"), account)
        _start_valkey(cache, keeper, within)
        redis_url = cache.url
    postgres.refuse_lax(database)
    return Urls(database, migration, redis_url)


def _start_postgres(server: postgres.Postgres, keeper: Keeper, within: float) -> None:
    """Make the cluster if need be, start the server, wait for it, and make the roles."""
    postgres.ensure_cluster(server)
    kept = keeper.start(server.program())
    children.wait_until(server.answers, kept.process, kept.program, within)
    postgres.ensure_roles(server)


def _start_valkey(server: valkey.Valkey, keeper: Keeper, within: float) -> None:
    """Write the server's configuration, start it and wait for it."""
    server.write_config()
    kept = keeper.start(server.program())
    children.wait_until(server.answers, kept.process, kept.program, within)


@contextmanager
def running(path: Path, chosen: Settings) -> Generator[Urls]:
    """Run a home's engines alone, without the processes: for backups, restores and tests."""
    place = home.opened(path)
    with home.locked(place):
        dismiss_leftovers(place)
        keeper = Keeper(chosen, terminal.complain)
        try:
            yield start(place, chosen, keeper)
        finally:
            keeper.stop(time.monotonic() + STOP_SECONDS)
            dismiss_leftovers(place)
