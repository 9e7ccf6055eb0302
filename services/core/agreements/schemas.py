"""What agreements and batches look like from outside."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.core.agreements.rules import AgreementState, Side
from services.core.kit.shapes import (
    Code,
    Given,
    Money,
    Name,
    OnDay,
    PageOf,
    Paragraph,
    Period,
    Shown,
)
from services.core.projects.rules import Domain

_Count = Annotated[int, Field(ge=1, le=100_000)]


class NewBatch(Given):
    """Agreements signed on one occasion, as they were announced."""

    code: Code = Field(examples=["FA-B1"])
    name: Name = Field(examples=["浙江省属企业与山区26县合作项目对接会框架协议"])
    signed_month: Period = Field(description="The source gives no day.", examples=["2022-10"])
    agreement_count: _Count = Field(examples=[19])
    enterprise_count: _Count | None = Field(default=None, examples=[15])
    county_count: _Count | None = Field(default=None, examples=[19])
    amount: Money | None = None
    source: Paragraph | None = None
    is_illustrative: bool = False


class Batch(Shown):
    """A batch as it was announced, beside what is recorded of it one by one."""

    id: UUID
    code: str = Field(examples=["FA-B1"])
    name: str = Field(examples=["浙江省属企业与山区26县合作项目对接会框架协议"])
    signed_month: Period
    agreement_count: int
    recorded_count: int = Field(description="Number of its agreements that are in your scope.")
    enterprise_count: int | None
    county_count: int | None
    amount: Money | None
    recorded_amount: Money | None = Field(description="Of its agreements in your scope.")
    source: str | None
    is_illustrative: bool
    version: int


class BatchPage(PageOf):
    """One page of batches."""

    items: list[Batch]


class PartyGiven(Given):
    """An organisation on one side; the county side may be a department."""

    organisation_id: UUID
    side: Side


_Parties = Annotated[
    tuple[PartyGiven, ...],
    Field(max_length=50, description="At least one on each side, all at once."),
]


class NewAgreement(Given):
    """A framework agreement to be recorded, in talks or already signed."""

    code: Code = Field(examples=["FA-20"])
    name: Name = Field(examples=["养老领域共同富裕战略合作框架协议"])
    batch_id: UUID | None = None
    group_id: UUID | None = None
    domain: Domain | None = None
    amount: Money | None = None
    state: Literal["negotiating", "signed"] = "negotiating"
    signed_on: OnDay | None = Field(
        default=None, description="Only of a signed one; null where the source gives no day."
    )
    valid_to: OnDay | None = None
    parties: _Parties = ()
    is_placeholder: bool = Field(
        default=False, description="The batch's source counts it, but names nobody."
    )
    source: Paragraph | None = None
    is_illustrative: bool = False


class AgreementChange(Given):
    """What of an agreement may change (JSON Merge Patch)."""

    name: Name = Field(default="", examples=["养老领域共同富裕战略合作框架协议"])
    domain: Domain | None = None
    amount: Money | None = None
    valid_to: OnDay | None = None
    parties: _Parties = ()
    is_placeholder: bool = False
    source: Paragraph | None = None


class Signing(Given):
    """The day it was signed, and until when it is to hold."""

    signed_on: OnDay
    valid_to: OnDay | None = Field(default=None, description="As recorded, if not given.")


class Conversion(Given):
    """The project that came out of it."""

    project_id: UUID


class Ending(Given):
    """Why it ends."""

    reason: Paragraph | None = Field(default=None, description="Needed to give it up.")


class PartyOrganisation(Shown):
    """Who signs."""

    id: UUID
    name: str = Field(examples=["景宁县民政局"])


class Party(Shown):
    """One party."""

    organisation: PartyOrganisation
    side: Side


class Agreement(Shown):
    """One framework agreement."""

    id: UUID
    code: str = Field(examples=["FA-20"])
    name: str = Field(examples=["养老领域共同富裕战略合作框架协议"])
    batch_id: UUID | None
    group_id: UUID | None
    domain: Domain | None
    amount: Money | None
    signed_on: date | None
    valid_to: date | None
    state: AgreementState
    is_placeholder: bool = Field(description="Counted by its source, not named there.")
    parties: list[Party]
    project_ids: list[UUID] = Field(description="What came out of it, in your scope.")
    source: str | None
    is_illustrative: bool
    version: int


class AgreementPage(PageOf):
    """One page of agreements."""

    items: list[Agreement]
