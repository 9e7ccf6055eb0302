"""Progress reports over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.reading import Found
from services.core.progress import actions, queries, schemas

router = APIRouter(tags=["progress"])


class ReportsQuery(schemas.ReportFilters, ListQuery):
    """Filters of the list."""


@router.get("/progress-reports", response_model=schemas.ReportPage)
@in_reading
def list_progress_reports(door: Enter, query: Annotated[ReportsQuery, Query()]) -> Response:
    """List progress reports; `project=` gives those of one project."""
    return door.many(queries.reports(door.session, door.caller, ask=query.ask(), wanted=query))


@router.get("/progress-reports/{report_id}", response_model=schemas.Report)
@in_reading
def get_progress_report(door: Enter, report_id: UUID) -> Response:
    """Read one report; a draft's figures are shown to its own unit only."""
    return door.one(_shown(door, report_id))


@router.patch("/progress-reports/{report_id}", response_model=schemas.Report)
@in_transaction
def save_progress_report(door: Enter, report_id: UUID, given: schemas.ReportFigures) -> Response:
    """Keep what was filled in so far (JSON Merge Patch)."""
    door.shows(lambda: _shown(door, report_id))
    actions.save(
        door.session, report_id=report_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/progress-reports/{report_id}/submit", response_model=schemas.Report)
@in_transaction
def submit_progress_report(
    door: Enter, report_id: UUID, given: schemas.ReportFigures | None = None
) -> Response:
    """Hand a report in; the body may carry the figures at once."""
    door.shows(lambda: _shown(door, report_id))
    actions.submit(
        door.session, report_id=report_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/progress-reports/{report_id}/declare-no-change", response_model=schemas.Report)
@in_transaction
def declare_no_change(door: Enter, report_id: UUID, given: schemas.NoChange) -> Response:
    """Hand in that nothing changed, and why; the last accepted figures are carried on."""
    door.shows(lambda: _shown(door, report_id))
    actions.declare_no_change(
        door.session, report_id=report_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/progress-reports/{report_id}/accept", response_model=schemas.Report)
@in_transaction
def accept_progress_report(door: Enter, report_id: UUID) -> Response:
    """Accept a report as a second person; its figures are the project's from now on."""
    door.shows(lambda: _shown(door, report_id))
    actions.accept(door.session, report_id=report_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/progress-reports/{report_id}/return", response_model=schemas.Report)
@in_transaction
def return_progress_report(door: Enter, report_id: UUID, given: schemas.Review) -> Response:
    """Send a submitted report back to its unit; it is owed again."""
    door.shows(lambda: _shown(door, report_id))
    actions.send_back(
        door.session, report_id=report_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/progress-reports/{report_id}/reopen", response_model=schemas.Report)
@in_transaction
def reopen_progress_report(door: Enter, report_id: UUID, given: schemas.Review) -> Response:
    """Open an accepted report again, so that its unit can correct the figures."""
    door.shows(lambda: _shown(door, report_id))
    actions.reopen(
        door.session, report_id=report_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


def _shown(door: Door, report_id: UUID) -> Found:
    return queries.report(door.session, door.caller, report_id=report_id)
