"""Reads of endpoints and deliveries; an endpoint belongs to its organisation's own people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.scope import among
from services.core.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReplay,
)
from services.core.webhooks.rules import OWED, AttemptOutcome, ReplayState

FIELDS: Fields = Constant(
    {
        "id": WebhookEndpoint.id,
        "mode": WebhookEndpoint.mode,
        "url": func.coalesce(WebhookEndpoint.url, ""),
        "event_types": func.to_json(WebhookEndpoint.event_types),
        "group_ids": func.to_json(WebhookEndpoint.group_ids),
        "region_codes": func.to_json(WebhookEndpoint.region_codes),
        "record_ids": func.to_json(WebhookEndpoint.record_ids),
        "description": WebhookEndpoint.description,
        "labels": WebhookEndpoint.labels,
        "headers": WebhookEndpoint.headers,
        "secret_header_names": func.to_json(WebhookEndpoint.secret_header_names),
        "api_version": WebhookEndpoint.api_version,
        "rate_per_minute": WebhookEndpoint.rate_per_minute,
        "ordering": WebhookEndpoint.ordering,
        "payload": WebhookEndpoint.payload,
        "content_type": WebhookEndpoint.content_type,
        "state": WebhookEndpoint.state,
        "public_key": WebhookEndpoint.public_key,
        "verified_at": WebhookEndpoint.verified_at,
        "failures": WebhookEndpoint.failures,
        "failing_since": WebhookEndpoint.failing_since,
        "quiet_until": WebhookEndpoint.quiet_until,
        "disabled_reason": WebhookEndpoint.disabled_reason,
        "created_at": WebhookEndpoint.created_at,
        "version": WebhookEndpoint.version,
    }
)
_ATTEMPT: Fields = {
    "number": WebhookAttempt.number,
    "attempted_at": WebhookAttempt.attempted_at,
    "duration_ms": WebhookAttempt.duration_ms,
    "status": WebhookAttempt.status,
    "answer": WebhookAttempt.answer,
    "error": WebhookAttempt.error,
}
_LOG = (
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(reading.shaped(_ATTEMPT), WebhookAttempt.number)),
            func.json_build_array(),
        )
    )
    .where(WebhookAttempt.delivery_id == WebhookDelivery.id)
    .correlate(WebhookDelivery)
    .scalar_subquery()
)
_PLACE = func.coalesce(WebhookDelivery.seq, 0)
_DELIVERY_FIELDS: Fields = Constant(
    {
        "id": WebhookDelivery.id,
        "kind": WebhookDelivery.kind,
        "event_id": WebhookDelivery.event_id,
        "event_type": WebhookDelivery.event_type,
        "seq": _PLACE,
        "state": WebhookDelivery.state,
        "attempts": WebhookDelivery.attempts,
        "next_at": WebhookDelivery.next_at,
        "created_at": WebhookDelivery.created_at,
        "delivered_at": WebhookDelivery.delivered_at,
        "log": _LOG,
    }
)
_LOGGED_FIELDS: Fields = Constant(
    {
        "id": WebhookAttempt.id,
        "delivery_id": WebhookAttempt.delivery_id,
        "event_id": WebhookDelivery.event_id,
        "event_type": WebhookDelivery.event_type,
        **_ATTEMPT,
    }
)
_LOGGED: FromClause = WebhookAttempt.__table__.join(
    WebhookDelivery.__table__, WebhookDelivery.id == WebhookAttempt.delivery_id
)
_REPLAY_FIELDS: Fields = Constant(
    {
        "id": WebhookReplay.id,
        "endpoint_id": WebhookReplay.endpoint_id,
        "mode": WebhookReplay.mode,
        "event_types": func.to_json(WebhookReplay.event_types),
        "since": WebhookReplay.since,
        "until": WebhookReplay.until,
        "state": WebhookReplay.state,
        "first_seq": WebhookReplay.first_seq,
        "at_seq": WebhookReplay.at_seq,
        "last_seq": WebhookReplay.last_seq,
        "owed": WebhookReplay.owed,
        "created_at": WebhookReplay.created_at,
        "finished_at": WebhookReplay.finished_at,
        "version": WebhookReplay.version,
    }
)
_TAKEN = func.coalesce(WebhookAttempt.status, 0).between(200, 299)
_OUTCOMES = {
    AttemptOutcome.TAKEN: _TAKEN,
    AttemptOutcome.REFUSED: WebhookAttempt.status.is_not(None) & ~_TAKEN,
    AttemptOutcome.UNANSWERED: WebhookAttempt.status.is_(None),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """Which deliveries a list asks for; what is None does not matter."""

    state: str | None = None
    kind: str | None = None
    event_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """Which attempts a list asks for; what is None does not matter."""

    status: int | None = None
    outcome: AttemptOutcome | None = None
    event_type: str | None = None
    delivery_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


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


def endpoints(session: Session, caller: Caller, *, ask: Ask, state: str | None) -> Page:
    """Read a page of endpoints."""
    return reading.page(
        session,
        FIELDS,
        source=WebhookEndpoint.__table__,
        where=[visible(caller), *([WebhookEndpoint.state == state] if state else [])],
        sorts={"created_at": WebhookEndpoint.created_at, "id": WebhookEndpoint.id},
        ask=ask,
    )


def deliveries(
    session: Session, caller: Caller, *, endpoint_id: UUID, ask: Ask, owed: Owed
) -> Page:
    """Read a page of one endpoint's deliveries with every attempt.

    Raises:
        Missing: the endpoint is not in scope.
    """
    endpoint(session, caller, endpoint_id=endpoint_id)
    where: list[ColumnElement[bool]] = [WebhookDelivery.endpoint_id == endpoint_id]
    if owed.state:
        where.append(WebhookDelivery.state == owed.state)
    if owed.kind:
        where.append(WebhookDelivery.kind == owed.kind)
    if owed.event_type:
        where.append(WebhookDelivery.event_type == owed.event_type)
    if owed.since:
        where.append(WebhookDelivery.created_at >= owed.since)
    if owed.until:
        where.append(WebhookDelivery.created_at < owed.until)
    return reading.page(
        session,
        _DELIVERY_FIELDS,
        source=WebhookDelivery.__table__,
        where=where,
        sorts={
            "seq": _PLACE,
            "created_at": WebhookDelivery.created_at,
            "id": WebhookDelivery.id,
        },
        ask=ask,
    )


def delivery(session: Session, caller: Caller, *, endpoint_id: UUID, delivery_id: UUID) -> Found:
    """Read one delivery with every attempt.

    Raises:
        Missing: there is none of an endpoint in scope.
    """
    endpoint(session, caller, endpoint_id=endpoint_id)
    return reading.found(
        session,
        _DELIVERY_FIELDS,
        version=cast(WebhookDelivery.attempts, Integer),
        source=WebhookDelivery.__table__,
        where=[WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint_id],
    )


def attempts(
    session: Session, caller: Caller, *, endpoint_id: UUID, ask: Ask, tried: Tried
) -> Page:
    """Read a page of the attempts for one endpoint.

    Raises:
        Missing: the endpoint is not in scope.
    """
    endpoint(session, caller, endpoint_id=endpoint_id)
    where: list[ColumnElement[bool]] = [WebhookDelivery.endpoint_id == endpoint_id]
    if tried.status is not None:
        where.append(WebhookAttempt.status == tried.status)
    if tried.outcome:
        where.append(_OUTCOMES[tried.outcome])
    if tried.event_type:
        where.append(WebhookDelivery.event_type == tried.event_type)
    if tried.delivery_id:
        where.append(WebhookDelivery.id == tried.delivery_id)
    if tried.since:
        where.append(WebhookAttempt.attempted_at >= tried.since)
    if tried.until:
        where.append(WebhookAttempt.attempted_at < tried.until)
    return reading.page(
        session,
        _LOGGED_FIELDS,
        source=_LOGGED,
        where=where,
        sorts={"attempted_at": WebhookAttempt.attempted_at, "id": WebhookAttempt.id},
        ask=ask,
    )


def replay(session: Session, caller: Caller, *, endpoint_id: UUID, replay_id: UUID) -> Found:
    """Read one replay: how far it has got.

    Raises:
        Missing: there is none of an endpoint in scope.
    """
    endpoint(session, caller, endpoint_id=endpoint_id)
    return reading.found(
        session,
        _REPLAY_FIELDS,
        version=WebhookReplay.version,
        source=WebhookReplay.__table__,
        where=[WebhookReplay.id == replay_id, WebhookReplay.endpoint_id == endpoint_id],
    )


def replays(session: Session, caller: Caller, *, endpoint_id: UUID, ask: Ask) -> Page:
    """Read a page of one endpoint's replays.

    Raises:
        Missing: the endpoint is not in scope.
    """
    endpoint(session, caller, endpoint_id=endpoint_id)
    return reading.page(
        session,
        _REPLAY_FIELDS,
        source=WebhookReplay.__table__,
        where=[WebhookReplay.endpoint_id == endpoint_id],
        sorts={"created_at": WebhookReplay.created_at, "id": WebhookReplay.id},
        ask=ask,
    )


def replay_for_change(
    session: Session, *, endpoint_id: UUID, replay_id: UUID, expected: int
) -> WebhookReplay:
    """Lock one replay at the version the caller has seen."""
    return rows.for_change(
        session,
        WebhookReplay,
        WebhookReplay.id == replay_id,
        WebhookReplay.endpoint_id == endpoint_id,
        expected=expected,
    )


def is_replaying(session: Session, endpoint_id: UUID) -> bool:
    """Say whether a replay of this endpoint runs."""
    running = select(WebhookReplay.id).where(
        WebhookReplay.endpoint_id == endpoint_id, WebhookReplay.state == ReplayState.RUNNING
    )
    return bool(session.scalar(select(literal(1)).where(running.exists())))


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
    """Give every endpoint that is owed events; one that must wait is owed them too, for later."""
    return list(session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.state.in_(OWED))))
