"""The demonstration: the article's records, and a history that really happened in simulated time.

The records are loaded as of the day before the first report opened; then time is walked to now
with the same ticks and readers as the workers', while the people of `history.json` report and
review. So every reminder, finding, light and ladder step is the work of the rules themselves.
"""

import secrets
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.core.access import passwords
from services.core.access.models import Account, Password
from services.core.exchange import actions, queries, rules
from services.core.exchange.actions import Loaded
from services.core.exchange.rules import Anchors
from services.core.exchange.schemas import Document, Filing, History
from services.core.kit import versions
from services.core.kit.errors import Conflict
from services.core.kit.words import Words
from services.core.notifications.models import NotificationDelivery
from services.core.policies import actions as policies
from services.core.progress import actions as progress
from services.core.progress.models import ProgressReport
from services.core.progress.schemas import ExactMoney, NoChange, ReportFigures, Review
from services.core.projects.models import AnnualPlan, Project, ProjectWatch
from services.standalone import deeds, papers
from services.standalone.sweep import Act, walk

_CENT = Decimal("0.01")
_SAID = {"physical_percent", "image_progress", "problems", "next_steps", "help_needed"}


def load(session: Session, *, now: datetime) -> Loaded | None:
    """Load the demonstration into an empty database; None: it is loaded already.

    Raises:
        Conflict: something else is recorded here.
    """
    if queries.is_demo(session):
        return None
    if not queries.is_empty(session):
        raise Conflict(
            Words(
                "数据库中已有其他记录；演示数据只能载入空库。",
                "Other records exist here; the demonstration goes only into an empty database.",
            )
        )
    policies.ship(session, now=now)
    raw = papers.packaged("demo.json")
    anchors = queries.anchors(session, code=raw["code"], now=now)
    document = papers.read(Document, raw, anchors)
    history = papers.read(History, papers.packaged("history.json"), anchors)
    first = min(filing.period for filing in history.filings)
    since = rules.instant(history.since, queries.reporting(session, anchors, period=first))
    versions.written_at(session, since)
    loaded = actions.load(session, document, now=since, anchored_on=anchors.today, is_demo=True)
    acts = [act for filing in history.filings for act in _acts(session, filing, anchors)]
    acts += [deeds.act(session, deed, anchors) for deed in history.deeds]
    walk(session, upto=now, acts=acts)
    session.execute(update(ProgressReport).values(is_illustrative=True))
    session.execute(delete(NotificationDelivery))  # nobody gets letters about a simulated past
    return loaded


def give_password(session: Session, *, now: datetime) -> str:
    """Give every log-in of the demonstration one password, made for this installation alone."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    argon2 = passwords.argon2(password)
    for account_id in session.scalars(select(Account.id)):
        session.add(Password(account_id=account_id, argon2=argon2, set_at=now))
    return password


def _acts(session: Session, filing: Filing, anchors: Anchors) -> list[Act]:
    """Give what one report makes its people do, and when."""
    days = queries.reporting(session, anchors, period=filing.period)
    acts = [Act(rules.instant(filing.at, days), partial(_file, filing))]
    if filing.review is not None:
        acts.append(Act(rules.instant(filing.review.at, days), partial(_review, filing)))
    return acts


def _file(filing: Filing, session: Session, now: datetime) -> None:
    """Hand a report in, as the person who does."""
    report = _report(session, filing)
    about = _as(session, filing.by, report, now)
    if filing.no_change_reason:
        given = NoChange(reason=filing.no_change_reason)
        progress.declare_no_change(session, given=given, **about)
    else:
        said = filing.model_dump(include=_SAID, exclude_none=True)
        amounts = _invested(session, filing, report) | _paid(session, filing, report)
        figures = ReportFigures(**said | amounts)
        progress.submit(session, given=figures, **about)


def _review(filing: Filing, session: Session, now: datetime) -> None:
    """Accept a report or send it back, as the second person."""
    review = filing.review
    if review is None:
        return
    about = _as(session, review.by, _report(session, filing), now)
    if review.returns:
        progress.send_back(session, given=Review(note=review.note or ""), **about)
    else:
        progress.accept(session, **about)


def _invested(session: Session, filing: Filing, report: ProgressReport) -> dict[str, Any]:
    """Give the figures that reach so many percent of what the year's plan says for this month."""
    if filing.plan_percent is None:
        return {}
    month = int(filing.period[5:])
    share = filing.plan_percent / 100
    plan = _plan(session, filing, report)
    curve = [(amount * share).quantize(_CENT) for amount in plan.curve]
    watch = session.get_one(ProjectWatch, report.project_id)
    before = curve[month - 2] if month > 1 else Decimal(0)
    if watch.last_accepted_period and watch.last_accepted_period[:4] == filing.period[:4]:
        before = watch.cumulative_year or before
    invested = curve[month - 1] - before
    total = (watch.cumulative_all or before) + invested
    return {
        "invested_period": ExactMoney(amount=invested),
        "cumulative_year": ExactMoney(amount=curve[month - 1]),
        "cumulative_all": ExactMoney(amount=total),
    }


def _paid(session: Session, filing: Filing, report: ProgressReport) -> dict[str, Any]:
    """Give what was paid: so many percent of what the year's plan means to be paid by then."""
    curve = _plan(session, filing, report).payment_curve if filing.paid_percent else None
    if filing.paid_percent is None or curve is None:
        return {}
    paid = (curve[int(filing.period[5:]) - 1] * filing.paid_percent / 100).quantize(_CENT)
    watch = session.get_one(ProjectWatch, report.project_id)
    earlier = (watch.paid_all or Decimal(0)) - (watch.paid_year or Decimal(0))
    if watch.last_accepted_period and watch.last_accepted_period[:4] != filing.period[:4]:
        earlier = watch.paid_all or Decimal(0)
    return {
        "paid_year": ExactMoney(amount=paid),
        "paid_all": ExactMoney(amount=earlier + paid),
    }


def _plan(session: Session, filing: Filing, report: ProgressReport) -> AnnualPlan:
    return session.scalars(
        select(AnnualPlan).where(
            AnnualPlan.project_id == report.project_id,
            AnnualPlan.year == int(filing.period[:4]),
        )
    ).one()


def _report(session: Session, filing: Filing) -> ProgressReport:
    return session.scalars(
        select(ProgressReport)
        .join(Project, Project.id == ProgressReport.project_id)
        .where(Project.code == filing.project, ProgressReport.period == filing.period)
    ).one()


def _as(session: Session, login: str, report: ProgressReport, now: datetime) -> dict[str, Any]:
    """Give what an action on a report is told: which one, and who acts at that instant."""
    return {
        "report_id": report.id,
        "expected": report.version,
        "by": deeds.person(session, login, now),
    }
