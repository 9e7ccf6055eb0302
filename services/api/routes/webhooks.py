"""Webhook endpoints and their deliveries over HTTP."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.reading import Found
from services.core.webhooks import actions, queries, schemas
from services.core.webhooks.rules import DeliveryState, EndpointVerb

router = APIRouter(tags=["webhooks"])


class DeliveriesQuery(ListQuery):
    """Filters of the list."""

    state: DeliveryState | None = None


@router.get("/webhook-endpoints", response_model=schemas.EndpointPage)
@in_reading
def list_webhook_endpoints(door: Enter, query: Annotated[ListQuery, Query()]) -> Response:
    """List the endpoints of your organisation."""
    return door.many(queries.endpoints(door.session, door.caller, ask=query.ask()))


@router.post("/webhook-endpoints", status_code=201, response_model=schemas.EndpointWithSecret)
@in_transaction
def register_webhook_endpoint(door: Enter, given: schemas.NewEndpoint) -> Response:
    """Register an endpoint; its secret is in this answer and nowhere else."""
    endpoint, secret = actions.register(door.session, given=given, by=door.caller)
    found = _with_secret(_shown(door, endpoint.id), secret)
    return door.created(f"/webhook-endpoints/{endpoint.id}", found)


@router.get("/webhook-endpoints/{endpoint_id}", response_model=schemas.Endpoint)
@in_reading
def get_webhook_endpoint(door: Enter, endpoint_id: UUID) -> Response:
    """Read one endpoint, without its secret."""
    return door.one(_shown(door, endpoint_id))


@router.patch("/webhook-endpoints/{endpoint_id}", response_model=schemas.Endpoint)
@in_transaction
def change_webhook_endpoint(
    door: Enter, endpoint_id: UUID, given: schemas.EndpointChange
) -> Response:
    """Change where an endpoint is or what it takes (JSON Merge Patch)."""
    door.shows(lambda: _shown(door, endpoint_id))
    actions.change(
        door.session,
        endpoint_id=endpoint_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/webhook-endpoints/{endpoint_id}/pause", response_model=schemas.Endpoint)
@in_transaction
def pause_webhook_endpoint(door: Enter, endpoint_id: UUID) -> Response:
    """Send nothing for now; what comes meanwhile is kept."""
    return _moved(door, endpoint_id, EndpointVerb.PAUSE)


@router.post("/webhook-endpoints/{endpoint_id}/resume", response_model=schemas.Endpoint)
@in_transaction
def resume_webhook_endpoint(door: Enter, endpoint_id: UUID) -> Response:
    """Send again, after a pause or after it was disabled."""
    return _moved(door, endpoint_id, EndpointVerb.RESUME)


@router.post(
    "/webhook-endpoints/{endpoint_id}/rotate-secret", response_model=schemas.EndpointWithSecret
)
@in_transaction
def rotate_webhook_secret(door: Enter, endpoint_id: UUID) -> Response:
    """Make a new secret; the old one signs too until the overlap is over."""
    door.shows(lambda: _shown(door, endpoint_id))
    _, secret = actions.rotate(
        door.session, endpoint_id=endpoint_id, expected=door.expected(), by=door.caller
    )
    door.session.flush()
    door.shows(lambda: _with_secret(_shown(door, endpoint_id), secret))
    return door.changed()


@router.get("/webhook-endpoints/{endpoint_id}/deliveries", response_model=schemas.DeliveryPage)
@in_reading
def list_webhook_deliveries(
    door: Enter, endpoint_id: UUID, query: Annotated[DeliveriesQuery, Query()]
) -> Response:
    """List what was owed to an endpoint, with every attempt and its answer."""
    return door.many(
        queries.deliveries(
            door.session, door.caller, endpoint_id=endpoint_id, ask=query.ask(), state=query.state
        )
    )


@router.post("/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend", status_code=202)
@in_transaction
def resend_webhook_delivery(door: Enter, endpoint_id: UUID, delivery_id: UUID) -> Response:
    """Send one delivery again at once, under the same webhook-id."""
    actions.resend(door.session, endpoint_id=endpoint_id, delivery_id=delivery_id, by=door.caller)
    return Response(status_code=202)


def _shown(door: Door, endpoint_id: UUID) -> Found:
    return queries.endpoint(door.session, door.caller, endpoint_id=endpoint_id)


def _moved(door: Door, endpoint_id: UUID, verb: EndpointVerb) -> Response:
    door.shows(lambda: _shown(door, endpoint_id))
    actions.move(
        door.session,
        endpoint_id=endpoint_id,
        verb=verb,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _with_secret(found: Found, secret: str) -> Found:
    """Add the secret to the one answer that shows it."""
    body = orjson.loads(found.body) | {"secret": secret}
    return Found(orjson.dumps(body).decode(), found.version)
