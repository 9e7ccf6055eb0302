"""Jobs are done here, by one thread of each api process, piece by piece.

A piece is one transaction: what its items do, their results and the job's progress are true
together or not at all. A process that is killed loses the piece it was doing, and nothing else;
the row lock is gone with its connection, and whoever looks next does that piece again.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace

import structlog
from sqlalchemy.orm import Session

from services.api.batch.collections import Collection
from services.api.batch.running import run
from services.api.signatures import takes
from services.core.access import queries as access
from services.core.jobs import actions, queries
from services.core.jobs.models import Job
from services.core.kit import db
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.core.kit.trace import ADDRESS, TRACEPARENT

_log = structlog.get_logger(__name__)
PIECE = 50
"""Items of one transaction: a second's work at most, so that a cancel or a stop waits no longer."""
_rung = threading.Event()


def ring() -> None:
    """Say that there may be a job; one that nobody rang for is found by the next look."""
    _rung.set()


class Drain:
    """The thread that does jobs while the api runs."""

    def __init__(self, collections: Mapping[str, Collection]) -> None:
        """Know what each collection can do."""
        self._collections = collections
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="jobs")

    def start(self) -> None:
        """Begin to look for jobs."""
        self._thread.start()

    def stop(self) -> None:
        """End after the piece that is being done."""
        self._stopped.set()
        ring()
        self._thread.join(timeout=settings().stop_within.total_seconds())

    def _serve(self) -> None:
        while not self._stopped.is_set():
            _rung.clear()
            try:
                while not self._stopped.is_set() and do_piece(self._collections):
                    pass
            except Exception:  # noqa: BLE001 the database is away: the next look finds the job again
                _log.exception("a piece of a job was not done")
            _rung.wait(settings().sweep_every.total_seconds())


def do_piece(collections: Mapping[str, Collection]) -> bool:
    """Do the next piece of the job that waits longest; says whether there was one."""
    with db.unit_of_work() as session:
        now = house_now(session)
        job = queries.next_due(session, now=now)
        if job is None:
            return False
        told = TRACEPARENT.set(job.trace), ADDRESS.set(job.address)
        try:
            _do(session, job, collections.get(job.collection))
        finally:
            TRACEPARENT.reset(told[0])
            ADDRESS.reset(told[1])
    return True


def _do(session: Session, job: Job, collection: Collection | None) -> None:
    """Do one piece with what the account may do and see at this moment."""
    now = house_now(session)
    actions.begin(job, now=now)
    caller = access.enter_as(session, job.account_id)
    if caller is None or collection is None:  # closed meanwhile, or a newer version has no such
        actions.stop(job, now=now)
        return
    narrowed = replace(caller, permissions=caller.permissions & frozenset(job.permissions))
    rows = queries.to_do(session, job.id, limit=PIECE)
    route = next(iter(collection.operations.values())).route
    parents = {
        name: takes(route).plain[name].validate_python(value)
        for name, value in job.parameters.items()
    }
    outcomes = run(
        session,
        narrowed,
        collection,
        parents=parents,
        items=[(row.position, actions.asked(row)) for row in rows],
    )
    for row, outcome in zip(rows, outcomes, strict=True):
        problem = outcome.problem.members(job.language) if outcome.problem else None
        actions.settle(row, job, status=outcome.status, headers=outcome.headers, problem=problem)
    is_over = job.succeeded + job.failed == job.total
    actions.pause(job, now=now, is_over=is_over)
