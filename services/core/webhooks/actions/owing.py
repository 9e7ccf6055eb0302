"""Messages of the service's own to one endpoint: its challenge, a test; and owing it no more."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict
from services.core.kit.ids import new_id
from services.core.kit.moves import moved
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.webhooks import rules
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import (
    DeliveryKind,
    DeliveryState,
    EndpointMode,
    EndpointState,
    EndpointVerb,
)

HANDSHAKE = "webhook.handshake"
_CHALLENGE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Example:
    """An event as it is documented: its name, the name of its schema, and data that fits it."""

    type: str
    schema: str
    data: dict[str, Any]


def ask(session: Session, endpoint: WebhookEndpoint, *, by: Caller) -> None:
    """Owe an endpoint a challenge, at once and before all else; an earlier one is void.

    Raises:
        Conflict: nothing is sent to it. UnlawfulMove: it is over.
    """
    must_be_sent_to(endpoint)
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), EndpointVerb.ASK)
    endpoint.challenge = secrets.token_urlsafe(_CHALLENGE_BYTES)
    endpoint.verified_at = None
    session.flush()
    earlier = WebhookDelivery.kind == DeliveryKind.HANDSHAKE
    cancel_due(session, earlier, endpoint_id=endpoint.id)
    example = Example(HANDSHAKE, f"urn:tuanzu:{HANDSHAKE}:v1", {"challenge": endpoint.challenge})
    _owe(session, endpoint, DeliveryKind.HANDSHAKE, example, by=by)


def test(session: Session, endpoint: WebhookEndpoint, example: Example, *, by: Caller) -> UUID:
    """Owe an endpoint an example of an event, marked as a test; gives the delivery's id.

    Raises:
        Conflict: nothing is sent to it.
    """
    must_be_sent_to(endpoint)
    return _owe(session, endpoint, DeliveryKind.TEST, example, by=by)


def must_be_kept(endpoint: WebhookEndpoint) -> None:
    """Refuse an endpoint that is over for good.

    Raises:
        Conflict: it was retired.
    """
    if endpoint.state == EndpointState.RETIRED:
        raise Conflict(Words("此订阅已注销。", "This endpoint was retired."))


def cancel_due(session: Session, *which: Any, endpoint_id: UUID) -> None:  # noqa: ANN401 conditions
    """Owe an endpoint nothing more, or nothing more of some kind."""
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.next_at.is_not(None),
            *which,
        )
        .values(state=DeliveryState.CANCELLED, next_at=None)
        .execution_options(synchronize_session=False)
    )


def must_be_sent_to(endpoint: WebhookEndpoint) -> None:
    """Refuse an endpoint to which nothing is sent.

    Raises:
        Conflict: it was retired, or is polled.
    """
    must_be_kept(endpoint)
    if endpoint.mode == EndpointMode.POLL:
        raise Conflict(
            Words("此订阅由对方拉取，不推送。", "This endpoint is polled; nothing is sent to it.")
        )


def _owe(
    session: Session, endpoint: WebhookEndpoint, kind: DeliveryKind, example: Example, *, by: Caller
) -> UUID:
    event_id = new_id()
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id,
        kind=kind,
        event_id=event_id,
        event_type=example.type,
        body=_body(endpoint, kind, event_id, example, by),
        state=DeliveryState.DUE,
        next_at=by.now,
        created_at=by.now,
    )
    session.add(delivery)
    session.flush()
    return delivery.id


def _body(
    endpoint: WebhookEndpoint, kind: DeliveryKind, event_id: UUID, example: Example, by: Caller
) -> str:
    """Write an event that stands nowhere in the feed, with every field a receiver reads."""
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": settings().address(),
        "type": example.type,
        "subject": f"webhook_endpoint/{endpoint.id}",
        "time": _written(by.now),
        "datacontenttype": "application/json",
        "dataschema": example.schema,
        "sequence": "0" * 19,
        "aggregateversion": 1,
        "actor": f"account:{by.account_id}",
        **({"test": True} if kind == DeliveryKind.TEST else {}),
        "data": example.data,
    }
    return orjson.dumps(envelope).decode()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
