"""Reads of simulations: what is recorded of the projects, in a fixed number of statements."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.blockers.models import Blocker, BlockerSuspension
from services.core.blockers.rules import BlockerLevel
from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar
from services.core.escalations.models import EscalationRun, EscalationStep
from services.core.groups.models import JointGroup
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid
from services.core.kit.scope import Ids, among
from services.core.kit.words import Words
from services.core.monitoring.models import Finding
from services.core.monitoring.past import MONTH_ENDS, month_ends_given
from services.core.monitoring.rules import mr_03
from services.core.monitoring.rules.months import begins, between, ended, shifted
from services.core.monitoring.rules.verdict import OpenBlocker, YearPlan
from services.core.policies import queries as policies
from services.core.policies.pack import Light
from services.core.policies.queries import Current
from services.core.policies.rules import MOST_MONTHS as LONGEST_MEMORY
from services.core.policies.rules import given_pack
from services.core.progress.models import ProgressReport
from services.core.progress.rules import ReportState
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Milestone, Project, ProjectWatch
from services.core.projects.rules import STARTED, Stage, library_class
from services.core.regions.models import Region
from services.core.rulings.models import Ruling
from services.core.rulings.queries import as_in_force
from services.core.simulations import rules, schemas
from services.core.simulations.rules import (
    Known,
    MonthEnd,
    PastBlocker,
    PastMilestone,
    PastPlan,
    PastReport,
    PastRuling,
)

Steps = Counter[tuple[str, str]]
"""How many steps, by month and kind."""
_Asked = tuple[Project, str | None, date | None]
"""A project, the county whose days count for its group, and since when it is watched."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """One project with what was simulated of it, and the steps that were really taken."""

    project: Project
    ends: tuple[MonthEnd, ...]
    simulated: Steps
    taken: Steps


def simulation(session: Session, caller: Caller, *, given: schemas.Simulation) -> str:
    """Say what another policy would have said of the past, as JSON; nothing is changed.

    Of the projects the caller sees, and of those only the ones that are asked for.

    Raises:
        Forbidden: the caller keeps no policies. Missing: there is no such policy.
        Invalid: not exactly one policy, a wrong document, a range not over or too large.
    """
    caller.must("policies.keep")
    policy = _policy(session, caller, given)
    found = _projects(session, caller, given)
    months = rules.checked_range(
        given.from_period, given.to_period, projects=len(found), now=caller.now
    )
    known = _known(session, found, months)
    taken = _taken(session, [project.id for project, *_ in found], months)
    days: dict[str, WorkCalendar] = {}
    tried = []
    for project, region, _ in found:
        code = region or project.region_code
        if code not in days:
            days[code] = calendars.work_calendar(session, code)
        past, calendar = known[project.id], days[code]
        ends = rules.simulated(past, policy.pack, policy.number, calendar, months)
        steps = rules.steps_of(past, policy.pack, calendar, months)
        tried.append(_Tried(project, ends, steps, taken[project.id]))
    return orjson.dumps(_answer(policy, months, tried)).decode()


def _policy(session: Session, caller: Caller, given: schemas.Simulation) -> Current:
    if (given.policy_id is None) == (given.document is None):
        words = Words("二者恰须其一。", "Exactly one of the two must be given.")
        raise Invalid.at("/policy_id", words, code="one_of", allowed=("policy_id", "document"))
    if given.policy_id is not None:
        return policies.version(session, caller, policy_id=given.policy_id)
    return Current(given_pack(given.document), 0)


def _projects(session: Session, caller: Caller, given: schemas.Simulation) -> list[_Asked]:
    """Read the projects asked for."""
    where = [projects.visible(caller)]
    if given.group_id:
        where.append(Project.group_id == given.group_id)
    if given.region_code:
        below = select(Region.code).where(Region.lineage.contains([given.region_code]))
        where.append(Project.region_code.in_(below))
    if given.project_ids:
        where.append(among(Project.id, given.project_ids))
    rows = session.execute(
        select(Project, JointGroup.region_code, ProjectWatch.watched_since_on)
        .join(ProjectWatch, ProjectWatch.project_id == Project.id)
        .outerjoin(JointGroup, JointGroup.id == Project.group_id)
        .where(*where)
        .order_by(Project.code)
        .limit(rules.MOST_PROJECT_MONTHS + 1)
    )
    return [(project, region, since) for project, region, since in rows]


def _known(session: Session, found: Sequence[_Asked], months: Sequence[str]) -> dict[UUID, Known]:
    wanted = [project.id for project, *_ in found]
    reports, milestones = _reports(session, wanted), _milestones(session, wanted)
    plans, recorded = _plans(session, wanted), _recorded(session, wanted, months)
    rulings, blockers = _rulings(session, wanted), _blockers(session, wanted)
    return {
        project.id: Known(
            stands_started=Stage(project.stage) in STARTED,
            plan_start_on=project.plan_start_on,
            actual_start_on=project.actual_start_on,
            actual_finish_on=project.actual_finish_on,
            reports_from=project.reports_from,
            watched_since_on=watched_since_on,
            reports=reports[project.id],
            milestones=milestones[project.id],
            plans=plans[project.id],
            recorded=recorded[project.id],
            rulings=rulings[project.id],
            blockers=blockers[project.id],
            library_class=library_class(Stage(project.stage)),
        )
        for project, _, watched_since_on in found
    }


def _reports(session: Session, wanted: Collection[UUID]) -> Mapping[UUID, list[PastReport]]:
    found: dict[UUID, list[PastReport]] = defaultdict(list)
    for row in session.execute(
        select(
            ProgressReport.project_id,
            ProgressReport.id,
            ProgressReport.period,
            ProgressReport.state,
            ProgressReport.opened_at,
            ProgressReport.original_due_at,
            ProgressReport.current_due_at,
            ProgressReport.submitted_at,
            ProgressReport.is_late,
            ProgressReport.reviewed_at,
            ProgressReport.is_no_change,
            ProgressReport.cumulative_year,
            ProgressReport.paid_year,
        ).where(among(ProgressReport.project_id, wanted))
    ):
        is_extended = row.current_due_at > row.original_due_at
        found[row.project_id].append(
            PastReport(
                report_id=row.id,
                period=row.period,
                opened_at=row.opened_at,
                original_due_at=row.original_due_at,
                extended_to=row.current_due_at if is_extended else None,
                submitted_at=row.submitted_at,
                is_late=row.is_late,
                returned_at=row.reviewed_at if row.state == ReportState.RETURNED else None,
                accepted_at=row.reviewed_at if row.state == ReportState.ACCEPTED else None,
                is_no_change=row.is_no_change,
                cumulative_year=row.cumulative_year,
                paid_year=row.paid_year,
            )
        )
    return found


def _milestones(session: Session, wanted: Collection[UUID]) -> Mapping[UUID, list[PastMilestone]]:
    found: dict[UUID, list[PastMilestone]] = defaultdict(list)
    for row in session.execute(
        select(
            Milestone.project_id,
            Milestone.id,
            Milestone.name,
            Milestone.original_planned_on,
            Milestone.actual_on,
        )
        .where(among(Milestone.project_id, wanted))
        .order_by(Milestone.original_planned_on, Milestone.id)
    ):
        found[row[0]].append(PastMilestone(row[1], row[2], row[3], row[4]))
    return found


def _plans(session: Session, wanted: Collection[UUID]) -> Mapping[UUID, list[PastPlan]]:
    found: dict[UUID, list[PastPlan]] = defaultdict(list)
    for row in session.execute(
        select(
            AnnualPlan.project_id,
            AnnualPlan.number,
            AnnualPlan.made_at,
            AnnualPlan.year,
            AnnualPlan.planned_investment,
            AnnualPlan.curve,
            AnnualPlan.planned_payments,
            AnnualPlan.payment_curve,
        ).where(among(AnnualPlan.project_id, wanted))
    ):
        plan = YearPlan(row.year, row.planned_investment, tuple(row.curve))
        payments = (
            YearPlan(row.year, row.planned_payments, tuple(row.payment_curve))
            if row.planned_payments is not None
            else None
        )
        found[row.project_id].append(PastPlan(row.number, row.made_at, plan, payments))
    return found


def _rulings(session: Session, wanted: Collection[UUID]) -> Mapping[UUID, list[PastRuling]]:
    found: dict[UUID, list[PastRuling]] = defaultdict(list)
    for ruling, name in session.execute(
        select(Ruling, Account.name)
        .join(Account, Account.id == Ruling.made_by)
        .where(among(Ruling.project_id, wanted), Ruling.dimension.is_not(None))
    ):
        counted = as_in_force(ruling, name)
        found[ruling.project_id].append(PastRuling(ruling.made_at, ruling.ended_at, counted))
    return found


def _blockers(session: Session, wanted: Collection[UUID]) -> Mapping[UUID, list[PastBlocker]]:
    stops: dict[UUID, list[tuple[date, date | None, int]]] = defaultdict(list)
    for stop in session.scalars(
        select(BlockerSuspension)
        .join(Blocker, Blocker.id == BlockerSuspension.blocker_id)
        .where(among(Blocker.project_id, wanted))
    ):
        days = stop.stopped_working_days or 0
        stops[stop.blocker_id].append((stop.began_on, stop.ended_on, days))
    found: dict[UUID, list[PastBlocker]] = defaultdict(list)
    for row in session.scalars(select(Blocker).where(among(Blocker.project_id, wanted))):
        blocker = OpenBlocker(
            blocker_id=row.id,
            title=row.title,
            level=BlockerLevel(row.level),
            original_due_on=row.original_due_on,
            assessed_due_on=row.assessed_due_on,
        )
        found[row.project_id].append(
            PastBlocker(
                blocker=blocker,
                raised_on=row.raised_on,
                resolved_on=row.resolved_on,
                is_reopened=row.reopened_count > 0,
                stops=stops[row.id],
            )
        )
    return found


def _recorded(
    session: Session, wanted: Collection[UUID], months: Sequence[str]
) -> Mapping[UUID, dict[str, rules.Recorded]]:
    """Give the light at the end of each month, carried on where none was kept."""
    first, until = shifted(months[0], -LONGEST_MEMORY), shifted(months[-1], 1)
    kept: dict[UUID, dict[str, rules.Recorded]] = defaultdict(dict)
    for row in session.execute(
        select(
            MONTH_ENDS.c.project_id,
            MONTH_ENDS.c.period,
            MONTH_ENDS.c.light,
            func.jsonb_array_length(MONTH_ENDS.c.lights).label("rules"),
        ),
        month_ends_given(Ids.asked(wanted), first=first, until=until),
    ):
        light = Light(row.light) if row.light else None
        kept[row.project_id][row.period] = rules.Recorded(light, is_watched=row.rules > 0)
    for found in kept.values():
        last = found.get("")
        for period in between(first, months[-1]):
            last = found.get(period, last)
            if last is not None:
                found[period] = last
    return kept


def _taken(
    session: Session, wanted: Collection[UUID], months: Sequence[str]
) -> Mapping[UUID, Steps]:
    """Count the steps that were really taken for missing reports, as they are simulated."""
    month = func.to_char(func.timezone("Asia/Shanghai", EscalationStep.taken_at), "YYYY-MM")
    found: dict[UUID, Steps] = defaultdict(Counter)
    for project_id, period, kind, count in session.execute(
        select(EscalationRun.project_id, month, EscalationStep.kind, func.count())
        .join(EscalationRun, EscalationRun.id == EscalationStep.run_id)
        .join(Finding, Finding.id == EscalationRun.finding_id)
        .where(
            Finding.rule == mr_03.RULE,
            among(EscalationRun.project_id, wanted),
            EscalationStep.taken_at >= begins(months[0]),
            EscalationStep.taken_at < ended(months[-1]),
        )
        .group_by(EscalationRun.project_id, month, EscalationStep.kind)
    ):
        found[project_id][period, kind] = count
    return found


def _answer(policy: Current, months: Sequence[str], tried: Sequence[_Tried]) -> dict[str, Any]:
    ends = [end for one in tried for end in one.ends]
    matrix = Counter((end.period, end.computed, end.simulated) for end in ends)
    taken: Steps = sum((one.taken for one in tried), Counter())
    simulated: Steps = sum((one.simulated for one in tried), Counter())
    return {
        "policy": {"code": policy.pack.code, "number": policy.number},
        "from_period": months[0],
        "to_period": months[-1],
        "counts": {
            "projects": len(tried),
            "project_months": len(ends),
            "different": sum(end.computed != end.simulated for end in ends),
            "unrecorded": len(tried) * len(months) - len(ends),
        },
        "matrix": [
            {"period": period, "computed": computed, "simulated": light, "projects": count}
            for (period, computed, light), count in sorted(
                matrix.items(), key=lambda cell: tuple(part or "" for part in cell[0])
            )
        ],
        "steps": _steps(taken, simulated, only_different=False),
        "projects": [found for one in tried if (found := _different(one))],
    }


def _different(one: _Tried) -> dict[str, Any] | None:
    months = [
        {
            "period": end.period,
            "computed": end.computed,
            "simulated": end.simulated,
            "reasons": end.reasons,
        }
        for end in one.ends
        if end.computed != end.simulated
    ]
    steps = _steps(one.taken, one.simulated, only_different=True)
    if not months and not steps:
        return None
    project = one.project
    about = {"id": project.id, "code": project.code, "name": project.name}
    return {**about, "months": months, "steps": steps}


def _steps(taken: Steps, simulated: Steps, *, only_different: bool) -> list[dict[str, Any]]:
    return [
        {
            "period": period,
            "kind": kind,
            "taken": taken[period, kind],
            "simulated_steps": simulated[period, kind],
        }
        for period, kind in sorted(taken.keys() | simulated.keys())
        if not only_different or taken[period, kind] != simulated[period, kind]
    ]
