"""Endpoints of integrators, what is owed to each, and every attempt."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index
from services.core.kit.sealing import Sealed
from services.core.webhooks.rules import DeliveryState, EndpointState


def secret_owner(endpoint_id: UUID) -> str:
    """Name the endpoint whose secret is sealed; both its secrets are."""
    return f"webhook_endpoint|secret|{endpoint_id}"


class WebhookEndpoint(Base):
    """One address of one integrator; it receives what its owner's scope sees."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint(c.one_of("state", EndpointState), name="state"),)

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"), index=True)
    url: Mapped[c.Phrase]
    description: Mapped[c.MaybeWords]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Names, or `progress.*`, or `*`."""
    state: Mapped[c.Phrase]
    secret: Mapped[c.Phrase]
    """Encrypted at rest, bound to this row."""
    previous_secret: Mapped[c.MaybeWords]
    previous_until: Mapped[c.MaybeInstant]
    failing_since: Mapped[c.MaybeInstant]
    disabled_reason: Mapped[c.MaybeWords]
    created_at: Mapped[c.Instant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


SEALED = (
    Sealed(WebhookEndpoint.secret, secret_owner),
    Sealed(WebhookEndpoint.previous_secret, secret_owner),
)


class WebhookDelivery(Base):
    """One event owed to one endpoint; `event_id` is the webhook-id of every attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(c.one_of("state", DeliveryState), name="state"),
        UniqueConstraint("endpoint_id", "event_id"),
        due_index("webhook_delivery"),
        Index(None, "endpoint_id", "seq"),
    )

    id: Mapped[c.Id]
    endpoint_id: Mapped[c.Ref] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event_id: Mapped[c.Ref]
    seq: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[c.Phrase]
    next_at: Mapped[c.MaybeInstant]
    attempts: Mapped[c.Small] = mapped_column(default=0)
    created_at: Mapped[c.Instant]
    delivered_at: Mapped[c.MaybeInstant]


class WebhookAttempt(Base):
    """One try: what was answered, how long it took."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index(None, "delivery_id", "number"),)

    id: Mapped[c.Id]
    delivery_id: Mapped[c.Ref] = mapped_column(ForeignKey("webhook_delivery.id"))
    number: Mapped[c.Small]
    attempted_at: Mapped[c.Instant]
    duration_ms: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[c.MaybeWords]
    """At most 4 KiB of the body."""
    error: Mapped[c.MaybeWords]
