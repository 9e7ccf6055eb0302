"""What joint groups look like from outside."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.core.groups.rules import DutyKind, GroupState, MemberRole
from services.core.kit.shapes import (
    BothWords,
    Code,
    Given,
    Name,
    OnDay,
    PageOf,
    Paragraph,
    RegionCode,
    Shown,
)
from services.core.organisations.rules import OrganisationKind, OrganisationLevel
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

_Count = Annotated[int, Field(ge=1, le=500)]
_Months = Annotated[int, Field(ge=1, le=60, description="Owed every so many months.")]


class NewGroup(Given):
    """A group to be prepared for a county."""

    code: Code = Field(examples=["G-331127"])
    name: Name = Field(examples=["国资国企助力山区海岛县共同富裕联合团组(景宁)"])
    name_en: Name | None = Field(default=None, examples=["Joint group for Jingning"])
    region_code: RegionCode = Field(description="A county.", examples=["331127"])
    charter: Paragraph | None = None
    expected_member_count: _Count | None = None
    policy_code: Code = Field(default="zj-default", description="The pack of thresholds it uses.")
    source: Paragraph | None = None
    is_illustrative: bool = False


class GroupChange(Given):
    """What of a group may change (JSON Merge Patch)."""

    name: Name = Field(default="", examples=["国资国企助力山区海岛县共同富裕联合团组(景宁)"])
    name_en: Name | None = Field(default=None, examples=["Joint group for Jingning"])
    charter: Paragraph | None = None
    expected_member_count: _Count | None = None
    policy_code: Code = ""
    source: Paragraph | None = None


class Establishment(Given):
    """A draft becomes the county's group."""

    established_on: OnDay | None = Field(default=None, description="Today if left out.")


class Dissolution(Given):
    """A group ends."""

    dissolved_on: OnDay | None = Field(default=None, description="Today if left out.")
    reason: Paragraph


class NewMember(Given):
    """A unit takes its place; a convener only while the group is drafted."""

    organisation_id: UUID
    role: MemberRole = MemberRole.MEMBER
    represents_organisation_id: UUID | None = Field(
        default=None, description="The member unit a convener speaks for; found if left out."
    )
    valid_from: OnDay | None = Field(default=None, description="First day; today if left out.")
    source: Paragraph | None = None
    is_illustrative: bool = False


class MemberEnd(Given):
    """A unit leaves."""

    valid_to: OnDay | None = Field(default=None, description="First day no longer; today if empty.")
    reason: Paragraph


class HandOver(Given):
    """The chair goes to another unit, with every open duty."""

    organisation_id: UUID
    represents_organisation_id: UUID | None = Field(
        default=None, description="The member unit the new convener speaks for; found if left out."
    )
    handed_over_on: OnDay | None = Field(default=None, description="Today if left out.")
    reason: Paragraph


class NewDuty(Given):
    """What the convener will owe again and again."""

    kind: DutyKind
    every_months: _Months
    began_on: OnDay | None = Field(default=None, description="Today if left out.")
    source: Paragraph | None = None
    is_illustrative: bool = False


class DutyEnd(Given):
    """The convener no longer owes this."""

    ended_on: OnDay | None = Field(default=None, description="First day no longer; today if empty.")


class MemberOrganisation(NamedOrganisation):
    """The unit of a place in a group."""

    level: OrganisationLevel
    kind: OrganisationKind
    is_placeholder: bool


class Member(Shown):
    """A unit's place in a group, from one day until another (not included)."""

    id: UUID
    organisation: MemberOrganisation
    role: MemberRole
    represents: NamedOrganisation | None
    valid_from: date
    valid_to: date | None
    reason: str | None
    source: str | None
    is_illustrative: bool


class Warned(BothWords):
    """Something that should not be so and forbids nothing."""

    code: str = Field(examples=["member_count_differs"])


class Group(Shown):
    """One joint group, with its members on one day."""

    id: UUID
    code: str = Field(examples=["G-331127"])
    name: str = Field(examples=["国资国企助力山区海岛县共同富裕联合团组(景宁)"])
    name_en: str | None = Field(examples=["Joint group for Jingning"])
    region: NamedRegion
    state: GroupState
    established_on: date | None
    dissolved_on: date | None
    charter: str | None
    expected_member_count: int | None
    member_count: int = Field(
        description="Number of member units; a convener that represents one is not counted."
    )
    policy_code: str
    convener: Member | None
    members: list[Member] = Field(description="Convener, members, observers, on `as_of`.")
    as_of: date = Field(description="The day of members, convener and warnings.")
    warnings: list[Warned]
    source: str | None
    is_illustrative: bool
    version: int


class GroupPage(PageOf):
    """One page of groups."""

    items: list[Group]


class MemberPage(PageOf):
    """One page of places, past and future ones too."""

    items: list[Member]


class ConvenerDuty(Shown):
    """What the convener owes the group again and again."""

    id: UUID
    group_id: UUID
    organisation: NamedOrganisation
    kind: DutyKind
    every_months: int
    began_on: date
    ended_on: date | None
    source: str | None
    is_illustrative: bool
    version: int


class DutyPage(PageOf):
    """One page of duties."""

    items: list[ConvenerDuty]
