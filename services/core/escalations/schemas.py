"""What climbs and supervision orders look like from outside."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.core.escalations.rules import OrderState, RunState, StopReason
from services.core.kit.shapes import BothWords, Given, Name, PageOf, Paragraph, Shown
from services.core.policies.pack import Colour, StepKind

_Units = Annotated[
    list[UUID], Field(min_length=1, max_length=50, description="Organisations it goes to.")
]
_Kind = Literal[StepKind.SUPERVISION_ORDER, StepKind.CIRCULAR, StepKind.INTERVIEW]


class ProjectNamed(Shown):
    """A project, by name."""

    id: UUID
    code: str
    name: str


class OrganisationNamed(Shown):
    """A unit, by name."""

    id: UUID
    name: str


class PersonNamed(Shown):
    """A person, by name."""

    id: UUID
    name: str


class StepTaken(Shown):
    """One step that was taken."""

    number: int
    kind: StepKind
    colour: Colour | None
    planned_at: datetime
    taken_at: datetime
    account_ids: list[UUID]
    organisation_ids: list[UUID]
    order_id: UUID | None


class Run(Shown):
    """One climb of one ladder."""

    id: UUID
    finding_id: UUID
    project: ProjectNamed
    group_id: UUID | None
    organisation: OrganisationNamed
    policy_code: str
    policy_number: int
    ladder: dict[str, Any] = Field(description="The copy of the policy's ladder that it keeps.")
    due_at: datetime = Field(description="The original due that the steps count from.")
    state: RunState
    climbed: int
    next_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    ended_reason: StopReason | None
    steps: list[StepTaken]
    version: int


class RunPage(PageOf):
    """One page of climbs."""

    items: list[Run]


class TextGiven(Given):
    """A text in both languages."""

    zh: Paragraph
    en: Paragraph


class TitleGiven(Given):
    """A title in both languages."""

    zh: Name
    en: Name


class NewOrder(Given):
    """An order drafted by a person."""

    project_id: UUID
    kind: _Kind = StepKind.SUPERVISION_ORDER
    colour: Colour = Colour.RED
    title: TitleGiven
    body: TextGiven
    issued_to: _Units
    source: Paragraph | None = None
    is_illustrative: bool = False


class OrderChange(Given):
    """What of a draft may change (JSON Merge Patch)."""

    colour: Colour = Colour.RED
    title: TitleGiven = Field(default_factory=lambda: TitleGiven(zh="-", en="-"))
    body: TextGiven = Field(default_factory=lambda: TextGiven(zh="-", en="-"))
    issued_to: _Units = Field(default_factory=list)


class Reply(Given):
    """What was done about an order."""

    text: Paragraph


class Reason(Given):
    """Why an order is returned or withdrawn."""

    reason: Paragraph


class Order(Shown):
    """督办单, 通报 or 约谈: drafted by a ladder or a person, issued only by a person."""

    id: UUID
    code: str = Field(examples=["DB-2026-0001"])
    run_id: UUID | None
    project: ProjectNamed
    group_id: UUID | None
    kind: StepKind
    colour: Colour
    state: OrderState
    title: BothWords
    body: BothWords
    issued_to: list[OrganisationNamed]
    drafted_at: datetime
    drafted_by: PersonNamed | None = Field(description="Null: drafted by the ladder.")
    issued_at: datetime | None
    issued_by: PersonNamed | None
    signed_at: datetime | None
    signed_by: PersonNamed | None
    reply: str | None
    replied_at: datetime | None
    replied_by: PersonNamed | None
    closed_at: datetime | None
    closed_by: PersonNamed | None
    end_reason: str | None
    source: str | None
    is_illustrative: bool
    version: int


class OrderPage(PageOf):
    """One page of orders."""

    items: list[Order]
