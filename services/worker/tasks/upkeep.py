"""Remove what is spent; anchor the audit and archive what its policy no longer keeps here."""

import structlog

from services.core.access import actions as access
from services.core.audit import actions as audit
from services.core.jobs import actions as finished_jobs
from services.core.kit import db, idempotency, jobs, written
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.worker.app import app

_log = structlog.get_logger(__name__)
_ARCHIVED_AT_ONCE = 20_000
"""Lines of one archive file: written, read back and dropped well inside the task's time limit."""


@app.task(name="upkeep.tidy")
def tidy(**_: object) -> None:
    """Forget idempotency keys whose window is over, spent sessions, tokens and jobs."""
    with db.unit_of_work() as session:
        now = house_now(session)
        idempotency.forget_expired(session, now=now)
        access.tidy(session, now=now)
        finished_jobs.forget_finished(session, now=now, kept=settings().job_kept)
        written.forget_old(session, now=now)
        jobs.beat(session, "upkeep")


@app.task(name="upkeep.audit")
def keep_audit(**_: object) -> None:
    """Anchor the chain once a day, and archive one stretch of what is older than the policy."""
    with db.unit_of_work() as session:
        anchor = audit.anchor_due(session, now=house_now(session))
    if anchor is not None:
        _log.info("audit anchored", seq=anchor.seq, head=anchor.hash.hex())
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
