"""Watching totals of places: a year's target (MR-15), and the library as it was stated (MR-20).

They are findings of the regulator of the place, and turn no project's light. A total is looked at
when it is recorded, soon after something is written about a project below it, and once a day.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar, day_of, instant_of
from services.core.kit import jobs
from services.core.kit.events import Fact, Subject
from services.core.kit.feed import Reader, Seen
from services.core.monitoring import findings
from services.core.monitoring.events import (
    LibraryGapChanged,
    LibraryGapCleared,
    LibraryGapOpened,
    TargetAtRisk,
    TargetRiskChanged,
    TargetRiskCleared,
)
from services.core.monitoring.findings import Matter, Wrong
from services.core.monitoring.models import Finding, TotalKind, TotalWatch
from services.core.monitoring.queries.totals import (
    Total,
    due_totals,
    open_total_findings,
    totals_of,
)
from services.core.monitoring.rules import mr_15, mr_20
from services.core.monitoring.rules.totals import (
    Answer,
    StatementFacts,
    TargetFacts,
    explained,
)
from services.core.monitoring.rules.verdict import Issue, Setting
from services.core.policies import queries as policies
from services.core.policies.pack import Light
from services.core.policies.queries import Current
from services.core.projects.models import Project
from services.core.regions.models import Region

_log = structlog.get_logger(__name__)
_SOON = timedelta(minutes=1)
"""A total is added up anew at most once a minute, however much is written below it: adding up a
large library takes longer than to look at one project (a proposal)."""


def check_due(session: Session, *, now: datetime, limit: int) -> int:
    """Look at the totals that are due, with one statement for each kind; gives how many.

    One whose check fails is undone alone, logged, and looked at again later.
    """
    due = due_totals(session, now=now, limit=limit)
    if not due:
        return 0
    known, found = totals_of(session, due), open_total_findings(session, [one.id for one in due])
    terms, moment, well = _Terms(session, now), TotalWatch.next_at, []
    for watch in due:
        watch_id = watch.id
        try:
            with session.begin_nested():
                total = known[watch_id]
                setting = terms.setting(total)
                matter, answer = _asked(total, setting)
                wrongs = _wrongs(total, answer, setting)
                findings.keep(session, matter, wrongs, found[watch_id])
            well.append(watch_id)
        except Exception as error:  # noqa: BLE001 one bad row spoils no other
            _log.exception("total failed", total=str(watch_id))
            session.refresh(watch)
            watch.next_at = jobs.failed(session, moment, watch_id, error, now=now)
    session.flush()
    session.execute(
        update(TotalWatch)
        .where(TotalWatch.id.in_(well))
        .values(next_at=instant_of(day_of(now) + timedelta(days=1), time(0)))
    )
    jobs.succeeded(session, moment, well)
    return len(due)


def judge_anew(session: Session, at: datetime) -> None:
    """Let every total be looked at, because another policy begins to count."""
    session.execute(
        update(TotalWatch)
        .values(next_at=func.least(TotalWatch.next_at, at))
        .execution_options(synchronize_session=False)
    )


def watch_target(session: Session, seen: Seen, now: datetime) -> None:
    """Watch a target from now on; one that was corrected is looked at again."""
    _watch(session, UUID(seen.data["target_id"]), TotalKind.TARGET, seen, now)


def watch_statement(session: Session, seen: Seen, now: datetime) -> None:
    """Watch a statement from now on, and look again at the older ones of its place."""
    _watch(session, UUID(seen.data["statement_id"]), TotalKind.STATEMENT, seen, now)
    session.execute(
        update(TotalWatch)
        .where(
            TotalWatch.region_code == seen.data["region_code"],
            TotalWatch.kind == TotalKind.STATEMENT,
        )
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def add_up_anew(session: Session, seen: Seen, now: datetime) -> None:
    """Let the totals above a project be looked at soon, because something of it has changed."""
    above = (
        select(func.unnest(Region.lineage))
        .join(Project, Project.region_code == Region.code)
        .where(Project.id == UUID(seen.data["project_id"]))
    )
    session.execute(
        update(TotalWatch)
        .where(TotalWatch.region_code.in_(above), TotalWatch.next_at > now + _SOON)
        .values(next_at=now + _SOON)
        .execution_options(synchronize_session=False)
    )


READERS: dict[str, Reader] = {
    "target.recorded": watch_target,
    "library.stated": watch_statement,
    **dict.fromkeys(
        (
            "progress.accepted",
            "progress.corrected",
            "plan.baselined",
            "plan.changed",
            "project.admitted",
            "project.changed",
            "project.paused",
            "project.resumed",
            "project.terminated",
            "project.moved_out",
        ),
        add_up_anew,
    ),
}


def _watch(session: Session, total_id: UUID, kind: TotalKind, seen: Seen, now: datetime) -> None:
    made = insert(TotalWatch).values(
        id=total_id, kind=kind, region_code=seen.data["region_code"], next_at=now
    )
    session.execute(
        made.on_conflict_do_update(index_elements=[TotalWatch.id], set_={"next_at": now})
    )


class _Terms:
    """By which policies and days totals are judged at one moment, each asked for once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._policies: dict[str | None, Current] = {}
        self._calendars: dict[str, WorkCalendar] = {}

    def setting(self, total: Total) -> Setting:
        """Give by what one total is judged.

        Raises:
            Conflict: no version of its policy is in effect.
        """
        code, region = total.policy_code, total.region_code
        if code not in self._policies:
            on = day_of(self._now)
            self._policies[code] = policies.current(self._session, code=code, on=on)
        if region not in self._calendars:
            self._calendars[region] = calendars.work_calendar(self._session, region)
        policy = self._policies[code]
        return Setting(policy.pack, policy.number, self._calendars[region], self._now)


def _asked(total: Total, setting: Setting) -> tuple[Matter, Answer]:
    """Ask the rule of a total."""
    facts = total.facts
    if isinstance(facts, TargetFacts):
        return _OfTarget(total, facts, setting.now), mr_15.check(facts, setting)
    return _OfStatement(total, facts, setting.now), mr_20.check(facts, setting)


def _wrongs(total: Total, answer: Answer, setting: Setting) -> Iterable[Wrong]:
    """Give what is to be kept; of a total that nobody answers for there is no finding."""
    if answer.issue is None or total.regulator_id is None:
        return ()
    return (Wrong(answer.rule, answer.issue, explained(answer, setting)),)


class _OfTotal(Matter):
    """A total as what findings are about: they are its regulator's."""

    def __init__(self, total: Total, now: datetime) -> None:
        self.now = now
        self.whose = {f"{total.kind}_id": total.id, "organisation_id": total.regulator_id}
        self._region_code = total.region_code

    def subject(self, finding: Finding) -> Subject:
        return Subject("finding", finding.id, organisation_ids=(finding.organisation_id,))

    def about(self, finding: Finding) -> dict[str, Any]:
        """Give what every fact about a finding of a total says."""
        return {
            "finding_id": finding.id,
            "rule": finding.rule,
            "region_code": self._region_code,
            "organisation_id": finding.organisation_id,
            "light": finding.light,
            "due_at": finding.due_at,
        }


class _OfTarget(_OfTotal):
    """A year's target."""

    def __init__(self, total: Total, facts: TargetFacts, now: datetime) -> None:
        super().__init__(total, now)
        self._said: dict[str, Any] = {"target_id": total.id, "year": facts.year}

    def opening(self, finding: Finding, issue: Issue) -> Fact:
        del issue
        return TargetAtRisk(**self.about(finding), **self._said)

    def changing(self, finding: Finding, light_before: Light) -> Fact:
        return TargetRiskChanged(**self.about(finding), **self._said, light_before=light_before)

    def clearing(self, finding: Finding) -> Fact:
        return TargetRiskCleared(**self.about(finding), **self._said)


class _OfStatement(_OfTotal):
    """The library as somebody stated it."""

    def __init__(self, total: Total, facts: StatementFacts, now: datetime) -> None:
        super().__init__(total, now)
        self._said: dict[str, Any] = {"statement_id": total.id, "as_of_month": facts.as_of_month}

    def opening(self, finding: Finding, issue: Issue) -> Fact:
        del issue
        return LibraryGapOpened(**self.about(finding), **self._said)

    def changing(self, finding: Finding, light_before: Light) -> Fact:
        return LibraryGapChanged(**self.about(finding), **self._said, light_before=light_before)

    def clearing(self, finding: Finding) -> Fact:
        return LibraryGapCleared(**self.about(finding), **self._said)
