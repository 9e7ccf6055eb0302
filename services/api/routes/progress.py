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


@router.get("/progress-reports/{report_id}/corrections", response_model=schemas.CorrectionPage)
@in_reading
def list_progress_corrections(
    door: Enter, report_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List the corrections of a report, with what it said before and after each."""
    return door.many(
        queries.corrections(door.session, door.caller, report_id=report_id, ask=query.ask())
    )


@router.post(
    "/progress-reports/{report_id}/corrections", status_code=201, response_model=schemas.Correction
)
@in_transaction
def request_progress_correction(
    door: Enter, report_id: UUID, given: schemas.NewCorrection
) -> Response:
    """Ask to correct an accepted report; it stays as it is until a second person accepts."""
    made = actions.request_correction(
        door.session, report_id=report_id, given=given, by=door.caller
    )
    return door.created(f"/corrections/{made.id}", _correction(door, made.id))


@router.get("/corrections/{correction_id}", response_model=schemas.Correction)
@in_reading
def get_progress_correction(door: Enter, correction_id: UUID) -> Response:
    """Read one correction."""
    return door.one(_correction(door, correction_id))


@router.post("/corrections/{correction_id}/accept", response_model=schemas.Correction)
@in_transaction
def accept_progress_correction(door: Enter, correction_id: UUID) -> Response:
    """Accept a correction as a second person; the report and the project say its figures."""
    door.shows(lambda: _correction(door, correction_id))
    actions.accept_correction(
        door.session, correction_id=correction_id, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/corrections/{correction_id}/refuse", response_model=schemas.Correction)
@in_transaction
def refuse_progress_correction(door: Enter, correction_id: UUID, given: schemas.Review) -> Response:
    """Refuse a correction as a second person; the report says what it said."""
    door.shows(lambda: _correction(door, correction_id))
    actions.refuse_correction(
        door.session,
        correction_id=correction_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _correction(door: Door, correction_id: UUID) -> Found:
    return queries.correction(door.session, door.caller, correction_id=correction_id)


def _shown(door: Door, report_id: UUID) -> Found:
    return queries.report(door.session, door.caller, report_id=report_id)
