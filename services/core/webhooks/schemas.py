"""What endpoints, deliveries, attempts, messages and replays look like from outside."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.core.kit.shapes import (
    AtInstant,
    Given,
    PageOf,
    Paragraph,
    RegionCode,
    Shown,
    without_controls,
)
from services.core.webhooks.rules import (
    ApiVersion,
    DeliveryKind,
    DeliveryState,
    EndpointMode,
    EndpointState,
    Ordering,
    Payload,
    ReplayMode,
    ReplayState,
)

_MOST = 100
"""Names, groups, places or records one filter may list."""
EventFilter = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+))$", max_length=100)
]
EventType = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=100)]
_Url = Annotated[str, StringConstraints(min_length=8, max_length=2000)]
_Filters = Annotated[
    list[EventFilter],
    Field(min_length=1, max_length=_MOST, description="Event names, `progress.*`, or `*`."),
]
_Ids = Annotated[list[UUID], Field(max_length=_MOST)]
_Codes = Annotated[list[RegionCode], Field(max_length=_MOST)]
_LabelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$")]
_LabelText = Annotated[str, StringConstraints(max_length=500), AfterValidator(without_controls)]
_HeaderName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_HeaderValue = Annotated[str, StringConstraints(max_length=2000)]
ContentType = Literal["application/json", "application/cloudevents+json"]
_Rate = Annotated[int | None, Field(ge=1, le=100_000)]
_LABELS = [{"system": "erp"}]
_HEADERS = [{"x-tenant": "331127"}]
_SECRETS = [{"authorization": "Bearer of-the-receiver"}]
_UNREADABLE = "Sent with every attempt; nobody reads the values again, only the names."


class NewEndpoint(Given):
    """An endpoint to be registered; the answer shows its secret once."""

    mode: EndpointMode = EndpointMode.PUSH
    url: _Url | None = Field(
        default=None,
        description="Where messages are sent; none where they are polled.",
        examples=["https://receiver.example/tuanzu"],
    )
    event_types: _Filters = Field(default=["*"], examples=[["progress.*", "escalation.stepped"]])
    group_ids: _Ids = Field(default=[])
    region_codes: _Codes = Field(default=[])
    record_ids: _Ids = Field(default=[])
    description: Paragraph | None = Field(default=None, examples=["县项目平台"])
    labels: dict[_LabelName, _LabelText] = Field(default={}, max_length=20, examples=_LABELS)
    headers: dict[_HeaderName, _HeaderValue] = Field(default={}, max_length=20, examples=_HEADERS)
    secret_headers: dict[_HeaderName, _HeaderValue] = Field(
        default={}, max_length=20, description=_UNREADABLE, examples=_SECRETS
    )
    api_version: ApiVersion = ApiVersion.V1
    rate_per_minute: _Rate = None
    ordering: Ordering = Ordering.ANY
    payload: Payload = Payload.FULL
    content_type: ContentType = "application/json"


class EndpointChange(Given):
    """What of an endpoint may change (JSON Merge Patch); null takes a label or header away."""

    url: _Url = ""
    event_types: _Filters = Field(default_factory=list)
    group_ids: _Ids = Field(default=[])
    region_codes: _Codes = Field(default=[])
    record_ids: _Ids = Field(default=[])
    description: Paragraph | None = Field(default=None, examples=["县项目平台"])
    labels: dict[_LabelName, _LabelText | None] = Field(default={}, max_length=20, examples=_LABELS)
    headers: dict[_HeaderName, _HeaderValue | None] = Field(
        default={}, max_length=20, examples=_HEADERS
    )
    secret_headers: dict[_HeaderName, _HeaderValue | None] = Field(
        default={}, max_length=20, description=_UNREADABLE, examples=_SECRETS
    )
    api_version: ApiVersion = ApiVersion.V1
    rate_per_minute: _Rate = None
    ordering: Ordering = Ordering.ANY
    payload: Payload = Payload.FULL
    content_type: ContentType = "application/json"


class Endpoint(Shown):
    """One address of one integrator."""

    id: UUID
    mode: EndpointMode
    url: str = Field(
        description="Where messages are sent; empty: they are polled.",
        examples=["https://receiver.example/tuanzu"],
    )
    event_types: list[str]
    group_ids: list[UUID]
    region_codes: list[str]
    record_ids: list[UUID]
    description: str | None = Field(examples=["县项目平台"])
    labels: dict[str, str] = Field(examples=_LABELS)
    headers: dict[str, str] = Field(examples=_HEADERS)
    secret_header_names: list[str]
    api_version: ApiVersion
    rate_per_minute: int | None
    ordering: Ordering
    payload: Payload
    content_type: ContentType
    state: EndpointState
    public_key: str
    verified_at: datetime | None
    failures: int
    failing_since: datetime | None
    quiet_until: datetime | None
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


class LoggedAttempt(Attempt):
    """One try, with the message it was made for."""

    id: UUID
    delivery_id: UUID
    event_id: UUID
    event_type: str


class AttemptPage(PageOf):
    """One page of attempts, the latest last unless asked otherwise."""

    items: list[LoggedAttempt]


class Delivery(Shown):
    """One message owed to one endpoint."""

    id: UUID
    kind: DeliveryKind
    event_id: UUID
    event_type: str
    seq: int = Field(
        description="The event's place in the feed; 0: a handshake or a test, which have none.",
        examples=[4711],
    )
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None
    log: list[Attempt]


class DeliveryPage(PageOf):
    """One page of deliveries, with their attempts."""

    items: list[Delivery]


class NewReplay(Given):
    """What is to be owed to an endpoint again."""

    mode: ReplayMode = Field(
        default=ReplayMode.MISSING,
        description="What failed, what never succeeded, or everything.",
        examples=["missing"],
    )
    since: AtInstant | None = Field(
        default=None, description="Events from then on; none: since the endpoint was registered."
    )
    until: AtInstant | None = Field(
        default=None,
        description="Events before then; none: up to now.",
        examples=["2026-11-24T08:00:00+00:00"],
    )
    event_types: _Filters = Field(
        default=["*"],
        description="Only these of what the endpoint takes: names, `progress.*`, or `*`.",
    )


class Replay(Shown):
    """A stretch of the log that is owed to an endpoint again, and how far it has got."""

    id: UUID
    endpoint_id: UUID
    mode: ReplayMode = Field(
        description="What failed, what never succeeded, or everything.", examples=["missing"]
    )
    event_types: list[str]
    since: datetime = Field(description="Events from then on.")
    until: datetime = Field(
        description="Events before then.", examples=["2026-11-24T08:00:00+00:00"]
    )
    state: ReplayState
    first_seq: int
    at_seq: int
    last_seq: int
    owed: int
    created_at: datetime
    finished_at: datetime | None = Field(description="When it was over; null: it runs.")
    version: int


class ReplayPage(PageOf):
    """One page of replays."""

    items: list[Replay]


class NewTest(Given):
    """Which event is to be tried out."""

    event_type: EventType | None = Field(
        default=None,
        description="Name of the event; none: the first the endpoint takes.",
        examples=["progress.accepted"],
    )


class MessagePage(Shown):
    """Messages as they are sent: the same ids and bodies, in the order of the feed."""

    items: list[dict[str, object]] = Field(
        description="CloudEvents 1.0; without `data` where the endpoint takes thin messages."
    )
    next_after: int = Field(
        description="Place in the feed to read on from; it moves even where nothing was owed.",
        examples=[4711],
    )
    newest: int = Field(
        description="Up to this place it is decided what is owed; you are up to date at it.",
        examples=[4711],
    )
