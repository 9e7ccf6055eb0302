"""The nightly proof: every project judged anew, and compared with what is kept of it.

It changes no light. What it finds is a finding of the watch itself (MR-23), the project is checked
at once, and the next night clears it if both agree again.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.calendar.rules import SHANGHAI, day_of
from services.core.kit import ledger
from services.core.kit.events import Actor, Fact
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.monitoring import queries
from services.core.monitoring.events import FindingCleared, FindingOpened
from services.core.monitoring.models import Finding, FindingState, Proof
from services.core.monitoring.queries import Stood
from services.core.monitoring.rules import proof
from services.core.policies.pack import Light
from services.core.progress.queries import watched
from services.core.projects.models import ProjectWatch

BEGINS_AT = time(2)
"""In Asia/Shanghai: after the lights of midnight have changed, before anybody works."""
_BY = Actor.part("monitoring")
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
    doubtful = [
        stood.watch.project_id
        for stood in queries.standings(session, watched(session, *_still(page, now)), now=now)
        if stood.differences or stood.doubt
    ]
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


def _settle(session: Session, wanted: Collection[UUID], now: datetime) -> int:
    """Judge the doubtful once more while nobody writes about them; gives how many differ.

    A write that came between two reads of the first look is no difference.
    """
    differing = 0
    found = watched(session, *_still(wanted, now), lock=True)
    for stood in queries.standings(session, found, now=now):
        if stood.differences:
            _doubt(session, stood, now)
            differing += 1
        elif stood.doubt:
            _trust(session, stood, stood.doubt, now)
    return differing


def _doubt(session: Session, stood: Stood, now: datetime) -> None:
    """Find that the watch missed something, and let the project be checked at once."""
    project = stood.owing.project
    stood.watch.next_check_at = now
    finding = stood.doubt or queries.earlier_finding(
        session, rule=proof.RULE, project_id=project.id, occurrence=_OCCURRENCE
    )
    is_new = finding is None or finding.state == FindingState.CLEARED
    if finding is None:
        finding = Finding(
            rule=proof.RULE,
            project_id=project.id,
            occurrence=_OCCURRENCE,
            light=Light.YELLOW,
            worst_light=Light.YELLOW,
        )
        session.add(finding)
    finding.group_id = project.group_id
    finding.organisation_id = project.responsible_organisation_id
    finding.explanation = _explained(stood)
    if is_new:
        finding.state, finding.cleared_at = FindingState.OPEN, None
        finding.due_at = finding.opened_at = now
        session.flush()
        _record(session, stood, FindingOpened(**queries.about(finding, project)), finding, now)


def _trust(session: Session, stood: Stood, finding: Finding, now: datetime) -> None:
    """Clear the doubt of an earlier night: both agree again."""
    finding.state, finding.cleared_at = FindingState.CLEARED, now
    project = stood.owing.project
    _record(session, stood, FindingCleared(**queries.about(finding, project)), finding, now)


def _explained(stood: Stood) -> dict[str, object]:
    """Write what differs, each with both values."""
    setting, words = stood.seen.setting, stood.differences
    told = Words("；".join(each.zh for each in words), "; ".join(each.en for each in words))
    return {
        "rule": proof.RULE,
        "dimension": None,
        "light": Light.YELLOW,
        "arithmetic": Words(f"夜间复核：{told.zh}。", f"Nightly proof: {told.en}.").both(),
        "turns_green": _ENDS.both(),
        "inputs": {"differences": str(len(words)), "at": setting.now.isoformat()},
        "policy": {"code": setting.pack.code, "number": setting.number},
        "source": None,
        "waived": None,
    }


def _record(session: Session, stood: Stood, fact: Fact, finding: Finding, now: datetime) -> None:
    subject = stood.owing.subject("finding", finding.id)
    ledger.record(session, fact, about=subject, by=_BY, now=now)
