"""What milestones look like from outside."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import Given, Name, OnDay, PageOf, Paragraph, Share, Shown
from services.core.projects.rules import Gate


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
