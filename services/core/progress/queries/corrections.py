"""Corrections as they are read; who sees the report sees what was corrected in it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.organisations.queries import named
from services.core.progress.models import ProgressCorrection, ProgressReport
from services.core.progress.queries.reports import visible
from services.core.progress.queries.setting import figures
from services.core.progress.rules import CorrectionState, Previous, ReportState
from services.core.projects.models import Project

_ASKER = Account.__table__.alias("asker")
_DECIDER = Account.__table__.alias("decider")
_SOURCE = ProgressCorrection.__table__.join(
    _ASKER, _ASKER.c.id == ProgressCorrection.requested_by
).outerjoin(_DECIDER, _DECIDER.c.id == ProgressCorrection.decided_by)
_FIELDS: Fields = Constant(
    {
        "id": ProgressCorrection.id,
        "report_id": ProgressCorrection.report_id,
        "state": ProgressCorrection.state,
        "reason": ProgressCorrection.reason,
        "changes": ProgressCorrection.changes,
        "questions": ProgressCorrection.questions,
        "requested_at": ProgressCorrection.requested_at,
        "requested_by": named(_ASKER),
        "decided_at": ProgressCorrection.decided_at,
        "decided_by": named(_DECIDER),
        "decision_note": ProgressCorrection.decision_note,
        "version": ProgressCorrection.version,
    }
)


def _seen(caller: Caller) -> ColumnElement[bool]:
    """Write "a correction of a report that the caller sees"."""
    return (
        select(ProgressReport.id)
        .join(Project, Project.id == ProgressReport.project_id)
        .where(ProgressReport.id == ProgressCorrection.report_id, visible(caller))
        .exists()
    )


def _of_projects(ids: Collection[str]) -> ColumnElement[bool]:
    """Find corrections of the reports of changed projects."""
    reports = select(ProgressReport.id).where(by(ProgressReport.project_id)(ids))
    return ProgressCorrection.report_id.in_(reports)


CORRECTIONS = Records(
    name="corrections",
    kind="progress_correction",
    key=ProgressCorrection.id,
    version=ProgressCorrection.version,
    fields=lambda _: _FIELDS,
    source=lambda _: _SOURCE,
    visible=_seen,
    follows={
        "project": _of_projects,
        "project_partner": _of_projects,
        "account": by(ProgressCorrection.requested_by, ProgressCorrection.decided_by),
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def correction(session: Session, caller: Caller, *, correction_id: UUID) -> Found:
    """Read one correction.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return CORRECTIONS.one(session, caller, correction_id)


def corrections(session: Session, caller: Caller, *, report_id: UUID, ask: Ask) -> Page:
    """Read a page of the corrections of one report.

    Raises:
        Missing: the caller does not see the report.
    """
    seen = (
        select(ProgressReport.id)
        .join(Project, Project.id == ProgressReport.project_id)
        .where(ProgressReport.id == report_id, visible(caller))
    )
    if session.scalar(seen) is None:
        raise Missing
    sorts = {"requested_at": ProgressCorrection.requested_at, "id": ProgressCorrection.id}
    where = [ProgressCorrection.report_id == report_id]
    return reading.page(session, _FIELDS, source=_SOURCE, where=where, sorts=sorts, ask=ask)


def report_of_correction(session: Session, caller: Caller, *, correction_id: UUID) -> UUID:
    """Give the report a correction is about.

    Raises:
        Missing: there is none in the caller's scope.
    """
    found = session.scalar(
        select(ProgressCorrection.report_id).where(
            ProgressCorrection.id == correction_id, _seen(caller)
        )
    )
    if found is None:
        raise Missing
    return found


def correction_for_change(
    session: Session, *, correction_id: UUID, expected: int
) -> ProgressCorrection:
    """Lock one correction at the version the caller has seen; its report is locked already."""
    return rows.for_change(
        session, ProgressCorrection, ProgressCorrection.id == correction_id, expected=expected
    )


def open_correction(session: Session, report_id: UUID) -> ProgressCorrection | None:
    """Give the correction that waits for its review; the report's lock keeps it so."""
    return session.scalars(
        select(ProgressCorrection).where(
            ProgressCorrection.report_id == report_id,
            ProgressCorrection.state == CorrectionState.REQUESTED,
        )
    ).one_or_none()


def following(session: Session, report: ProgressReport) -> Previous | None:
    """Give the next accepted report after this one."""
    later = session.scalars(
        select(ProgressReport)
        .where(
            ProgressReport.project_id == report.project_id,
            ProgressReport.state == ReportState.ACCEPTED,
            ProgressReport.last_on > report.last_on,
        )
        .order_by(ProgressReport.last_on)
        .limit(1)
    ).one_or_none()
    return Previous(later.period, figures(later)) if later else None
