"""Remove what is spent."""

from services.core.access import actions as access
from services.core.kit import db, idempotency, jobs
from services.core.kit.clock import house_now
from services.worker.app import app


@app.task(name="upkeep.tidy")
def tidy(**_: object) -> None:
    """Forget idempotency keys whose window is over, and spent sessions, tokens and tallies."""
    with db.unit_of_work() as session:
        now = house_now(session)
        idempotency.forget_expired(session, now=now)
        access.tidy(session, now=now)
        jobs.beat(session, "upkeep")
