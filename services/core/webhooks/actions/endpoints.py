"""Writes of endpoints."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.kit.moves import moved
from services.core.kit.settings import settings
from services.core.webhooks import queries, rules, schemas
from services.core.webhooks.actions import keys
from services.core.webhooks.events import WebhookChanged
from services.core.webhooks.models import WebhookEndpoint
from services.core.webhooks.rules import EndpointState, EndpointVerb


def register(
    session: Session, *, given: schemas.NewEndpoint, by: Caller
) -> tuple[WebhookEndpoint, str]:
    """Register an endpoint; gives it with its secret, which nobody can read again."""
    by.must("webhooks.keep")
    rules.checked_url(given.url, plain_allowed=settings().webhook_allow_loopback)
    made, secret = new_id(), keys.new_secret()
    private, public = keys.new_pair(made)
    endpoint = WebhookEndpoint(
        id=made,
        account_id=by.account_id,
        organisation_id=by.organisation_id,
        **given.model_dump(),
        state=EndpointState.ACTIVE,
        mode=rules.EndpointMode.PUSH,
        labels={},
        group_ids=[],
        region_codes=[],
        record_ids=[],
        headers={},
        secret_header_names=[],
        api_version="v1",
        ordering=rules.Ordering.ANY,
        payload=rules.Payload.FULL,
        content_type="application/json",
        secret=keys.sealed_secret(made, secret),
        private_key=private,
        public_key=public,
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
    secret = keys.new_secret()
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_until = by.now + settings().webhook_secret_overlap
    endpoint.secret = keys.sealed_secret(endpoint.id, secret)
    endpoint.previous_private_key = endpoint.private_key
    endpoint.private_key, endpoint.public_key = keys.new_pair(endpoint.id)
    _record(session, endpoint, by)
    return endpoint, secret


def verified(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Note that the receiver is who it says; from now on it is sent events."""
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), EndpointVerb.VERIFY)
    endpoint.verified_at, endpoint.challenge = now, None
    ledger.record(
        session,
        WebhookChanged(endpoint_id=endpoint.id, state=endpoint.state),
        about=about(endpoint),
        by=Actor.part("webhooks"),
        now=now,
    )


def _record(session: Session, endpoint: WebhookEndpoint, by: Caller) -> None:
    ledger.record(
        session,
        WebhookChanged(endpoint_id=endpoint.id, state=endpoint.state),
        about=about(endpoint),
        by=Actor.person(by),
        now=by.now,
    )


def about(endpoint: WebhookEndpoint) -> Subject:
    """Give an endpoint as the subject of a fact: its own organisation hears it."""
    return Subject("webhook_endpoint", endpoint.id, organisation_ids=(endpoint.organisation_id,))
