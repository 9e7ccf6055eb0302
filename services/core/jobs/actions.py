"""Starting, cancelling and moving on a job; what its items do is for the routes to say."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from services.core.jobs import queries
from services.core.jobs.models import Job, JobItem
from services.core.jobs.rules import MOVES, JobState, JobVerb
from services.core.jobs.schemas import BatchItem
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.cipher import opened, sealed
from services.core.kit.events import Actor, Subject
from services.core.kit.moves import moved
from services.core.kit.trace import ADDRESS, TRACEPARENT


def start(
    session: Session,
    *,
    collection: str,
    parameters: Mapping[str, str],
    items: Sequence[BatchItem],
    language: str,
    by: Caller,
) -> Job:
    """Keep a batch to be done after this request; its items may hold secrets and are encrypted."""
    job = Job(
        account_id=by.account_id,
        collection=collection,
        parameters=dict(parameters),
        permissions=sorted(by.permissions),
        language=language,
        trace=TRACEPARENT.get(),
        address=ADDRESS.get(),
        state=JobState.QUEUED,
        total=len(items),
        next_at=by.now,
        created_at=by.now,
    )
    session.add(job)
    session.flush()
    session.execute(
        insert(JobItem),
        [
            {
                "job_id": job.id,
                "position": position,
                "op": item.op,
                "asked": sealed(item.model_dump_json().encode(), owner=_owner(job.id, position)),
            }
            for position, item in enumerate(items)
        ],
    )
    details = {"collection": collection, "items": len(items)}
    _note(session, "job.start", job, by, details)
    return job


def asked(item: JobItem) -> BatchItem:
    """Give what an item asks for.

    Raises:
        RuntimeError: it is done, and what it asked for is forgotten.
    """
    if item.asked is None:
        raise RuntimeError("a job item is done only once")
    return BatchItem.model_validate_json(
        opened(item.asked, owner=_owner(item.job_id, item.position))
    )


def begin(job: Job, *, now: datetime) -> None:
    """Note that the first piece of a job is being done."""
    if job.state == JobState.QUEUED:
        job.state = moved(MOVES, JobState(job.state), JobVerb.BEGIN)
        job.started_at = now


def settle(
    item: JobItem,
    job: Job,
    *,
    status: int,
    headers: Mapping[str, str],
    problem: dict[str, Any] | None,
) -> None:
    """Write down what came of one item; the record itself is read where it lives.

    A problem's copy of the record is not kept: tomorrow the account may not see it any more.
    """
    item.asked = None
    item.status = status
    item.etag, item.location = headers.get("etag"), headers.get("location")
    if problem is None:
        job.succeeded += 1
        return
    job.failed += 1
    item.problem = {name: value for name, value in problem.items() if name != "current"}


def pause(job: Job, *, now: datetime, is_over: bool) -> None:
    """End a piece: the job is done, or goes to the end of the queue."""
    if is_over:
        job.state = moved(MOVES, JobState(job.state), JobVerb.FINISH)
        job.next_at, job.finished_at = None, now
        return
    job.next_at = now


def cancel(session: Session, *, job_id: UUID, expected: int, by: Caller) -> None:
    """Let a job end here; what is done stays done.

    Raises:
        Missing, Stale; UnlawfulMove: it is over already.
    """
    job = queries.for_change(session, by, job_id=job_id, expected=expected)
    stop(job, now=by.now)
    _note(session, "job.cancel", job, by, {"done": job.succeeded + job.failed})


def stop(job: Job, *, now: datetime) -> None:
    """Leave undone what is not done yet."""
    job.state = moved(MOVES, JobState(job.state), JobVerb.CANCEL)
    job.next_at, job.finished_at = None, now


def forget_finished(session: Session, *, now: datetime, kept: timedelta) -> None:
    """Remove jobs that have been over for long enough, with their items."""
    session.execute(delete(Job).where(Job.finished_at < now - kept))


def _note(session: Session, action: str, job: Job, by: Caller, details: dict[str, Any]) -> None:
    ledger.note(
        session,
        action,
        by=Actor.person(by),
        now=by.now,
        about=Subject("job", job.id),
        details=details,
    )


def _owner(job_id: UUID, position: int) -> str:
    return f"job_item|{job_id}|{position}"
