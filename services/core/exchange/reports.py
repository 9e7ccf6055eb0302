"""Drafts of obligations: the reports of periods, in the state they are in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.core.calendar.periods import ends_before, period_named
from services.core.calendar.rules import day_of
from services.core.exchange import queries as loaded
from services.core.exchange import schemas
from services.core.exchange.book import Book
from services.core.kit.errors import Fault, Invalid
from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.progress import queries, rules
from services.core.progress.events import (
    ProgressAccepted,
    ProgressOpened,
    ProgressReturned,
    ProgressSubmitted,
)
from services.core.progress.models import ProgressReport
from services.core.progress.queries import Owing, Terms
from services.core.progress.rules import Figures, Previous, ReportState
from services.core.projects import queries as projects

_NEEDED = {
    ReportState.DUE: (),
    ReportState.DRAFT: (),
    ReportState.SUBMITTED: ("submitted_at", "submitted_by"),
    ReportState.ACCEPTED: ("submitted_at", "submitted_by", "reviewed_at", "reviewed_by"),
    ReportState.RETURNED: ("submitted_at", "submitted_by", "reviewed_at", "reviewed_by"),
}
"""What a report in each state says of the people who handled it; nothing else may be said."""
_HANDLED = _NEEDED[ReportState.ACCEPTED]


Placed = list[tuple[int, schemas.ReportRow]]
"""Rows with their places in the document."""


def check(book: Book, rows: Placed) -> None:
    """Find what is wrong with reports by themselves, each project's in the order of its periods."""
    accepted: dict[str, Previous] = {}
    for place, row in _by_period(rows):
        with book.at(f"/reports/{place}"):
            _check(row, accepted.get(row.project), book.now)
        if row.state == ReportState.ACCEPTED:
            accepted[row.project] = Previous(row.period, _figures(row))


def draft(session: Session, book: Book, rows: Placed) -> None:
    """Draft reports of projects that are written."""
    ids = {book.id("projects", row.project) for _, row in rows}
    owing = loaded.owing(session, ids)
    terms = Terms(session, book.today, owing.values())
    for place, row in _by_period(rows):
        with book.at(f"/reports/{place}"):
            report = _report(book, row, owing[book.id("projects", row.project)], terms)
            if row.state == ReportState.ACCEPTED:
                _take_over(session, report)


def _by_period(rows: Placed) -> Placed:
    return sorted(rows, key=lambda each: period_named(each[1].period).last_on)


def _check(row: schemas.ReportRow, previous: Previous | None, now: datetime) -> None:
    """Refuse what the state does not allow, and figures that cannot be true (I-11).

    Raises:
        Invalid: with every fault. Forbidden: the reviewer is the reporter.
    """
    faults = list(_mishandled(row, now))
    if faults:
        raise Invalid(Words("报告状态与内容不符。", "State and content differ."), faults=faults)
    if row.reviewed_by and row.reviewed_by == row.submitted_by:
        words = Words("填报人不能审核自己的报告。", "Who reported may not review the same report.")
        raise Invalid.at("/reviewed_by", words, code="same_person")
    if row.is_no_change:
        rules.check_no_change(row.no_change_reason)
    _check_figures(row, previous)


def _check_figures(row: schemas.ReportRow, previous: Previous | None) -> None:
    """Refuse figures that cannot be true, or that fall: nobody is there to be asked (I-11).

    Raises:
        Invalid: one fault per wrong figure.
    """
    figures = _figures(row)
    rules.check_possible(figures)
    asked = rules.fallen(rules.Reported(row.period, figures, previous=previous))
    faults = [question.fault() for question in asked if question.pointer[1:] in rules.CUMULATIVE]
    if faults:
        words = Words("累计数不能下降。", "A cumulative figure cannot fall.")
        raise Invalid(words, faults=faults)


def _mishandled(row: schemas.ReportRow, now: datetime) -> Iterator[Fault]:
    needed = _NEEDED[row.state]
    for name in _HANDLED:
        value = getattr(row, name)
        if value is None and name in needed:
            words = Words(f"状态“{row.state}”须填此项。", f"'{row.state}' needs this field.")
            yield Fault(f"/{name}", "missing", words)
        elif value is not None and name not in needed:
            words = Words(f"状态“{row.state}”不应有此项。", f"'{row.state}' has no such field.")
            yield Fault(f"/{name}", "not_allowed", words)
        elif isinstance(value, datetime) and value > now:
            words = Words("时间不能晚于现在。", "This moment has not come yet.")
            yield Fault(f"/{name}", "in_the_future", words)


def _report(book: Book, row: schemas.ReportRow, owing: Owing, terms: Terms) -> ProgressReport:
    """Draft one report with its facts; a given due overrules the policy's."""
    cadence, calendar = terms.cadence(owing), terms.calendar(owing)
    due_at = row.due_at or rules.due_at(row.period, cadence, calendar)
    said = row.model_dump(exclude={"project", "due_at", "submitted_by", "reviewed_by"})
    report = ProgressReport(
        id=book.make("reports", (row.project, row.period)),
        project_id=owing.project.id,
        organisation_id=owing.project.responsible_organisation_id,
        opened_at=min(rules.opens_at(row.period, cadence, calendar), book.now),
        original_due_at=due_at,
        current_due_at=due_at,
        submitted_by=book.maybe("accounts", row.submitted_by),
        reviewed_by=book.maybe("accounts", row.reviewed_by),
        is_late=bool(row.submitted_at and rules.is_late(row.submitted_at, due_at)),
        **said,
    )
    book.draft(report)
    for fact in _facts(report):
        book.note(fact, owing.subject("progress_report", report.id))
    return report


def _facts(report: ProgressReport) -> Iterator[Fact]:
    about: dict[str, Any] = queries.about(report)
    handled: dict[str, Any] = {
        **about,
        "is_late": report.is_late,
        "is_no_change": report.is_no_change,
    }
    yield ProgressOpened(**about, opened_at=report.opened_at)
    if report.submitted_at is not None:
        yield ProgressSubmitted(**handled)
    if report.state == ReportState.RETURNED:
        yield ProgressReturned(**about)
    if report.state == ReportState.ACCEPTED:
        yield ProgressAccepted(
            **handled,
            cumulative_year=report.cumulative_year,
            cumulative_all=report.cumulative_all,
            physical_percent=report.physical_percent,
            paid_year=report.paid_year,
            paid_all=report.paid_all,
        )


def _take_over(session: Session, report: ProgressReport) -> None:
    """Let an accepted report's figures be the project's, unless a later one's are already."""
    watch = projects.watch_for_change(session, project_id=report.project_id)
    latest = watch.last_accepted_period
    if report.reviewed_at is None or (latest and ends_before(report.period, latest)):
        return
    watch.last_accepted_period, watch.last_accepted_at = report.period, report.reviewed_at
    for name in rules.CARRIED:
        setattr(watch, name, getattr(report, name))
    if not report.is_no_change:
        watch.last_progress_on = day_of(report.reviewed_at)


def _figures(row: schemas.ReportRow) -> Figures:
    return Figures(**{name: getattr(row, name) for name in rules.FIGURES})
