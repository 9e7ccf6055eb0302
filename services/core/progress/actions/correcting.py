"""Corrections of accepted reports: asked for by the reporter, accepted by a second person."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict
from services.core.kit.events import Actor, Fact
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.progress import queries, rules, schemas
from services.core.progress.events import (
    ProgressCorrected,
    ProgressCorrectionAccepted,
    ProgressCorrectionRefused,
    ProgressCorrectionRequested,
)
from services.core.progress.models import ProgressCorrection, ProgressReport
from services.core.progress.queries import Setting
from services.core.progress.rules import CorrectionState, CorrectionVerb, Figures, ReportState
from services.core.projects import queries as projects
from services.core.projects.rules import Track


def request_correction(
    session: Session, *, report_id: UUID, given: schemas.NewCorrection, by: Caller
) -> ProgressCorrection:
    """Ask to correct an accepted report; it says what it said until a second person accepts.

    Raises:
        Missing, Forbidden; UnlawfulMove: it is not accepted. Conflict: a correction is open.
        Invalid: nothing changes, or a figure cannot be true. Unanswered: it is asked something.
    """
    by.must("progress.report")
    report = queries.for_change(session, by, report_id=report_id, expected=None)
    by.must_act_for(report.organisation_id)
    rules.check_correctable(ReportState(report.state))
    if queries.open_correction(session, report.id) is not None:
        raise Conflict(
            Words("该报告已有待审核的更正。", "A correction of this report waits for its review.")
        )
    setting = queries.setting(session, by, report)
    before = _said(report)
    after = rules.corrected(before, given.said())
    correction = ProgressCorrection(
        report_id=report.id,
        reason=given.reason,
        changes=[
            {"field": name, "before": _text(before[name]), "after": _text(value)}
            for name, value in sorted(after.items())
        ],
        questions=_asked(session, report, setting, given, before | after, by),
        requested_at=by.now,
        requested_by=by.account_id,
    )
    session.add(correction)
    session.flush()
    fact = ProgressCorrectionRequested(**_about(report, correction), reason=given.reason)
    _record(session, setting, fact, by, correction.id)
    return correction


def accept_correction(session: Session, *, correction_id: UUID, expected: int, by: Caller) -> None:
    """Accept a correction: the report, and the project if it is its latest, say the new figures.

    Raises:
        Missing, Stale; UnlawfulMove: it is decided, or the report is open again.
        Forbidden: the caller asked for it, or is a stranger. Invalid: the figures have moved.
    """
    correction, report, setting = _decided(
        session, correction_id, expected, by, CorrectionVerb.ACCEPT
    )
    rules.check_correctable(ReportState(report.state))
    rules.check_unmoved(_said(report), _side(correction, "before"))
    changes = rows.merged(report, _side(correction, "after"))
    report.warnings = correction.questions
    watch = projects.watch_for_change(session, project_id=report.project_id)
    watch.next_check_at = by.now
    if report.period == watch.last_accepted_period:
        for name in rules.CARRIED:
            setattr(watch, name, getattr(report, name))
    about = _about(report, correction)
    fact = ProgressCorrected(
        **about,
        reason=correction.reason,
        cumulative_year=report.cumulative_year,
        cumulative_all=report.cumulative_all,
        physical_percent=report.physical_percent,
        paid_year=report.paid_year,
        paid_all=report.paid_all,
    )
    _record(session, setting, fact, by, report.id, changes)
    _record(session, setting, ProgressCorrectionAccepted(**about), by, correction.id)


def refuse_correction(
    session: Session, *, correction_id: UUID, given: schemas.Review, expected: int, by: Caller
) -> None:
    """Refuse a correction; the report says what it said.

    Raises:
        Missing, Stale; UnlawfulMove: it is decided. Forbidden: the caller asked, or is a stranger.
    """
    correction, report, setting = _decided(
        session, correction_id, expected, by, CorrectionVerb.REFUSE
    )
    correction.decision_note = given.note
    fact = ProgressCorrectionRefused(**_about(report, correction), decision_note=given.note)
    _record(session, setting, fact, by, correction.id)


def _decided(
    session: Session, correction_id: UUID, expected: int, by: Caller, verb: CorrectionVerb
) -> tuple[ProgressCorrection, ProgressReport, Setting]:
    """Lock a correction and its report, and decide as a second person of the unit or the convener.

    The report is locked first, as by every other write, so that no two wait for each other.
    """
    by.must("progress.review")
    report_id = queries.report_of_correction(session, by, correction_id=correction_id)
    report = queries.for_change(session, by, report_id=report_id, expected=None)
    setting = queries.setting(session, by, report)
    if not setting.is_conveners:
        by.must_act_for(report.organisation_id)
    correction = queries.correction_for_change(
        session, correction_id=correction_id, expected=expected
    )
    correction.state = moved(rules.CORRECTION_MOVES, CorrectionState(correction.state), verb)
    rules.check_reviewer(by.account_id, correction.requested_by)
    correction.decided_at, correction.decided_by = by.now, by.account_id
    return correction, report, setting


def _asked(
    session: Session,
    report: ProgressReport,
    setting: Setting,
    given: schemas.NewCorrection,
    after: dict[str, Any],
    by: Caller,
) -> list[rules.Kept]:
    """Ask of the corrected figures what a report is asked, and what the reports after it say.

    Raises:
        Invalid: a figure cannot be true. Unanswered: a question has no answer.
    """
    figures = Figures(**{name: after[name] for name in rules.FIGURES})
    rules.check_possible(figures, correction_reason=given.reason)
    image = after["image_progress"]
    words = image if isinstance(image, str) else None
    is_investment = setting.track == Track.INVESTMENT
    rules.check_complete(figures, is_investment=is_investment, image_progress=words)
    questions = rules.asked(
        replace(
            setting.reported(report),
            figures=figures,
            image_progress=words,
            following=queries.following(session, report),
        )
    )
    kept = rules.answered(
        questions,
        before=report.warnings,
        given=given.answered(),
        correction_reason=given.reason,
        by=by.account_id,
        now=by.now,
    )
    rules.check_answered(questions, kept)
    return kept


def _said(report: ProgressReport) -> dict[str, Any]:
    """Give what of a report can be corrected."""
    return {name: getattr(report, name) for name in (*rules.FIGURES, "image_progress")}


def _text(value: object) -> str | None:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return None if value is None else str(value)


def _side(correction: ProgressCorrection, side: str) -> dict[str, Any]:
    """Read one side of a correction, `before` or `after`, as the report's row keeps it."""
    return {str(one["field"]): _value(str(one["field"]), one[side]) for one in correction.changes}


def _value(name: str, text: str | None) -> object:
    return text if text is None or name not in rules.FIGURES else Decimal(text)


def _about(report: ProgressReport, correction: ProgressCorrection) -> dict[str, Any]:
    """Give what every fact about a correction says."""
    return {
        **queries.about(report),
        "correction_id": correction.id,
        "fields": tuple(sorted(str(one["field"]) for one in correction.changes)),
    }


def _record(
    session: Session,
    setting: Setting,
    fact: Fact,
    by: Caller,
    record_id: UUID,
    changes: dict[str, list[Any]] | None = None,
) -> None:
    """Record a fact of a report, or of a correction of it."""
    about = setting.subject
    if record_id != about.id:
        about = replace(about, kind="progress_correction", id=record_id)
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
