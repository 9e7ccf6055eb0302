"""Blockers, the consultations on them, and the ladders of coordination over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.blockers import actions, queries, schemas
from services.core.blockers.rules import (
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    BlockerState,
)
from services.core.calendar.rules import day_of
from services.core.kit.shapes import Code, RegionCode

router = APIRouter(tags=["blockers"])

_Project = Annotated[UUID | None, Field(description="Only of this project.")]
_Group = Annotated[UUID | None, Field(description="Only of this group's projects.")]
_Region = Annotated[
    RegionCode | None, Field(description="Only of projects in this region or one below it.")
]


class BlockersQuery(ListQuery):
    """Filters of the list."""

    project_id: _Project = None
    group_id: _Group = None
    region: _Region = None
    owner_organisation_id: Annotated[
        UUID | None, Field(description="Only those this unit is to solve.")
    ] = None
    level: Annotated[BlockerLevel | None, Field(description="Only at this level.")] = None
    state: Annotated[BlockerState | None, Field(description="Only in this state.")] = None
    kind: Annotated[BlockerKind | None, Field(description="Only of this kind.")] = None
    severity: Annotated[BlockerSeverity | None, Field(description="Only this severe.")] = None
    open: Annotated[
        bool | None, Field(description="true: only those not solved; false: only solved ones.")
    ] = None
    overdue: Annotated[
        bool | None, Field(description="true: only those past their due; false: only others.")
    ] = None
    recheck_due: Annotated[
        bool | None,
        Field(description="true: only closed ones whose re-check (回头看) is due; false: others."),
    ] = None

    def sought(self) -> queries.Sought:
        """Give the filters in the core's words."""
        return queries.Sought(
            project_id=self.project_id,
            group_id=self.group_id,
            region=self.region,
            owner_id=self.owner_organisation_id,
            level=self.level,
            state=self.state,
            kind=self.kind,
            severity=self.severity,
            open=self.open,
            overdue=self.overdue,
            recheck_due=self.recheck_due,
        )


class StatisticsQuery(BaseModel):
    """Over which blockers is counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    project_id: _Project = None
    group_id: _Group = None
    region: _Region = None


@router.get("/blockers", response_model=schemas.BlockerPage)
@in_reading
def list_blockers(door: Enter, query: Annotated[BlockersQuery, Query()]) -> Response:
    """List the blockers of projects the caller sees, and those its units are to solve."""
    found = queries.blockers(
        door.session,
        door.caller,
        ask=query.ask(),
        sought=query.sought(),
        today=day_of(door.caller.now),
    )
    return door.many(found)


@router.post("/blockers", status_code=201, response_model=schemas.Blocker)
@in_transaction
def raise_blocker(door: Enter, given: schemas.NewBlocker) -> Response:
    """Raise what is in a project's way; it begins at its unit, the lowest level."""
    blocker = actions.raise_one(door.session, given=given, by=door.caller)
    found = queries.blocker(door.session, door.caller, blocker_id=blocker.id)
    return door.created(f"/blockers/{blocker.id}", found)


@router.get("/blockers/{blocker_id}", response_model=schemas.Blocker)
@in_reading
def get_blocker(door: Enter, blocker_id: UUID) -> Response:
    """Read one blocker with its dues, its owner, and how it was solved."""
    return door.one(queries.blocker(door.session, door.caller, blocker_id=blocker_id))


@router.patch("/blockers/{blocker_id}", response_model=schemas.Blocker)
@in_transaction
def change_blocker(door: Enter, blocker_id: UUID, given: schemas.BlockerChange) -> Response:
    """Change what is recorded of an open blocker (JSON Merge Patch)."""
    _shows(door, blocker_id)
    actions.change(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/triage", response_model=schemas.Blocker)
@in_transaction
def triage_blocker(door: Enter, blocker_id: UUID, given: schemas.Triage) -> Response:
    """Say which level can solve it; beyond the next level up with a reason."""
    _shows(door, blocker_id)
    actions.triage(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/assign", response_model=schemas.Blocker)
@in_transaction
def assign_blocker(door: Enter, blocker_id: UUID, given: schemas.Assignment) -> Response:
    """Let a unit and a person answer for solving it, by a day; also anew."""
    _shows(door, blocker_id)
    actions.assign(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/consult", response_model=schemas.Blocker)
@in_transaction
def consult_on_blocker(door: Enter, blocker_id: UUID, given: schemas.Calling) -> Response:
    """Call for a consultation, on a day or on the next consultation day of its ladder."""
    _shows(door, blocker_id)
    actions.call(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/escalate", response_model=schemas.Blocker)
@in_transaction
def escalate_blocker(door: Enter, blocker_id: UUID, given: schemas.Escalation) -> Response:
    """Take it to the next level up, with the reason; never beyond the province."""
    _shows(door, blocker_id)
    actions.escalate(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/suspend", response_model=schemas.Blocker)
@in_transaction
def suspend_blocker(door: Enter, blocker_id: UUID, given: schemas.Suspension) -> Response:
    """Stop its clock for a time: it runs again by itself at the limit."""
    _shows(door, blocker_id)
    actions.suspend(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/resume", response_model=schemas.Blocker)
@in_transaction
def resume_blocker(door: Enter, blocker_id: UUID) -> Response:
    """Let its clock run again; its due moves by the working days it stood still."""
    _shows(door, blocker_id)
    actions.resume(door.session, blocker_id=blocker_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/blockers/{blocker_id}/resolve", response_model=schemas.Blocker)
@in_transaction
def resolve_blocker(door: Enter, blocker_id: UUID, given: schemas.Resolution) -> Response:
    """Report it solved; another person judges whether it is."""
    _shows(door, blocker_id)
    actions.resolve(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/return", response_model=schemas.Blocker)
@in_transaction
def return_blocker(door: Enter, blocker_id: UUID, given: schemas.Return) -> Response:
    """Send it back to its owner, because it is not solved."""
    _shows(door, blocker_id)
    actions.send_back(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/verify", response_model=schemas.Blocker)
@in_transaction
def verify_blocker(door: Enter, blocker_id: UUID) -> Response:
    """Say, as another person, that it is solved; from the county level up of another unit."""
    _shows(door, blocker_id)
    actions.verify(door.session, blocker_id=blocker_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/blockers/{blocker_id}/close", response_model=schemas.Blocker)
@in_transaction
def close_blocker(door: Enter, blocker_id: UUID, given: schemas.CloseOut) -> Response:
    """Strike it off (销号) with evidence; 90 calendar days later it is to be re-checked."""
    _shows(door, blocker_id)
    actions.close(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/blockers/{blocker_id}/recheck", response_model=schemas.Blocker)
@in_transaction
def recheck_blocker(door: Enter, blocker_id: UUID, given: schemas.Recheck) -> Response:
    """Look at it again (回头看): it stays solved, or reopens with a reason and a new due."""
    _shows(door, blocker_id)
    actions.recheck(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.get("/blockers/{blocker_id}/proposal", response_model=schemas.BlockerProposal)
@in_reading
def get_blocker_proposal(door: Enter, blocker_id: UUID) -> Response:
    """Read what its ladder proposes next: the level, and the days; a person decides."""
    return door.one(queries.proposal(door.session, door.caller, blocker_id=blocker_id))


@router.get("/blockers/{blocker_id}/consultations", response_model=schemas.ConsultationPage)
@in_reading
def list_blocker_consultations(
    door: Enter, blocker_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List the consultations held on it."""
    return door.many(
        queries.consultations(door.session, door.caller, blocker_id=blocker_id, ask=query.ask())
    )


@router.post(
    "/blockers/{blocker_id}/consultations",
    status_code=201,
    response_model=schemas.Consultation,
)
@in_transaction
def conclude_blocker_consultation(
    door: Enter, blocker_id: UUID, given: schemas.NewConsultation
) -> Response:
    """Write down a consultation that was held; unresolved, it goes to the next level."""
    _shows(door, blocker_id)
    made = actions.conclude(
        door.session, blocker_id=blocker_id, given=given, expected=door.expected(), by=door.caller
    )
    found = queries.consultation(
        door.session, door.caller, blocker_id=blocker_id, consultation_id=made.id
    )
    return door.created(f"/blockers/{blocker_id}/consultations/{made.id}", found)


@router.get(
    "/blockers/{blocker_id}/consultations/{consultation_id}", response_model=schemas.Consultation
)
@in_reading
def get_blocker_consultation(door: Enter, blocker_id: UUID, consultation_id: UUID) -> Response:
    """Read one consultation: who was there, what was concluded, who promised what."""
    return door.one(
        queries.consultation(
            door.session, door.caller, blocker_id=blocker_id, consultation_id=consultation_id
        )
    )


@router.get("/blocker-statistics", response_model=schemas.BlockerStatistics)
@in_reading
def get_blocker_statistics(door: Enter, query: Annotated[StatisticsQuery, Query()]) -> Response:
    """Count by level how long blockers took to solve, and how many are open and overdue."""
    found = queries.statistics(
        door.session,
        door.caller,
        group_id=query.group_id,
        region=query.region,
        project_id=query.project_id,
    )
    return door.one(found)


@router.get("/coordination-ladders", response_model=schemas.LadderPage)
@in_reading
def list_coordination_ladders(door: Enter) -> Response:
    """List the shipped ladders of coordination, each with its source; none is official."""
    return door.many(queries.ladders())


@router.get("/coordination-ladders/{ladder_code}", response_model=schemas.Ladder)
@in_reading
def get_coordination_ladder(door: Enter, ladder_code: Code) -> Response:
    """Read one ladder of coordination: its steps, and what it does every week."""
    return door.one(queries.ladder(ladder_code))


def _shows(door: Door, blocker_id: UUID) -> None:
    door.shows(lambda: queries.blocker(door.session, door.caller, blocker_id=blocker_id))
