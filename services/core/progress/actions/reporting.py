"""What people do with a report: fill it in, hand it in, accept it or send it back."""

from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, update
from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.calendar.periods import ends_before
from services.core.calendar.rules import day_of
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.progress import queries, rules, schemas
from services.core.progress.events import (
    ProgressAccepted,
    ProgressReopened,
    ProgressReturned,
    ProgressSubmitted,
)
from services.core.progress.models import ProgressReport
from services.core.progress.queries import Setting
from services.core.progress.rules import MOVES, ReportState, ReportVerb
from services.core.projects import queries as projects
from services.core.projects.models import ProjectWatch
from services.core.projects.rules import Track


def save(
    session: Session, *, report_id: UUID, given: schemas.ReportFigures, expected: int, by: Caller
) -> None:
    """Keep what was filled in so far; figures that cannot be true are refused even in a draft.

    Raises:
        UnlawfulMove: it is handed in. Invalid: a figure cannot be true.
    """
    report, setting = _of_own_unit(session, report_id, expected, by)
    was, report.state = report.state, moved(MOVES, ReportState(report.state), ReportVerb.SAVE)
    filled, _ = _fill(report, given, setting, by)
    changes = {**({"state": [was, report.state]} if was != report.state else {}), **filled}
    ledger.note(
        session,
        Act.SAVED,
        by=Actor.person(by),
        now=by.now,
        about=Subject("progress_report", report.id, organisation_ids=(report.organisation_id,)),
        outcome=ledger.DRAFT,
        details=changes or None,
    )


def submit(
    session: Session,
    *,
    report_id: UUID,
    given: schemas.ReportFigures | None,
    expected: int,
    by: Caller,
) -> None:
    """Hand a report in, with what the request carries on top of what was saved.

    Raises:
        UnlawfulMove: it is handed in already. Invalid: it is not complete, or cannot be true.
        Unanswered: it is asked something that nobody has answered.
    """
    report, setting = _of_own_unit(session, report_id, expected, by)
    was, report.state = report.state, moved(MOVES, ReportState(report.state), ReportVerb.SUBMIT)
    report.is_no_change, report.no_change_reason = False, None
    filled, questions = _fill(report, given or schemas.ReportFigures(), setting, by)
    rules.check_complete(
        queries.figures(report),
        is_investment=setting.track == Track.INVESTMENT,
        image_progress=report.image_progress,
    )
    rules.check_answered(questions, report.warnings)
    _hand_in(session, report, setting, by, {"state": [was, report.state], **filled})


def declare_no_change(
    session: Session, *, report_id: UUID, given: schemas.NoChange, expected: int, by: Caller
) -> None:
    """Hand in that nothing changed, with the reason and the last accepted figures.

    Raises:
        UnlawfulMove: it is handed in already. Invalid: there is no reason.
    """
    report, setting = _of_own_unit(session, report_id, expected, by)
    was, report.state = report.state, moved(MOVES, ReportState(report.state), ReportVerb.SUBMIT)
    rules.check_no_change(given.reason)
    report.is_no_change, report.no_change_reason = True, given.reason
    carried = rules.carried(setting.previous, report.period)
    filled = rows.merged(report, {name: getattr(carried, name) for name in rules.FIGURES})
    report.warnings = []
    _hand_in(session, report, setting, by, {"state": [was, report.state], **filled})


def accept(session: Session, *, report_id: UUID, expected: int, by: Caller) -> None:
    """Accept a report: from now on its figures are the project's.

    Raises:
        UnlawfulMove: it is not submitted. Forbidden: the reviewer reported it, or is a stranger.
    """
    report, setting, was = _under_review(session, report_id, expected, by, ReportVerb.ACCEPT)
    watch = projects.watch_for_change(session, project_id=report.project_id)
    watch.next_check_at = by.now
    latest = watch.last_accepted_period
    if latest is None or not ends_before(report.period, latest):
        watch.last_accepted_period, watch.last_accepted_at = report.period, by.now
        for name in rules.CARRIED:
            setattr(watch, name, getattr(report, name))
        if not report.is_no_change:
            watch.last_progress_on = day_of(by.now)
    fact = ProgressAccepted(
        **queries.about(report),
        is_late=report.is_late,
        is_no_change=report.is_no_change,
        cumulative_year=report.cumulative_year,
        cumulative_all=report.cumulative_all,
        physical_percent=report.physical_percent,
        paid_year=report.paid_year,
        paid_all=report.paid_all,
    )
    _record(session, setting, fact, by, _reviewed(report, was))


def send_back(
    session: Session, *, report_id: UUID, given: schemas.Review, expected: int, by: Caller
) -> None:
    """Send a submitted report back to its unit; it is owed again.

    Raises:
        UnlawfulMove: it is not submitted. Forbidden: the reviewer reported it, or is a stranger.
    """
    report, setting, was = _under_review(session, report_id, expected, by, ReportVerb.RETURN)
    report.review_note = given.note
    _check_again(session, report, by)
    _record(session, setting, ProgressReturned(**queries.about(report)), by, _reviewed(report, was))


def reopen(
    session: Session, *, report_id: UUID, given: schemas.Review, expected: int, by: Caller
) -> None:
    """Open an accepted report again, so that its unit can correct the figures.

    Raises:
        UnlawfulMove: it is not accepted. Forbidden: the reviewer reported it, or is a stranger.
    """
    report, setting, was = _under_review(session, report_id, expected, by, ReportVerb.REOPEN)
    report.review_note = given.note
    _check_again(session, report, by)
    _record(session, setting, ProgressReopened(**queries.about(report)), by, _reviewed(report, was))


def _of_own_unit(
    session: Session, report_id: UUID, expected: int, by: Caller
) -> tuple[ProgressReport, Setting]:
    """Lock a report that the caller may fill in."""
    by.must("progress.report")
    report = queries.for_change(session, by, report_id=report_id, expected=expected)
    by.must_act_for(report.organisation_id)
    return report, queries.setting(session, by, report)


def _under_review(
    session: Session, report_id: UUID, expected: int, by: Caller, verb: ReportVerb
) -> tuple[ProgressReport, Setting, str]:
    """Lock a report and move it, for a second person of its unit, above it, or of the convener.

    Gives the state it came from too.
    """
    by.must("progress.review")
    report = queries.for_change(session, by, report_id=report_id, expected=expected)
    setting = queries.setting(session, by, report)
    if not setting.is_conveners:
        by.must_act_for(report.organisation_id)
    was, report.state = report.state, moved(MOVES, ReportState(report.state), verb)
    if report.submitted_by is not None:
        rules.check_reviewer(by.account_id, report.submitted_by)
    report.reviewed_at, report.reviewed_by, report.review_note = by.now, by.account_id, None
    return report, setting, was


def _fill(
    report: ProgressReport, given: schemas.ReportFigures, setting: Setting, by: Caller
) -> tuple[dict[str, list[Any]], tuple[rules.Question, ...]]:
    """Put what was said into the report, with what it is asked and the answers to that.

    Gives what changed, and the questions.

    Raises:
        Invalid: a figure cannot be true, or an answer is given to what is not asked.
    """
    changes = rows.merged(report, given.said())
    rules.check_possible(queries.figures(report), correction_reason=report.correction_reason)
    questions = rules.asked(setting.reported(report))
    report.warnings = rules.answered(
        questions,
        before=report.warnings or (),
        given=given.answered(),
        correction_reason=report.correction_reason,
        by=by.account_id,
        now=by.now,
    )
    return changes, questions


def _hand_in(
    session: Session,
    report: ProgressReport,
    setting: Setting,
    by: Caller,
    changes: dict[str, list[Any]],
) -> None:
    """Note who handed it in and when; only the first time decides whether it was late."""
    if report.submitted_at is None:
        report.is_late = rules.is_late(by.now, report.original_due_at)
    report.submitted_at, report.submitted_by = by.now, by.account_id
    _check_again(session, report, by)
    fact = ProgressSubmitted(
        **queries.about(report), is_late=report.is_late, is_no_change=report.is_no_change
    )
    _record(session, setting, fact, by, changes)


_CHECK_AGAIN = (
    update(ProjectWatch)
    .where(ProjectWatch.project_id == bindparam("of", type_=Uuid()))
    .values(next_check_at=bindparam("at", type_=DateTime(timezone=True)))
    .execution_options(synchronize_session=False)
)


def _check_again(session: Session, report: ProgressReport, by: Caller) -> None:
    """Ask for the project's health to be looked at now."""
    session.execute(_CHECK_AGAIN, {"of": report.project_id, "at": by.now})


def _reviewed(report: ProgressReport, was: str) -> dict[str, list[Any]]:
    return {"state": [was, report.state], "review_note": [None, report.review_note]}


def _record(
    session: Session, setting: Setting, fact: Fact, by: Caller, changes: dict[str, list[Any]]
) -> None:
    ledger.record(
        session,
        fact,
        about=setting.subject,
        by=Actor.person(by),
        now=by.now,
        changes=changes,
    )
