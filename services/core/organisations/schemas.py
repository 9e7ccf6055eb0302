"""What organisations and officers look like from outside."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.kit.shapes import (
    Code,
    Given,
    Name,
    OnDay,
    PageOf,
    Paragraph,
    RegionCode,
    Shown,
)
from services.core.organisations.rules import Duty, OrganisationKind, OrganisationLevel

CreditCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
    Field(description="统一社会信用代码, GB 32100: 18 characters without I, O, S, V, Z."),
]
_ShortNames = Annotated[list[Name], Field(max_length=20)]
_Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{3,30}$")]


class NewOrganisation(Given):
    """A unit to be entered."""

    code: Code = Field(examples=["O-JNGAS"])
    name: Name = Field(examples=["景宁县天然气有限公司"])
    name_en: Name | None = Field(default=None, examples=["Jingning County Gas Co., Ltd."])
    short_names: _ShortNames = Field(default_factory=list)
    credit_code: CreditCode | None = None
    level: OrganisationLevel
    kind: OrganisationKind
    parent_id: UUID | None = None
    region_code: RegionCode = Field(description="Where it is located.", examples=["331127"])
    is_placeholder: bool = Field(
        default=False, description="The source counts this unit and does not name it."
    )
    source: Paragraph | None = None
    is_illustrative: bool = False


class OrganisationChange(Given):
    """What of a unit may change (JSON Merge Patch); another parent moves all that is below it."""

    name: Name = Field(default="", examples=["景宁县天然气有限公司"])
    name_en: Name | None = Field(default=None, examples=["Jingning County Gas Co., Ltd."])
    short_names: _ShortNames = Field(default_factory=list)
    credit_code: CreditCode | None = None
    level: OrganisationLevel = OrganisationLevel.COUNTY
    kind: OrganisationKind = OrganisationKind.COMPANY
    parent_id: UUID | None = None
    region_code: RegionCode = ""
    is_placeholder: bool = False
    source: Paragraph | None = None


class NamedOrganisation(Shown):
    """An organisation that another record names."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])


class NamedRegion(Shown):
    """A region that another record names."""

    code: str = Field(examples=["331127"])
    name: str = Field(examples=["景宁畲族自治县"])


class Organisation(Shown):
    """One unit of the directory."""

    id: UUID
    code: str = Field(examples=["O-JNGAS"])
    name: str = Field(examples=["景宁县天然气有限公司"])
    name_en: str | None = Field(examples=["Jingning County Gas Co., Ltd."])
    short_names: list[str]
    credit_code: str | None
    level: OrganisationLevel
    kind: OrganisationKind
    parent: NamedOrganisation | None
    lineage: list[UUID] = Field(description="Ids from the topmost unit down to this one.")
    region: NamedRegion
    is_placeholder: bool
    source: str | None
    is_illustrative: bool
    version: int


class OrganisationPage(PageOf):
    """One page of organisations."""

    items: list[Organisation]


class NewOfficer(Given):
    """A person who will answer for a unit in one duty."""

    name: Name = Field(examples=["叶某（示意）"])
    duty: Duty
    phone: _Phone | None = None
    account_id: UUID | None = Field(default=None, description="The person's log-in.")
    deputy_account_id: UUID | None = Field(
        default=None, description="Who is asked when that log-in is closed."
    )
    valid_from: OnDay | None = Field(default=None, description="First day; today if left out.")
    valid_to: OnDay | None = Field(default=None, description="First day no longer.")
    source: Paragraph | None = None
    is_illustrative: bool = False


class OfficerEnd(Given):
    """An officer's term ends."""

    valid_to: OnDay | None = Field(default=None, description="First day no longer; today if empty.")
    reason: Paragraph | None = None


class Officer(Shown):
    """A person who answers for a unit; log-ins and phone only for who has the unit in scope."""

    id: UUID
    organisation_id: UUID
    name: str = Field(examples=["叶某（示意）"])
    duty: Duty
    phone: str | None
    account_id: UUID | None
    deputy_account_id: UUID | None
    valid_from: date
    valid_to: date | None
    source: str | None
    is_illustrative: bool
    version: int


class OfficerPage(PageOf):
    """One page of officers."""

    items: list[Officer]
