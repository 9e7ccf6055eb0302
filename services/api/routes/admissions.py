"""Proposals to enter the library or to leave it, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.admissions import actions, queries, schemas
from services.core.admissions.rules import AdmissionKind, AdmissionState
from services.core.kit.shapes import RegionCode
from services.core.projects.schemas import NewProject

router = APIRouter(tags=["admissions"])


class AdmissionsQuery(ListQuery):
    """Filters of the list."""

    kind: AdmissionKind | None = None
    project_id: Annotated[UUID | None, Field(description="Only about this project.")] = None
    group_id: Annotated[UUID | None, Field(description="Only for this group.")] = None
    region: Annotated[
        RegionCode | None, Field(description="Only in this region and those below it.")
    ] = None
    state: AdmissionState | None = None


@router.get("/admissions", response_model=schemas.AdmissionPage)
@in_reading
def list_admissions(door: Enter, query: Annotated[AdmissionsQuery, Query()]) -> Response:
    """List what is proposed to enter or leave the library, by default as it was drafted."""
    sought = queries.Sought(
        kind=query.kind,
        project_id=query.project_id,
        group_id=query.group_id,
        region=query.region,
        state=query.state,
    )
    return door.many(queries.admissions(door.session, door.caller, ask=query.ask(), sought=sought))


@router.post("/admissions", status_code=201, response_model=schemas.Admission)
@in_transaction
def draft_admission(door: Enter, given: NewProject) -> Response:
    """Propose a project for the library; a draft is your unit's own."""
    made = actions.draft(door.session, given=given, by=door.caller)
    found = queries.admission(door.session, door.caller, admission_id=made.id)
    return door.created(f"/admissions/{made.id}", found)


@router.post("/projects/{project_id}/admissions", status_code=201, response_model=schemas.Admission)
@in_transaction
def draft_exit(door: Enter, project_id: UUID, given: schemas.NewExit) -> Response:
    """Propose that a project leaves the library; a draft is your unit's own."""
    made = actions.draft_exit(door.session, project_id=project_id, given=given, by=door.caller)
    found = queries.admission(door.session, door.caller, admission_id=made.id)
    return door.created(f"/admissions/{made.id}", found)


@router.get("/admissions/{admission_id}", response_model=schemas.Admission)
@in_reading
def get_admission(door: Enter, admission_id: UUID) -> Response:
    """Read one proposal, with every gate it came to."""
    return door.one(queries.admission(door.session, door.caller, admission_id=admission_id))


@router.patch("/admissions/{admission_id}", response_model=schemas.Admission)
@in_transaction
def change_admission(door: Enter, admission_id: UUID, given: schemas.ProposalChange) -> Response:
    """Put a proposed project right (JSON Merge Patch) that is a draft or was returned."""
    _shows(door, admission_id)
    actions.change(
        door.session,
        admission_id=admission_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.patch("/admissions/{admission_id}/exit", response_model=schemas.Admission)
@in_transaction
def change_exit(door: Enter, admission_id: UUID, given: schemas.ExitChange) -> Response:
    """Put an exit right (JSON Merge Patch) that is a draft or was returned."""
    _shows(door, admission_id)
    actions.change_exit(
        door.session,
        admission_id=admission_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/admissions/{admission_id}/submit", response_model=schemas.Admission)
@in_transaction
def submit_admission(door: Enter, admission_id: UUID) -> Response:
    """Hand a proposal in: to the county, or where it stands in a city or the province, to that."""
    _shows(door, admission_id)
    actions.submit(
        door.session, admission_id=admission_id, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/admissions/{admission_id}/withdraw", response_model=schemas.Admission)
@in_transaction
def withdraw_admission(door: Enter, admission_id: UUID, given: schemas.Withdrawal) -> Response:
    """Take a proposal of your unit back before it is decided; once submitted with a reason."""
    _shows(door, admission_id)
    actions.withdraw(
        door.session,
        admission_id=admission_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/admissions/{admission_id}/check", response_model=schemas.Admission)
@in_transaction
def check_admission(door: Enter, admission_id: UUID) -> Response:
    """Let a proposal pass your gate; the province's admits the project, or lets it leave."""
    _shows(door, admission_id)
    actions.check(door.session, admission_id=admission_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/admissions/{admission_id}/return", response_model=schemas.Admission)
@in_transaction
def return_admission(door: Enter, admission_id: UUID, given: schemas.Why) -> Response:
    """Return a proposal from your gate, with the reason; it is counted."""
    _shows(door, admission_id)
    actions.send_back(
        door.session,
        admission_id=admission_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _shows(door: Door, admission_id: UUID) -> None:
    door.shows(lambda: queries.admission(door.session, door.caller, admission_id=admission_id))
