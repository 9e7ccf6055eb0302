"""Repair: what was lost on the way is owed again."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Actor
from services.core.webhooks import queries
from services.core.webhooks.actions.endpoints import about
from services.core.webhooks.models import WebhookDelivery
from services.core.webhooks.rules import DeliveryState


def resend(session: Session, *, endpoint_id: UUID, delivery_id: UUID, by: Caller) -> None:
    """Owe one delivery again, at once, with its schedule begun anew.

    Raises:
        Missing: there is no such delivery of an endpoint in scope.
    """
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=None)
    delivery = rows.for_change(
        session,
        WebhookDelivery,
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.endpoint_id == endpoint_id,
    )
    was, delivery.state = delivery.state, DeliveryState.DUE
    delivery.next_at = by.now
    ledger.note(
        session,
        Act.RESENT,
        by=Actor.person(by),
        now=by.now,
        about=about(endpoint),
        details={"delivery_id": [None, delivery.id], "state": [was, delivery.state]},
    )
