"""Joint groups, their members and their convener's duties over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.groups import actions, queries, schemas
from services.core.groups.rules import GroupState
from services.core.kit.reading import Found
from services.core.kit.shapes import AsOf, RegionCode

router = APIRouter(tags=["groups"])


class GroupsQuery(ListQuery):
    """Filters of the list."""

    under: Annotated[
        RegionCode | None, Field(description="Only groups that serve this region or one below it.")
    ] = None
    state: GroupState | None = None
    organisation_id: Annotated[
        UUID | None, Field(description="Only groups this unit has a place in on the day.")
    ] = None
    as_of: AsOf = None


class MembersQuery(ListQuery):
    """Filters of a group's places."""

    as_of: AsOf = None


class DutiesQuery(ListQuery):
    """Filters of a convener's duties."""

    open: Annotated[bool, Field(description="Leave out duties that have ended.")] = False


@router.get("/groups", response_model=schemas.GroupPage)
@in_reading
def list_groups(door: Enter, query: Annotated[GroupsQuery, Query()]) -> Response:
    """List the groups the caller is in or regulates."""
    return door.many(
        queries.groups(
            door.session,
            door.caller,
            ask=query.ask(),
            under=query.under,
            state=query.state,
            organisation_id=query.organisation_id,
            as_of=query.as_of,
        )
    )


@router.post("/groups", status_code=201, response_model=schemas.Group)
@in_transaction
def draft_group(door: Enter, given: schemas.NewGroup) -> Response:
    """Begin to prepare a group for a county."""
    made = actions.draft(door.session, given=given, by=door.caller)
    return door.created(
        f"/groups/{made.id}", queries.drafted(door.session, door.caller, group_id=made.id)
    )


@router.get("/groups/{group_id}", response_model=schemas.Group)
@in_reading
def get_group(door: Enter, group_id: UUID, as_of: AsOf = None) -> Response:
    """Read one group with its members, today or on another day."""
    return door.one(queries.group(door.session, door.caller, group_id=group_id, as_of=as_of))


@router.patch("/groups/{group_id}", response_model=schemas.Group)
@in_transaction
def change_group(door: Enter, group_id: UUID, given: schemas.GroupChange) -> Response:
    """Change a group's name, charter, expected members or policy (JSON Merge Patch)."""
    door.shows(lambda: _group(door, group_id))
    actions.change(
        door.session, group_id=group_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/groups/{group_id}/establish", response_model=schemas.Group)
@in_transaction
def establish_group(door: Enter, group_id: UUID, given: schemas.Establishment) -> Response:
    """Make a draft the county's one active group."""
    door.shows(lambda: _group(door, group_id))
    actions.establish(
        door.session, group_id=group_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/groups/{group_id}/dissolve", response_model=schemas.Group)
@in_transaction
def dissolve_group(door: Enter, group_id: UUID, given: schemas.Dissolution) -> Response:
    """End a group and freeze its records."""
    door.shows(lambda: _group(door, group_id))
    actions.dissolve(
        door.session, group_id=group_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/groups/{group_id}/hand-over", response_model=schemas.Group)
@in_transaction
def hand_over_group(door: Enter, group_id: UUID, given: schemas.HandOver) -> Response:
    """Hand the chair and every duty over to another unit."""
    door.shows(lambda: _group(door, group_id))
    actions.hand_over(
        door.session, group_id=group_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.get("/groups/{group_id}/members", response_model=schemas.MemberPage)
@in_reading
def list_group_members(
    door: Enter, group_id: UUID, query: Annotated[MembersQuery, Query()]
) -> Response:
    """List every place of a group: past, present and to come, or those of one day."""
    return door.many(
        queries.members(
            door.session, door.caller, group_id=group_id, ask=query.ask(), as_of=query.as_of
        )
    )


@router.post("/groups/{group_id}/members", status_code=201, response_model=schemas.Group)
@in_transaction
def add_group_member(door: Enter, group_id: UUID, given: schemas.NewMember) -> Response:
    """Give a unit its place; the answer is the group with its members."""
    actions.add_member(door.session, group_id=group_id, given=given, by=door.caller)
    return door.created(f"/groups/{group_id}", _group(door, group_id))


@router.post("/groups/{group_id}/members/{member_id}/end", response_model=schemas.Group)
@in_transaction
def end_group_member(
    door: Enter, group_id: UUID, member_id: UUID, given: schemas.MemberEnd
) -> Response:
    """Let a unit leave; If-Match and the answer are the group's."""
    door.shows(lambda: _group(door, group_id))
    actions.end_member(
        door.session,
        group_id=group_id,
        member_id=member_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.get("/groups/{group_id}/duties", response_model=schemas.DutyPage)
@in_reading
def list_convener_duties(
    door: Enter, group_id: UUID, query: Annotated[DutiesQuery, Query()]
) -> Response:
    """List what the convener owes the group again and again."""
    return door.many(
        queries.duties(
            door.session, door.caller, group_id=group_id, ask=query.ask(), only_open=query.open
        )
    )


@router.post("/groups/{group_id}/duties", status_code=201, response_model=schemas.ConvenerDuty)
@in_transaction
def assign_convener_duty(door: Enter, group_id: UUID, given: schemas.NewDuty) -> Response:
    """Assign a duty to whoever convenes the group."""
    duty = actions.assign(door.session, group_id=group_id, given=given, by=door.caller)
    return door.created(f"/groups/{group_id}/duties/{duty.id}", _duty(door, group_id, duty.id))


@router.get("/groups/{group_id}/duties/{duty_id}", response_model=schemas.ConvenerDuty)
@in_reading
def get_convener_duty(door: Enter, group_id: UUID, duty_id: UUID) -> Response:
    """Read one duty."""
    return door.one(_duty(door, group_id, duty_id))


@router.post("/groups/{group_id}/duties/{duty_id}/end", response_model=schemas.ConvenerDuty)
@in_transaction
def end_convener_duty(
    door: Enter, group_id: UUID, duty_id: UUID, given: schemas.DutyEnd
) -> Response:
    """End a duty."""
    door.shows(lambda: _duty(door, group_id, duty_id))
    actions.end_duty(
        door.session,
        group_id=group_id,
        duty_id=duty_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _group(door: Enter, group_id: UUID) -> Found:
    return queries.group(door.session, door.caller, group_id=group_id)


def _duty(door: Enter, group_id: UUID, duty_id: UUID) -> Found:
    return queries.duty(door.session, door.caller, group_id=group_id, duty_id=duty_id)
