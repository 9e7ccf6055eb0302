"""Reads of jobs: an account sees its own and nobody else's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.core.jobs.models import Job, JobItem
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page

FIELDS: Fields = Constant(
    {
        "id": Job.id,
        "collection": Job.collection,
        "state": Job.state,
        "total": Job.total,
        "succeeded": Job.succeeded,
        "failed": Job.failed,
        "created_at": Job.created_at,
        "started_at": Job.started_at,
        "finished_at": Job.finished_at,
        "version": Job.version,
    }
)
_ITEM_FIELDS: Fields = Constant(
    {
        "position": JobItem.position,
        "op": JobItem.op,
        "status": JobItem.status,
        "etag": JobItem.etag,
        "location": JobItem.location,
        "problem": JobItem.problem,
    }
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "a job of this very account"."""
    return Job.account_id == caller.account_id


def job(session: Session, caller: Caller, *, job_id: UUID) -> Found:
    """Read one job.

    Raises:
        Missing: the caller has no such job.
    """
    return reading.found(
        session,
        FIELDS,
        version=Job.version,
        source=Job.__table__,
        where=[Job.id == job_id, visible(caller)],
    )


def jobs(session: Session, caller: Caller, *, ask: Ask, state: str | None) -> Page:
    """Read a page of the caller's jobs, the oldest first unless sorted otherwise."""
    where = [visible(caller)]
    if state:
        where.append(Job.state == state)
    return reading.page(
        session, FIELDS, source=Job.__table__, where=where, sorts={"id": Job.id}, ask=ask
    )


def items(session: Session, caller: Caller, *, job_id: UUID, ask: Ask, failed: bool | None) -> Page:
    """Read a page of a job's items in their order; `failed`: only those, or only the others.

    Raises:
        Missing: the caller has no such job.
    """
    if session.scalar(select(Job.id).where(Job.id == job_id, visible(caller))) is None:
        raise Missing
    where: list[ColumnElement[bool]] = [JobItem.job_id == job_id]
    if failed is not None:
        where.append(JobItem.problem.is_not(None) if failed else JobItem.problem.is_(None))
    return reading.page(
        session,
        _ITEM_FIELDS,
        source=JobItem.__table__,
        where=where,
        sorts={"position": JobItem.position},
        ask=ask,
    )


def for_change(session: Session, caller: Caller, *, job_id: UUID, expected: int) -> Job:
    """Lock one of the caller's jobs at the version it has seen; waits for the piece being done."""
    return rows.for_change(session, Job, Job.id == job_id, visible(caller), expected=expected)


def next_due(session: Session, *, now: datetime) -> Job | None:
    """Lock the job that waits longest, if no other process has it."""
    return session.scalars(
        select(Job)
        .where(Job.next_at <= now)
        .order_by(Job.next_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def to_do(session: Session, job_id: UUID, *, limit: int) -> Sequence[JobItem]:
    """Give the next items that are not done, in their order; the job's lock keeps them so."""
    return session.scalars(
        select(JobItem)
        .where(JobItem.job_id == job_id, JobItem.status.is_(None))
        .order_by(JobItem.position)
        .limit(limit)
    ).all()
