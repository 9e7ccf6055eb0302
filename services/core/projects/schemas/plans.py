"""What annual plans, their versions and the requests to change them look like from outside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.core.kit.shapes import Amount, AsOf, Given, Money, PageOf, Paragraph, Period, Shown
from services.core.projects.rules import MONTHS, PlanChangeState, Spread
from services.core.projects.schemas.shared import Named

Year = Annotated[int, Field(ge=2000, le=2100)]


class PlanFilters(BaseModel):
    """What the versions of a project's plans can be narrowed by."""

    year: Year | None = None
    current: Annotated[bool | None, Field(description="Only the version in force.")] = None
    as_of: AsOf = None


class PlanChangeFilters(BaseModel):
    """What the requests to change a project's plans can be narrowed by."""

    year: Year | None = None
    state: PlanChangeState | None = None


class TwoVersions(BaseModel):
    """Two versions of one year's plan, by their numbers."""

    model_config = ConfigDict(extra="forbid")

    before: Annotated[int, Field(ge=1, le=32_000, description="Number of the first version.")]
    after: Annotated[int, Field(ge=1, le=32_000, description="Number of the second version.")]


class GivenPlan(Given):
    """A year's plan, as a whole."""

    planned_investment: Money
    curve: tuple[Amount, ...] | None = Field(
        default=None,
        min_length=MONTHS,
        max_length=MONTHS,
        description="Cumulative CNY at each month's end; if not given, spread by working days "
        "and marked.",
    )
    payments: Money | None = Field(
        default=None,
        description="Funds to be paid in the year; null: none are planned, and none are judged.",
    )
    payment_curve: tuple[Amount, ...] | None = Field(
        default=None,
        min_length=MONTHS,
        max_length=MONTHS,
        description="Cumulative CNY to be paid at each month's end; if not given, spread by "
        "working days and marked.",
    )
    image_target: Paragraph | None = Field(default=None, description="年度形象进度目标")
    reason: Paragraph | None = Field(default=None, description="Why it is so; kept with it.")
    source: Paragraph | None = None
    is_illustrative: bool = False


class NewPlanChange(GivenPlan):
    """A request to replace a year's plan in force, with the reason."""

    year: Year
    replaces: Annotated[int, Field(ge=1, le=32_000)] = Field(
        description="Number of the version in force that it was made from."
    )
    reason: Paragraph = Field(examples=["二期追加投资，经团组会议商定"])


class PlanDecision(Given):
    """What the second person says to a request."""

    note: Paragraph | None = None


class PlanRefusal(Given):
    """Why a plan stays as it is."""

    note: Paragraph = Field(examples=["资金来源未落实，请补充依据"])


class Plan(Shown):
    """One version of a project's plan for a year."""

    id: UUID
    project_id: UUID
    year: int
    number: int
    is_current: bool
    planned_investment: Money
    curve: list[str] = Field(description="Cumulative CNY at the end of each month.")
    is_spread: bool = Field(description="The curve was not given, but spread; `spread_by` how.")
    spread_by: Spread | None = Field(description="By what it was spread; null: it was given.")
    payments: Money | None = Field(description="Funds to be paid in the year; null: not planned.")
    payment_curve: list[str] | None = Field(
        description="Cumulative CNY to be paid at each month's end; null: not planned."
    )
    payments_spread_by: Spread | None = Field(
        description="By what the payments were spread; null: they were given, or none are planned."
    )
    image_target: str | None
    reason: str | None
    made_at: datetime
    made_by: Named | None
    source: str | None
    is_illustrative: bool


class PlanPage(PageOf):
    """One page of plan versions."""

    items: list[Plan]


class PlanChange(Shown):
    """A request to change a year's plan: who asks for what and why, and what became of it."""

    id: UUID
    project_id: UUID
    year: int
    replaces: int = Field(description="Number of the version in force that it was made from.")
    state: PlanChangeState
    planned_investment: Money
    curve: list[str] = Field(description="Cumulative CNY at the end of each month.")
    is_spread: bool = Field(description="The curve was not given, but spread; `spread_by` how.")
    spread_by: Spread | None = Field(description="By what it was spread; null: it was given.")
    payments: Money | None = Field(description="Funds to be paid in the year; null: not planned.")
    payment_curve: list[str] | None = Field(
        description="Cumulative CNY to be paid at each month's end; null: not planned."
    )
    payments_spread_by: Spread | None = Field(
        description="By what the payments were spread; null: they were given, or none are planned."
    )
    image_target: str | None
    reason: str
    requested_at: datetime
    requested_by: Named
    decided_at: datetime | None
    decided_by: Named | None
    decision_note: str | None
    plan_id: UUID | None = Field(description="The version it became; null: it became none.")
    source: str | None
    is_illustrative: bool
    version: int


class PlanChangePage(PageOf):
    """One page of requests to change plans."""

    items: list[PlanChange]


class MonthDifference(Shown):
    """What two versions plan for one month, and the difference."""

    period: Period
    before: str = Field(description="Cumulative CNY at the month's end, in the first version.")
    after: str = Field(description="Cumulative CNY at the month's end, in the second version.")
    difference: str = Field(description="CNY by which the second is above the first.")
    month_difference: str = Field(description="CNY by which it plans more for this month alone.")


class PlanComparison(Shown):
    """Two versions of a year's plan, and the difference per month."""

    before: Plan = Field(description="The first version.")
    after: Plan = Field(description="The second version.")
    difference: str = Field(description="CNY by which the second plans more for the year.")
    months: list[MonthDifference] = Field(description="The twelve months, January first.")
