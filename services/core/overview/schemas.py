"""What the first screen shows."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.core.admissions.rules import AdmissionKind
from services.core.kit.shapes import Money, Shown
from services.core.meetings.rules import MeetingKind, Reply
from services.core.overview.rules import By


class Named(Shown):
    """A record by its name in both languages."""

    id: UUID
    name: str
    name_en: str | None


class NamedProject(Named):
    """A project by its code and name."""

    code: str


class Title(Shown):
    """One line in both languages."""

    zh: str
    en: str


class OrderLine(Shown):
    """A supervision order."""

    id: UUID
    code: str
    kind: str = Field(examples=["supervision_order"])
    colour: str
    title: Title
    project: NamedProject
    issued_at: datetime | None


class ReportLine(Shown):
    """A progress report."""

    id: UUID
    period: str = Field(examples=["2026-11"])
    state: str = Field(examples=["submitted"])
    due_at: datetime
    days: int = Field(description="Calendar days from today to the due day; negative: overdue.")
    project: NamedProject
    organisation: Named


class ProposalLine(Shown):
    """A proposal that a project enters or leaves the library."""

    id: UUID
    kind: AdmissionKind
    code: str = Field(description="The code of its project.", examples=["P-04.7"])
    name: str = Field(description="The name of its project.")
    submitted_at: datetime
    return_count: int = Field(description="Number of times a gate returned it.", examples=[1])


class ProjectLine(NamedProject):
    """A project whose light is red or yellow."""

    light: str
    light_since: datetime | None
    organisation: Named


class ReminderLine(Shown):
    """A reminder you got and have not acknowledged."""

    id: UUID
    occurrence: str = Field(examples=["T-1"])
    due_at: datetime
    sent_at: datetime | None
    subject_kind: str
    subject_id: UUID
    project: NamedProject


class MessageLine(Shown):
    """A message you have not read."""

    id: UUID
    cause_kind: str
    link: str | None
    title: Title
    created_at: datetime


class Orders(Shown):
    """How many orders, and the ones that wait longest."""

    count: int
    items: list[OrderLine]


class Reports(Shown):
    """How many reports, and the ones that wait longest."""

    count: int
    items: list[ReportLine]


class DueReports(Reports):
    """Reports your units owe, the most urgent first."""

    overdue: int = Field(description="How many of them are overdue.")


class Proposals(Shown):
    """How many proposals, and the ones that wait longest."""

    count: int
    items: list[ProposalLine]


class Projects(Shown):
    """Projects at risk, red ones first, and of a colour the longest so."""

    count: int
    red: int = Field(description="Number of red ones among them.", examples=[1])
    yellow: int = Field(description="Number of yellow ones among them.", examples=[2])
    items: list[ProjectLine]


class Reminders(Shown):
    """How many reminders, and the most urgent."""

    count: int
    items: list[ReminderLine]


class MeetingLine(Shown):
    """One meeting to come."""

    id: UUID
    kind: MeetingKind
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str | None = Field(
        description="Where people meet, in words; null: not said yet.",
        examples=["景宁县行政中心3号会议室"],
    )
    reply: Reply | None = Field(description="What my unit replied; null if it was not invited.")


class Meetings(Shown):
    """Meetings that your units convene, are invited to, or whose group they are in."""

    count: int
    unanswered: int = Field(description="Number of them that wait for a reply.", examples=[1])
    items: list[MeetingLine]


class Messages(Shown):
    """How many messages, and the newest."""

    count: int
    items: list[MessageLine]


class Lights(Shown):
    """Number of projects of each light."""

    green: int = Field(description="Number of green projects.", examples=[5])
    attention: int = Field(description="Number of projects to keep an eye on.", examples=[1])
    yellow: int = Field(description="Number of yellow projects.", examples=[2])
    red: int = Field(description="Number of red projects.", examples=[1])
    none: int = Field(description="Number of projects that are not assessed.", examples=[0])


class Total(Shown):
    """So many projects, so much investment, and the list behind it."""

    project_count: int
    part_count: int = Field(
        description="Number of these projects whose figure stands in their whole's.", examples=[2]
    )
    unknown_count: int = Field(
        description="Number of these projects that have no figure.", examples=[1]
    )
    investment: Money = Field(description="CNY, of the others; for a year what their plans say.")
    lights: Lights = Field(description="Number of these projects of each light.")
    href: str | None = Field(
        description="The list of just these projects; null: no filter says it.",
        examples=["/api/v1/projects?side_state=kept&thrust=livelihood"],
    )


class TotalOf(Total):
    """The total of one value."""

    key: str | None = Field(description="Null: these projects have none.", examples=["livelihood"])
    label: str | None = Field(
        description="The value's name where it is a record's; else its code.", examples=["energy"]
    )


class Totals(Shown):
    """Totals of the library by one thing, and of all of it."""

    by: By = Field(description="What the totals are of.")
    total: Total = Field(description="All that the filters let through.")
    items: list[TotalOf]


class Home(Shown):
    """The first screen; a section that is no work of yours is null."""

    on: date = Field(description="The day in Asia/Shanghai that it is for.")
    to_sign: Orders | None = Field(description="Supervision orders issued to your units, unsigned.")
    to_issue: Orders | None = Field(description="Drafted orders that wait for your decision.")
    due: DueReports | None = Field(description="Progress reports your units owe.")
    to_review: Reports | None = Field(
        description="Reports handed in that you may accept or return."
    )
    to_check: Proposals | None = Field(description="Proposals that wait at the gate you keep.")
    to_correct: Proposals | None = Field(
        description="Proposals of your units that a gate returned."
    )
    at_risk: Projects = Field(
        description="Red and yellow projects that you answer for, convene or regulate."
    )
    to_acknowledge: Reminders = Field(description="Reminders to you that you did not acknowledge.")
    meetings: Meetings = Field(description="Meetings to come, the next one first.")
    unread: Messages = Field(description="Messages to you that you did not read.")
