"""What meetings, invitations and minutes look like from outside."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import (
    AtInstant,
    Code,
    Given,
    LongText,
    Name,
    PageOf,
    Paragraph,
    RegionCode,
    Shown,
)
from services.core.meetings.rules import Attendance, InvitedAs, MeetingKind, MeetingState, Reply
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

_LEFT_OUT = datetime(2000, 1, 1, tzinfo=UTC)
_START, _END = "2026-12-07T06:00:00Z", "2026-12-07T08:00:00Z"


class Section(Given):
    """One part of the agenda."""

    text: Name = Field(description="What it is about.", examples=["现场调度项目进展"])
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = Field(
        default=None, description="How many minutes are set aside for it.", examples=[30]
    )


class InvitationGiven(Given):
    """A unit to invite."""

    organisation_id: UUID = Field(description="The unit.")
    role: InvitedAs = Field(
        default=InvitedAs.MEMBER, description="The convener is invited anyhow; at most one chairs."
    )


_Agenda = Annotated[
    tuple[Section, ...], Field(max_length=50, description="The sections in their order.")
]
_Invitations = Annotated[
    tuple[InvitationGiven, ...],
    Field(max_length=300, description="Every unit that is invited, all at once."),
]


class NewMeeting(Given):
    """A meeting to be prepared; nobody else sees it before it is scheduled."""

    code: Code | None = Field(
        default=None, description="Your own code; made up if left out.", examples=["M-02"]
    )
    kind: MeetingKind = Field(description="What it is for.", examples=["group_meeting"])
    title: Name = Field(
        description="As it is announced.", examples=["景宁联合团组2026年第四次会议"]
    )
    series: Name | None = Field(
        default=None, description="The series it belongs to.", examples=["浙江国资国企共富行"]
    )
    group_id: UUID | None = Field(
        default=None, description="The group that meets; left out, the meeting is a region's."
    )
    region_code: RegionCode | None = Field(
        default=None,
        description="The region, where no group meets; a group's is the county it serves.",
        examples=["331127"],
    )
    starts_at: AtInstant = Field(description="An instant with its offset.", examples=[_START])
    ends_at: AtInstant = Field(description="Later than the start.", examples=[_END])
    place: Name | None = Field(
        default=None, description="Needed to schedule it.", examples=["景宁县行政中心3号会议室"]
    )
    agenda: _Agenda = Field(
        default=(), description="Left out, an on-site dispatch meeting gets its three steps."
    )
    invitations: _Invitations = ()
    source: Paragraph | None = Field(default=None, description="The line it comes from.")
    is_illustrative: bool = Field(default=False, description="Made up, and shown as such.")


class MeetingChange(Given):
    """What of a meeting may change (JSON Merge Patch); an announced one is moved, not changed."""

    title: Name = Field(default="", description="As it is announced.")
    series: Name | None = Field(
        default=None, description="The series it belongs to.", examples=["浙江国资国企共富行"]
    )
    starts_at: AtInstant = Field(default=_LEFT_OUT, description="Only of a draft.")
    ends_at: AtInstant = Field(default=_LEFT_OUT, description="Only of a draft.")
    place: Name | None = Field(
        default=None, description="Only of a draft.", examples=["景宁县行政中心3号会议室"]
    )
    agenda: _Agenda = ()
    invitations: _Invitations = ()
    source: Paragraph | None = Field(default=None, description="The line it comes from.")


class Moving(Given):
    """Another time, and perhaps another place."""

    starts_at: AtInstant = Field(description="Ahead of now.", examples=["2026-12-09T06:00:00Z"])
    ends_at: AtInstant = Field(
        description="Later than the start.", examples=["2026-12-09T08:00:00Z"]
    )
    place: Name | None = Field(
        default=None, description="As before if left out.", examples=["1号站项目现场"]
    )
    reason: Paragraph = Field(description="Everybody invited reads it.", examples=["暴雨预警"])


class Cancelling(Given):
    """Why it will not take place."""

    reason: Paragraph = Field(
        description="Everybody invited reads it.", examples=["与省级会议冲突"]
    )


class Answer(Given):
    """Whether the unit comes."""

    reply: Reply = Field(description="`none` takes the reply back.", examples=["accepted"])
    proxy_name: Name | None = Field(
        default=None, description="Who comes in place; only with `proxy`.", examples=["叶某"]
    )


class Attended(Given):
    """Who of one invited unit came."""

    invitation_id: UUID = Field(description="Its invitation.")
    attendance: Attendance = Field(description="Who of it came.", examples=["present"])
    proxy_name: Name | None = Field(
        default=None, description="Who came in place; only with `proxy`.", examples=["叶某"]
    )


class Holding(Given):
    """The record of who came."""

    attendance: tuple[Attended, ...] = Field(
        max_length=300, description="Every invited unit, each once."
    )


class MinutesGiven(Given):
    """The minutes; written again before they are approved, they are replaced."""

    number: Name = Field(description="文号.", examples=["景国资纪要〔2026〕12号"])
    text: LongText = Field(
        description="All of it.", examples=["会议听取了LNG站及中压管道项目进展情况……"]
    )


class ReplyCount(Shown):
    """How the invited units have answered."""

    invited: int = Field(description="Number of units whose invitation stands.", examples=[11])
    accepted: int = Field(description="Number of units that come.", examples=[6])
    declined: int = Field(description="Number of units that do not come.", examples=[1])
    proxy: int = Field(
        description="Number of units that send somebody in their place.", examples=[2]
    )
    unanswered: int = Field(description="Number of units that have not replied.", examples=[2])


class MyInvitation(Shown):
    """The invitation of the caller's own organisation."""

    id: UUID = Field(description="What to reply to.")
    reply: Reply = Field(description="What the organisation has answered.")


class MeetingSummary(Shown):
    """A meeting as lists show it; instants are UTC."""

    id: UUID
    code: str = Field(description="Its own code.", examples=["M-02"])
    kind: MeetingKind = Field(description="What it is for.")
    title: str = Field(
        description="As it is announced.",
        examples=["“浙江国资国企共富行——走进景宁”现场调度会"],
    )
    series: str | None = Field(
        description="The series it belongs to.", examples=["浙江国资国企共富行"]
    )
    group_id: UUID | None = Field(description="The group that meets; null of a region's meeting.")
    region: NamedRegion = Field(description="The county the group serves, or the region.")
    convener: NamedOrganisation = Field(description="Whose it is to keep.")
    chair: NamedOrganisation | None = Field(description="Who presides, if not the convener.")
    starts_at: str = Field(description="UTC.", examples=[_START])
    ends_at: str = Field(description="UTC.", examples=[_END])
    original_starts_at: str | None = Field(
        description="The start that was announced first; it never changes. Null of a draft.",
        examples=[_START],
    )
    place: str | None = Field(description="Where, in words.", examples=["景宁县行政中心3号会议室"])
    state: MeetingState = Field(description="How far it has come.")
    cancelled_reason: str | None = Field(
        description="Why it was cancelled; null: it was not.", examples=[None]
    )
    replies: ReplyCount = Field(description="How the units have answered.")
    my_invitation: MyInvitation | None = Field(
        description="Of your own organisation, if it is invited."
    )
    minutes_number: str | None = Field(
        description="文号 of the minutes, once they are approved.",
        examples=["景国资纪要〔2026〕12号"],
    )
    source: str | None = Field(description="The line it comes from.")
    is_illustrative: bool = Field(description="Made up, or what is unknown in it is.")
    version: int


class SectionShown(Shown):
    """One part of the agenda."""

    text: str = Field(description="What it is about.", examples=["现场调度项目进展"])
    minutes: int | None = Field(description="How many minutes are set aside for it.", examples=[30])


class Move(Shown):
    """One change of time or place after the announcement."""

    from_starts_at: str = Field(description="When it was to begin, UTC.", examples=[_START])
    from_ends_at: str = Field(description="When it was to end, UTC.", examples=[_END])
    from_place: str | None = Field(
        description="Where it was to be.", examples=["景宁县行政中心3号会议室"]
    )
    to_starts_at: str = Field(
        description="When it begins now, UTC.", examples=["2026-12-09T06:00:00Z"]
    )
    to_ends_at: str = Field(description="When it ends now, UTC.", examples=["2026-12-09T08:00:00Z"])
    to_place: str | None = Field(description="Where it is now.", examples=["1号站项目现场"])
    reason: str = Field(description="Why, as everybody invited reads it.", examples=["暴雨预警"])
    moved_at: str = Field(
        description="When they were told, UTC.", examples=["2026-12-04T01:00:00+00:00"]
    )


class NamedAccount(Shown):
    """A person that another record names."""

    id: UUID = Field(description="The account.")
    name: str = Field(description="The person's name.", examples=["叶某"])


class Minutes(Shown):
    """The minutes of a meeting."""

    number: str = Field(description="文号.", examples=["景国资纪要〔2026〕12号"])
    text: str = Field(description="All of it.")
    prepared_by: NamedAccount = Field(description="Who wrote it, or wrote at it last.")
    prepared_at: str = Field(
        description="When that was, UTC.", examples=["2026-12-08T02:00:00+00:00"]
    )
    approved_by: NamedAccount | None = Field(description="Another person; null before.")
    approved_at: str | None = Field(
        description="Since when nothing of it changes, UTC.",
        examples=["2026-12-09T02:00:00+00:00"],
    )


class Meeting(MeetingSummary):
    """One meeting, whole."""

    agenda: list[SectionShown] = Field(description="The sections in their order.")
    moves: list[Move] = Field(description="The oldest first.")
    minutes: Minutes | None = Field(
        description="Before they are approved only for the convener, the chair and regulators."
    )


class MeetingPage(PageOf):
    """One page of meetings."""

    items: list[MeetingSummary] = Field(description="The meetings of this page.")


class Invitation(Shown):
    """One unit's invitation, its reply and its attendance."""

    id: UUID
    meeting_id: UUID = Field(description="To which meeting.")
    organisation: NamedOrganisation = Field(description="The unit.")
    role: InvitedAs = Field(description="In what part.")
    invited_at: str | None = Field(
        description="When it was told, in UTC; null while the meeting is a draft.",
        examples=["2026-12-01T01:00:00+00:00"],
    )
    withdrawn_at: str | None = Field(
        description="Since when it is not invited any more, in UTC; null: it still is.",
        examples=[None],
    )
    reply: Reply = Field(description="What the unit has answered.")
    proxy_name: str | None = Field(description="Who is to come in place.", examples=["叶某"])
    replied_at: str | None = Field(description="When it did, UTC.")
    attendance: Attendance | None = Field(description="Null before the meeting was held.")
    attended_by: str | None = Field(description="Who came in place.", examples=["叶某"])
    version: int


class InvitationPage(PageOf):
    """One page of invitations."""

    items: list[Invitation] = Field(description="The invitations of this page.")
