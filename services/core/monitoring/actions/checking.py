"""The check that finds, clears, lights, and says so as facts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from services.core.calendar.rules import instant_of
from services.core.kit import jobs, ledger
from services.core.kit.events import Fact, Subject
from services.core.kit.feed import Reader, Seen
from services.core.monitoring import findings, queries, rules, totals
from services.core.monitoring.events import (
    FindingChanged,
    FindingCleared,
    FindingOpened,
    FindingWaived,
    HealthChanged,
    ProgressMissing,
    ProjectStalled,
)
from services.core.monitoring.findings import BY, Matter, Wrong
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.monitoring.queries import Stood, Watched
from services.core.monitoring.rules import mr_03, mr_04
from services.core.monitoring.rules.verdict import Issue
from services.core.policies.pack import Light
from services.core.progress.queries import held
from services.core.projects.models import ProjectWatch

_log = structlog.get_logger(__name__)


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
        matter = OfProject(stood.seen)
        findings.keep(session, matter, _wrongs(stood), stood.known)
        _light(session, stood)
        stood.watch.next_check_at = stood.anew.next_check_at


# By the ids as well: the plan then reads these rows alone, however large the table is.
_REST = text(
    """
    UPDATE project_watch AS w SET next_check_at = rest.at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:moments AS timestamptz[])) AS rest(id, at)
    WHERE w.project_id = rest.id AND w.project_id = ANY (CAST(:ids AS uuid[]))
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
    totals.judge_anew(session, at)


READERS: dict[str, Reader] = {
    **totals.READERS,
    "policy.adopted": judge_anew,
    "policy.retired": judge_anew,
    "policy.assigned": judge_anew,
    "policy.assignment_ended": judge_anew,
}


class OfProject(Matter):
    """A project as what findings are about; each of its facts says the same first."""

    def __init__(self, seen: Watched) -> None:
        project = seen.owing.project
        self.now = seen.setting.now
        self.whose = {
            "project_id": project.id,
            "group_id": project.group_id,
            "organisation_id": project.responsible_organisation_id,
        }
        self._seen = seen

    def opening(self, finding: Finding, issue: Issue) -> Fact:
        """Tell it by its own name where the domain has one."""
        about = self._about(finding)
        if finding.rule == mr_03.RULE and issue.subject_id:
            return ProgressMissing(**about, report_id=issue.subject_id, period=issue.occurrence)
        return ProjectStalled(**about) if finding.rule == mr_04.RULE else FindingOpened(**about)

    def changing(self, finding: Finding, light_before: Light) -> Fact:
        """Tell that its light changed."""
        return FindingChanged(**self._about(finding), light_before=light_before)

    def waiving(self, finding: Finding, until: datetime) -> Fact:
        """Tell that it rests."""
        return FindingWaived(**self._about(finding), waived_until=until)

    def clearing(self, finding: Finding) -> Fact:
        """Tell that its cause is gone."""
        return FindingCleared(**self._about(finding))

    def subject(self, finding: Finding) -> Subject:
        """Say who hears of it: everybody who sees the project."""
        return self._seen.owing.subject("finding", finding.id)

    def _about(self, finding: Finding) -> dict[str, Any]:
        return {
            "finding_id": finding.id,
            "rule": finding.rule,
            "project_id": finding.project_id,
            "project_code": self._seen.owing.project.code,
            "group_id": finding.group_id,
            "organisation_id": finding.organisation_id,
            "occurrence": finding.occurrence,
            "light": finding.light,
            "due_at": finding.due_at,
        }


def _wrongs(stood: Stood) -> Iterator[Wrong]:
    """Give everything the rules find wrong now, the project's own and what others owe it."""
    for verdict in (*stood.verdicts, *stood.aside):
        until = verdict.waived.until if verdict.waived else None
        explanation = rules.explained(verdict, stood.seen.setting)
        for issue in verdict.issues:
            yield Wrong(verdict.rule, issue, explanation, until)


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
    ledger.record(session, fact, about=about, by=BY, now=setting.now, changes=changes)
