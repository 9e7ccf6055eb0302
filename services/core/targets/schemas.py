"""What targets and statements look like from outside."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.core.kit.money import Qualifier
from services.core.kit.shapes import Given, Money, Paragraph, Period, RegionCode, Shown

_Count = Annotated[int, Field(ge=0, le=1_000_000)]
_Year = Annotated[int, Field(ge=2000, le=2100)]


class Figures(Given):
    """So many projects, so much investment, and how exact both are."""

    project_count: _Count = Field(examples=[291])
    project_qualifier: Qualifier = Qualifier.EXACT
    investment: Money
    source: Paragraph | None = None
    is_illustrative: bool = False


class NewTarget(Figures):
    """A year's target (2023: at least 70 projects, at least 100亿)."""

    region_code: RegionCode = Field(examples=["330000"])
    year: _Year = Field(examples=[2023])


class TargetChange(Given):
    """What of a target may be corrected (JSON Merge Patch)."""

    project_count: _Count = 0
    project_qualifier: Qualifier = Qualifier.EXACT
    investment: Money = Field(default_factory=lambda: Money(amount=Decimal(0)))
    source: Paragraph | None = None


class NewStatement(Figures):
    """The library's size as somebody stated it."""

    region_code: RegionCode = Field(examples=["330000"])
    as_of_month: Period = Field(description="YYYY-MM: sources give no day.", examples=["2022-10"])


class Sum(Shown):
    """A number of projects and their investment."""

    project_count: int
    project_qualifier: Qualifier
    investment: Money


class Recorded(Sum):
    """What the library records in the caller's scope.

    A statement stands beside the projects themselves, a target beside their plans for its year.
    Parts of a project are parts of its figure, unless it has none of its own.
    """

    unknown_count: int = Field(description="Number of these projects that have no figure.")


class Difference(Shown):
    """An amount that may be negative."""

    amount: str = Field(examples=["279955000000.00"])
    currency: Literal["CNY"]
    qualifier: Qualifier


class Gap(Shown):
    """What the records lack of what was said; negative when they hold more."""

    project_count: int
    project_qualifier: Qualifier
    investment: Difference


class Beside(Shown):
    """What was said and what the library itself records in the caller's scope, side by side."""

    id: UUID
    region_code: str
    reported: Sum
    recorded: Recorded
    gap: Gap
    source: str | None
    is_illustrative: bool
    version: int


class Target(Beside):
    """A year's target."""

    year: int


class Statement(Beside):
    """A statement of the library's size."""

    as_of_month: Period
