"""Projects over HTTP, with their milestones and annual plans."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.shapes import AsOf
from services.core.projects import actions, queries, schemas
from services.core.projects.rules import ProjectVerb

router = APIRouter(tags=["projects"])


class ProjectsQuery(ListQuery, schemas.ProjectFilters):
    """Filters of the list of projects."""


class PlansQuery(ListQuery, schemas.PlanFilters):
    """Filters of the versions of a project's plans."""


@router.get("/projects", response_model=schemas.ProjectPage)
@in_reading
def list_projects(door: Enter, query: Annotated[ProjectsQuery, Query()]) -> Response:
    """List projects with their lights, by default in the order of their codes."""
    return door.many(queries.projects(door.session, door.caller, ask=query.ask(), wanted=query))


@router.get("/projects/{project_id}", response_model=schemas.Project)
@in_reading
def get_project(door: Enter, project_id: UUID) -> Response:
    """Read one project."""
    return door.one(queries.project(door.session, door.caller, project_id=project_id))


@router.post("/projects", status_code=201, response_model=schemas.Project)
@in_transaction
def admit_project(door: Enter, given: schemas.NewProject) -> Response:
    """Admit a project to the library."""
    made = actions.admit(door.session, given=given, by=door.caller)
    found = queries.project(door.session, door.caller, project_id=made.id)
    return door.created(f"/projects/{made.id}", found)


@router.patch("/projects/{project_id}", response_model=schemas.Project)
@in_transaction
def change_project(door: Enter, project_id: UUID, given: schemas.ProjectChange) -> Response:
    """Change a project (JSON Merge Patch); partners, if sent, are replaced as a whole."""
    _shows_project(door, project_id)
    actions.change(
        door.session,
        project_id=project_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/projects/{project_id}/advance", response_model=schemas.Project)
@in_transaction
def advance_project(door: Enter, project_id: UUID, given: schemas.Advance) -> Response:
    """Move a project to a later stage of its track, or one step back with a reason."""
    _shows_project(door, project_id)
    actions.advance(
        door.session,
        project_id=project_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/projects/{project_id}/pause", response_model=schemas.Project)
@in_transaction
def pause_project(door: Enter, project_id: UUID, given: schemas.Because) -> Response:
    """Pause a project; no reports are owed and nobody is reminded until it is resumed."""
    _stand(door, project_id, ProjectVerb.PAUSE, given)
    return door.changed()


@router.post("/projects/{project_id}/resume", response_model=schemas.Project)
@in_transaction
def resume_project(door: Enter, project_id: UUID, given: schemas.Because) -> Response:
    """Let a paused project go on; reports are owed again from this month."""
    _stand(door, project_id, ProjectVerb.RESUME, given)
    return door.changed()


@router.post("/projects/{project_id}/terminate", response_model=schemas.Project)
@in_transaction
def terminate_project(door: Enter, project_id: UUID, given: schemas.Because) -> Response:
    """Give a project up for good."""
    _stand(door, project_id, ProjectVerb.TERMINATE, given)
    return door.changed()


@router.post("/projects/{project_id}/move-out", response_model=schemas.Project)
@in_transaction
def move_out_project(door: Enter, project_id: UUID, given: schemas.Because) -> Response:
    """Move a project out of the library (调出)."""
    _stand(door, project_id, ProjectVerb.MOVE_OUT, given)
    return door.changed()


@router.get("/projects/{project_id}/milestones", response_model=schemas.MilestonePage)
@in_reading
def list_milestones(
    door: Enter, project_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List the milestones of a project."""
    return door.many(
        queries.milestones(door.session, door.caller, project_id=project_id, ask=query.ask())
    )


@router.post("/projects/{project_id}/milestones", status_code=201, response_model=schemas.Milestone)
@in_transaction
def plan_milestone(door: Enter, project_id: UUID, given: schemas.NewMilestone) -> Response:
    """Plan a milestone of a project, inside its planned days."""
    made = actions.plan_milestone(door.session, project_id=project_id, given=given, by=door.caller)
    found = queries.milestone(door.session, door.caller, milestone_id=made.id)
    return door.created(f"/milestones/{made.id}", found)


@router.get("/milestones/{milestone_id}", response_model=schemas.Milestone)
@in_reading
def get_milestone(door: Enter, milestone_id: UUID) -> Response:
    """Read one milestone."""
    return door.one(queries.milestone(door.session, door.caller, milestone_id=milestone_id))


@router.patch("/milestones/{milestone_id}", response_model=schemas.Milestone)
@in_transaction
def change_milestone(door: Enter, milestone_id: UUID, given: schemas.MilestoneChange) -> Response:
    """Change a milestone that is not reached (JSON Merge Patch); its first day never moves."""
    door.shows(lambda: queries.milestone(door.session, door.caller, milestone_id=milestone_id))
    actions.change_milestone(
        door.session,
        milestone_id=milestone_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/milestones/{milestone_id}/reach", response_model=schemas.Milestone)
@in_transaction
def reach_milestone(door: Enter, milestone_id: UUID, given: schemas.Reach) -> Response:
    """Note that a milestone was reached, with the evidence."""
    door.shows(lambda: queries.milestone(door.session, door.caller, milestone_id=milestone_id))
    actions.reach_milestone(
        door.session,
        milestone_id=milestone_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.get("/projects/{project_id}/plans", response_model=schemas.PlanPage)
@in_reading
def list_plans(door: Enter, project_id: UUID, query: Annotated[PlansQuery, Query()]) -> Response:
    """List the versions of a project's annual plans."""
    return door.many(
        queries.plans(
            door.session, door.caller, project_id=project_id, ask=query.ask(), wanted=query
        )
    )


@router.get("/projects/{project_id}/plans/{year}", response_model=schemas.Plan)
@in_reading
def get_plan(door: Enter, project_id: UUID, year: schemas.Year, as_of: AsOf = None) -> Response:
    """Read the plan in force for one year, now or on another day."""
    return door.one(
        queries.plan(door.session, door.caller, project_id=project_id, year=year, as_of=as_of)
    )


@router.put("/projects/{project_id}/plans/{year}", response_model=schemas.Plan)
@in_transaction
def put_plan(
    door: Enter, project_id: UUID, year: schemas.Year, given: schemas.GivenPlan
) -> Response:
    """Give a project its plan for a year, or a new version of it with the reason.

    If-Match names the version it replaces; If-None-Match: * says that there is none yet.
    """
    door.shows(lambda: queries.plan(door.session, door.caller, project_id=project_id, year=year))
    actions.plan_year(
        door.session,
        project_id=project_id,
        year=year,
        given=given,
        expected=door.expected_or_new(),
        by=door.caller,
    )
    return door.changed()


def _shows_project(door: Door, project_id: UUID) -> None:
    door.shows(lambda: queries.project(door.session, door.caller, project_id=project_id))


def _stand(door: Door, project_id: UUID, verb: ProjectVerb, given: schemas.Because) -> None:
    """Do one of the four moves beside the stages."""
    _shows_project(door, project_id)
    actions.stand(
        door.session,
        project_id=project_id,
        verb=verb,
        reason=given.reason,
        expected=door.expected(),
        by=door.caller,
    )
