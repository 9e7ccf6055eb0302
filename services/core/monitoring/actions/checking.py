"""The check that finds, clears, lights, and says so as facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from services.core.calendar.rules import instant_of
from services.core.kit import jobs, ledger
from services.core.kit.events import Actor, Fact
from services.core.kit.feed import Reader, Seen
from services.core.monitoring import queries, rules
from services.core.monitoring.events import (
    FindingChanged,
    FindingCleared,
    FindingOpened,
    FindingWaived,
    HealthChanged,
    ProgressMissing,
    ProjectStalled,
)
from services.core.monitoring.models import Finding, FindingState, HealthAssessment
from services.core.monitoring.queries import Stood, Watched
from services.core.monitoring.rules import mr_03, mr_04
from services.core.monitoring.rules.verdict import Issue, Verdict
from services.core.policies.pack import SEVERITY, Light
from services.core.progress.queries import held
from services.core.projects.models import ProjectWatch

_log = structlog.get_logger(__name__)
_BY = Actor.part("monitoring")


def check_due(session: Session, *, now: datetime, limit: int) -> int:
    """Check the projects that are due; gives how many.

    A project that is paused, ended or gone loses its light, and what was found is cleared (I-17).
    One whose check fails is undone alone, logged, and looked at again later.
    """
    due = held(session, ProjectWatch.next_check_at, now=now, limit=limit)
    if not due:
        return 0
    moment, well = ProjectWatch.next_check_at, []
    quiet: dict[UUID, datetime | None] = {}
    for stood in queries.standings(session, due, now=now):
        project_id = stood.watch.project_id
        try:
            if stood.is_quiet:
                quiet[project_id] = stood.anew.next_check_at
            else:
                _tell(session, stood)
            well.append(project_id)
        except Exception as error:  # noqa: BLE001 one bad row spoils no other
            _log.exception("check failed", project=str(project_id))
            session.refresh(stood.watch)
            stood.watch.next_check_at = jobs.failed(session, moment, project_id, error, now=now)
    session.flush()
    _let_rest(session, quiet)
    jobs.succeeded(session, moment, well)
    return len(due)


def _tell(session: Session, stood: Stood) -> None:
    """Write down what a check has found; a failure undoes this project alone."""
    with session.begin_nested():
        _keep_findings(session, stood.seen, (*stood.verdicts, *stood.aside), stood.known)
        _light(session, stood)
        stood.watch.next_check_at = stood.anew.next_check_at


_REST = text(
    """
    UPDATE project_watch AS w SET next_check_at = rest.at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:moments AS timestamptz[])) AS rest(id, at)
    WHERE w.project_id = rest.id
    """
)


def _let_rest(session: Session, quiet: Mapping[UUID, datetime | None]) -> None:
    """Say when quiet projects are looked at again: one statement, however many they are."""
    if quiet:
        session.execute(_REST, {"ids": list(quiet), "moments": list(quiet.values())})


def judge_anew(session: Session, seen: Seen, now: datetime) -> None:
    """Let every project be checked when another policy begins to count."""
    effective_on = seen.data.get("effective_on")
    begins_at = instant_of(date.fromisoformat(effective_on), time(0)) if effective_on else now
    at = max(now, begins_at)
    session.execute(
        update(ProjectWatch)
        .values(next_check_at=func.least(ProjectWatch.next_check_at, at))
        .execution_options(synchronize_session=False)
    )


READERS: dict[str, Reader] = {
    "policy.adopted": judge_anew,
    "policy.retired": judge_anew,
    "policy.assigned": judge_anew,
    "policy.assignment_ended": judge_anew,
}


def _keep_findings(
    session: Session, seen: Watched, verdicts: Sequence[Verdict], known: Sequence[Finding]
) -> None:
    """Open what is new, keep what is known up to date, clear what is gone."""
    is_open = {(finding.rule, finding.occurrence): finding for finding in known}
    for verdict in verdicts:
        for issue in verdict.issues:
            finding = is_open.pop((verdict.rule, issue.occurrence), None)
            if finding is None:
                _open(session, seen, verdict, issue)
            else:
                _update(session, seen, finding, verdict, issue)
    for finding in is_open.values():
        _clear(session, seen, finding)


def _open(session: Session, seen: Watched, verdict: Verdict, issue: Issue) -> None:
    """Open a finding, or one that was cleared and is back."""
    project = seen.owing.project
    finding = queries.earlier_finding(
        session, rule=verdict.rule, project_id=project.id, occurrence=issue.occurrence
    )
    if finding is None:
        finding = Finding(
            rule=verdict.rule,
            project_id=project.id,
            occurrence=issue.occurrence,
            worst_light=issue.light,
        )
        session.add(finding)
    finding.group_id = project.group_id
    finding.organisation_id = issue.organisation_id or project.responsible_organisation_id
    finding.state, finding.cleared_at = FindingState.OPEN, None
    finding.due_at, finding.opened_at = issue.due_at, seen.setting.now
    _say(finding, verdict, issue, seen)
    _waive(finding, verdict)
    session.flush()
    about = _about(seen, finding)
    told = _waiving(finding, about) or _opening(finding, issue, about)
    _record(session, seen, finding, told)


def _waive(finding: Finding, verdict: Verdict) -> None:
    """Let a finding rest while a good reason is accepted for it; it keeps its memory."""
    finding.waived_until = verdict.waived.until if verdict.waived else None
    finding.state = FindingState.WAIVED if verdict.waived else FindingState.OPEN


def _waiving(finding: Finding, about: dict[str, Any]) -> Fact | None:
    """Tell that a finding rests, if it does."""
    until = finding.waived_until
    return FindingWaived(**about, waived_until=until) if until else None


def _opening(finding: Finding, issue: Issue, about: dict[str, Any]) -> Fact:
    """Choose how an opening is told: by its own name where the domain has one."""
    if finding.rule == mr_03.RULE and issue.subject_id:
        return ProgressMissing(**about, report_id=issue.subject_id, period=issue.occurrence)
    return ProjectStalled(**about) if finding.rule == mr_04.RULE else FindingOpened(**about)


def _update(
    session: Session, seen: Watched, finding: Finding, verdict: Verdict, issue: Issue
) -> None:
    """Keep an open finding's light and arithmetic true; a changed light is told."""
    was, rested = Light(finding.light), finding.waived_until
    _say(finding, verdict, issue, seen)
    _waive(finding, verdict)
    if finding.waived_until != rested:
        about = _about(seen, finding)
        told = _waiving(finding, about) or _opening(finding, issue, about)
        _record(session, seen, finding, told)
    elif issue.light != was:
        _record(
            session,
            seen,
            finding,
            FindingChanged(**_about(seen, finding), light_before=was),
        )


def _say(finding: Finding, verdict: Verdict, issue: Issue, seen: Watched) -> None:
    finding.light = issue.light
    if SEVERITY[issue.light] > SEVERITY[Light(finding.worst_light)]:
        finding.worst_light = issue.light
    finding.explanation = rules.explained(verdict, seen.setting) | {
        "light": issue.light,
        "arithmetic": issue.arithmetic.both(),
        "inputs": dict(issue.inputs),
    }


def _clear(session: Session, seen: Watched, finding: Finding) -> None:
    finding.state, finding.cleared_at = FindingState.CLEARED, seen.setting.now
    finding.waived_until = None
    _record(session, seen, finding, FindingCleared(**_about(seen, finding)))


def _about(seen: Watched, finding: Finding) -> dict[str, Any]:
    return queries.about(finding, seen.owing.project)


def _record(session: Session, seen: Watched, finding: Finding, fact: Fact) -> None:
    about = seen.owing.subject("finding", finding.id)
    ledger.record(session, fact, about=about, by=_BY, now=seen.setting.now)


def _light(session: Session, stood: Stood) -> None:
    """Set the project's light, and keep the assessment when the light of any rule changed."""
    watch, seen, verdicts, light = stood.watch, stood.seen, stood.verdicts, stood.anew.light
    setting, project = seen.setting, seen.owing.project
    if not stood.says_the_same:
        session.add(
            HealthAssessment(
                project_id=project.id,
                computed_at=setting.now,
                light=light,
                policy_code=setting.pack.code,
                policy_number=setting.number,
                dimensions=[rules.explained(verdict, setting) for verdict in verdicts],
            )
        )
    if light == watch.light:
        return
    fact = HealthChanged(
        project_id=project.id,
        project_code=project.code,
        light_before=watch.light,
        light=light,
        reasons=tuple(verdict.rule for verdict in verdicts if light and verdict.counted == light),
        policy_code=setting.pack.code,
        policy_number=setting.number,
        on=setting.today,
    )
    changes = {"light": [watch.light, light]}
    watch.light, watch.light_since = light, setting.now
    about = seen.owing.subject("project", project.id)
    ledger.record(session, fact, about=about, by=_BY, now=setting.now, changes=changes)
