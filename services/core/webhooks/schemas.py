"""What endpoints, deliveries and attempts look like from outside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.kit.shapes import Given, PageOf, Paragraph, Shown
from services.core.webhooks.rules import DeliveryState, EndpointState

EventFilter = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+))$", max_length=100)
]
_Url = Annotated[str, StringConstraints(min_length=8, max_length=2000)]
_Filters = Annotated[
    list[EventFilter],
    Field(min_length=1, max_length=100, description="Event names, `progress.*`, or `*`."),
]


class NewEndpoint(Given):
    """An endpoint to be registered; the answer shows its secret once."""

    url: _Url = Field(examples=["https://receiver.example/tuanzu"])
    event_types: _Filters = Field(default=["*"], examples=[["progress.*", "escalation.stepped"]])
    description: Paragraph | None = Field(default=None, examples=["县项目平台"])


class EndpointChange(Given):
    """What of an endpoint may change (JSON Merge Patch)."""

    url: _Url = ""
    event_types: _Filters = Field(default_factory=list)
    description: Paragraph | None = Field(default=None, examples=["县项目平台"])


class Endpoint(Shown):
    """One address of one integrator."""

    id: UUID
    url: str
    event_types: list[str]
    description: str | None = Field(examples=["县项目平台"])
    state: EndpointState
    failing_since: datetime | None
    disabled_reason: str | None
    created_at: datetime
    version: int


class EndpointWithSecret(Endpoint):
    """An endpoint with its signing secret, which is shown only now."""

    secret: str = Field(
        description="whsec_ and base64 of 32 bytes (Standard Webhooks).",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )


class EndpointPage(PageOf):
    """One page of endpoints."""

    items: list[Endpoint]


class Attempt(Shown):
    """One try and its answer."""

    number: int
    attempted_at: datetime
    duration_ms: int
    status: int | None
    answer: str | None
    error: str | None


class Delivery(Shown):
    """One event owed to one endpoint."""

    id: UUID
    event_id: UUID
    event_type: str
    seq: int
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None
    log: list[Attempt]


class DeliveryPage(PageOf):
    """One page of deliveries, with their attempts."""

    items: list[Delivery]
