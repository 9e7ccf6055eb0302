"""Remove what is spent."""

from services.core.kit import changes, db, idempotency, jobs
from services.core.kit.clock import house_now
from services.worker.app import app


@app.task(name="upkeep.tidy")
def tidy(**_: object) -> None:
    """Forget idempotency keys whose window is over, and written rows that no copy waits for."""
    with db.unit_of_work() as session:
        now = house_now(session)
        idempotency.forget_expired(session, now=now)
        changes.forget_old(session, now=now)
        jobs.beat(session, "upkeep")
