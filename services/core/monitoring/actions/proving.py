"""The nightly proof: every project judged anew, and compared with what is kept of it.

It changes no light. What it finds is a finding of the watch itself (MR-23), the project is checked
at once, and the next night clears it if both agree again.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.calendar.rules import SHANGHAI, day_of
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.monitoring import findings, queries
from services.core.monitoring.actions.checking import OfProject
from services.core.monitoring.findings import Wrong
from services.core.monitoring.models import Proof
from services.core.monitoring.queries import Stood
from services.core.monitoring.rules import proof
from services.core.monitoring.rules.verdict import Issue, Told
from services.core.policies.pack import Light
from services.core.progress.queries import watched
from services.core.projects.models import ProjectWatch

_log = structlog.get_logger(__name__)

BEGINS_AT = time(2)
"""In Asia/Shanghai: after the lights of midnight have changed, before anybody works."""
_OCCURRENCE = "proof"
_FIRST = UUID(int=0)
_ENDS = Words("次日复核一致后消除。", "It is cleared when the next night's proof agrees.")


def prove_some(session: Session, *, now: datetime, limit: int) -> bool:
    """Judge the next projects of this night's proof anew; tells whether more are left.

    Who is due for a check is left to it. Another worker that proves at the same time is let be.
    """
    run = _held(session, night_of(now), now)
    if run is None:
        return False
    page = session.scalars(
        select(ProjectWatch.project_id)
        .where(ProjectWatch.project_id > (run.after_id or _FIRST))
        .order_by(ProjectWatch.project_id)
        .limit(limit)
    ).all()
    doubtful = _doubtful(session, page, now)
    run.projects += len(page)
    run.differences += _settle(session, doubtful, now) if doubtful else 0
    if len(page) == limit:
        run.after_id = page[-1]
    else:
        run.ended_at = now
    session.flush()
    return run.ended_at is None


def night_of(now: datetime) -> date:
    """Give the day whose proof is to be made: until two in the morning that of the day before."""
    today = day_of(now)
    begun = now.astimezone(SHANGHAI).time() >= BEGINS_AT
    return today if begun else today - timedelta(days=1)


def _held(session: Session, night: date, now: datetime) -> Proof | None:
    """Begin or take up a night's proof; None: it is done, or somebody else is at it."""
    session.execute(
        insert(Proof)
        .values(night=night, began_at=now, projects=0, differences=0)
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(Proof)
        .where(Proof.night == night, Proof.ended_at.is_(None))
        .with_for_update(skip_locked=True)
    ).one_or_none()


def _still(wanted: Collection[UUID], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Write "one of these, and not waiting to be checked"."""
    moment = ProjectWatch.next_check_at
    return among(ProjectWatch.project_id, wanted), or_(moment.is_(None), moment > now)


def _doubtful(session: Session, wanted: Collection[UUID], now: datetime) -> list[UUID]:
    """Judge anew without a lock; gives those that differ, or did in an earlier night.

    One that cannot be judged stops no other: its check fails too, and says so.
    """
    found = []
    for stood in queries.standings(session, watched(session, *_still(wanted, now)), now=now):
        try:
            if stood.differences or stood.doubt:
                found.append(stood.watch.project_id)
        except Exception:  # noqa: BLE001 one bad row spoils no other
            _log.exception("proof failed", project=str(stood.watch.project_id))
    return found


def _settle(session: Session, wanted: Collection[UUID], now: datetime) -> int:
    """Judge the doubtful once more while nobody writes about them; gives how many differ.

    A write that came between two reads of the first look is no difference.
    """
    differing = 0
    found = watched(session, *_still(wanted, now), lock=True)
    for stood in queries.standings(session, found, now=now):
        doubts = [_doubt(stood)] if stood.differences else []
        if doubts:
            stood.watch.next_check_at = now
            differing += 1
        known = [stood.doubt] if stood.doubt else []
        findings.keep(session, OfProject(stood.seen), doubts, known)
    return differing


def _doubt(stood: Stood) -> Wrong:
    """Write what differs, each with both values."""
    setting, words = stood.seen.setting, stood.differences
    told = Words("；".join(each.zh for each in words), "; ".join(each.en for each in words))
    arithmetic = Words(f"夜间复核：{told.zh}。", f"Nightly proof: {told.en}.")
    inputs = {"differences": str(len(words)), "at": setting.now.isoformat()}
    issue = Issue(_OCCURRENCE, Light.YELLOW, setting.now, None, partial(Told, arithmetic, inputs))
    explanation = {
        "rule": proof.RULE,
        "dimension": None,
        "turns_green": _ENDS.both(),
        "policy": {"code": setting.pack.code, "number": setting.number},
        "source": None,
        "waived": None,
    }
    return Wrong(proof.RULE, issue, explanation)
