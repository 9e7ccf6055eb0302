"""Facts for the rules, gathered for a whole batch of projects in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.blockers.models import Blocker
from services.core.blockers.rules import OPEN_STATES, BlockerLevel, BlockerState
from services.core.calendar.rules import day_of
from services.core.guarantees import queries as guarantees
from services.core.kit.scope import ASKED, Ids, among
from services.core.monitoring import rules
from services.core.monitoring.past import months_of
from services.core.monitoring.rules.verdict import (
    Facts,
    OpenBlocker,
    OpenMilestone,
    OwedReport,
    Setting,
    Verdict,
    YearPlan,
)
from services.core.progress.models import ProgressReport
from services.core.progress.queries import Outline, Owing, Terms
from services.core.progress.rules import ReportState, due_at, in_rhythm
from services.core.projects.models import AnnualPlan, Milestone, ProjectWatch
from services.core.projects.rules import LibraryClass, Stage, library_class
from services.core.rulings import queries as rulings

_BEFORE_START = frozenset(
    {
        Stage.IDEA,
        Stage.RESERVE,
        Stage.SIGNED,
        Stage.PREPARATORY,
        Stage.PROPOSED,
        Stage.AGREED,
    }
)
_DELIVERING = frozenset({Stage.UNDER_CONSTRUCTION, Stage.RUNNING})


@dataclass(frozen=True, slots=True)
class Watched:
    """One project as the rules see it, with the policy and the calendar it is judged by."""

    owing: Owing
    facts: Facts
    setting: Setting

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Ask every rule; a project at rest is asked nothing (I-17)."""
        return rules.assessed(self.facts, self.setting) if self.owing.is_watched else ()

    @property
    def aside(self) -> tuple[Verdict, ...]:
        """Ask the rules about what others owe the project."""
        return rules.aside(self.facts, self.setting) if self.owing.is_watched else ()


_Judged = tuple[str | None, str, LibraryClass]
"""By what a project is judged: the code of its policy, whose days, its class in the library."""


class Batch:
    """What is known of some projects, read in a fixed number of statements.

    What is the same for many of them, a setting or a due, is made once.
    """

    def __init__(self, session: Session, owing: Collection[Owing], *, now: datetime) -> None:
        """Read the rows that rules look at."""
        project_ids = Ids.asked(each.project.id for each in owing)
        self._now = now
        self._settings: dict[_Judged, Setting] = {}
        self._dues: dict[tuple[_Judged, str], datetime] = {}
        self._terms = Terms(session, day_of(now), owing)
        self._reports = _reports(session, project_ids)
        self._milestones = _milestones(session, project_ids)
        self._plans, self._payments = _plans(session, project_ids)
        self._blockers = _blockers(session, project_ids)
        self._promises = guarantees.open_promises(session, project_ids)
        self._months = months_of(session, project_ids, now=now)
        self._rulings = rulings.in_force(session, project_ids, on=day_of(now))

    def watched(self, watch: ProjectWatch, owing: Owing) -> Watched:
        """Put together what the rules look at of one project.

        Raises:
            Conflict: no version of its policy is in effect.
        """
        stage = Stage(owing.project.stage)
        judged = (owing.policy_code, owing.region_code, library_class(stage))
        if judged not in self._settings:
            self._settings[judged] = self._setting(owing, judged[-1])
        facts = self._facts(watch, owing.project, stage, judged)
        return Watched(owing, facts, self._settings[judged])

    def _setting(self, owing: Owing, of_class: LibraryClass) -> Setting:
        current, calendar = self._terms.policy(owing), self._terms.calendar(owing)
        return Setting(current.pack, current.number, calendar, self._now, of_class)

    def _facts(self, watch: ProjectWatch, project: Outline, stage: Stage, judged: _Judged) -> Facts:
        reports, accepted_at = self._reports[project.id], watch.last_accepted_at
        return Facts(
            has_started=project.actual_start_on is not None or stage not in _BEFORE_START,
            is_delivering=stage in _DELIVERING,
            owes_reports=project.reports_from is not None,
            plan_start_on=project.plan_start_on,
            watched_since_on=watch.watched_since_on,
            last_progress_on=watch.last_progress_on,
            last_accepted_on=day_of(accepted_at) if accepted_at else None,
            last_accepted_period=watch.last_accepted_period,
            next_due_at=self._next_due(watch, reports, judged),
            cumulative_year=watch.cumulative_year,
            owed_reports=tuple(reports),
            open_milestones=tuple(self._milestones[project.id]),
            plans=self._plans[project.id],
            open_blockers=tuple(self._blockers[project.id]),
            open_promises=tuple(self._promises[project.id]),
            months=self._months.get(project.id, ()),
            rulings=self._rulings.get(project.id, ()),
            paid_year=watch.paid_year,
            payments=self._payments[project.id],
        )

    def _next_due(
        self, watch: ProjectWatch, reports: Sequence[OwedReport], judged: _Judged
    ) -> datetime | None:
        """Give the due of the oldest report not accepted, else of the one that opens next."""
        if reports:
            return min(report.original_due_at for report in reports)
        if watch.next_period is None:
            return None
        asked = (judged, watch.next_period)
        if asked not in self._dues:
            setting = self._settings[judged]
            following = in_rhythm(watch.next_period, setting.cadence)
            self._dues[asked] = due_at(following, setting.cadence, setting.calendar)
        return self._dues[asked]


_REPORTS = (
    select(
        ProgressReport.project_id,
        ProgressReport.id,
        ProgressReport.period,
        ProgressReport.original_due_at,
        ProgressReport.state,
        ProgressReport.is_late,
        ProgressReport.reviewed_at,
    )
    .where(among(ProgressReport.project_id, ASKED), ProgressReport.state != ReportState.ACCEPTED)
    .order_by(ProgressReport.last_on)
)


def _reports(session: Session, wanted: Ids) -> dict[UUID, list[OwedReport]]:
    found: dict[UUID, list[OwedReport]] = defaultdict(list)
    for report in session.execute(_REPORTS, wanted.given):
        returned = report.state == ReportState.RETURNED
        owed = OwedReport(
            report_id=report.id,
            period=report.period,
            original_due_at=report.original_due_at,
            is_handed_in=report.state == ReportState.SUBMITTED,
            is_late=report.is_late,
            returned_at=report.reviewed_at if returned else None,
        )
        found[report.project_id].append(owed)
    return found


_MILESTONES = (
    select(Milestone.project_id, Milestone.id, Milestone.name, Milestone.original_planned_on)
    .where(among(Milestone.project_id, ASKED), Milestone.actual_on.is_(None))
    .order_by(Milestone.original_planned_on, Milestone.id)
)


def _milestones(session: Session, wanted: Ids) -> dict[UUID, list[OpenMilestone]]:
    found: dict[UUID, list[OpenMilestone]] = defaultdict(list)
    for row in session.execute(_MILESTONES, wanted.given):
        found[row[0]].append(OpenMilestone(row[1], row[2], row[3]))
    return found


_Plans = dict[UUID, dict[int, YearPlan]]


_CURRENT_PLANS = select(
    AnnualPlan.project_id,
    AnnualPlan.year,
    AnnualPlan.planned_investment,
    AnnualPlan.curve,
    AnnualPlan.planned_payments,
    AnnualPlan.payment_curve,
).where(among(AnnualPlan.project_id, ASKED), AnnualPlan.is_current)


def _plans(session: Session, wanted: Ids) -> tuple[_Plans, _Plans]:
    """Give what is planned of each year, to invest and to pay."""
    invested: _Plans = defaultdict(dict)
    paid: _Plans = defaultdict(dict)
    for row in session.execute(_CURRENT_PLANS, wanted.given):
        project_id, year, planned, curve, payments, payment_curve = row
        invested[project_id][year] = YearPlan(year, planned, tuple(curve))
        if payments is not None and payment_curve is not None:
            paid[project_id][year] = YearPlan(year, payments, tuple(payment_curve))
    return invested, paid


_OPEN_BLOCKERS = (
    select(
        Blocker.project_id,
        Blocker.id,
        Blocker.title,
        Blocker.level,
        Blocker.original_due_on,
        Blocker.assessed_due_on,
        Blocker.state,
        Blocker.owner_organisation_id,
    )
    .where(among(Blocker.project_id, ASKED), Blocker.state.in_(sorted(OPEN_STATES)))
    .order_by(Blocker.assessed_due_on, Blocker.id)
)


def _blockers(session: Session, wanted: Ids) -> dict[UUID, list[OpenBlocker]]:
    found: dict[UUID, list[OpenBlocker]] = defaultdict(list)
    for row in session.execute(_OPEN_BLOCKERS, wanted.given):
        known = OpenBlocker(
            blocker_id=row.id,
            title=row.title,
            level=BlockerLevel(row.level),
            original_due_on=row.original_due_on,
            assessed_due_on=row.assessed_due_on,
            is_stopped=row.state == BlockerState.SUSPENDED,
            owner_organisation_id=row.owner_organisation_id,
        )
        found[row.project_id].append(known)
    return found
