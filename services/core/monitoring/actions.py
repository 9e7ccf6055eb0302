"""Writes of monitoring: the check that finds, clears, lights, and says so as facts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit import ledger
from services.core.kit.events import Actor, Subject
from services.core.monitoring import queries, rules
from services.core.monitoring.events import (
    FindingCleared,
    FindingOpened,
    HealthChanged,
    ProgressMissing,
    ProjectStalled,
)
from services.core.monitoring.models import Finding, FindingState, HealthAssessment
from services.core.monitoring.queries import Watched
from services.core.monitoring.rules import mr_03, mr_04
from services.core.monitoring.rules.verdict import Issue, Verdict
from services.core.policies.pack import SEVERITY, Light
from services.core.projects.models import ProjectWatch

_BY = Actor.part("monitoring")


def check_due(session: Session, *, now: datetime, limit: int) -> int:
    """Check the projects that are due; gives how many.

    A project that is paused, ended or gone loses its light, and what was found is cleared (I-17).
    """
    watches = queries.due_watches(session, now=now, limit=limit)
    if not watches:
        return 0
    batch = queries.watched(session, watches, now=now)
    found = queries.findings_of(session, list(batch))
    for watch in watches:
        seen = batch[watch.project_id]
        verdicts = rules.assessed(seen.facts, seen.setting) if seen.is_watched else ()
        _keep_findings(session, seen, verdicts, found[watch.project_id])
        _light(session, watch, seen, verdicts)
        watch.next_check_at = rules.next_change(verdicts)
    session.flush()
    return len(watches)


def _keep_findings(
    session: Session, seen: Watched, verdicts: tuple[Verdict, ...], known: list[Finding]
) -> None:
    """Open what is new, keep what is known up to date, clear what is gone."""
    by_key = {(finding.rule, finding.occurrence): finding for finding in known}
    wrong = {(verdict.rule, issue.occurrence) for verdict in verdicts for issue in verdict.issues}
    for verdict in verdicts:
        for issue in verdict.issues:
            finding = by_key.get((verdict.rule, issue.occurrence))
            if finding is None or finding.state == FindingState.CLEARED:
                _open(session, seen, verdict, issue, finding)
            else:
                _update(finding, verdict, issue, seen)
    for key, finding in by_key.items():
        if key not in wrong and finding.state == FindingState.OPEN:
            _clear(session, seen, finding)


def _open(
    session: Session, seen: Watched, verdict: Verdict, issue: Issue, finding: Finding | None
) -> None:
    """Open a finding, or one that was cleared and is back."""
    now, project = seen.setting.now, seen.project
    if finding is None:
        finding = Finding(
            rule=verdict.rule,
            project_id=project.id,
            occurrence=issue.occurrence,
            group_id=project.group_id,
            organisation_id=project.responsible_organisation_id,
            worst_light=issue.light,
            due_at=issue.due_at,
            opened_at=now,
        )
        session.add(finding)
    finding.state, finding.cleared_at = FindingState.OPEN, None
    _update(finding, verdict, issue, seen)
    session.flush()
    about = _about(seen, finding)
    if verdict.rule == mr_03.RULE and issue.subject_id:
        _record(
            session,
            ProgressMissing(**about, report_id=issue.subject_id, period=issue.occurrence),
            seen,
            finding.id,
        )
    else:
        stalled = verdict.rule == mr_04.RULE
        fact = ProjectStalled(**about) if stalled else FindingOpened(**about)
        _record(session, fact, seen, finding.id)


def _update(finding: Finding, verdict: Verdict, issue: Issue, seen: Watched) -> None:
    finding.light = issue.light
    if SEVERITY[issue.light] > SEVERITY[Light(finding.worst_light)]:
        finding.worst_light = issue.light
    explanation = rules.explained(verdict, seen.setting)
    finding.explanation = {
        **explanation,
        "arithmetic": issue.arithmetic.both(),
        "inputs": dict(issue.inputs),
    }


def _clear(session: Session, seen: Watched, finding: Finding) -> None:
    finding.state, finding.cleared_at = FindingState.CLEARED, seen.setting.now
    session.flush()
    _record(session, FindingCleared(**_about(seen, finding)), seen, finding.id)


def _about(seen: Watched, finding: Finding) -> dict[str, object]:
    """Give what every fact about this finding says."""
    return {
        "finding_id": finding.id,
        "rule": finding.rule,
        "project_id": seen.project.id,
        "project_code": seen.project.code,
        "group_id": finding.group_id,
        "organisation_id": finding.organisation_id,
        "occurrence": finding.occurrence,
        "light": finding.light,
        "due_at": finding.due_at,
    }


def _record(
    session: Session,
    fact: ProgressMissing | ProjectStalled | FindingOpened | FindingCleared,
    seen: Watched,
    finding_id: UUID,
) -> None:
    ledger.record(
        session,
        fact,
        about=Subject("finding", finding_id, seen.project.group_id, _organisations(seen)),
        by=_BY,
        now=seen.setting.now,
    )


def _organisations(seen: Watched) -> tuple[UUID, ...]:
    project = seen.project
    return tuple({project.lead_organisation_id, project.responsible_organisation_id})


def _light(
    session: Session, watch: ProjectWatch, seen: Watched, verdicts: tuple[Verdict, ...]
) -> None:
    """Set the project's light, and keep the assessment when the light changed."""
    light = rules.overall(verdicts) if verdicts else None
    if light == watch.light:
        return
    now, setting, before = seen.setting.now, seen.setting, watch.light
    watch.light, watch.light_since = light, now
    if light is not None:
        session.add(
            HealthAssessment(
                project_id=seen.project.id,
                computed_at=now,
                light=light,
                policy_code=setting.pack.code,
                policy_number=setting.number,
                dimensions=[rules.explained(verdict, setting) for verdict in verdicts],
            )
        )
    ledger.record(
        session,
        HealthChanged(
            project_id=seen.project.id,
            project_code=seen.project.code,
            light_before=before,
            light=light,
            reasons=tuple(verdict.rule for verdict in verdicts if verdict.light == light),
            policy_code=setting.pack.code,
            policy_number=setting.number,
            on=setting.today,
        ),
        about=Subject("project", seen.project.id, seen.project.group_id, _organisations(seen)),
        by=_BY,
        now=now,
    )
