"""What climbs and supervision orders look like from outside."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.core.escalations.rules import OrderState, RunState, StopReason
from services.core.kit.shapes import BothWords, Given, Name, PageOf, Paragraph, Shown
from services.core.policies.pack import Colour, StepKind
from services.core.progress.schemas import Named, ProjectNamed

_Units = Annotated[
    list[UUID], Field(min_length=1, max_length=50, description="Organisations it goes to.")
]
_Kind = Literal[StepKind.SUPERVISION_ORDER, StepKind.CIRCULAR, StepKind.INTERVIEW]


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


class Escalation(Shown):
    """One climb of one ladder."""

    id: UUID
    finding_id: UUID
    project: ProjectNamed
    group_id: UUID | None
    organisation: Named
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


class EscalationPage(PageOf):
    """One page of climbs."""

    items: list[Escalation]


class TextGiven(Given):
    """A text in both languages."""

    zh: Paragraph
    en: Paragraph


class TitleGiven(Given):
    """A title in both languages."""

    zh: Name
    en: Name


class NewSupervisionOrder(Given):
    """An order drafted by a person."""

    project_id: UUID
    kind: _Kind = StepKind.SUPERVISION_ORDER
    colour: Colour = Colour.RED
    title: TitleGiven
    body: TextGiven
    issued_to: _Units
    source: Paragraph | None = None
    is_illustrative: bool = False


class SupervisionOrderChange(Given):
    """What of a draft may change (JSON Merge Patch)."""

    colour: Colour = Colour.RED
    title: TitleGiven = Field(default_factory=lambda: TitleGiven(zh="-", en="-"))
    body: TextGiven = Field(default_factory=lambda: TextGiven(zh="-", en="-"))
    issued_to: _Units = Field(default_factory=list)


class OrderReply(Given):
    """What was done about an order."""

    text: Paragraph


class OrderReason(Given):
    """Why an order is returned or withdrawn."""

    reason: Paragraph


class SupervisionOrder(Shown):
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
    issued_to: list[Named]
    drafted_at: datetime
    drafted_by: Named | None = Field(description="Null: drafted by the ladder.")
    issued_at: datetime | None
    issued_by: Named | None
    signed_at: datetime | None
    signed_by: Named | None
    reply: str | None
    replied_at: datetime | None
    replied_by: Named | None
    closed_at: datetime | None
    closed_by: Named | None
    end_reason: str | None
    source: str | None
    is_illustrative: bool
    version: int


class SupervisionOrderPage(PageOf):
    """One page of orders."""

    items: list[SupervisionOrder]
