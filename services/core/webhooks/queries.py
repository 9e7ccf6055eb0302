"""Reads of endpoints and deliveries; an endpoint belongs to its organisation's own people."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.feed import FeedEvent
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.scope import among
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import EndpointState

FIELDS: Fields = Constant(
    {
        "id": WebhookEndpoint.id,
        "url": WebhookEndpoint.url,
        "event_types": func.to_json(WebhookEndpoint.event_types),
        "description": WebhookEndpoint.description,
        "state": WebhookEndpoint.state,
        "failing_since": WebhookEndpoint.failing_since,
        "disabled_reason": WebhookEndpoint.disabled_reason,
        "created_at": WebhookEndpoint.created_at,
        "version": WebhookEndpoint.version,
    }
)
_LOG = (
    select(
        func.coalesce(
            func.json_agg(
                reading.shaped(
                    {
                        "number": WebhookAttempt.number,
                        "attempted_at": WebhookAttempt.attempted_at,
                        "duration_ms": WebhookAttempt.duration_ms,
                        "status": WebhookAttempt.status,
                        "answer": WebhookAttempt.answer,
                        "error": WebhookAttempt.error,
                    }
                )
            ),
            func.json_build_array(),
        )
    )
    .where(WebhookAttempt.delivery_id == WebhookDelivery.id)
    .correlate(WebhookDelivery)
    .scalar_subquery()
)
_DELIVERY_FIELDS: Fields = Constant(
    {
        "id": WebhookDelivery.id,
        "event_id": WebhookDelivery.event_id,
        "event_type": FeedEvent.type,
        "seq": WebhookDelivery.seq,
        "state": WebhookDelivery.state,
        "attempts": WebhookDelivery.attempts,
        "next_at": WebhookDelivery.next_at,
        "created_at": WebhookDelivery.created_at,
        "delivered_at": WebhookDelivery.delivered_at,
        "log": _LOG,
    }
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "an endpoint of the caller's own organisation or one below it"."""
    return among(WebhookEndpoint.organisation_id, caller.own_organisation_ids)


def endpoint(session: Session, caller: Caller, *, endpoint_id: UUID) -> Found:
    """Read one endpoint, without its secret."""
    return reading.found(
        session,
        FIELDS,
        version=WebhookEndpoint.version,
        source=WebhookEndpoint.__table__,
        where=[WebhookEndpoint.id == endpoint_id, visible(caller)],
    )


def endpoints(session: Session, caller: Caller, *, ask: Ask) -> Page:
    """Read a page of endpoints."""
    return reading.page(
        session,
        FIELDS,
        source=WebhookEndpoint.__table__,
        where=[visible(caller)],
        sorts={"created_at": WebhookEndpoint.created_at, "id": WebhookEndpoint.id},
        ask=ask,
    )


def deliveries(
    session: Session, caller: Caller, *, endpoint_id: UUID, ask: Ask, state: str | None
) -> Page:
    """Read a page of one endpoint's deliveries with every attempt.

    Raises:
        Missing: the endpoint is not in scope.
    """
    endpoint(session, caller, endpoint_id=endpoint_id)
    where: list[ColumnElement[bool]] = [WebhookDelivery.endpoint_id == endpoint_id]
    if state:
        where.append(WebhookDelivery.state == state)
    return reading.page(
        session,
        _DELIVERY_FIELDS,
        source=WebhookDelivery.__table__.join(
            FeedEvent.__table__, FeedEvent.seq == WebhookDelivery.seq
        ),
        where=where,
        sorts={"seq": WebhookDelivery.seq},
        ask=ask,
    )


def for_change(
    session: Session, caller: Caller, *, endpoint_id: UUID, expected: int | None
) -> WebhookEndpoint:
    """Lock one endpoint at the version the caller has seen."""
    return rows.for_change(
        session,
        WebhookEndpoint,
        WebhookEndpoint.id == endpoint_id,
        visible(caller),
        expected=expected,
    )


def listening(session: Session) -> list[WebhookEndpoint]:
    """Give every endpoint that is owed events; a paused one is owed them too, for later."""
    return list(
        session.scalars(
            select(WebhookEndpoint).where(WebhookEndpoint.state != EndpointState.DISABLED)
        )
    )
