"""Climbing: begun by what rules find, step by step, stopped when its cause is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access.queries import Recipient
from services.core.calendar.rules import day_of
from services.core.escalations import queries, rules
from services.core.escalations.actions import papers, telling
from services.core.escalations.events import (
    EscalationStarted,
    EscalationStepped,
    EscalationStopped,
)
from services.core.escalations.models import EscalationRun, EscalationStep
from services.core.escalations.queries import Case
from services.core.escalations.rules import DueStep, RunState, RunVerb, StopReason
from services.core.kit import changes, jobs, ledger
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.feed import Reader, Seen
from services.core.kit.ids import new_id
from services.core.kit.moves import moved
from services.core.notifications import actions as notifications
from services.core.notifications import queries as inbox
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.policies.pack import Ladder, Mode, StepKind

_BY = Actor.part("escalations")
_MILD = frozenset({StepKind.REMINDER, StepKind.URGE, StepKind.URGE_NOTICE})
"""Steps that wait for the sending window; what is beyond them is urgent."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """One step as it was taken: its row, whom it reached, and what it says."""

    row: EscalationStep
    people: tuple[Recipient, ...]
    text: texts.Text


def begin(session: Session, seen: Seen, now: datetime) -> None:
    """Begin one climb for a finding, with today's ladder; nothing if it is under way.

    A missing report, a late blocker and a project that has stalled are chased; other findings are
    there to be seen.
    """
    finding = queries.open_finding(session, finding_id=UUID(seen.data["finding_id"]))
    if finding is None or finding.rule not in queries.CHASED:
        return
    case = queries.case_of(session, finding_id=finding.id, now=now)
    if rules.stopped_by(case.circumstances, now):
        return
    policy, behind = case.policy, queries.steps_behind(session, finding_id=finding.id)
    made = session.scalar(
        insert(EscalationRun)
        .values(
            id=new_id(),
            finding_id=finding.id,
            project_id=case.project.id,
            group_id=finding.group_id,
            organisation_id=finding.organisation_id,
            policy_code=policy.pack.code,
            policy_number=policy.number,
            ladder=rules.frozen(policy.pack.ladder),
            due_at=case.counts_from,
            state=RunState.CLIMBING,
            climbed=behind,
            next_at=now,
            started_at=now,
            version=1,
        )
        .on_conflict_do_nothing()
        .returning(EscalationRun.id)
    )
    run = session.get(EscalationRun, made) if made else None
    if run is None:
        return
    fact = EscalationStarted(
        **_about(run),
        policy_code=policy.pack.code,
        policy_number=policy.number,
        due_at=run.due_at,
    )
    _record(session, run, fact, now, changes.of_new(run))


def attend(session: Session, seen: Seen, now: datetime) -> None:
    """Stop what no longer has a cause, by how the matter stands now."""
    for run in queries.open_runs(session, project_id=UUID(seen.data["project_id"])):
        case = queries.case_of(session, finding_id=run.finding_id, now=now)
        reason = rules.stopped_by(case.circumstances, now)
        if reason:
            _stop(session, run, case, reason, now)


def wake(session: Session, seen: Seen, now: datetime) -> None:
    """Look again at climbs whose next step waits for red periods, because a light has changed."""
    project_id = UUID(seen.data["project_id"])
    for run in queries.climbing_without_a_moment(session, project_id=project_id):
        run.next_at = now


def ask_again(session: Session, seen: Seen, now: datetime) -> None:
    """Let every climb be timed anew, because the calendar has changed."""
    del seen
    session.execute(
        update(EscalationRun)
        .where(EscalationRun.next_at.is_not(None))
        .values(next_at=now, version=EscalationRun.version + 1)
        .execution_options(synchronize_session=False)
    )


READERS: dict[str, Reader] = {
    **telling.READERS,
    "progress.missing": begin,
    "project.stalled": begin,
    "finding.opened": begin,
    "finding.changed": begin,
    "finding.cleared": attend,
    "finding.waived": attend,
    "progress.accepted": attend,
    "blocker.resolved": attend,
    "blocker.suspended": attend,
    "project.stage_changed": attend,
    "project.completed": attend,
    "project.paused": attend,
    "project.terminated": attend,
    "project.moved_out": attend,
    "health.changed": wake,
    "calendar.published": ask_again,
}


def climb_due(session: Session, *, now: datetime, limit: int) -> int:
    """Take every step that is due, each once and in order; gives how many climbs were looked at."""
    return jobs.each_due(session, EscalationRun, _climb, now=now, limit=limit)


def _climb(session: Session, run: EscalationRun, now: datetime) -> None:
    """Ask one climb's matter anew, then take all of its due steps or stop it."""
    case = queries.case_of(session, finding_id=run.finding_id, now=now)
    reason = rules.stopped_by(case.circumstances, now)
    if reason:
        _stop(session, run, case, reason, now)
        return
    ladder = rules.thawed(run.ladder)
    due = rules.due_steps(
        ladder,
        due_at=run.due_at,
        climbed=run.climbed,
        now=now,
        calendar=case.calendar,
        red_periods=case.red_periods,
    )
    opening = case.calendar.next_opening(now, case.window())
    if due and due[0].step.kind in _MILD and opening > now:
        run.next_at = opening
        return
    taken = [_take(session, run, case, ladder, step, now) for step in due]
    _tell(session, run, taken, now)
    _move_on(run, ladder, due, case, now)


def _move_on(
    run: EscalationRun, ladder: Ladder, due: Sequence[DueStep], case: Case, now: datetime
) -> None:
    """Note how far the climb is, and when it goes on."""
    if due:
        run.climbed = due[-1].step.number + 1
    run.next_at = rules.next_step_at(
        ladder, due_at=run.due_at, climbed=run.climbed, now=now, calendar=case.calendar
    )
    if rules.is_finished(ladder, run.climbed):
        run.state = moved(rules.RUN_MOVES, RunState(run.state), RunVerb.FINISH)
    elif run.next_at is None:
        run.next_at = case.look_again_at


def _take(
    session: Session,
    run: EscalationRun,
    case: Case,
    ladder: Ladder,
    due: DueStep,
    now: datetime,
) -> _Taken:
    """Take one step: what is automatic reaches its audience, the rest becomes a draft (I-16)."""
    step, matter, code = due.step, case.matter, ""
    order_id: UUID | None = None
    if step.mode == Mode.AUTOMATIC:
        reached = queries.addressed(
            session,
            step.audience,
            project=case.project,
            organisation_id=run.organisation_id,
            on=day_of(now),
        )
    else:
        paper = papers.drafted(session, run, case, step, now)
        reached, matter, code, order_id = paper.deciders, paper.matter, paper.code, paper.order_id
    row = EscalationStep(
        id=new_id(),
        run_id=run.id,
        number=step.number,
        kind=step.kind,
        colour=step.colour,
        planned_at=due.planned_at,
        taken_at=now,
        account_ids=[person.account_id for person in reached.people],
        organisation_ids=list(reached.organisation_ids),
        order_id=order_id,
    )
    session.add(row)
    fact = EscalationStepped(
        **_about(run),
        number=step.number,
        kind=step.kind,
        colour=step.colour,
        planned_at=due.planned_at,
        account_ids=tuple(row.account_ids),
        organisation_ids=reached.organisation_ids,
        order_id=order_id,
        is_last=rules.is_finished(ladder, step.number + 1),
    )
    _record(session, run, fact, now)
    text = texts.step_taken(step.kind, step.title, matter, code=code)
    return _Taken(row, reached.people, text)


def _tell(session: Session, run: EscalationRun, taken: Sequence[_Taken], now: datetime) -> None:
    """Tell each person of the highest step that reached him, once."""
    told: set[UUID] = set()
    for step in reversed(taken):
        notifications.notify(
            session,
            recipients=[person for person in step.people if person.account_id not in told],
            cause=Cause("escalation_step", step.row.id, run.project_id),
            text=step.text,
            now=now,
        )
        told.update(person.account_id for person in step.people)


def _stop(
    session: Session, run: EscalationRun, case: Case, reason: StopReason, now: datetime
) -> None:
    """End a climb, let its drafts fall, and tell everybody it went to that it is over, once."""
    run.state = moved(rules.RUN_MOVES, RunState(run.state), RunVerb.STOP)
    run.ended_at, run.ended_reason, run.next_at = now, reason, None
    papers.let_fall(session, run, reason, now)
    chased = queries.chased(session, run_id=run.id)
    notifications.notify(
        session,
        recipients=inbox.people(session, chased),
        cause=Cause("escalation_end", run.id, run.project_id),
        text=texts.climb_ended(reason, case.matter),
        now=now,
        mail_at=case.calendar.next_opening(now, case.window()),
    )
    fact = EscalationStopped(**_about(run), reason=reason, account_ids=tuple(chased))
    _record(session, run, fact, now)


def _about(run: EscalationRun) -> dict[str, Any]:
    """Give what every fact of a climb says first."""
    return {
        "run_id": run.id,
        "finding_id": run.finding_id,
        "project_id": run.project_id,
        "organisation_id": run.organisation_id,
    }


def _record(
    session: Session,
    run: EscalationRun,
    fact: Fact,
    now: datetime,
    made: dict[str, list[Any]] | None = None,
) -> None:
    about = Subject(
        "escalation_run", run.id, group_id=run.group_id, organisation_ids=(run.organisation_id,)
    )
    ledger.record(session, fact, about=about, by=_BY, now=now, changes=made)
