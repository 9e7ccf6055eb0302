"""Projects over HTTP, with their milestones and annual plans."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.reading import Found
from services.core.kit.shapes import AsOf, Code
from services.core.projects import actions, queries, schemas
from services.core.projects.rules import ProjectVerb

router = APIRouter(tags=["projects"])


class ProjectsQuery(ListQuery, schemas.ProjectFilters):
    """Filters of the list of projects."""


class MilestonesQuery(ListQuery, schemas.MilestoneFilters):
    """Of which day the milestones are shown."""


class PlansQuery(ListQuery, schemas.PlanFilters):
    """Filters of the versions of a project's plans."""


class PlanChangesQuery(ListQuery, schemas.PlanChangeFilters):
    """Filters of the requests to change a project's plans."""


class VersionsQuery(schemas.TwoVersions):
    """Which versions of a plan are compared."""


@router.get("/projects", response_model=schemas.ProjectPage)
@in_reading
def list_projects(door: Enter, query: Annotated[ProjectsQuery, Query()]) -> Response:
    """List projects with their lights, by default in the order of their codes.

    With `as_of`, as they were known then: what was corrected or moved later does not show.
    """
    return door.many(queries.projects(door.session, door.caller, ask=query.ask(), wanted=query))


@router.get("/projects/{project_id}", response_model=schemas.Project)
@in_reading
def get_project(door: Enter, project_id: UUID, as_of: AsOf = None) -> Response:
    """Read one project, as it is or was known on another day."""
    return door.one(queries.project(door.session, door.caller, project_id=project_id, as_of=as_of))


@router.post("/projects", status_code=201, response_model=schemas.Project)
@in_transaction
def admit_project(door: Enter, given: schemas.NewProject) -> Response:
    """Admit a project to the library."""
    made = actions.admit(door.session, given=given, by=door.caller)
    found = queries.project(door.session, door.caller, project_id=made.id)
    return door.created(f"/projects/{made.id}", found)


@router.get("/sources/{source_id}/projects/{external_id}", response_model=schemas.Project)
@in_reading
def get_external_project(door: Enter, source_id: Code, external_id: Code) -> Response:
    """Read a project by the id another system knows it by."""
    return door.one(_external(door, source_id, external_id))


@router.put("/sources/{source_id}/projects/{external_id}", response_model=schemas.Project)
@in_transaction
def put_external_project(
    door: Enter, source_id: Code, external_id: Code, given: schemas.NewProject
) -> Response:
    """Admit a project by the id of its source, or change what the source says of it.

    The same said again changes nothing; what is not sent stays as it is.
    """
    actions.put_external(
        door.session,
        source_id=source_id,
        external_id=external_id,
        given=given,
        by=door.caller,
    )
    door.shows(lambda: _external(door, source_id, external_id))
    return door.changed()


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
    """Move a project out of the library past the gates, as the province (调出).

    Everybody else proposes it (`POST /projects/{project_id}/admissions`).
    """
    _stand(door, project_id, ProjectVerb.MOVE_OUT, given)
    return door.changed()


@router.get("/projects/{project_id}/milestones", response_model=schemas.MilestonePage)
@in_reading
def list_milestones(
    door: Enter, project_id: UUID, query: Annotated[MilestonesQuery, Query()]
) -> Response:
    """List the milestones of a project, as they are or were known on another day."""
    return door.many(
        queries.milestones(
            door.session,
            door.caller,
            project_id=project_id,
            ask=query.ask(),
            as_of=query.as_of,
        )
    )


@router.post("/projects/{project_id}/milestones", status_code=201, response_model=schemas.Milestone)
@in_transaction
def plan_milestone(door: Enter, project_id: UUID, given: schemas.NewMilestone) -> Response:
    """Plan a milestone of a project, inside its planned days."""
    made = actions.plan_milestone(door.session, project_id=project_id, given=given, by=door.caller)
    found = queries.milestone(door.session, door.caller, milestone_id=made.id)
    return door.created(f"/milestones/{made.id}", found)


@router.post("/projects/{project_id}/milestones/schedule", response_model=schemas.Schedule)
@in_reading
def schedule_milestones(door: Enter, project_id: UUID, given: schemas.Backwards) -> Response:
    """Propose milestones backwards from a finish by working days (倒排工期); nothing is written."""
    return door.one(
        queries.scheduled(door.session, door.caller, project_id=project_id, given=given)
    )


@router.get("/milestones/{milestone_id}", response_model=schemas.Milestone)
@in_reading
def get_milestone(door: Enter, milestone_id: UUID, as_of: AsOf = None) -> Response:
    """Read one milestone, as it is or was known on another day."""
    return door.one(
        queries.milestone(door.session, door.caller, milestone_id=milestone_id, as_of=as_of)
    )


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
    """Give a project its first plan for a year: the baseline (If-None-Match: *).

    A plan in force changes by a request that a second person approves (`/plan-changes`).
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


@router.get("/projects/{project_id}/plans/{year}/compare", response_model=schemas.PlanComparison)
@in_reading
def get_plan_comparison(
    door: Enter, project_id: UUID, year: schemas.Year, query: Annotated[VersionsQuery, Query()]
) -> Response:
    """Lay two versions of a year's plan beside each other, with the difference per month."""
    return door.one(
        queries.compared_plans(
            door.session,
            door.caller,
            project_id=project_id,
            year=year,
            numbers=(query.before, query.after),
        )
    )


@router.get("/projects/{project_id}/plan-changes", response_model=schemas.PlanChangePage)
@in_reading
def list_plan_changes(
    door: Enter, project_id: UUID, query: Annotated[PlanChangesQuery, Query()]
) -> Response:
    """List the requests to change a project's plans."""
    return door.many(
        queries.plan_changes(
            door.session, door.caller, project_id=project_id, ask=query.ask(), wanted=query
        )
    )


@router.post(
    "/projects/{project_id}/plan-changes", status_code=201, response_model=schemas.PlanChange
)
@in_transaction
def request_plan_change(door: Enter, project_id: UUID, given: schemas.NewPlanChange) -> Response:
    """Ask for another plan of a year; the one in force stays until somebody else approves."""
    made = actions.request_plan_change(
        door.session, project_id=project_id, given=given, by=door.caller
    )
    found = queries.plan_change(door.session, door.caller, change_id=made.id)
    return door.created(f"/plan-changes/{made.id}", found)


@router.get("/plan-changes/{change_id}", response_model=schemas.PlanChange)
@in_reading
def get_plan_change(door: Enter, change_id: UUID) -> Response:
    """Read one request to change a plan."""
    return door.one(queries.plan_change(door.session, door.caller, change_id=change_id))


@router.post("/plan-changes/{change_id}/approve", response_model=schemas.PlanChange)
@in_transaction
def approve_plan_change(
    door: Enter, change_id: UUID, given: schemas.PlanDecision | None = None
) -> Response:
    """Approve a request as a second person; it becomes the version in force."""
    door.shows(lambda: queries.plan_change(door.session, door.caller, change_id=change_id))
    actions.approve_plan_change(
        door.session, change_id=change_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/plan-changes/{change_id}/refuse", response_model=schemas.PlanChange)
@in_transaction
def refuse_plan_change(door: Enter, change_id: UUID, given: schemas.PlanRefusal) -> Response:
    """Refuse a request as a second person; the plan in force stays as it is."""
    door.shows(lambda: queries.plan_change(door.session, door.caller, change_id=change_id))
    actions.refuse_plan_change(
        door.session, change_id=change_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


def _external(door: Door, source_id: str, external_id: str) -> Found:
    return queries.external_project(
        door.session, door.caller, source_id=source_id, external_id=external_id
    )


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
