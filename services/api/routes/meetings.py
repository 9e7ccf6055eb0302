"""Meetings, their invitations and minutes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.shapes import AtInstant, RegionCode
from services.core.meetings import actions, queries, schemas
from services.core.meetings.rules import MeetingKind, MeetingState

router = APIRouter(tags=["meetings"])


class MeetingsQuery(ListQuery):
    """Filters of the list."""

    group_id: Annotated[UUID | None, Field(description="Only of this group.")] = None
    region: Annotated[
        RegionCode | None, Field(description="Only of this region or one below it.")
    ] = None
    kind: Annotated[MeetingKind | None, Field(description="Only of this kind.")] = None
    state: Annotated[MeetingState | None, Field(description="Only in this state.")] = None
    since: Annotated[
        AtInstant | None,
        Field(
            alias="from",
            description="Only those that begin then or later.",
            examples=["2026-12-01T00:00:00+08:00"],
        ),
    ] = None
    to: Annotated[
        AtInstant | None,
        Field(
            description="Only those that begin before then.",
            examples=["2027-01-01T00:00:00+08:00"],
        ),
    ] = None
    mine: Annotated[
        bool,
        Field(description="Only those your unit convenes, is invited to, or whose group it is in."),
    ] = False

    def sought(self) -> queries.Sought:
        """Give the filters in the core's words."""
        return queries.Sought(
            group_id=self.group_id,
            region=self.region,
            kind=self.kind,
            state=self.state,
            since=self.since,
            until=self.to,
            mine=self.mine,
        )


@router.get("/meetings", response_model=schemas.MeetingPage)
@in_reading
def list_meetings(door: Enter, query: Annotated[MeetingsQuery, Query()]) -> Response:
    """List the meetings the caller may know of."""
    return door.many(
        queries.meetings(door.session, door.caller, ask=query.ask(), sought=query.sought())
    )


@router.post("/meetings", status_code=201, response_model=schemas.Meeting)
@in_transaction
def draft_meeting(door: Enter, given: schemas.NewMeeting) -> Response:
    """Prepare a meeting; nobody else sees it before it is scheduled."""
    meeting = actions.draft(door.session, given=given, by=door.caller)
    found = queries.meeting(door.session, door.caller, meeting_id=meeting.id)
    return door.created(f"/meetings/{meeting.id}", found)


@router.get("/meetings/{meeting_id}", response_model=schemas.Meeting)
@in_reading
def get_meeting(door: Enter, meeting_id: UUID) -> Response:
    """Read one meeting with its agenda, its moves and its minutes."""
    return door.one(queries.meeting(door.session, door.caller, meeting_id=meeting_id))


@router.patch("/meetings/{meeting_id}", response_model=schemas.Meeting)
@in_transaction
def change_meeting(door: Enter, meeting_id: UUID, given: schemas.MeetingChange) -> Response:
    """Change title, agenda or units, and of a draft also time and place (JSON Merge Patch)."""
    _shows(door, meeting_id)
    actions.change(
        door.session, meeting_id=meeting_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/meetings/{meeting_id}/schedule", response_model=schemas.Meeting)
@in_transaction
def schedule_meeting(door: Enter, meeting_id: UUID) -> Response:
    """Announce a meeting: its units are told, and its start is kept as the original one."""
    _shows(door, meeting_id)
    actions.schedule(door.session, meeting_id=meeting_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/meetings/{meeting_id}/move", response_model=schemas.Meeting)
@in_transaction
def move_meeting(door: Enter, meeting_id: UUID, given: schemas.Moving) -> Response:
    """Give an announced meeting another time or place; its units are asked to reply again."""
    _shows(door, meeting_id)
    actions.move(
        door.session, meeting_id=meeting_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/meetings/{meeting_id}/cancel", response_model=schemas.Meeting)
@in_transaction
def cancel_meeting(door: Enter, meeting_id: UUID, given: schemas.Cancelling) -> Response:
    """Give a meeting up, with the reason; whoever was invited is told."""
    _shows(door, meeting_id)
    actions.cancel(
        door.session, meeting_id=meeting_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/meetings/{meeting_id}/hold", response_model=schemas.Meeting)
@in_transaction
def hold_meeting(door: Enter, meeting_id: UUID, given: schemas.Holding) -> Response:
    """Note that a meeting took place, and who of every invited unit came."""
    _shows(door, meeting_id)
    actions.hold(
        door.session, meeting_id=meeting_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/meetings/{meeting_id}/minutes", response_model=schemas.Meeting)
@in_transaction
def write_meeting_minutes(door: Enter, meeting_id: UUID, given: schemas.MinutesGiven) -> Response:
    """Write the minutes of a meeting that was held; before they are approved also anew."""
    _shows(door, meeting_id)
    actions.write_minutes(
        door.session, meeting_id=meeting_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/meetings/{meeting_id}/approve-minutes", response_model=schemas.Meeting)
@in_transaction
def approve_meeting_minutes(door: Enter, meeting_id: UUID) -> Response:
    """Approve minutes that another person wrote; nothing of them changes any more."""
    _shows(door, meeting_id)
    actions.approve_minutes(
        door.session, meeting_id=meeting_id, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/meetings/{meeting_id}/close", response_model=schemas.Meeting)
@in_transaction
def close_meeting(door: Enter, meeting_id: UUID) -> Response:
    """Note that nothing is left to do about a meeting."""
    _shows(door, meeting_id)
    actions.close(door.session, meeting_id=meeting_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.get("/meetings/{meeting_id}/invitations", response_model=schemas.InvitationPage)
@in_reading
def list_meeting_invitations(
    door: Enter, meeting_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List every unit that is or was invited, with its reply and its attendance."""
    return door.many(
        queries.invitations(door.session, door.caller, meeting_id=meeting_id, ask=query.ask())
    )


@router.get("/meetings/{meeting_id}/invitations/{invitation_id}", response_model=schemas.Invitation)
@in_reading
def get_meeting_invitation(door: Enter, meeting_id: UUID, invitation_id: UUID) -> Response:
    """Read one unit's invitation; its ETag is needed to answer it."""
    return door.one(
        queries.invitation(
            door.session, door.caller, meeting_id=meeting_id, invitation_id=invitation_id
        )
    )


@router.post(
    "/meetings/{meeting_id}/invitations/{invitation_id}/reply", response_model=schemas.Invitation
)
@in_transaction
def reply_to_meeting_invitation(
    door: Enter, meeting_id: UUID, invitation_id: UUID, given: schemas.Answer
) -> Response:
    """Say whether your unit comes, or whom it sends; until the meeting begins also anew."""
    door.shows(
        lambda: queries.invitation(
            door.session, door.caller, meeting_id=meeting_id, invitation_id=invitation_id
        )
    )
    actions.reply(
        door.session,
        meeting_id=meeting_id,
        invitation_id=invitation_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _shows(door: Door, meeting_id: UUID) -> None:
    door.shows(lambda: queries.meeting(door.session, door.caller, meeting_id=meeting_id))
