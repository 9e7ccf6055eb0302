"""Endpoints of integrators, what is owed to each, and every attempt."""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index
from services.core.kit.sealing import Sealed
from services.core.webhooks.rules import (
    DeliveryKind,
    DeliveryState,
    EndpointMode,
    EndpointState,
    Ordering,
    Payload,
    ReplayMode,
    ReplayState,
)


def secret_owner(endpoint_id: UUID) -> str:
    """Name the endpoint whose secret is sealed; both its secrets are."""
    return f"webhook_endpoint|secret|{endpoint_id}"


class WebhookEndpoint(Base):
    """One address of one integrator; it receives what its owner's scope sees."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint(c.one_of("state", EndpointState), name="state"),
        CheckConstraint(c.one_of("mode", EndpointMode), name="mode"),
        CheckConstraint(c.one_of("ordering", Ordering), name="ordering"),
        CheckConstraint(c.one_of("payload", Payload), name="payload"),
        CheckConstraint("(mode = 'push') = (url IS NOT NULL)", name="url"),
    )

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"), index=True)
    mode: Mapped[c.Phrase]
    url: Mapped[c.MaybeWords]
    """None: the endpoint is polled."""
    description: Mapped[c.MaybeWords]
    labels: Mapped[c.Document]
    """What its owner wants to remember with it, as `{name: text}`."""
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Names, or `progress.*`, or `*`."""
    group_ids: Mapped[c.Refs]
    """Only facts of these groups; empty: of all."""
    region_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Only facts about these places and those within them; empty: all."""
    record_ids: Mapped[c.Refs]
    """Only facts about these records; empty: all."""
    headers: Mapped[c.Document]
    """Sent with every attempt, as `{name: value}`."""
    secret_headers: Mapped[c.MaybeWords]
    """The same for values nobody may read again, as JSON, encrypted at rest."""
    secret_header_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    api_version: Mapped[c.Phrase]
    rate_per_minute: Mapped[int | None]
    """At most so many attempts a minute; None: no limit of its own."""
    ordering: Mapped[c.Phrase]
    payload: Mapped[c.Phrase]
    content_type: Mapped[c.Phrase]
    state: Mapped[c.Phrase]
    secret: Mapped[c.Phrase]
    """Encrypted at rest, bound to this row; as the two private keys below."""
    previous_secret: Mapped[c.MaybeWords]
    private_key: Mapped[c.Phrase]
    """Ed25519: signs `v1a`."""
    previous_private_key: Mapped[c.MaybeWords]
    public_key: Mapped[c.Phrase]
    """`whpk_` and base64: verifies `v1a`."""
    previous_until: Mapped[c.MaybeInstant]
    challenge: Mapped[c.MaybeWords]
    """What the receiver must say back before it is sent anything else."""
    verified_at: Mapped[c.MaybeInstant]
    failing_since: Mapped[c.MaybeInstant]
    failures: Mapped[int] = mapped_column(default=0)
    """Attempts that failed since one succeeded."""
    quiet_until: Mapped[c.MaybeInstant]
    """Sent nothing until then; after that one attempt shows whether it works again."""
    free_at: Mapped[c.MaybeInstant]
    """When the next attempt is within its rate."""
    disabled_reason: Mapped[c.MaybeWords]
    created_at: Mapped[c.Instant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


SEALED = (
    Sealed(WebhookEndpoint.secret, secret_owner),
    Sealed(WebhookEndpoint.previous_secret, secret_owner),
    Sealed(WebhookEndpoint.private_key, secret_owner),
    Sealed(WebhookEndpoint.previous_private_key, secret_owner),
    Sealed(WebhookEndpoint.secret_headers, secret_owner),
)


_OWED = text("next_at IS NOT NULL")
"""Claims read each endpoint's own due rows in order, however many others have."""


class WebhookDelivery(Base):
    """One message owed to one endpoint; `event_id` is the webhook-id of every attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(c.one_of("state", DeliveryState), name="state"),
        CheckConstraint(c.one_of("kind", DeliveryKind), name="kind"),
        CheckConstraint("(kind = 'event') = (seq IS NOT NULL)", name="seq"),
        UniqueConstraint("endpoint_id", "event_id"),
        due_index("webhook_delivery"),
        Index(None, "endpoint_id", "seq"),
        Index("ix_webhook_delivery_due", "endpoint_id", "next_at", "seq", postgresql_where=_OWED),
        Index("ix_webhook_delivery_first", "endpoint_id", "seq", postgresql_where=_OWED),
    )

    id: Mapped[c.Id]
    endpoint_id: Mapped[c.Ref] = mapped_column(ForeignKey("webhook_endpoint.id"))
    kind: Mapped[c.Phrase]
    event_id: Mapped[c.Ref]
    event_type: Mapped[c.Phrase]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """The event's number; None for a handshake or a test."""
    body: Mapped[c.MaybeWords]
    """What is sent, where that is not the event's own body: a handshake, a test, a cut payload."""
    state: Mapped[c.Phrase]
    next_at: Mapped[c.MaybeInstant]
    attempts: Mapped[c.Small] = mapped_column(default=0)
    tries: Mapped[c.Small] = mapped_column(default=0)
    """Failures of the schedule that runs; a resend begins it anew, `attempts` goes on."""
    created_at: Mapped[c.Instant]
    delivered_at: Mapped[c.MaybeInstant]


class WebhookReplay(Base):
    """A stretch of the log owed to one endpoint again, a bounded piece at a time."""

    __tablename__ = "webhook_replay"
    __table_args__ = (
        CheckConstraint(c.one_of("state", ReplayState), name="state"),
        CheckConstraint(c.one_of("mode", ReplayMode), name="mode"),
        due_index("webhook_replay"),
        Index(None, "endpoint_id", "id"),
    )

    id: Mapped[c.Id]
    endpoint_id: Mapped[c.Ref] = mapped_column(ForeignKey("webhook_endpoint.id"))
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    mode: Mapped[c.Phrase]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    since: Mapped[c.Instant]
    until: Mapped[c.Instant]
    state: Mapped[c.Phrase]
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    at_seq: Mapped[int] = mapped_column(BigInteger)
    """Looked at as far as this."""
    owed: Mapped[int] = mapped_column(default=0)
    """Deliveries it has made due."""
    next_at: Mapped[c.MaybeInstant]
    created_at: Mapped[c.Instant]
    finished_at: Mapped[c.MaybeInstant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


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
