"""Attempts to make: taken fairly from what is due, under a lease, each endpoint at its own pace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from services.core.kit.scope import among
from services.core.kit.settings import settings
from services.core.webhooks import rules
from services.core.webhooks.actions import keys
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import DeliveryKind, DeliveryState, Ordering, Payload

_ONE_OF = 3
"""An endpoint gets at most one third of the slots that are free: some are always left."""


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint as the sender needs it, with its keys opened."""

    endpoint_id: UUID
    url: str
    content_type: str
    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    private_keys: tuple[Ed25519PrivateKey, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One attempt to make: everything the sender needs, with no row left open."""

    delivery_id: UUID
    event_id: UUID
    kind: DeliveryKind
    attempt: int
    target: Target
    body: bytes
    is_probe: bool = False
    """It alone is sent to an endpoint that was failing, to see whether it works again."""
    trace: str | None = None

    @property
    def endpoint_id(self) -> UUID:
        """Whose it is."""
        return self.target.endpoint_id


_DUE = """
    CROSS JOIN LATERAL (
      (SELECT d.id, d.next_at FROM webhook_delivery d
       WHERE e.state = 'active' AND e.ordering = 'any'
         AND d.endpoint_id = e.id AND d.next_at <= :now
       ORDER BY d.next_at, d.seq LIMIT e.room)
      UNION ALL
      (SELECT head.id, head.next_at FROM (
         SELECT d.id, d.next_at FROM webhook_delivery d
         WHERE e.state = 'active' AND e.ordering = 'fifo'
           AND d.endpoint_id = e.id AND d.next_at IS NOT NULL AND d.seq IS NOT NULL
         ORDER BY d.seq LIMIT 1) head
       WHERE head.next_at <= :now AND NOT EXISTS (
         SELECT FROM webhook_delivery air
         WHERE e.ordering = 'fifo' AND air.endpoint_id = e.id AND air.next_at > :now
           AND air.attempts > 0
           AND air.seq IS NOT NULL AND NOT EXISTS (
             SELECT FROM webhook_attempt made
             WHERE made.delivery_id = air.id AND made.number = air.attempts)))
      UNION ALL
      (SELECT d.id, d.next_at FROM webhook_delivery d
       WHERE (e.ordering = 'fifo' OR e.state = 'pending')
         AND (e.state = 'active' OR d.kind = 'handshake')
         AND d.endpoint_id = e.id AND d.seq IS NULL AND d.next_at <= :now
       ORDER BY d.next_at LIMIT 1)
    ) due
"""
"""What each endpoint may be sent, `room` at most: of an ordered one only the first that was not
taken yet, and nothing while an attempt is under way, that is, counted and not written down."""
_OF_WHOM = """
    WITH busy AS (
      SELECT * FROM unnest(CAST(:busy AS uuid[]), CAST(:held AS int[])) AS b(id, held)
    )
    SELECT e.id, e.is_guarded FROM (
      SELECT known.id, known.state, known.ordering, 1 AS room, coalesce(busy.held, 0) AS held,
             known.rate_per_minute IS NOT NULL OR known.ordering = 'fifo'
               OR known.failures >= :trip_after AS is_guarded
      FROM webhook_endpoint known LEFT JOIN busy ON busy.id = known.id
      WHERE known.mode = 'push' AND known.state IN ('active', 'pending')
        AND coalesce(busy.held, 0) < :share
        AND (known.quiet_until IS NULL OR known.quiet_until <= :now)
        AND (known.rate_per_minute IS NULL OR known.free_at IS NULL OR known.free_at <= :now)
    ) e
"""
_WHO_LEAST = "GROUP BY e.id, e.is_guarded, e.held ORDER BY e.held, min(due.next_at) LIMIT :limit"
_WITH_WORK = text(_OF_WHOM + _DUE + _WHO_LEAST)

_OF_THESE = """
    WITH e AS (
      SELECT known.id, known.state, known.ordering, wanted.room, wanted.held
      FROM unnest(CAST(:ids AS uuid[]), CAST(:rooms AS int[]), CAST(:helds AS int[]))
        AS wanted(id, room, held)
      JOIN webhook_endpoint known ON known.id = wanted.id
    ), ranked AS (
      SELECT due.id, due.next_at, e.room, e.held,
             row_number() OVER (PARTITION BY e.id ORDER BY due.next_at) AS place
      FROM e
"""
_TAKEN = """
    ), picked AS MATERIALIZED (
      SELECT id FROM ranked WHERE place <= room ORDER BY held + place, next_at LIMIT :limit
    ), locked AS MATERIALIZED (
      SELECT d.id FROM webhook_delivery d
      WHERE d.id = ANY (ARRAY(SELECT id FROM picked)) AND d.next_at <= :now
      FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE webhook_delivery d SET attempts = d.attempts + 1, next_at = :lease
      WHERE d.id = ANY (ARRAY(SELECT id FROM locked))
      RETURNING d.id, d.endpoint_id, d.event_id, d.kind, d.attempts, d.body, d.seq
    )
    SELECT taken.id, taken.endpoint_id, taken.event_id, taken.kind, taken.attempts,
           coalesce(taken.body, event.body) AS body, event.trace
    FROM taken LEFT JOIN event ON event.seq = taken.seq
"""
_TAKE = text(_OF_THESE + _DUE + _TAKEN)


def claim(
    session: Session, *, now: datetime, limit: int, per_endpoint: int, busy: Mapping[UUID, int]
) -> list[Claimed]:
    """Take due deliveries by moving `next_at` forward as the lease; commit before sending.

    `busy`: attempts the caller has in the air, by endpoint. Who has least goes first.
    """
    share = max(1, min(per_endpoint, limit // _ONE_OF))
    held = dict(busy)
    found = session.execute(
        _WITH_WORK,
        {
            "now": now,
            "share": share,
            "busy": list(held),
            "held": list(held.values()),
            "limit": limit,
            "trip_after": settings().webhook_trip_after,
        },
    ).all()
    if not found:
        return []
    endpoints = _locked_where_needed(session, {row.id: row.is_guarded for row in found}, now)
    rooms = {one.id: _room(one, share - held.get(one.id, 0), now) for one in endpoints}
    lease = now + settings().claim_lease
    taken = session.execute(
        _TAKE,
        {
            "now": now,
            "lease": lease,
            "ids": list(rooms),
            "rooms": list(rooms.values()),
            "helds": [held.get(endpoint_id, 0) for endpoint_id in rooms],
            "limit": limit,
        },
    ).all()
    counts: dict[UUID, int] = {}
    for row in taken:
        counts[row.endpoint_id] = counts.get(row.endpoint_id, 0) + 1
    claimed: list[Claimed] = []
    for endpoint in endpoints:
        if endpoint.id in counts:
            mine = [row for row in taken if row.endpoint_id == endpoint.id]
            claimed += _claims(session, endpoint, mine, now)
            _pace(session, endpoint, counts[endpoint.id], now, lease)
    return claimed


def _is_failing(endpoint: WebhookEndpoint) -> bool:
    return endpoint.failures >= settings().webhook_trip_after


def _locked_where_needed(
    session: Session, guarded: Mapping[UUID, bool], now: datetime
) -> list[WebhookEndpoint]:
    """Load endpoints; lock those with a rate, an order, or a single attempt to make.

    Whoever does not get such a lock leaves the endpoint to the worker that has it.
    """
    free = [one for one, is_guarded in guarded.items() if not is_guarded]
    careful = [one for one, is_guarded in guarded.items() if is_guarded]
    found: list[WebhookEndpoint] = []
    if free:  # unless one has just begun to fail: then the next turn takes care
        found += session.scalars(
            select(WebhookEndpoint)
            .where(
                among(WebhookEndpoint.id, free),
                WebhookEndpoint.failures < settings().webhook_trip_after,
            )
            .execution_options(populate_existing=True)
        )
    if careful:
        open_now = WebhookEndpoint.quiet_until.is_(None) | (WebhookEndpoint.quiet_until <= now)
        found += session.scalars(
            select(WebhookEndpoint)
            .where(among(WebhookEndpoint.id, careful), open_now)
            .order_by(WebhookEndpoint.id)
            .with_for_update(skip_locked=True, key_share=True)
        )
    return found


def _room(endpoint: WebhookEndpoint, left: int, now: datetime) -> int:
    """Say how many attempts an endpoint may get at once."""
    if _is_failing(endpoint) or endpoint.ordering == Ordering.FIFO:
        left = min(left, 1)
    if endpoint.rate_per_minute is None:
        return left
    allowed, _ = rules.within_rate(
        endpoint.free_at, now=now, per_minute=endpoint.rate_per_minute, wanted=left
    )
    return allowed


def _pace(
    session: Session, endpoint: WebhookEndpoint, count: int, now: datetime, lease: datetime
) -> None:
    """Note what the attempts mean for the next: one more within the rate, none beside a probe.

    The version stays: it is of what the owner has chosen.
    """
    values: dict[str, datetime | None] = {}
    if endpoint.rate_per_minute is not None:
        _, values["free_at"] = rules.within_rate(
            endpoint.free_at, now=now, per_minute=endpoint.rate_per_minute, wanted=count
        )
    if _is_failing(endpoint):
        values["quiet_until"] = lease
    if values:
        session.execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.id == endpoint.id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _claims(
    session: Session, endpoint: WebhookEndpoint, rows: list[Any], now: datetime
) -> list[Claimed]:
    """Make the attempts to one endpoint; what can no longer be sent is given up, and says why."""
    target = Target(
        endpoint_id=endpoint.id,
        url=endpoint.url or "",
        content_type=endpoint.content_type,
        headers={**endpoint.headers, **keys.secret_headers_of(endpoint)},
        secrets=tuple(keys.secrets_of(endpoint, now=now)),
        private_keys=tuple(keys.private_keys_of(endpoint, now=now)),
    )
    claimed = []
    for row in rows:
        if row.body is None:
            _give_up(session, row, now)
            continue
        body = row.body.encode()
        if endpoint.payload == Payload.THIN and row.kind == DeliveryKind.EVENT:
            body = rules.thinned(body)
        claimed.append(
            Claimed(
                delivery_id=row.id,
                event_id=row.event_id,
                kind=DeliveryKind(row.kind),
                attempt=row.attempts,
                target=target,
                body=body,
                is_probe=_is_failing(endpoint),
                trace=row.trace,
            )
        )
    return claimed


def _give_up(session: Session, row: Any, now: datetime) -> None:  # noqa: ANN401 a row of the statement above
    """End a delivery whose event has left the log."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == row.id)
        .values(state=DeliveryState.FAILED, next_at=None)
        .execution_options(synchronize_session=False)
    )
    session.add(
        WebhookAttempt(
            delivery_id=row.id,
            number=row.attempts,
            attempted_at=now,
            duration_ms=0,
            error="the event is no longer kept in the log",
        )
    )
