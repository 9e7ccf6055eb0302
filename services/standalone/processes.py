"""The one table of what runs; the supervisor starts it, and docker-compose.yml must equal it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.worker import queues

PYTHON = "python"
"""Stands for the interpreter of the environment, first in every command of the table."""


@dataclass(frozen=True, slots=True)
class Site:
    """What differs between places the processes run in."""

    host: str
    port: int
    scratch: Path
    """A folder for what may be lost: beat's note of when it last sent what."""
    worker_processes: int


@dataclass(frozen=True, slots=True)
class Process:
    """One kind of process: what it is for, how it is started, how one sees that it works."""

    name: str
    why: str
    command: Callable[[Site], tuple[str, ...]]
    ready_at: str = ""
    """A path that answers 200 once it serves; empty: it serves nobody."""
    health: tuple[str, ...] = ()
    """A command that exits 0 while the process does its work; none for one that ends."""
    one_shot: bool = False
    scalable: bool = False
    """Whether more than one may usefully run; all may run twice without harm."""
    as_owner: bool = False
    """Whether it works as the role that owns the tables."""


def _migrate(_: Site) -> tuple[str, ...]:
    return (PYTHON, "-m", "services.standalone.cli", "migrate")


def _demo(_: Site) -> tuple[str, ...]:
    return (PYTHON, "-m", "services.standalone.cli", "demo", "load")


def _api(site: Site) -> tuple[str, ...]:
    """Open streams end with the process, so a stop waits three seconds for requests and no more.

    Above 800 connections new ones are told to come back: a process may have 1024 files by default.
    Whom to believe about the client's address is the app's own setting (`trusted_proxies`).
    """
    listen = ("--host", site.host, "--port", str(site.port))
    calm = ("--no-access-log", "--timeout-graceful-shutdown", "3")
    wary = ("--no-server-header", "--no-proxy-headers", "--limit-concurrency", "800")
    app = ("services.api.main:create_app", "--factory")
    return (PYTHON, "-m", "uvicorn", *app, *listen, *calm, *wary)


def _relay(_: Site) -> tuple[str, ...]:
    return (PYTHON, "-m", "services.worker.relay")


def _worker(site: Site) -> tuple[str, ...]:
    """Gossip and mingle make workers talk to each other, which nothing here needs."""
    pool = ("-P", "prefork", "-c", str(site.worker_processes), "-Q", ",".join(queues.ALL))
    calm = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return (PYTHON, "-m", "celery", "-A", "services.worker.app", "worker", *pool, *calm)


def _beat(site: Site) -> tuple[str, ...]:
    note = ("--schedule", str(site.scratch / "beat.db"))
    return (PYTHON, "-m", "celery", "-A", "services.worker.app", "beat", *note)


def _alive(name: str) -> tuple[str, ...]:
    return (PYTHON, "-m", "services.standalone.cli", "alive", name)


TABLE: tuple[Process, ...] = (
    Process("migrate", "brings the tables to this version", _migrate, one_shot=True, as_owner=True),
    Process(
        "api", "answers clients", _api, ready_at="/readyz", health=_alive("api"), scalable=True
    ),
    Process("relay", "numbers facts and copies them to Redis", _relay, health=_alive("relay")),
    Process("worker", "does what is due", _worker, health=_alive("worker"), scalable=True),
    Process("beat", "asks workers every few seconds to look", _beat, health=_alive("beat")),
)

DEMO = Process("demo", "loads the Jingning records, once", _demo, one_shot=True)
"""Only the one-machine run does this by itself: elsewhere nobody wants surprises in the tables."""
