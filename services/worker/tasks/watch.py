"""Look for everything that is due in PostgreSQL, and let the internal readers read on."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from services.core.kit import db, feed, jobs
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.worker.app import app
from services.worker.consumers import CONSUMERS
from services.worker.queues import DELIVER
from services.worker.ticks import TICKS

_log = structlog.get_logger(__name__)
_BUDGET_SECONDS = 20.0
"""A task ends well inside its time limit; what is left is found by the next wake-up."""


@app.task(name="watch.look")
def look(**_: object) -> None:
    """Do what is due and read what is new, until there is nothing or the time is up."""
    until = time.monotonic() + _BUDGET_SECONDS
    told = 0
    with db.unit_of_work() as session:
        jobs.beat(session, "watch")
    while time.monotonic() < until:
        read = sum(_once(f"feed.{name}", _reading(name)) for name in CONSUMERS)
        done = sum(_once(name, tick) for name, tick in TICKS.items())
        told += read + done
        if not read + done:
            break
    if told:
        for name in ("deliver.webhooks", "deliver.mail"):
            app.send_task(name, queue=DELIVER, expires=settings().sweep_every.total_seconds())


def _reading(name: str) -> Callable[..., int]:
    """Make the tick that lets one internal reader read on."""

    def read(session: Session, *, now: datetime, limit: int) -> int:
        return feed.consume(session, name, CONSUMERS[name], now=now, limit=limit)

    return read


def _once(name: str, tick: Callable[..., int]) -> int:
    """Run one batch of one tick in its own transaction; its failure stops no other tick."""
    try:
        with db.unit_of_work() as session:
            return tick(session, now=house_now(session), limit=settings().claim_batch)
    except Exception:  # noqa: BLE001 one failing tick stops no other
        _log.exception("tick failed", tick=name)
        return 0
