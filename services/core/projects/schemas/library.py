"""What projects look like from outside."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.core.kit.shapes import (
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
    ReportPeriod,
    Share,
    Shown,
)
from services.core.organisations.rules import OrganisationLevel
from services.core.projects.rules import (
    Domain,
    LibraryClass,
    PartnerRole,
    SideState,
    Stage,
    Thrust,
    Track,
)
from services.core.projects.schemas.shared import Named

Light = Literal["green", "attention", "yellow", "red"]
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
    last_accepted_period: ReportPeriod | None
    cumulative_year: Money | None
    cumulative_all: Money | None
    paid_year: Money | None
    paid_all: Money | None
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
