"""Repair of one message: sent again, or tried out."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict
from services.core.kit.events import Actor, Subject
from services.core.kit.words import Words
from services.core.webhooks import queries
from services.core.webhooks.actions import owing
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import DeliveryKind, DeliveryState


def resend(session: Session, *, endpoint_id: UUID, delivery_id: UUID, by: Caller) -> None:
    """Owe one delivery again, at once, with its schedule begun anew.

    Raises:
        Missing: there is no such delivery of an endpoint in scope. Conflict: it is not sent, but
        fetched, or its endpoint is over, or it is a challenge, of which the last alone counts.
    """
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=None)
    delivery = rows.for_change(
        session,
        WebhookDelivery,
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.endpoint_id == endpoint_id,
    )
    owing.must_be_sent_to(endpoint)
    if delivery.kind == DeliveryKind.HANDSHAKE:
        raise Conflict(
            Words("握手请用 verify 重新发起。", "Ask for another challenge with /verify.")
        )
    was, delivery.state = delivery.state, DeliveryState.DUE
    delivery.next_at, delivery.tries = by.now, 0
    details = {"delivery_id": [None, delivery.id], "state": [was, delivery.state]}
    note(
        session, Act.RESENT, part("webhook_delivery", delivery.id, endpoint), by=by, details=details
    )


def send_test(session: Session, *, endpoint_id: UUID, example: owing.Example, by: Caller) -> UUID:
    """Owe an endpoint an example of an event; gives the delivery's id.

    Raises:
        Missing: the endpoint is not in scope. Conflict: nothing is sent to it.
    """
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=None)
    made = owing.test(session, endpoint, example, by=by)
    details = {"delivery_id": [None, made], "event_type": [None, example.type]}
    note(session, Act.TESTED, part("webhook_delivery", made, endpoint), by=by, details=details)
    return made


def note(
    session: Session, act: Act, about: Subject, *, by: Caller, details: dict[str, Any]
) -> None:
    """Write down what somebody asked for that changes no endpoint."""
    ledger.note(
        session,
        act,
        by=Actor.person(by),
        now=by.now,
        about=about,
        details=details,
    )


def part(kind: str, record_id: UUID, endpoint: WebhookEndpoint) -> Subject:
    """Name a record of an endpoint: whoever hears of the endpoint hears of it."""
    return Subject(kind, record_id, organisation_ids=(endpoint.organisation_id,))
