"""What happens on ladders and to supervision orders."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.core.escalations.rules import StopReason
from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.policies.pack import Colour, StepKind


class _AboutRun(Fact):
    """What every fact of a climb says first."""

    run_id: UUID
    finding_id: UUID
    project_id: UUID
    organisation_id: UUID


class EscalationStarted(_AboutRun):
    """A ladder was begun, with the copy of the policy it will keep."""

    NAME: ClassVar[str] = "escalation.started"
    TITLE: ClassVar[Words] = Words("催办升级开始", "An escalation started")

    policy_code: str
    policy_number: int
    due_at: datetime
    """The original due that its steps count from."""


class EscalationStepped(_AboutRun):
    """A step of a ladder was taken, each once and in order."""

    NAME: ClassVar[str] = "escalation.stepped"
    TITLE: ClassVar[Words] = Words("催办升级一步", "An escalation took a step")

    number: int
    kind: StepKind
    colour: Colour | None
    planned_at: datetime
    account_ids: tuple[UUID, ...]
    organisation_ids: tuple[UUID, ...]
    order_id: UUID | None
    """The paper it drafted, for a person to decide on."""
    is_last: bool


class EscalationStopped(_AboutRun):
    """A climb is over because its cause is gone; everybody it chased is told, once."""

    NAME: ClassVar[str] = "escalation.stopped"
    TITLE: ClassVar[Words] = Words("催办升级结束", "An escalation stopped")

    reason: StopReason
    account_ids: tuple[UUID, ...]


class _AboutOrder(Fact):
    """What every fact of an order says first."""

    order_id: UUID
    order_code: str
    project_id: UUID
    run_id: UUID | None
    kind: StepKind
    issued_to: tuple[UUID, ...]


class SupervisionDrafted(_AboutOrder):
    """An order was drafted, by a ladder or a person; only a person can issue it."""

    NAME: ClassVar[str] = "supervision.drafted"
    TITLE: ClassVar[Words] = Words("督办单已拟稿", "A supervision order was drafted")


class SupervisionChanged(_AboutOrder):
    """The draft of an order was changed."""

    NAME: ClassVar[str] = "supervision.changed"
    TITLE: ClassVar[Words] = Words("督办单拟稿已修改", "A supervision order's draft changed")


class SupervisionIssued(_AboutOrder):
    """A person issued an order (交办)."""

    NAME: ClassVar[str] = "supervision.issued"
    TITLE: ClassVar[Words] = Words("督办单已签发", "A supervision order was issued")


class SupervisionSigned(_AboutOrder):
    """A unit signed for an order (签收)."""

    NAME: ClassVar[str] = "supervision.signed"
    TITLE: ClassVar[Words] = Words("督办单已签收", "A supervision order was signed for")


class SupervisionReplied(_AboutOrder):
    """A unit replied to an order with the result (反馈)."""

    NAME: ClassVar[str] = "supervision.replied"
    TITLE: ClassVar[Words] = Words("督办单已反馈", "A supervision order was replied to")


class SupervisionReturned(_AboutOrder):
    """A reply was sent back, to be done again (退回重办)."""

    NAME: ClassVar[str] = "supervision.returned"
    TITLE: ClassVar[Words] = Words("督办单反馈已退回", "A supervision reply was returned")

    reason: str


class SupervisionClosed(_AboutOrder):
    """An order was closed after its reply was checked by another unit (办结)."""

    NAME: ClassVar[str] = "supervision.closed"
    TITLE: ClassVar[Words] = Words("督办单已办结", "A supervision order was closed")


class SupervisionWithdrawn(_AboutOrder):
    """An order was withdrawn before anybody replied to it (撤回)."""

    NAME: ClassVar[str] = "supervision.withdrawn"
    TITLE: ClassVar[Words] = Words("督办单已撤回", "A supervision order was withdrawn")

    reason: str
