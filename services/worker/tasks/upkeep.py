"""Remove what is spent."""

from services.core.kit import db, idempotency, jobs
from services.core.kit.clock import house_now
from services.worker.app import app


@app.task(name="upkeep.tidy")
def tidy(**_: object) -> None:
    """Forget idempotency keys whose window is over."""
    with db.unit_of_work() as session:
        idempotency.forget_expired(session, now=house_now(session))
        jobs.beat(session, "upkeep")
