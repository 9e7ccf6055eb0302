"""Remove what is spent."""

from services.core.jobs import actions as finished_jobs
from services.core.kit import db, idempotency, jobs
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.worker.app import app


@app.task(name="upkeep.tidy")
def tidy(**_: object) -> None:
    """Forget idempotency keys whose window is over, and jobs that are long done."""
    with db.unit_of_work() as session:
        now = house_now(session)
        idempotency.forget_expired(session, now=now)
        finished_jobs.forget_finished(session, now=now, kept=settings().job_kept)
        jobs.beat(session, "upkeep")
