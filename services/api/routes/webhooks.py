"""Webhook endpoints and their deliveries over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.api import facts
from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.examples import example_of
from services.api.listing import ListQuery
from services.api.problems import documented
from services.core import catalogue
from services.core.kit.errors import Invalid
from services.core.kit.reading import Found
from services.core.kit.shapes import AtInstant
from services.core.kit.words import Words
from services.core.webhooks import actions, messages, queries, schemas
from services.core.webhooks.rules import (
    AttemptOutcome,
    DeliveryKind,
    DeliveryState,
    EndpointState,
    EndpointVerb,
    wants,
)

router = APIRouter(tags=["webhooks"])

_GONE: dict[int | str, dict[str, Any]] = {
    410: documented("These messages are not kept any more, or were never given.")
}
_Since = Annotated[AtInstant | None, Field(description="From this instant on.")]
_Until = Annotated[AtInstant | None, Field(description="Before this instant.")]
_EventType = Annotated[
    schemas.EventType | None,
    Field(description="Only of this event.", examples=["progress.accepted"]),
]


class EndpointsQuery(ListQuery):
    """Filters of the list."""

    state: EndpointState | None = None


class DeliveriesQuery(ListQuery):
    """Filters of the list."""

    state: DeliveryState | None = None
    kind: DeliveryKind | None = None
    event_type: _EventType = None
    since: _Since = None
    until: _Until = None

    def owed(self) -> queries.Owed:
        """Give the filters in the core's words."""
        return queries.Owed(self.state, self.kind, self.event_type, self.since, self.until)


class AttemptsQuery(ListQuery):
    """Filters of the log of attempts."""

    status: Annotated[
        int | None,
        Field(ge=100, le=599, description="Only with this HTTP status.", examples=[500]),
    ] = None
    outcome: Annotated[
        AttemptOutcome | None,
        Field(description="Taken (2xx), answered otherwise, or not answered."),
    ] = None
    event_type: _EventType = None
    delivery_id: Annotated[UUID | None, Field(description="Only of this delivery.")] = None
    since: _Since = None
    until: _Until = None

    def tried(self) -> queries.Tried:
        """Give the filters in the core's words."""
        return queries.Tried(
            status=self.status,
            outcome=self.outcome,
            event_type=self.event_type,
            delivery_id=self.delivery_id,
            since=self.since,
            until=self.until,
        )


class MessagesQuery(BaseModel):
    """Where to read on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[
        int | None,
        Field(
            ge=0,
            le=2**63 - 1,
            description="Place in the feed: `next_after` of the page before; none: the oldest.",
            examples=[4711],
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=1000, description="How many messages at most on one page.")
    ] = 200


@router.get("/webhook-endpoints", response_model=schemas.EndpointPage)
@in_reading
def list_webhook_endpoints(door: Enter, query: Annotated[EndpointsQuery, Query()]) -> Response:
    """List the endpoints of your organisation."""
    return door.many(
        queries.endpoints(door.session, door.caller, ask=query.ask(), state=query.state)
    )


@router.post("/webhook-endpoints", status_code=201, response_model=schemas.EndpointWithSecret)
@in_transaction
def register_webhook_endpoint(door: Enter, given: schemas.NewEndpoint) -> Response:
    """Register an endpoint; its secret is in this answer and nowhere else.

    The first message is a challenge (`webhook.handshake`), signed as all are: answer 2xx with
    `data.challenge`, as it is or as `{"challenge": …}`. Until then the rest waits. An endpoint
    that is polled works at once.
    """
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


@router.delete("/webhook-endpoints/{endpoint_id}", response_model=schemas.Endpoint)
@in_transaction
def retire_webhook_endpoint(door: Enter, endpoint_id: UUID) -> Response:
    """End an endpoint for good: its secrets are gone, its log is kept."""
    door.shows(lambda: _shown(door, endpoint_id))
    actions.retire(door.session, endpoint_id=endpoint_id, expected=door.expected(), by=door.caller)
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


@router.post("/webhook-endpoints/{endpoint_id}/verify", response_model=schemas.Endpoint)
@in_transaction
def verify_webhook_endpoint(door: Enter, endpoint_id: UUID) -> Response:
    """Send another challenge; until it is given back, all else waits."""
    return _moved(door, endpoint_id, EndpointVerb.ASK)


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
    """List what was owed to an endpoint, with every attempt and its answer.

    Where order is kept, the first that is `due` by `seq` is the one the others wait for.
    """
    return door.many(
        queries.deliveries(
            door.session, door.caller, endpoint_id=endpoint_id, ask=query.ask(), owed=query.owed()
        )
    )


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}", response_model=schemas.Delivery
)
@in_reading
def get_webhook_delivery(door: Enter, endpoint_id: UUID, delivery_id: UUID) -> Response:
    """Read one delivery, with every attempt and its answer."""
    return door.one(_delivery(door, endpoint_id, delivery_id))


@router.post("/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend", status_code=202)
@in_transaction
def resend_webhook_delivery(door: Enter, endpoint_id: UUID, delivery_id: UUID) -> Response:
    """Send one delivery again at once, under the same webhook-id."""
    actions.resend(door.session, endpoint_id=endpoint_id, delivery_id=delivery_id, by=door.caller)
    return Response(status_code=202)


@router.post(
    "/webhook-endpoints/{endpoint_id}/test", status_code=201, response_model=schemas.Delivery
)
@in_transaction
def send_webhook_test(door: Enter, endpoint_id: UUID, given: schemas.NewTest) -> Response:
    """Send an event's documented example, with `"test": true`, an id of its own and no place."""
    found = _shown(door, endpoint_id)
    example = _example(given.event_type, orjson.loads(found.body)["event_types"])
    made = actions.send_test(door.session, endpoint_id=endpoint_id, example=example, by=door.caller)
    place = f"/webhook-endpoints/{endpoint_id}/deliveries/{made}"
    return door.created(place, _delivery(door, endpoint_id, made))


@router.get("/webhook-endpoints/{endpoint_id}/attempts", response_model=schemas.AttemptPage)
@in_reading
def list_webhook_attempts(
    door: Enter, endpoint_id: UUID, query: Annotated[AttemptsQuery, Query()]
) -> Response:
    """List every attempt for an endpoint, whatever it was for."""
    return door.many(
        queries.attempts(
            door.session, door.caller, endpoint_id=endpoint_id, ask=query.ask(), tried=query.tried()
        )
    )


@router.get(
    "/webhook-endpoints/{endpoint_id}/messages",
    response_model=schemas.MessagePage,
    responses=_GONE,
)
@in_reading
def list_webhook_messages(
    door: Enter, endpoint_id: UUID, query: Annotated[MessagesQuery, Query()]
) -> Response:
    """Fetch what is owed to an endpoint: the ids and bodies that are sent, in the feed's order.

    For endpoints that are polled, and for others to catch up: nothing is skipped, and nothing is
    marked as taken. Go on while `next_after` is below `newest`, then ask again after a while. What
    a replay plans stands at its event's own place: read again from there.
    """
    found = messages.messages(
        door.session,
        door.caller,
        endpoint_id=endpoint_id,
        after=query.after,
        limit=query.limit,
    )
    headers = {}
    if found.next_after < found.newest:
        following = door.request.url.include_query_params(after=found.next_after)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    text = f'{{"items":[{found.items}],"next_after":{found.next_after},"newest":{found.newest}}}'
    return door.plain(text, headers)


@router.get("/webhook-endpoints/{endpoint_id}/replays", response_model=schemas.ReplayPage)
@in_reading
def list_webhook_replays(
    door: Enter, endpoint_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List the replays of an endpoint."""
    return door.many(
        queries.replays(door.session, door.caller, endpoint_id=endpoint_id, ask=query.ask())
    )


@router.post(
    "/webhook-endpoints/{endpoint_id}/replays", status_code=201, response_model=schemas.Replay
)
@in_transaction
def begin_webhook_replay(door: Enter, endpoint_id: UUID, given: schemas.NewReplay) -> Response:
    """Owe a stretch of the log again: what failed, what never succeeded, or everything.

    It is done piece by piece after this request, each event under the id it has always had. What
    was never owed is planned by the endpoint's filters, if its owner might see it the day it
    happened and sees it now.
    """
    made = actions.begin_replay(door.session, endpoint_id=endpoint_id, given=given, by=door.caller)
    place = f"/webhook-endpoints/{endpoint_id}/replays/{made.id}"
    return door.created(place, _replay(door, endpoint_id, made.id))


@router.get("/webhook-endpoints/{endpoint_id}/replays/{replay_id}", response_model=schemas.Replay)
@in_reading
def get_webhook_replay(door: Enter, endpoint_id: UUID, replay_id: UUID) -> Response:
    """Read how far a replay has got."""
    return door.one(_replay(door, endpoint_id, replay_id))


@router.post(
    "/webhook-endpoints/{endpoint_id}/replays/{replay_id}/cancel", response_model=schemas.Replay
)
@in_transaction
def cancel_webhook_replay(door: Enter, endpoint_id: UUID, replay_id: UUID) -> Response:
    """Let a replay end here; `If-Match: *` where progress outruns the ETag."""
    door.shows(lambda: _replay(door, endpoint_id, replay_id))
    actions.cancel_replay(
        door.session,
        endpoint_id=endpoint_id,
        replay_id=replay_id,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _delivery(door: Door, endpoint_id: UUID, delivery_id: UUID) -> Found:
    return queries.delivery(
        door.session, door.caller, endpoint_id=endpoint_id, delivery_id=delivery_id
    )


def _replay(door: Door, endpoint_id: UUID, replay_id: UUID) -> Found:
    return queries.replay(door.session, door.caller, endpoint_id=endpoint_id, replay_id=replay_id)


def _example(asked: str | None, event_types: list[str]) -> actions.Example:
    """Give the documented example of an event: the one asked for, or the first that is taken.

    Raises:
        Invalid: there is no such event.
    """
    taken = (name for name in catalogue.BY_NAME if wants(event_types, name))
    fact = catalogue.BY_NAME.get(asked or next(taken, "webhook.changed"))
    if fact is None:
        words = Words(f"没有事件类型“{asked}”。", f"There is no type of event '{asked}'.")
        allowed = tuple(catalogue.BY_NAME)
        raise Invalid.at("/event_type", words, code="unknown_type", allowed=allowed)
    return actions.Example(fact.NAME, facts.urn_of(fact), example_of(facts.data_schema(fact), {}))


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
