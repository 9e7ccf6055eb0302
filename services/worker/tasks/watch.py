"""Look for everything that is due in PostgreSQL, and let the internal readers read on."""

import mmap
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import structlog
from sqlalchemy.orm import Session

from services.core.kit import db, feed, jobs, wake
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.worker import children, stopping
from services.worker.app import app
from services.worker.consumers import CONSUMERS
from services.worker.queues import DELIVER
from services.worker.ticks import TICKS, Tick

_log = structlog.get_logger(__name__)
_BUDGET_SECONDS = 20.0
"""A task ends well inside its time limit; what is left is found by the next wake-up."""
_LOOK = 0x6C6F6F6B  # "look": one number for every look of this database
_AGAIN = mmap.mmap(-1, 1)
"""Set by a child that found another one looking: that one goes round once more."""


@app.task(name="watch.look")
def look(**_: object) -> None:
    """Do what is due and read what is new, until there is nothing or the time is up.

    One child of a worker looks at a time: the others stay free for mail and webhooks.
    """
    _AGAIN[0] = 1
    with _alone() as alone:
        if alone:
            _look()


@contextmanager
def _alone() -> Generator[bool]:
    """Tell whether this child is the one that looks."""
    with psycopg.connect(wake.plain_url(), autocommit=True, connect_timeout=3) as connection:
        won = connection.execute(children.LOCK, (_LOOK, children.worker())).fetchone()
        yield won == (True,)


def _look() -> None:
    until = time.monotonic() + _BUDGET_SECONDS
    ticks = all_ticks()
    told, failing = 0, set[str]()
    with db.unit_of_work() as session:
        jobs.beat(session, "watch", every=settings().sweep_every)
    while time.monotonic() < until:
        found, _AGAIN[0] = 0, 0
        for name, tick in ticks.items():
            if stopping.asked():
                return
            passed = _once(name, tick)
            found += passed or 0
            failing |= {name} if passed is None else set()
        told += found
        if not found and not _AGAIN[0]:
            break
    with db.unit_of_work() as session:
        jobs.beat(session, *sorted(ticks.keys() - failing), every=settings().sweep_every)
    if told:
        for name in ("deliver.webhooks", "deliver.mail"):
            app.send_task(name, queue=DELIVER, expires=settings().sweep_every.total_seconds())


def all_ticks() -> dict[str, Tick]:
    """Give everything one look does, in order: what is new is read before what is due is done."""
    reading = {f"feed.{name}": _reading(name) for name in CONSUMERS}
    return {**reading, **TICKS}


def _reading(name: str) -> Callable[..., int]:
    """Make the tick that lets one internal reader read on."""
    digest = feed.one_by_one(CONSUMERS[name])

    def read(session: Session, *, now: datetime, limit: int) -> int:
        return feed.consume(session, name, digest, now=now, limit=limit)

    return read


def _once(name: str, tick: Tick) -> int | None:
    """Run one batch of one tick in its own transaction; None: it failed, which stops no other."""
    try:
        with db.unit_of_work() as session:
            return tick(session, now=house_now(session), limit=settings().claim_batch)
    except Exception:  # noqa: BLE001 one failing tick stops no other
        _log.exception("tick failed", tick=name)
        return None
