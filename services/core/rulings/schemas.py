"""What rulings look like from outside."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import Given, OnDay, PageOf, Paragraph, Shown
from services.core.policies.pack import Dimension, Light
from services.core.rulings.rules import RulingState


class NewRuling(Given):
    """A good reason for one dimension, or a light declared for the whole project: one of them."""

    dimension: Dimension | None = Field(
        default=None, description="Waived: it lights nothing while the ruling is in force."
    )
    light: Light | None = Field(
        default=None, description="Declared: shown beside the computed light, never instead of it."
    )
    reason: Paragraph
    expires_on: OnDay = Field(description="The last day on which it counts, within a year.")


class RuledBy(Shown):
    """Who made or ended it."""

    id: UUID
    name: str


class RulingShown(Shown):
    """What a person decided about a project's light."""

    id: UUID
    project_id: UUID
    dimension: Dimension | None
    light: Light | None
    state: RulingState
    reason: str
    expires_on: date
    made_at: datetime
    made_by: RuledBy
    ended_at: datetime | None
    ended_by: RuledBy | None = Field(description="Who ended it early; null: nobody.")
    version: int


class RulingPage(PageOf):
    """One page of rulings."""

    items: list[RulingShown]
