"""A project that owes monthly reports from November 2026 on, and everybody around it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.groups.models import JointGroup
from services.core.kit.caller import Caller
from services.core.kit.feed import PendingEvent
from services.core.organisations.models import Organisation
from services.core.policies import actions as policies
from services.core.progress import actions as progress
from services.core.progress.models import ProgressReport
from services.core.progress.schemas import ReportFigures
from services.core.projects.models import AnnualPlan, Project, ProjectWatch
from tests import given
from tests.given import at

OPENS = at("2026-12-01 00:00")
DUE = at("2026-12-07 17:30")
"""The fifth working day of December 2026, a Monday: when the report of November is due."""

FIGURES = {
    "invested_period": {"amount": "1000000.00"},
    "cumulative_year": {"amount": "5000000.00"},
    "cumulative_all": {"amount": "9000000.00"},
    "physical_percent": 45,
    "image_progress": "主管道敷设3公里",
}


@dataclass
class Site:
    """One project with its unit, its group, and the people of both; and one outsider."""

    group: JointGroup
    unit: Organisation
    project: Project
    reporter: Account
    reviewer: Account
    convener: Account
    member: Account
    regulator: Account
    outsider: Account

    def watch(self, session: Session) -> ProjectWatch:
        """Give the watched row as it is now."""
        return session.get_one(ProjectWatch, self.project.id, populate_existing=True)


def site(session: Session, **also: Any) -> Site:
    """Build the site; nothing is opened or checked before a tick says so."""
    given.places(session)
    policies.ship(session, now=at("2026-01-01 09:00"))
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    energy = given.unit(session, "浙江省能源集团", region_code="330000", level="province")
    gas = given.unit(session, "景宁县天然气有限公司", parent=energy, kind="soe_subsidiary")
    mech = given.unit(session, "浙江省机电集团", region_code="330000", level="province")
    unit = given.unit(session, "景宁县管网公司", kind="soe_subsidiary")
    far = given.unit(session, "泰顺县某公司", region_code="330329")
    group = given.group(session, members=[gas, energy, mech, unit])
    project = given.project(
        session,
        group=group,
        lead=unit,
        **{"stage": "under_construction", "reports_from": "2026-11", **also},
    )
    watch = session.get_one(ProjectWatch, project.id)
    watch.watched_since_on = date(2026, 11, 20)
    watch.next_open_at = watch.next_check_at = at("2026-01-01 09:00")
    session.flush()
    return Site(
        group=group,
        unit=unit,
        project=project,
        reporter=given.account(session, "reporter", of=unit, role="reporter"),
        reviewer=given.account(session, "reviewer", of=unit, role="reviewer"),
        convener=given.account(session, "convener", of=gas, role="convener"),
        member=given.account(session, "member", of=mech, role="reviewer"),
        regulator=given.account(session, "regulator", of=sasac, role="regulator"),
        outsider=given.account(session, "outsider", of=far, role="reviewer"),
    )


def planned(session: Session, project: Project, *month_ends: int, year: int = 2026) -> AnnualPlan:
    """Give a project a plan: cumulative month-ends in CNY; the last one holds to December."""
    curve = [Decimal(amount) for amount in (*month_ends, *[month_ends[-1]] * 12)][:12]
    row = AnnualPlan(
        project_id=project.id,
        year=year,
        number=1,
        planned_investment=curve[-1],
        curve=curve,
        made_at=at(f"{year}-01-05 09:00"),
    )
    session.add(row)
    session.flush()
    return row


def report_of(session: Session, project: Project, period: str = "2026-11") -> ProgressReport:
    """Give a report as it is now."""
    return session.scalars(
        select(ProgressReport)
        .where(ProgressReport.project_id == project.id, ProgressReport.period == period)
        .execution_options(populate_existing=True)
    ).one()


def caller_at(session: Session, account: Account, now: datetime) -> Caller:
    """Give what an account may do at one instant."""
    who = given.caller(session, account)
    return Caller(**{name: getattr(who, name) for name in Caller.__slots__} | {"now": now})


def handed_in(session: Session, place: Site, now: datetime, **also: Any) -> ProgressReport:
    """Let the reporter hand in the report of November, or of another `period`."""
    report = report_of(session, place.project, also.pop("period", "2026-11"))
    words = f"{FIGURES['image_progress']}（{report.period}）"
    progress.submit(
        session,
        report_id=report.id,
        given=ReportFigures.model_validate({**FIGURES, "image_progress": words, **also}),
        expected=report.version,
        by=caller_at(session, place.reporter, now),
    )
    session.flush()
    return report


def accepted(session: Session, place: Site, report: ProgressReport, now: datetime) -> None:
    """Let the reviewer accept a report."""
    progress.accept(
        session,
        report_id=report.id,
        expected=report.version,
        by=caller_at(session, place.reviewer, now),
    )
    session.flush()


def facts(session: Session, *names: str) -> list[dict[str, Any]]:
    """Give the data of the facts with these names, in the order they were written."""
    session.flush()
    rows = session.scalars(select(PendingEvent).order_by(PendingEvent.id))
    return [row.data for row in rows if row.type in names]


def empty(engine: Engine) -> None:
    """Take away what a test with real commits left, so that the next one finds nothing."""
    tables = set(Project.metadata.tables) - {"audit_head", "feed_head", "event_part"}
    with engine.begin() as connection:
        connection.execute(
            text("SET LOCAL session_replication_role = replica")
        )  # the audit's guard
        connection.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
