"""The library of 291 projects, which lived through its twelve months.

Source of the two totals: 目前已入库重点合作项目291个，总投资超2800亿元 (2022-10 to 2023). No other
figure is anybody's (`invention`). The projects are loaded as of before their first report opened;
then time is walked to now, as the demonstration does, and their people report and review.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of, instant_of
from services.core.exchange import actions, queries, rules
from services.core.exchange.actions import Loaded
from services.core.exchange.rules import Anchors
from services.core.exchange.schemas import Document
from services.core.kit import versions
from services.core.kit.caller import Caller
from services.core.kit.ids import new_id
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.policies import queries as policies
from services.core.progress import actions as progress
from services.core.progress import rules as periods
from services.core.progress.models import ProgressReport
from services.core.progress.rules import Unanswered
from services.core.progress.schemas import Answer, NoChange, ReportFigures, Review
from services.core.projects import actions as projects
from services.core.projects.models import Milestone, Project
from services.core.projects.schemas import Reach
from services.standalone import deeds, invention, papers
from services.standalone.invention import CODE, Dates, Generator, Handed, Reached
from services.standalone.sweep import Act, read_on, walk

COUNT, TOTAL = 291, Decimal(280_000_000_000)
_EVE = "opens-1dT09:00"
_KEEPER = "sasac-zj"
"""Who notes that a milestone was reached."""
_UNHEARD = ("reminders", "monitoring", "monitoring.totals")
"""What is not lived through but for the latest report: reminders of a year would fill every inbox,
and take longer than all the rest. Totals of places are looked at in the present."""


def load(session: Session, *, now: datetime, count: int = COUNT) -> Loaded:
    """Fill the demonstration's library up to so many projects; a second time changes nothing."""
    if queries.loaded_on(session, code=CODE) is not None:
        return Loaded({}, {})
    anchors = queries.anchors(session, code=CODE, now=now)
    there = session.execute(select(func.count(), func.sum(Project.total_investment))).one()
    months = invention.months_until(anchors.last or f"{anchors.today:%Y-%m}", invention.MONTHS)
    since, latest = (
        rules.instant(_EVE, queries.reporting(session, anchors, period=period))
        for period in (months[0], months[-1])
    )
    made = Generator(_dates(session, anchors, since, months))
    raw = made.document(count=count - there[0], total=TOTAL - (there[1] or 0))
    read_on(session, now)  # what others wrote is read in the present
    first_letter = new_id()
    versions.written_at(session, since)
    document = papers.read(Document, raw, anchors)
    loaded = actions.load(session, document, now=since, anchored_on=anchors.today)
    acts = list(_acts(session, made, since))
    walk(session, upto=latest, acts=[act for act in acts if act.at <= latest], without=_UNHEARD)
    recent = [act for act in acts if act.at > latest]
    walk(session, upto=now, acts=recent, without=("monitoring.totals",))
    _keep_letters_back(session, first_letter, now)
    return loaded


def _dates(session: Session, anchors: Anchors, since: datetime, months: list[str]) -> Dates:
    """Give what made-up days count from, by the policy that counts today."""
    cadence = policies.current(session, code=None, on=anchors.today).pack.cadence
    return Dates(
        today=anchors.today,
        since=day_of(since),
        periods=tuple(months),
        due_at=lambda period: periods.due_at(period, cadence, anchors.calendar),
        calendar=anchors.calendar,
    )


def _keep_letters_back(session: Session, first: UUID, now: datetime) -> None:
    """Let nobody get letters about a simulated past; what is said today is sent."""
    past = select(Notification.id).where(Notification.created_at < now)
    session.execute(
        delete(NotificationDelivery).where(
            NotificationDelivery.id >= first, NotificationDelivery.notification_id.in_(past)
        )
    )


_People = Mapping[str, Caller]
"""Those who act, by log-in, each asked for once: nobody's office changes on the way."""


def _acts(session: Session, made: Generator, since: datetime) -> Iterator[Act]:
    """Give what everybody does, and when."""
    logins = {f"{office}-{one.unit}" for one in made.handed for office in ("reporter", "reviewer")}
    people = {login: deeds.person(session, login, since) for login in (*sorted(logins), _KEEPER)}
    for one in made.handed:
        yield Act(one.at, partial(_file, one, people))
        if one.reviewed_at is not None:
            yield Act(one.reviewed_at, partial(_review, one, people))
    for node in made.reached:
        yield Act(instant_of(node.on, time(16, 0)), partial(_reach, node, people))


def _file(handed: Handed, people: _People, session: Session, now: datetime) -> None:
    """Hand a report in, with a word to whatever its figures are asked."""
    by = replace(people[f"reporter-{handed.unit}"], now=now)
    report_id, version = _report(session, handed)
    if isinstance(handed.says, NoChange):
        progress.declare_no_change(
            session, report_id=report_id, given=handed.says, expected=version, by=by
        )
        return
    try:
        with session.begin_nested():
            progress.submit(
                session, report_id=report_id, given=handed.says, expected=version, by=by
            )
    except Unanswered as wrong:
        given = _answered(handed.says, wrong)
        progress.submit(session, report_id=report_id, given=given, expected=version, by=by)


def _answered(says: ReportFigures, wrong: Unanswered) -> ReportFigures:
    answers = tuple(
        Answer(pointer=one["pointer"], code=one["code"], reason="已核对，属实（示意）")
        for one in wrong.questions
    )
    return says.model_copy(update={"answers": answers})


def _review(handed: Handed, people: _People, session: Session, now: datetime) -> None:
    """Accept a report or send it back, as the second person."""
    by = replace(people[f"reviewer-{handed.unit}"], now=now)
    report_id, version = _report(session, handed)
    if handed.is_returned:
        note = Review(note="与支付凭证不符，请核对（示意）")
        progress.send_back(session, report_id=report_id, given=note, expected=version, by=by)
    else:
        progress.accept(session, report_id=report_id, expected=version, by=by)


_REPORT = (
    select(ProgressReport.id, ProgressReport.version)
    .join(Project, Project.id == ProgressReport.project_id)
    .where(Project.code == bindparam("code"), ProgressReport.period == bindparam("period"))
)


def _report(session: Session, handed: Handed) -> tuple[UUID, int]:
    """Give a report and its version."""
    asked = {"code": handed.project, "period": handed.period}
    report_id, version = session.execute(_REPORT, asked).one()
    return report_id, version


def _reach(node: Reached, people: _People, session: Session, now: datetime) -> None:
    """Note that a milestone is reached."""
    milestone = session.scalars(
        select(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .where(Project.code == node.project, Milestone.name == node.name)
    ).one()
    projects.reach_milestone(
        session,
        milestone_id=milestone.id,
        given=Reach(actual_on=node.on, evidence=invention.EVIDENCE),
        expected=milestone.version,
        by=replace(people[_KEEPER], now=now),
    )
