"""Reads of runs, and the numbers they give account of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.core.access import queries as access
from services.core.access.queries import Recipient
from services.core.assignments.queries import group_policy_code
from services.core.calendar import queries as calendars
from services.core.calendar.rules import day_of
from services.core.escalations.models import EscalationStep
from services.core.groups import queries as groups
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import GroupState, MemberRole
from services.core.kit import reading
from services.core.kit.jobs import Heartbeat
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.settings import settings
from services.core.monitoring.models import Finding, FindingState, Proof
from services.core.notifications.texts import Quiet
from services.core.organisations.models import Organisation
from services.core.organisations.rules import OrganisationKind
from services.core.policies import queries as policies
from services.core.policies.pack import Audience
from services.core.projects.models import Project, ProjectWatch
from services.core.reminders.models import Reminder
from services.core.reminders.rules import ReminderState
from services.core.runs import rules
from services.core.runs.models import MonitorRun
from services.core.runs.rules import MOST_COUNTED, Late, RunState, SelfFinding

TICK = "runs.record"
"""The worker's name for this room's tick, under which it is seen at work."""
_KEY = 0x72756E73  # "runs": one number for everybody who writes the account
_TRY = text(f"SELECT pg_try_advisory_xact_lock({_KEY})")
_RUN = MonitorRun
IS_ZERO: ColumnElement[bool] = and_(
    _RUN.state != RunState.MISSED,
    *(
        column == 0
        for column in (
            _RUN.findings_opened,
            _RUN.findings_cleared,
            _RUN.findings_open,
            _RUN.reminders_sent,
            _RUN.steps_taken,
        )
    ),
)
_FIELDS: Fields = Constant(
    {
        "id": _RUN.id,
        "due_at": _RUN.due_at,
        "state": _RUN.state,
        "since_at": _RUN.since_at,
        "ran_at": _RUN.ran_at,
        "is_zero": IS_ZERO,
        "runs_missed": _RUN.runs_missed,
        "first_missed_at": _RUN.first_missed_at,
        "noticed_at": _RUN.noticed_at,
        "silent_since": _RUN.silent_since,
        "projects_watched": _RUN.projects_watched,
        "findings_opened": _RUN.findings_opened,
        "findings_cleared": _RUN.findings_cleared,
        "findings_open": _RUN.findings_open,
        "reminders_sent": _RUN.reminders_sent,
        "steps_taken": _RUN.steps_taken,
        "self_findings": _RUN.self_findings,
        "version": _RUN.version,
    }
)


def run(session: Session, *, monitor_run_id: UUID) -> Found:
    """Read one run.

    Raises:
        Missing: there is none.
    """
    return reading.found(
        session,
        _FIELDS,
        version=_RUN.version,
        source=_RUN.__table__,
        where=[_RUN.id == monitor_run_id],
    )


def runs(session: Session, *, ask: Ask, state: RunState | None) -> Page:
    """Read a page of runs, of one state or all."""
    where = [] if state is None else [_RUN.state == state]
    sorts = {"due_at": _RUN.due_at, "id": _RUN.id}
    return reading.page(session, _FIELDS, source=_RUN.__table__, where=where, sorts=sorts, ask=ask)


def is_alone(session: Session) -> bool:
    """Take the account if nobody else writes it; False: somebody does."""
    return bool(session.scalar(_TRY))


def last_run(session: Session) -> MonitorRun | None:
    """Give the run that was due last."""
    return session.scalars(select(_RUN).order_by(_RUN.due_at.desc()).limit(1)).one_or_none()


def seen_at(session: Session) -> datetime | None:
    """Give when the watch was last seen to come to the end of a look."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == TICK))


def is_behind(session: Session, *, now: datetime) -> bool:
    """Say whether a project waits to be looked at."""
    due = or_(ProjectWatch.next_open_at <= now, ProjectWatch.next_check_at <= now)
    return session.scalar(select(ProjectWatch.project_id).where(due).limit(1)) is not None


def counted(session: Session, *, since: datetime, until: datetime) -> dict[str, int]:
    """Count what was looked at, found and sent after a moment, up to another one."""

    def within(moment: InstrumentedAttribute[Any]) -> Any:  # noqa: ANN401 a scalar subquery of a whole number
        return _count(moment).where(moment > since, moment <= until).scalar_subquery()

    asked = {
        "projects_watched": _count(ProjectWatch.watched_since_on).scalar_subquery(),
        "findings_opened": within(Finding.opened_at),
        "findings_cleared": within(Finding.cleared_at),
        "findings_open": _count(Finding.id)
        .where(Finding.state == FindingState.OPEN)
        .scalar_subquery(),
        "reminders_sent": within(Reminder.sent_at),
        "steps_taken": within(EscalationStep.taken_at),
    }
    statement = select(*(number.label(name) for name, number in asked.items()))
    return dict(session.execute(statement).mappings().one())


def _count(column: InstrumentedAttribute[Any]) -> Select[int]:
    return select(func.count(column))


def self_findings(session: Session, *, now: datetime) -> tuple[SelfFinding, ...]:
    """Say what is wrong with the watch, from what it should have done by now."""
    before = now - settings().monitor_run_grace
    done = select(func.max(_RUN.due_at)).where(_RUN.state != RunState.MISSED)
    return rules.troubles(
        last_due_at=session.scalar(done),
        checks=_late(session, ProjectWatch.next_check_at, before),
        reminders=_late(session, Reminder.next_at, before, Reminder.state == ReminderState.PLANNED),
        now=now,
        at=settings().monitor_run_at,
        grace=settings().monitor_run_grace,
    )


def _late(
    session: Session,
    moment: InstrumentedAttribute[Any],
    before: datetime,
    *where: ColumnElement[bool],
) -> Late:
    """Count what was due before a moment and is not done, the oldest first, to a limit."""
    due = (
        select(moment.label("at"))
        .where(moment < before, *where)
        .order_by(moment)
        .limit(MOST_COUNTED)
        .subquery()
    )
    count, oldest = session.execute(select(func.count(), func.min(due.c.at))).one()
    return Late(count, oldest)


def self_check(session: Session, *, now: datetime) -> Found:
    """Say as JSON whether the watch runs."""
    found = self_findings(session, now=now)
    at = settings().monitor_run_at
    last = session.scalar(select(func.max(_RUN.ran_at)))
    known = {
        "rule": rules.RULE,
        "is_well": not found,
        "last_run_at": last,
        "next_due_at": rules.next_due(now, at),
        "findings": [shown(each) for each in found],
        "proof": _proven(last_proof(session)),
    }
    body = orjson.dumps({**known, "checked_at": now}).decode()
    return Found(body, 0, essence=orjson.dumps(known).decode())


def last_proof(session: Session) -> Proof | None:
    """Give the latest night's proof; None: there was none yet."""
    return session.scalars(select(Proof).order_by(Proof.night.desc()).limit(1)).one_or_none()


def _proven(night: Proof | None) -> dict[str, Any] | None:
    if night is None:
        return None
    return {
        "night": night.night,
        "began_at": night.began_at,
        "ended_at": night.ended_at,
        "projects": night.projects,
        "differences": night.differences,
    }


def shown(finding: SelfFinding) -> dict[str, Any]:
    """Give a finding about the watch as it is kept and shown."""
    return {
        "code": finding.code,
        "count": finding.count,
        "since": finding.since.isoformat(),
        "words": finding.words.both(),
    }


_Told = tuple[Quiet, list[Recipient]]
"""A group of which there is nothing to tell, and who is told that."""


def quiet_groups(session: Session, *, since: datetime, now: datetime) -> Iterator[_Told]:
    """Give the groups in which nothing was found, where their policy wants that to be said.

    On a working day of theirs only: nobody is disturbed in a holiday by nothing.
    """
    today = day_of(now)
    found = exists().where(
        Finding.group_id == JointGroup.id,
        or_(Finding.state == FindingState.OPEN, Finding.opened_at > since),
    )
    watched = (
        select(func.count(ProjectWatch.watched_since_on))
        .join(Project, Project.id == ProjectWatch.project_id)
        .where(Project.group_id == JointGroup.id)
        .scalar_subquery()
    )
    for group, code, projects in session.execute(
        select(JointGroup, group_policy_code(), watched)
        .where(JointGroup.state == GroupState.ACTIVE, ~found)
        .order_by(JointGroup.id)
    ).all():
        zero_report = policies.current(session, code=code, on=today).pack.zero_report
        calendar = calendars.work_calendar(session, group.region_code)
        if zero_report is not None and calendar.is_working(today):
            units = [
                unit
                for office in zero_report.audience
                for unit in _UNITS[office](session, group, today)
            ]
            yield Quiet(group.name, projects), access.speaking_for(session, units, on=today)


def _conveners(session: Session, group: JointGroup, on: date) -> Sequence[UUID]:
    return session.scalars(
        select(GroupMembership.organisation_id).where(
            GroupMembership.group_id == group.id,
            GroupMembership.role == MemberRole.CONVENER,
            groups.in_force(on),
        )
    ).all()


def _regulators(session: Session, group: JointGroup, _: date) -> Sequence[UUID]:
    return session.scalars(
        select(Organisation.id).where(
            Organisation.kind == OrganisationKind.SASAC,
            Organisation.region_code == group.region_code,
        )
    ).all()


_UNITS: Mapping[Audience, Callable[[Session, JointGroup, date], Sequence[UUID]]] = {
    Audience.CONVENER_UNIT: _conveners,
    Audience.COUNTY_REGULATOR: _regulators,
}
"""Where the offices lie that may be told of nothing."""
