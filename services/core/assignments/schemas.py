"""What assignments look like from outside."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import Code, Given, OnDay, PageOf, Paragraph, RegionCode, Shown
from services.core.projects.rules import LibraryClass


class NewAssignment(Given):
    """A policy for a place."""

    code: Code = Field(description="The pack that is to count.", examples=["yinchuan-2025"])
    region_code: RegionCode = Field(description="The place, with all below it.")
    library_class: LibraryClass | None = Field(default=None, description="Null: all classes.")
    effective_on: OnDay = Field(description="From this day on; not before today.")
    reason: Paragraph


class AssignedBy(Shown):
    """Who made it."""

    id: UUID
    name: str


class Assignment(Shown):
    """Which pack counts for a place."""

    id: UUID
    code: str
    region_code: str
    library_class: LibraryClass | None
    effective_on: date
    reason: str
    made_at: datetime
    made_by: AssignedBy
    ended_at: datetime | None
    version: int


class AssignmentPage(PageOf):
    """One page of assignments."""

    items: list[Assignment]
