"""What progress reports look like from outside."""

from collections.abc import Collection
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
    ReportPeriod,
    Share,
    Shown,
    SignedAmount,
)
from services.core.progress import rules
from services.core.progress.rules import CorrectionState, ReportState

_MOST_ANSWERS = 40


class ExactMoney(Given):
    """What was really invested: to the cent; negative only where a correction says why."""

    amount: SignedAmount = Field(
        examples=["625000000.00"], description="CNY, two decimals, as a string."
    )
    currency: Literal["CNY"] = "CNY"
    qualifier: Literal[Qualifier.EXACT] = Qualifier.EXACT


class Answer(Given):
    """The reason for what one question asks of one field."""

    pointer: Annotated[
        str, Field(max_length=100, examples=["/cumulative_year"], description="As it was asked.")
    ]
    code: Annotated[str, Field(max_length=40, examples=["fell"], description="As it was asked.")]
    reason: Paragraph = Field(examples=["9月重复计入一张发票，本月冲减"])


_Reason = Annotated[
    Paragraph | None,
    Field(description="Why a cumulative figure is below the last accepted one."),
]


_Answers = Annotated[
    tuple[Answer, ...],
    Field(
        max_length=_MOST_ANSWERS,
        description="Answers to what was asked (`warnings`, or `questions` of the refusal).",
    ),
]


def _as_kept(given: Given, *, but: Collection[str]) -> dict[str, object]:
    return {
        name: value.amount if isinstance(value, ExactMoney) else value
        for name, value in given.given().items()
        if name not in but
    }


class ReportFigures(Given):
    """What a report says; only the fields sent are changed (JSON Merge Patch)."""

    invested_period: ExactMoney | None = None
    cumulative_year: ExactMoney | None = None
    cumulative_all: ExactMoney | None = None
    paid_year: ExactMoney | None = None
    paid_all: ExactMoney | None = None
    physical_percent: Share | None = None
    image_progress: Paragraph | None = Field(
        default=None, description="形象进度: what is to be seen on the site."
    )
    problems: Paragraph | None = None
    next_steps: Paragraph | None = None
    help_needed: Paragraph | None = None
    correction_reason: _Reason = None
    answers: _Answers = ()

    def said(self) -> dict[str, object]:
        """Give the fields that were sent as the row keeps them: amounts as decimals."""
        return _as_kept(self, but=("answers",))

    def answered(self) -> list[rules.Answer]:
        """Give the answers as the rules take them."""
        return [rules.Answer(one.pointer, one.code, one.reason) for one in self.answers]


class NewCorrection(Given):
    """What an accepted report should have said, and why; only what is sent is corrected."""

    invested_period: ExactMoney | None = None
    cumulative_year: ExactMoney | None = None
    cumulative_all: ExactMoney | None = None
    paid_year: ExactMoney | None = None
    paid_all: ExactMoney | None = None
    physical_percent: Share | None = None
    image_progress: Paragraph | None = Field(
        default=None, description="形象进度: what is to be seen on the site."
    )
    reason: Paragraph = Field(
        examples=["9月重复计入一张发票"],
        description="Why the figures were wrong; it answers every fall that comes of it.",
    )
    answers: _Answers = ()

    def said(self) -> dict[str, object]:
        """Give the fields that were sent as the row keeps them: amounts as decimals."""
        return _as_kept(self, but=("answers", "reason"))

    def answered(self) -> list[rules.Answer]:
        """Give the answers as the rules take them."""
        return [rules.Answer(one.pointer, one.code, one.reason) for one in self.answers]


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
    period: ReportPeriod | None = None
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


class Asked(Shown):
    """A question to the reporter about a figure that may be true but is remarkable."""

    rule: str | None = Field(
        examples=["MR-19.1"], description="The rule that asks; null: from before rules had codes."
    )
    pointer: str
    code: str = Field(examples=["fell"])
    detail: BothWords
    inputs: dict[str, str] = Field(
        examples=[{"given": "4900000.00", "last": "5000000.00", "last_period": "2026-10"}],
        description="The numbers it was asked for, by name; amounts in CNY.",
    )


class Warned(Asked):
    """A question that a report raises, and the answer to it."""

    answer: str | None = Field(
        examples=["9月重复计入一张发票，本月冲减"], description="Null: nobody has answered it."
    )
    answered_by: UUID | None = Field(description="Account of whoever answered; null: nobody did.")
    answered_at: datetime | None = Field(description="When it was answered; null: it was not.")


class Report(Shown):
    """One project's report for one period. A draft's figures are shown to its own unit only."""

    id: UUID
    project: ProjectNamed
    group_id: UUID | None
    organisation: Named
    period: ReportPeriod
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
    paid_year: Money | None
    paid_all: Money | None
    physical_percent: float | None
    image_progress: str | None
    problems: str | None
    next_steps: str | None
    help_needed: str | None
    is_no_change: bool
    is_corrected: bool = Field(description="Its figures were corrected after it was accepted.")
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


class Corrected(Shown):
    """One field of a correction: what it said, and what it should have said."""

    field: str = Field(examples=["cumulative_year"], description="Which field of the report.")
    before: str | None = Field(
        examples=["5000000.00"], description="What it said; amounts in CNY; null: nothing."
    )
    after: str | None = Field(
        examples=["4900000.00"], description="What it is to say; amounts in CNY; null: nothing."
    )


class Correction(Shown):
    """A correction of an accepted report: who asks for what and why, and what became of it."""

    id: UUID
    report_id: UUID
    state: CorrectionState
    reason: str = Field(examples=["9月重复计入一张发票"])
    changes: list[Corrected] = Field(description="Each field that differs, before and after.")
    questions: list[Warned] = Field(
        description="What the corrected figures are asked, with the answers."
    )
    requested_at: datetime
    requested_by: Named
    decided_at: datetime | None
    decided_by: Named | None
    decision_note: str | None
    version: int


class CorrectionPage(PageOf):
    """One page of corrections."""

    items: list[Correction]
