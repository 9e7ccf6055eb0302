"""What promises look like from outside."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.core.guarantees.rules import GuaranteeKind, GuaranteeState
from services.core.kit.shapes import Amount, Given, Name, OnDay, PageOf, Paragraph, Shown


class NewGuarantee(Given):
    """A promise to a project."""

    kind: GuaranteeKind
    description: Paragraph = Field(examples=["1号站用地 12 亩"])
    promiser_organisation_id: UUID
    amount: Amount | None = Field(default=None, gt=0, examples=["12.00"])
    unit: Name | None = None
    promised_on: OnDay
    due_on: OnDay
    source: Paragraph | None = None
    is_illustrative: bool = False


class GuaranteeChange(Given):
    """What of a promise may change (JSON Merge Patch); the promise itself never does."""

    description: Paragraph = Field(default="", examples=["1号站用地 12 亩"])
    due_on: OnDay = date(2000, 1, 1)
    source: Paragraph | None = None


class Delivery(Given):
    """What has come by now."""

    delivered_amount: Amount | None = Field(default=None, examples=["12.00"])
    delivered_on: OnDay
    evidence: Paragraph = Field(examples=["不动产权证 2026-11-20"])


class Because(Given):
    """Why a delivery is returned, or a promise withdrawn."""

    reason: Paragraph = Field(examples=["现场核实仅交付 8 亩"])


class Unit(Shown):
    """An organisation that is referred to."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])


class Promised(Shown):
    """A project that is referred to."""

    id: UUID
    code: str
    name: str


class Guarantee(Shown):
    """One promise, and what of it came."""

    id: UUID
    project: Promised
    kind: GuaranteeKind
    description: str
    promiser: Unit
    amount: str | None
    unit: str | None
    promised_on: date
    due_on: date
    original_due_on: date
    state: GuaranteeState
    delivered_amount: str | None
    delivered_on: date | None
    evidence: str | None
    note: str | None
    reported_by: UUID | None
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    source: str | None
    is_illustrative: bool
    version: int


class GuaranteePage(PageOf):
    """One page of promises."""

    items: list[Guarantee]
