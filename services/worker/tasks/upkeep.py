"""Remove what is spent; anchor the audit; archive what the policies no longer keep here."""

import time
from pathlib import Path

import structlog
from sqlalchemy import text

from services.core.access import actions as access
from services.core.audit import actions as audit
from services.core.jobs import actions as finished_jobs
from services.core.kit import db, idempotency, jobs, retention, written
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.core.monitoring import actions as monitoring
from services.worker import stopping
from services.worker.app import app
from services.worker.consumers import NAMES

_log = structlog.get_logger(__name__)
_ARCHIVED_AT_ONCE = 20_000
"""Lines of one archive file: written, read back and dropped well inside the task's time limit."""
_WINDOW_SECONDS = 20.0
_PROVED_AT_ONCE = 500
"""Projects of one transaction of the nightly proof."""
_OWED = text("SELECT min(seq) FROM webhook_delivery WHERE next_at IS NOT NULL")
"""The oldest event that an endpoint is still owed."""


@app.task(name="upkeep.tidy")
def tidy(**_: object) -> None:
    """Forget idempotency keys whose window is over, spent sessions, tokens and jobs."""
    with db.unit_of_work() as session:
        now = house_now(session)
        idempotency.forget_expired(session, now=now)
        access.tidy(session, now=now)
        finished_jobs.forget_finished(session, now=now, kept=settings().job_kept)
        written.forget_old(session, now=now)
        size = settings().event_part
        retention.make_room(session, ahead=size, size=size)
        jobs.beat(session, "upkeep", every=settings().upkeep_every)


@app.task(name="upkeep.audit")
def keep_audit(**_: object) -> None:
    """Anchor the chain once a day, and archive one stretch of what is older than the policy."""
    with db.unit_of_work() as session:
        anchor = audit.anchor_due(session, now=house_now(session))
    if anchor is not None:
        _log.info("audit anchored", seq=anchor.seq, head=anchor.hash.hex())
        jobs.beat(session, "audit", every=settings().upkeep_every)
    folder = settings().audit_archive
    if folder is None:
        return
    with db.unit_of_work() as session:
        path = audit.archive_old(
            session,
            folder=folder,
            keep=settings().audit_keep,
            now=house_now(session),
            limit=_ARCHIVED_AT_ONCE,
        )
    if path is not None:
        _log.info("audit lines archived", file=path.name)


@app.task(name="upkeep.events")
def keep_events(**_: object) -> None:
    """Archive what of the log is older than the policy and needed by nobody, then drop it.

    A part goes over many files; what is not done in this time goes on with the next.
    """
    until = time.monotonic() + _WINDOW_SECONDS
    with db.unit_of_work() as session:
        jobs.beat(session, "events", every=settings().upkeep_every)
    folder = settings().event_archive
    while folder and time.monotonic() < until and not stopping.asked():
        if not _archive_or_drop(folder):
            return


def _archive_or_drop(folder: Path) -> bool:
    """Write one file of the oldest part, or drop it; tells whether there may be more to do."""
    with db.unit_of_work() as session:
        now = house_now(session)
        owed = session.execute(_OWED).scalar_one()
        part = retention.oldest_gone_by(
            session, keep=settings().event_keep, readers=NAMES, owed=owed, now=now
        )
        if part is None:
            return False
        path = retention.archive_some(
            session, part, folder=folder, now=now, limit=_ARCHIVED_AT_ONCE
        )
        if path is not None:
            _log.info("events archived", file=path.name)
            return True
        dropped = retention.drop(session, part)
    if dropped:
        _log.info("part of the log dropped", first_seq=part.first_seq, last_seq=part.last_seq)
    return dropped


@app.task(name="upkeep.prove")
def prove(**_: object) -> None:
    """Judge anew all that is watched, once a night, in as many windows as it takes."""
    until, more = time.monotonic() + _WINDOW_SECONDS, True
    while more and time.monotonic() < until and not stopping.asked():
        with db.unit_of_work() as session:
            more = monitoring.prove_some(session, now=house_now(session), limit=_PROVED_AT_ONCE)
    with db.unit_of_work() as session:
        jobs.beat(session, "proof", every=settings().upkeep_every)
