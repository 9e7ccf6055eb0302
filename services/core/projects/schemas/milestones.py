"""What milestones look like from outside."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.core.kit.shapes import AsOf, Given, Name, OnDay, PageOf, Paragraph, Share, Shown
from services.core.projects.rules import Gate

_MOST_STEPS = 100


class MilestoneFilters(BaseModel):
    """Of which day a project's milestones are asked for."""

    as_of: AsOf = None


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


class GivenStep(Given):
    """One milestone to be planned backwards, with the work before it."""

    name: Name = Field(examples=["主体结构封顶"])
    working_days: Annotated[int, Field(ge=1, le=2000)] = Field(
        examples=[60], description="How many working days its work takes."
    )


class Backwards(Given):
    """What is to be planned backwards from a finish; nothing is written."""

    finish_on: OnDay = Field(description="The day in Asia/Shanghai everything is to be ready.")
    steps: tuple[GivenStep, ...] = Field(
        min_length=1, max_length=_MOST_STEPS, description="In the order of the work."
    )


class ProposedStep(Shown):
    """One milestone as it would have to be planned."""

    name: str = Field(examples=["主体结构封顶"])
    working_days: int = Field(description="How many working days its work takes.")
    starts_on: date = Field(description="First working day of its work, in Asia/Shanghai.")
    planned_on: date = Field(description="The working day it is to be reached on.")


class Schedule(Shown):
    """A proposal: milestones laid backwards from the finish, by the working days of the place."""

    project_id: UUID
    finish_on: date = Field(description="The day in Asia/Shanghai everything is to be ready.")
    starts_on: date = Field(description="The day in Asia/Shanghai the work has to begin.")
    is_possible: bool | None = Field(
        description="Whether that is not before the project's planned start; null: none is planned."
    )
    provisional_years: list[int] = Field(
        description="Calendar years in it whose holidays are not published yet."
    )
    steps: list[ProposedStep] = Field(description="In the order of the work.")


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
