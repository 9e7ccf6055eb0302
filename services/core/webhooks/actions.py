"""Writes of endpoints and deliveries."""

import random
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.audit.rules import Act
from services.core.kit import cipher, ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import FeedEvent, Reader, Seen
from services.core.kit.ids import new_id
from services.core.kit.listening import hears
from services.core.kit.moves import moved
from services.core.kit.scope import among
from services.core.kit.settings import settings
from services.core.webhooks import queries, rules, schemas
from services.core.webhooks.events import WebhookChanged, WebhookDisabled
from services.core.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    secret_owner,
)
from services.core.webhooks.rules import DeliveryState, EndpointState, EndpointVerb

SECRET_PREFIX = "whsec_"  # noqa: S105 the prefix Standard Webhooks gives every secret
_SECRET_BYTES = 32
_OK, _OK_END, _GONE = 200, 300, 410


def register(
    session: Session, *, given: schemas.NewEndpoint, by: Caller
) -> tuple[WebhookEndpoint, str]:
    """Register an endpoint; gives it with its secret, which nobody can read again."""
    by.must("webhooks.keep")
    rules.checked_url(given.url, plain_allowed=settings().webhook_allow_loopback)
    made, secret = new_id(), _new_secret()
    endpoint = WebhookEndpoint(
        id=made,
        account_id=by.account_id,
        organisation_id=by.organisation_id,
        **given.model_dump(),
        state=EndpointState.ACTIVE,
        secret=_sealed(made, secret),
        created_at=by.now,
    )
    session.add(endpoint)
    session.flush()
    _record(session, endpoint, by)
    return endpoint, secret


def change(
    session: Session,
    *,
    endpoint_id: UUID,
    given: schemas.EndpointChange,
    expected: int,
    by: Caller,
) -> WebhookEndpoint:
    """Change where an endpoint is or what it takes."""
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    values = given.given()
    if "url" in values:
        rules.checked_url(given.url, plain_allowed=settings().webhook_allow_loopback)
    if rows.merged(endpoint, values):
        _record(session, endpoint, by)
    return endpoint


def move(
    session: Session, *, endpoint_id: UUID, verb: EndpointVerb, expected: int, by: Caller
) -> WebhookEndpoint:
    """Pause or resume an endpoint; what came meanwhile is delivered after the resume."""
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), verb)
    if endpoint.state == EndpointState.ACTIVE:
        endpoint.failing_since = endpoint.disabled_reason = None
    _record(session, endpoint, by)
    return endpoint


def rotate(
    session: Session, *, endpoint_id: UUID, expected: int, by: Caller
) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret; the old one signs too until the overlap is over."""
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    secret = _new_secret()
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_until = by.now + settings().webhook_secret_overlap
    endpoint.secret = _sealed(endpoint.id, secret)
    _record(session, endpoint, by)
    return endpoint, secret


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
        about=_about(endpoint),
        details={"delivery_id": [None, delivery.id], "state": [was, delivery.state]},
    )


def plan(session: Session, seen: Seen, now: datetime) -> None:
    """Owe one event to every endpoint that wants it and whose owner may see it."""
    for endpoint in queries.listening(session):
        if rules.wants(endpoint.event_types, seen.type) and _sees(session, endpoint, seen):
            session.execute(
                insert(WebhookDelivery)
                .values(
                    id=new_id(),
                    endpoint_id=endpoint.id,
                    event_id=seen.event_id,
                    seq=seen.seq,
                    state=DeliveryState.DUE,
                    next_at=now,
                    attempts=0,
                    created_at=now,
                )
                .on_conflict_do_nothing(index_elements=["endpoint_id", "event_id"])
            )


READERS: dict[str, Reader] = {"*": plan}


def cancel_due(session: Session, *, endpoint_id: UUID) -> None:
    """Owe nothing more to an endpoint that was disabled."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.next_at.is_not(None))
        .values(state=DeliveryState.CANCELLED, next_at=None)
        .execution_options(synchronize_session=False)
    )


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[bytes]:
    """Give the keys that sign now: the current one, and during the overlap the one before."""
    texts = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and now < endpoint.previous_until:
        texts.append(endpoint.previous_secret)
    owner = secret_owner(endpoint.id)
    return [b64decode(cipher.opened(text, owner=owner)) for text in texts]


def _sees(session: Session, endpoint: WebhookEndpoint, seen: Seen) -> bool:
    """Ask the scope of the endpoint's owner as it is now; facts about places are for everybody."""
    if seen.group_id is None and not seen.organisation_ids:
        return True
    owner = access.caller_for(session, endpoint.account_id)
    return owner is not None and hears(owner, seen.group_id, seen.organisation_ids)


def _new_secret() -> str:
    return SECRET_PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _sealed(endpoint_id: UUID, secret: str) -> str:
    plain = secret.removeprefix(SECRET_PREFIX).encode()
    return cipher.sealed(plain, owner=secret_owner(endpoint_id))


def _record(session: Session, endpoint: WebhookEndpoint, by: Caller) -> None:
    ledger.record(
        session,
        WebhookChanged(endpoint_id=endpoint.id, state=endpoint.state),
        about=_about(endpoint),
        by=Actor.person(by),
        now=by.now,
    )


def _about(endpoint: WebhookEndpoint) -> Subject:
    return Subject("webhook_endpoint", endpoint.id, organisation_ids=(endpoint.organisation_id,))


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
                url=endpoint.url,
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
        about=_about(endpoint),
        by=Actor.part("webhooks"),
        now=now,
    )
