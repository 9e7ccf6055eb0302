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
        default=None, description="Minutes set aside for it.", examples=[30]
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
    title: Name = Field(examples=["景宁联合团组2026年第四次会议"])
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
    starts_at: AtInstant = Field(examples=[_START])
    ends_at: AtInstant = Field(examples=[_END])
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

    title: Name = ""
    series: Name | None = None
    starts_at: AtInstant = Field(default=_LEFT_OUT, description="Only of a draft.")
    ends_at: AtInstant = Field(default=_LEFT_OUT, description="Only of a draft.")
    place: Name | None = Field(default=None, description="Only of a draft.")
    agenda: _Agenda = ()
    invitations: _Invitations = ()
    source: Paragraph | None = None


class Moving(Given):
    """Another time, and perhaps another place."""

    starts_at: AtInstant = Field(examples=["2026-12-09T06:00:00Z"])
    ends_at: AtInstant = Field(examples=["2026-12-09T08:00:00Z"])
    place: Name | None = Field(default=None, description="As before if left out.")
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
    attendance: Attendance = Field(examples=["present"])
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
    text: LongText = Field(examples=["会议听取了LNG站及中压管道项目进展情况……"])


class ReplyCount(Shown):
    """How the invited units have answered."""

    invited: int = Field(examples=[11])
    accepted: int = Field(examples=[6])
    declined: int = Field(examples=[1])
    proxy: int = Field(description="Send somebody in place.", examples=[2])
    unanswered: int = Field(examples=[2])


class MyInvitation(Shown):
    """The invitation of the caller's own organisation."""

    id: UUID
    reply: Reply


class MeetingSummary(Shown):
    """A meeting as lists show it; instants are UTC."""

    id: UUID
    code: str = Field(examples=["M-02"])
    kind: MeetingKind
    title: str = Field(examples=["“浙江国资国企共富行——走进景宁”现场调度会"])
    series: str | None = Field(examples=["浙江国资国企共富行"])
    group_id: UUID | None
    region: NamedRegion
    convener: NamedOrganisation = Field(description="Whose it is to keep.")
    chair: NamedOrganisation | None = Field(description="Who presides, if not the convener.")
    starts_at: str = Field(examples=[_START])
    ends_at: str = Field(examples=[_END])
    original_starts_at: str | None = Field(
        description="The start that was announced first; it never changes. Null of a draft.",
        examples=[_START],
    )
    place: str | None = Field(examples=["景宁县行政中心3号会议室"])
    state: MeetingState
    cancelled_reason: str | None
    replies: ReplyCount
    my_invitation: MyInvitation | None = Field(
        description="Of your own organisation, if it is invited."
    )
    minutes_number: str | None = Field(
        description="文号 of the minutes, once they are approved.",
        examples=["景国资纪要〔2026〕12号"],
    )
    source: str | None
    is_illustrative: bool
    version: int


class SectionShown(Shown):
    """One part of the agenda."""

    text: str = Field(examples=["现场调度项目进展"])
    minutes: int | None = Field(description="Minutes set aside for it.", examples=[30])


class Move(Shown):
    """One change of time or place after the announcement."""

    from_starts_at: str
    from_ends_at: str
    from_place: str | None
    to_starts_at: str
    to_ends_at: str
    to_place: str | None
    reason: str
    moved_at: str


class NamedAccount(Shown):
    """A person that another record names."""

    id: UUID
    name: str


class Minutes(Shown):
    """The minutes of a meeting."""

    number: str = Field(description="文号.", examples=["景国资纪要〔2026〕12号"])
    text: str
    prepared_by: NamedAccount
    prepared_at: str
    approved_by: NamedAccount | None
    approved_at: str | None


class Meeting(MeetingSummary):
    """One meeting, whole."""

    agenda: list[SectionShown]
    moves: list[Move] = Field(description="The oldest first.")
    minutes: Minutes | None = Field(
        description="Before they are approved only for the convener, the chair and regulators."
    )


class MeetingPage(PageOf):
    """One page of meetings."""

    items: list[MeetingSummary]


class Invitation(Shown):
    """One unit's invitation, its reply and its attendance."""

    id: UUID
    meeting_id: UUID
    organisation: NamedOrganisation
    role: InvitedAs
    invited_at: str | None = Field(description="Null while the meeting is a draft.")
    withdrawn_at: str | None = Field(description="Since when it is not invited any more.")
    reply: Reply
    proxy_name: str | None = Field(description="Who is to come in place.", examples=["叶某"])
    replied_at: str | None
    attendance: Attendance | None = Field(description="Null before the meeting was held.")
    attended_by: str | None = Field(description="Who came in place.", examples=["叶某"])
    version: int


class InvitationPage(PageOf):
    """One page of invitations."""

    items: list[Invitation]
