"""Writes of runs: the account of the watch when it is due, and what of it was missed."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.queries import Recipient
from services.core.kit import ledger
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.settings import settings
from services.core.notifications import actions as notifications
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.runs import queries, rules
from services.core.runs.events import MonitorRunCompleted, MonitorRunMissed
from services.core.runs.models import MonitorRun
from services.core.runs.rules import RunState, Turn

_BY = Actor.part("runs")


def record_due(session: Session, *, now: datetime, limit: int) -> int:
    """Give the account that is due, once nothing due waits any more; gives how many were written.

    Runs that were missed are noted at once, and caught up by one account. The very first run begins
    the count. `limit` is every tick's: of these there is one at a time.
    """
    if limit < 1 or not queries.is_alone(session):
        return 0
    last = queries.last_run(session)
    if last is not None and last.state == RunState.MISSED:
        return _complete(session, last, now)
    at, grace = settings().monitor_run_at, settings().monitor_run_grace
    if last is None:
        first = _begin(Turn(rules.last_due(now, at), 0, None), since_at=now)
        return _complete(session, first, now)
    due = rules.turn(last.due_at, now, at=at, grace=grace)
    if due is None or (not due.missed and queries.is_behind(session, now=now)):
        return 0
    run = _begin(due, since_at=last.ran_at or last.due_at)
    if not due.missed:
        return _complete(session, run, now)
    seen_at = queries.seen_at(session)
    run.state, run.noticed_at = RunState.MISSED, now
    run.runs_missed, run.first_missed_at = due.missed, due.first_missed_at
    run.silent_since = seen_at if seen_at and now - seen_at > grace else None
    session.add(run)
    session.flush()
    fact = MonitorRunMissed(
        monitor_run_id=run.id,
        due_at=run.due_at,
        runs_missed=due.missed,
        first_missed_at=due.first_missed_at or run.due_at,
        silent_since=run.silent_since,
    )
    _record(session, run, fact, now)
    return 1


def _begin(due: Turn, *, since_at: datetime) -> MonitorRun:
    """Make the row of a run; it is written with what it says."""
    return MonitorRun(due_at=due.due_at, since_at=since_at, state=RunState.COMPLETED)


def _complete(session: Session, run: MonitorRun, now: datetime) -> int:
    """Write the account, as soon as no project waits to be looked at."""
    if queries.is_behind(session, now=now):
        return 0
    was_missed = run.state == RunState.MISSED
    run.self_findings = [queries.shown(each) for each in queries.self_findings(session, now=now)]
    for name, number in queries.counted(session, since=run.since_at, until=now).items():
        setattr(run, name, number)
    run.state = RunState.CAUGHT_UP if was_missed else RunState.COMPLETED
    run.ran_at = now
    session.add(run)
    session.flush()
    fact = MonitorRunCompleted(
        monitor_run_id=run.id,
        due_at=run.due_at,
        since_at=run.since_at,
        ran_at=now,
        runs_missed=run.runs_missed,
        projects_watched=run.projects_watched,
        findings_opened=run.findings_opened,
        findings_cleared=run.findings_cleared,
        findings_open=run.findings_open,
        reminders_sent=run.reminders_sent,
        steps_taken=run.steps_taken,
        is_zero=run.is_zero,
    )
    _record(session, run, fact, now)
    _tell_of_nothing(session, run, now)
    return 1


def _tell_of_nothing(session: Session, run: MonitorRun, now: datetime) -> None:
    """Tell those whose policy asks for it that nothing was found in their groups."""
    theirs: dict[UUID, list[texts.Quiet]] = defaultdict(list)
    people: dict[UUID, Recipient] = {}
    for quiet, audience in queries.quiet_groups(session, since=run.since_at, now=now):
        for person in audience:
            people[person.account_id] = person
            theirs[person.account_id].append(quiet)
    link = f"{settings().address()}/api/v1/monitor-runs/{run.id}"
    for account_id, groups in theirs.items():
        text = texts.nothing_found(groups, since_at=run.since_at, ran_at=now, link=link)
        notifications.notify(
            session,
            recipients=[people[account_id]],
            cause=Cause("zero_report", run.id),
            text=text,
            now=now,
        )


def _record(session: Session, run: MonitorRun, fact: Fact, now: datetime) -> None:
    about = Subject("monitor_run", run.id, for_everybody=True)
    ledger.record(session, fact, about=about, by=_BY, now=now)
