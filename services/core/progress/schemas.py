"""What progress reports look like from outside."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.core.kit.money import Qualifier
from services.core.kit.shapes import (
    BothWords,
    Given,
    Money,
    PageOf,
    Paragraph,
    Period,
    Share,
    Shown,
    SignedAmount,
)
from services.core.progress.rules import ReportState


class ExactMoney(Given):
    """What was really invested: to the cent; negative only where a correction says why."""

    amount: SignedAmount = Field(
        examples=["625000000.00"], description="CNY, two decimals, as a string."
    )
    currency: Literal["CNY"] = "CNY"
    qualifier: Literal[Qualifier.EXACT] = Qualifier.EXACT


_Reason = Annotated[
    Paragraph | None,
    Field(description="Why a cumulative figure is below the last accepted one."),
]


class ReportFigures(Given):
    """What a report says; only the fields sent are changed (JSON Merge Patch)."""

    invested_period: ExactMoney | None = None
    cumulative_year: ExactMoney | None = None
    cumulative_all: ExactMoney | None = None
    physical_percent: Share | None = None
    image_progress: Paragraph | None = Field(
        default=None, description="形象进度: what is to be seen on the site."
    )
    problems: Paragraph | None = None
    next_steps: Paragraph | None = None
    help_needed: Paragraph | None = None
    correction_reason: _Reason = None

    def said(self) -> dict[str, object]:
        """Give the fields that were sent as the row keeps them: amounts as decimals."""
        return {
            name: value.amount if isinstance(value, ExactMoney) else value
            for name, value in self.given().items()
        }


class NoChange(Given):
    """Nothing changed in this period, and why."""

    reason: Paragraph = Field(examples=["冬季停工，待来年3月复工"])


class Review(Given):
    """Why a report goes back to its unit."""

    note: Paragraph = Field(examples=["本年累计与合同支付凭证不符，请核对"])


class ReportFilters(BaseModel):
    """What the list of reports can be narrowed by; a door's query carries these fields."""

    project_id: UUID | None = None
    group_id: UUID | None = None
    state: ReportState | None = None
    period: Period | None = None
    overdue: Annotated[bool | None, Field(description="Past its due and not handed in.")] = None


class ProjectNamed(Shown):
    """The project a report is about."""

    id: UUID
    code: str
    name: str


class Named(Shown):
    """An organisation or a person."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])


class Warned(Shown):
    """A figure that may be true but is remarkable; the reviewer should look at it."""

    pointer: str
    code: str = Field(examples=["cumulative_falls"])
    detail: BothWords


class Report(Shown):
    """One project's report for one month. A draft's figures are shown to its own unit only."""

    id: UUID
    project: ProjectNamed
    group_id: UUID | None
    organisation: Named
    period: Period
    state: ReportState
    opened_at: datetime
    original_due_at: datetime = Field(description="Never moves; assessment always uses it.")
    current_due_at: datetime
    is_overdue: bool
    is_late: bool = Field(description="Its first submission came after the original due.")
    is_open: bool = Field(
        description="Whether its content is open to you: a draft's is its own unit's, and null."
    )
    invested_period: Money | None
    cumulative_year: Money | None
    cumulative_all: Money | None
    physical_percent: float | None
    image_progress: str | None
    problems: str | None
    next_steps: str | None
    help_needed: str | None
    is_no_change: bool
    no_change_reason: str | None
    correction_reason: str | None
    warnings: list[Warned] | None
    submitted_at: datetime | None
    submitted_by: Named | None
    reviewed_at: datetime | None
    reviewed_by: Named | None
    review_note: str | None
    source: str | None
    is_illustrative: bool
    version: int


class ReportPage(PageOf):
    """One page of reports."""

    items: list[Report]
