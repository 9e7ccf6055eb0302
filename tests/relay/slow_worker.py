"""A worker of the service whose ticks are slow and whose one reader counts what it reads."""

import os
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.kit.feed import Seen
from services.worker import consumers, ticks
from services.worker.app import app

__all__ = ("app",)

SLOW_SECONDS = 2.0
_EFFECT = text("INSERT INTO consumer_cursor (name, seq) VALUES (:name, 0)")
_COUNT = text(
    "INSERT INTO aggregate_version (aggregate_id, version) VALUES (:id, 1) "
    "ON CONFLICT (aggregate_id) DO UPDATE SET version = aggregate_version.version + 1"
)


def slow(session: Session, *, now: datetime, limit: int) -> int:
    """Do something that takes a while and has its effect at the end."""
    del now, limit
    name = f"slow-{time.monotonic_ns()}"
    with Path(os.environ["SLOW_NOTES"]).open("a") as notes:
        notes.write(name + "\n")
    time.sleep(SLOW_SECONDS)
    session.execute(_EFFECT, {"name": name})
    return 1


def count(session: Session, seen: Seen, now: datetime) -> None:
    """Count how often a fact has its effect."""
    del now
    session.execute(_COUNT, {"id": seen.event_id})


consumers.CONSUMERS.clear()
ticks.TICKS.clear()
if "SLOW_NOTES" in os.environ:
    ticks.TICKS["slow"] = slow
else:
    consumers.CONSUMERS["counter"] = {"region.changed": count}
