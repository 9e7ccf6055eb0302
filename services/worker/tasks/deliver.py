"""Talk with the outside: claim and commit, send, then write down what came of it."""

import time

from services.core.kit import clock, db, jobs
from services.core.kit.settings import settings
from services.core.notifications import actions as notifications
from services.core.notifications import mail
from services.core.webhooks import actions as owed
from services.worker import sending, stopping
from services.worker.app import app, nudge
from services.worker.queues import DELIVER

_WINDOW_SECONDS = 20.0
"""How long one task claims new work; with one request's timeout it stays inside its time limit."""
_LONG_WINDOW_SECONDS = 600


@app.task(
    name="deliver.webhooks",
    soft_time_limit=_LONG_WINDOW_SECONDS + 60,
    time_limit=_LONG_WINDOW_SECONDS + 75,
)
def webhooks(**_: object) -> None:
    """Send the webhooks that are due, and wait for more: the next task follows this one at once.

    One child of a worker does so for ten minutes and longer: each end is a moment at which nothing
    is sent. Where a worker has a single child nothing waits, for that child is needed elsewhere.
    """
    with db.unit_of_work() as session:
        owed.cancel_owed(session)
    waits = (app.conf.worker_concurrency or 1) > 1
    window = _LONG_WINDOW_SECONDS if waits else _WINDOW_SECONDS
    if sending.drain(window, waits=waits) and waits and not stopping.asked():
        nudge("deliver.webhooks", queue=DELIVER, expires=_WINDOW_SECONDS)


@app.task(name="deliver.mail")
def send_mail(**_: object) -> None:
    """Send the e-mails that are due, a few at a time, until none is or the time is up."""
    with db.unit_of_work() as session:
        jobs.beat(session, "mail", every=settings().sweep_every)
    until = time.monotonic() + _WINDOW_SECONDS
    while time.monotonic() < until and not stopping.asked() and _post():
        pass


def _post() -> int:
    """Claim and commit, send, write down what came of it; gives how many letters."""
    with db.unit_of_work() as session:
        claimed = notifications.claim_due(
            session, now=clock.house_now(session), limit=settings().claim_batch
        )
    for delivery in claimed:
        if stopping.asked():
            break  # the rest comes back when its lease is over
        outcome = mail.send(delivery)
        with db.unit_of_work() as session:
            notifications.settle(session, delivery, outcome, now=clock.house_now(session))
    return len(claimed)
