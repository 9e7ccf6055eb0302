"""What projects, milestones and plans look like from outside."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.core.kit.shapes import (
    Amount,
    AsOf,
    Code,
    Given,
    Money,
    Name,
    OnDay,
    PageOf,
    Paragraph,
    Period,
    RegionCode,
    Share,
    Shown,
)
from services.core.organisations.rules import OrganisationLevel
from services.core.projects.rules import (
    MONTHS,
    Domain,
    Gate,
    LibraryClass,
    PartnerRole,
    SideState,
    Stage,
    Thrust,
    Track,
)

Light = Literal["green", "attention", "yellow", "red"]
Year = Annotated[int, Field(ge=2000, le=2100)]
_ReportsFrom = Annotated[
    Period, Field(description="First month a report is owed for; null: none is owed.")
]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_MAX_PARTNERS = 50


class ProjectFilters(BaseModel):
    """What the list of projects can be narrowed by; a door's query carries these fields."""

    group_id: Annotated[UUID | None, Field(description="Only of this group.")] = None
    region: Annotated[
        RegionCode | None, Field(description="Only in this region and those below it.")
    ] = None
    stage: Stage | None = None
    side_state: Annotated[
        Literal["paused", "terminated", "moved_out", "none", "kept"] | None,
        Field(description="`none`: neither paused nor gone; `kept`: not gone, paused or not."),
    ] = None
    library_class: LibraryClass | None = None
    light: Annotated[
        Literal["green", "attention", "yellow", "red", "none"] | None,
        Field(description="`none`: not assessed."),
    ] = None
    domain: Domain | None = None
    thrust: Thrust | None = None
    track: Track | None = None
    lead_organisation_id: Annotated[
        UUID | None, Field(description="Only led by this organisation.")
    ] = None
    lead_level: Annotated[
        OrganisationLevel | None, Field(description="Only led by an organisation of this level.")
    ] = None
    plan_year: Annotated[
        int | None, Field(ge=2000, le=2100, description="Only with a plan for this calendar year.")
    ] = None
    parent_id: Annotated[UUID | None, Field(description="Only parts of this project.")] = None
    q: Annotated[_Words | None, Field(description="Part of the code or of a name.")] = None


class PlanFilters(BaseModel):
    """What the versions of a project's plans can be narrowed by."""

    year: Year | None = None
    current: Annotated[bool | None, Field(description="Only the version in force.")] = None
    as_of: AsOf = None


class GivenPartner(Given):
    """Another unit that takes part."""

    organisation_id: UUID
    role: PartnerRole = PartnerRole.PARTNER
    share_percent: Share | None = None


_Partners = Annotated[
    tuple[GivenPartner, ...], Field(max_length=_MAX_PARTNERS, description="All of them, at once.")
]


class NewProject(Given):
    """A project to be admitted to the library."""

    code: Code = Field(examples=["P-07"])
    name: Name = Field(examples=["LNG站及中压管道项目"])
    name_en: Name | None = None
    description: Paragraph | None = None
    group_id: UUID | None = None
    region_code: RegionCode = Field(description="Where it stands; not always the group's county.")
    thrust: Thrust
    domain: Domain
    track: Track = Track.INVESTMENT
    stage: Stage = Field(description="One of the track's own stages.")
    lead_organisation_id: UUID
    responsible_organisation_id: UUID | None = Field(
        default=None, description="责任单位, owes the reports; the lead organisation if not given."
    )
    responsible_person: Name | None = None
    responsible_account_id: UUID | None = None
    parent_id: UUID | None = None
    total_investment: Money | None = None
    plan_start_on: OnDay | None = None
    plan_finish_on: OnDay | None = None
    actual_start_on: OnDay | None = None
    actual_finish_on: OnDay | None = None
    reports_from: _ReportsFrom | None = None
    partners: _Partners = ()
    source: Paragraph | None = None
    is_illustrative: bool = False


class ProjectChange(Given):
    """What of a project may change by itself (JSON Merge Patch); stages and states have verbs."""

    name: Name = ""
    name_en: Name | None = None
    description: Paragraph | None = None
    region_code: RegionCode = ""
    thrust: Thrust = Thrust.INDUSTRY
    domain: Domain = Domain.SERVICE
    lead_organisation_id: UUID = UUID(int=0)
    responsible_organisation_id: UUID = UUID(int=0)
    responsible_person: Name | None = None
    responsible_account_id: UUID | None = None
    parent_id: UUID | None = None
    total_investment: Money | None = None
    plan_start_on: OnDay | None = None
    plan_finish_on: OnDay | None = None
    actual_start_on: OnDay | None = None
    actual_finish_on: OnDay | None = None
    reports_from: _ReportsFrom | None = None
    partners: _Partners = ()
    source: Paragraph | None = None


class Advance(Given):
    """A move to another stage."""

    stage: Stage
    happened_on: OnDay | None = Field(
        default=None,
        description="The day it really happened; today if not given. Entering construction or "
        "running sets the actual start, completion or delivery the actual finish.",
    )
    reason: Paragraph | None = Field(default=None, description="Needed for a step back.")


class Because(Given):
    """Why a project stands aside, goes on or goes."""

    reason: Paragraph


class NewMilestone(Given):
    """A dated node to be planned."""

    name: Name = Field(examples=["主体结构封顶"])
    gate: Gate | None = None
    weight: Share = Field(
        default=Decimal(0),
        description="Its share of the project's progress, in %; all together up to 100.",
    )
    planned_on: OnDay
    forecast_on: OnDay | None = None
    source: Paragraph | None = None
    is_illustrative: bool = False


class MilestoneChange(Given):
    """What of a milestone may change (JSON Merge Patch); its first planned day never does."""

    name: Name = Field(default="", examples=["主体结构封顶"])
    gate: Gate | None = None
    weight: Share = Decimal(0)
    planned_on: OnDay = date(2000, 1, 1)
    forecast_on: OnDay | None = None
    source: Paragraph | None = None


class Reach(Given):
    """A milestone is reached."""

    actual_on: OnDay
    evidence: Paragraph = Field(examples=["竣工验收备案表 2026-11-20"])


class GivenPlan(Given):
    """A year's plan, as a whole."""

    planned_investment: Money
    curve: tuple[Amount, ...] | None = Field(
        default=None,
        min_length=MONTHS,
        max_length=MONTHS,
        description="Cumulative CNY at each month's end; spread evenly, and marked, if not given.",
    )
    image_target: Paragraph | None = Field(default=None, description="年度形象进度目标")
    reason: Paragraph | None = Field(default=None, description="Needed when a plan is replaced.")
    source: Paragraph | None = None
    is_illustrative: bool = False


class Named(Shown):
    """A record that is referred to."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])


class Place(Shown):
    """A region that is referred to."""

    code: str = Field(examples=["331127"])
    name: str = Field(examples=["景宁畲族自治县"])


class Partner(Shown):
    """Another unit that takes part."""

    organisation: Named
    role: PartnerRole
    share_percent: float | None


class Watch(Shown):
    """What monitoring sees of a project."""

    light: Light | None = Field(description="Null: not assessed.")
    light_since: datetime | None
    last_accepted_period: Period | None
    cumulative_year: Money | None
    cumulative_all: Money | None
    physical_percent: float | None


class Project(Shown):
    """One cooperation project; its figures stand with their qualifier and the record's source."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    description: str | None
    group: Named | None
    region: Place
    thrust: Thrust
    domain: Domain
    track: Track
    stage: Stage
    side_state: SideState | None
    library_class: LibraryClass = Field(description="规划, 前期, 实施: derived from the stage.")
    lead_organisation: Named
    responsible_organisation: Named
    responsible_person: str | None
    responsible_account_id: UUID | None
    parent_id: UUID | None
    partners: list[Partner]
    total_investment: Money | None
    plan_start_on: date | None
    plan_finish_on: date | None
    actual_start_on: date | None
    actual_finish_on: date | None
    reports_from: Period | None
    watch: Watch
    source: str | None
    is_illustrative: bool
    version: int


class ProjectPage(PageOf):
    """One page of projects."""

    items: list[Project]


class Milestone(Shown):
    """One dated node of a project."""

    id: UUID
    project_id: UUID
    name: str = Field(examples=["主体结构封顶"])
    gate: Gate | None
    weight: float
    planned_on: date
    original_planned_on: date = Field(description="The first planned day; assessment uses it.")
    forecast_on: date | None
    actual_on: date | None
    evidence: str | None
    source: str | None
    is_illustrative: bool
    version: int


class MilestonePage(PageOf):
    """One page of milestones."""

    items: list[Milestone]


class Plan(Shown):
    """One version of a project's plan for a year."""

    id: UUID
    project_id: UUID
    year: int
    number: int
    is_current: bool
    planned_investment: Money
    curve: list[str] = Field(description="Cumulative CNY at the end of each month.")
    is_spread: bool = Field(description="The curve was not given, but spread evenly.")
    image_target: str | None
    reason: str | None
    made_at: datetime
    made_by: Named | None
    source: str | None
    is_illustrative: bool


class PlanPage(PageOf):
    """One page of plan versions."""

    items: list[Plan]
