"""Attempts: claimed, settled, tried again; an endpoint that fails for long is disabled."""

import random
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.core.kit import ledger
from services.core.kit.events import Actor
from services.core.kit.feed import FeedEvent
from services.core.kit.moves import moved
from services.core.kit.scope import among
from services.core.kit.settings import settings
from services.core.webhooks import queries, rules
from services.core.webhooks.actions.endpoints import about
from services.core.webhooks.actions.keys import secrets_of
from services.core.webhooks.events import WebhookDisabled
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import DeliveryState, EndpointState, EndpointVerb

_OK, _OK_END, _GONE = 200, 300, 410


@dataclass(frozen=True, slots=True)
class Claimed:
    """One attempt to make: everything the sender needs, with no row left open."""

    delivery_id: UUID
    endpoint_id: UUID
    event_id: UUID
    attempt: int
    url: str
    keys: tuple[bytes, ...]
    body: bytes
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a status and the beginning of the answer, or why there is none."""

    started_at: datetime
    duration_ms: int
    status: int | None = None
    answer: str | None = None
    error: str | None = None
    retry_after_seconds: float | None = None


def claim(
    session: Session, *, now: datetime, limit: int, per_endpoint: int, busy: frozenset[UUID]
) -> list[Claimed]:
    """Take due deliveries by moving `next_at` forward as the lease; commit before sending."""
    wanted = queries.due_ids(session, now=now, limit=limit, per_endpoint=per_endpoint, busy=busy)
    if not wanted:
        return []
    found = session.execute(
        select(WebhookDelivery, WebhookEndpoint, FeedEvent.body, FeedEvent.trace)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .join(FeedEvent, FeedEvent.seq == WebhookDelivery.seq)
        .where(among(WebhookDelivery.id, wanted), WebhookDelivery.next_at <= now)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    ).all()
    claimed = []
    for delivery, endpoint, body, trace in found:
        delivery.attempts += 1
        delivery.next_at = now + settings().claim_lease
        keys = tuple(secrets_of(endpoint, now=now))
        claimed.append(
            Claimed(
                delivery_id=delivery.id,
                endpoint_id=endpoint.id,
                event_id=delivery.event_id,
                attempt=delivery.attempts,
                url=endpoint.url or "",
                keys=keys,
                body=body.encode(),
                trace=trace,
            )
        )
    return claimed


def settle(session: Session, claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write down one attempt and what follows from it, unless the claim was lost meanwhile."""
    delivery = session.scalars(
        select(WebhookDelivery)
        .where(
            WebhookDelivery.id == claimed.delivery_id,
            WebhookDelivery.attempts == claimed.attempt,
            WebhookDelivery.state == DeliveryState.DUE,
        )
        .with_for_update()
    ).one_or_none()
    session.add(
        WebhookAttempt(
            delivery_id=claimed.delivery_id,
            number=claimed.attempt,
            attempted_at=outcome.started_at,
            duration_ms=outcome.duration_ms,
            status=outcome.status,
            answer=outcome.answer,
            error=outcome.error,
        )
    )
    if delivery is None:
        return
    endpoint = session.get_one(WebhookEndpoint, claimed.endpoint_id, with_for_update=True)
    if outcome.status is not None and _OK <= outcome.status < _OK_END:
        delivery.state, delivery.next_at = DeliveryState.DELIVERED, None
        delivery.delivered_at = now
        endpoint.failing_since = None
    else:
        _failed(session, delivery, endpoint, outcome, now)


def _failed(
    session: Session,
    delivery: WebhookDelivery,
    endpoint: WebhookEndpoint,
    outcome: Outcome,
    now: datetime,
) -> None:
    """Plan the next attempt, or give up; disable an endpoint that is gone or failed too long."""
    planned = rules.next_try(
        delivery.attempts,
        now=now,
        schedule=settings().webhook_retry_schedule,
        jitter=random.uniform(-1, 1),  # noqa: S311 spreads retries, guards nothing
    )
    delivery.next_at = rules.bounded_wait(outcome.retry_after_seconds, planned, now=now)
    if delivery.next_at is None:
        delivery.state = DeliveryState.FAILED
    failing_since = endpoint.failing_since or now
    endpoint.failing_since = failing_since
    if outcome.status == _GONE:
        _disable(session, endpoint, "410 Gone", now)
    elif now - failing_since > settings().webhook_disable_after:
        _disable(session, endpoint, f"failing since {failing_since.isoformat()}", now)


def _disable(session: Session, endpoint: WebhookEndpoint, reason: str, now: datetime) -> None:
    """Switch an endpoint off and say so as a fact its owner's people can see."""
    if endpoint.state == EndpointState.DISABLED:
        return
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), EndpointVerb.DISABLE)
    endpoint.disabled_reason = reason
    session.flush()
    cancel_due(session, endpoint_id=endpoint.id)
    ledger.record(
        session,
        WebhookDisabled(endpoint_id=endpoint.id, reason=reason),
        about=about(endpoint),
        by=Actor.part("webhooks"),
        now=now,
    )


def cancel_due(session: Session, *, endpoint_id: UUID) -> None:
    """Owe nothing more to an endpoint that was disabled."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.next_at.is_not(None))
        .values(state=DeliveryState.CANCELLED, next_at=None)
        .execution_options(synchronize_session=False)
    )
