"""What came of attempts: written down, and what follows for each message and its endpoint."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from services.core.kit.ids import new_id
from services.core.kit.settings import settings
from services.core.webhooks import rules
from services.core.webhooks.actions import endpoints
from services.core.webhooks.actions.claiming import Claimed
from services.core.webhooks.actions.disabling import disable
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import Breaker, DeliveryKind, DeliveryState, Health

_OK, _OK_END, _GONE, _TOO_MANY, _AWAY = 200, 300, 410, 429, 503


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a status and the beginning of the answer, or why there is none."""

    started_at: datetime
    duration_ms: int
    status: int | None = None
    answer: str | None = None
    error: str | None = None
    retry_after: timedelta | None = None
    timed_out: bool = False
    aborts: bool = False
    """The receiver asked not to be sent this message again."""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said that it has the message."""
        return self.error is None and self.status is not None and _OK <= self.status < _OK_END


Finished = tuple[Claimed, Outcome]

_LOCKED = text(
    """
    SELECT id, failures, failing_since, quiet_until FROM webhook_endpoint
    WHERE id = ANY (CAST(:failed AS uuid[])) OR id = ANY (CAST(:taking AS uuid[]))
      AND (failures > 0 OR failing_since IS NOT NULL OR quiet_until IS NOT NULL)
    ORDER BY id FOR NO KEY UPDATE
    """
)
_MINE = text(
    """
    SELECT d.id, d.state, d.tries
    FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS int[])) AS claimed(id, attempt)
    JOIN webhook_delivery d ON d.id = claimed.id AND d.attempts = claimed.attempt
    WHERE d.state IN ('due', 'cancelled')
    ORDER BY d.id FOR UPDATE OF d
    """
)
_TAKEN = text(
    """
    UPDATE webhook_delivery SET state = 'delivered', next_at = NULL, delivered_at = :now
    WHERE id = ANY (CAST(:ids AS uuid[]))
    """
)
_ENDPOINT: Any = WebhookEndpoint.__table__
_KEEP = (
    _ENDPOINT.update()
    .where(_ENDPOINT.c.id == bindparam("endpoint_id"))
    .values({name: bindparam(name) for name in ("failures", "failing_since", "quiet_until")})
)
"""The version stays: it is of what the owner has chosen."""


def settle(session: Session, claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write down one attempt and what follows from it."""
    settle_all(session, [(claimed, outcome)], now=now)


def settle_all(session: Session, finished: Sequence[Finished], *, now: datetime) -> None:
    """Write down attempts and what follows from them, where the claim was not lost meanwhile.

    Endpoints are locked first and in one order, so that nobody waits in a circle; an endpoint
    that works and goes on working is not touched at all.
    """
    session.flush()
    checked = [(claimed, _checked(session, claimed, outcome)) for claimed, outcome in finished]
    health = _locked(session, checked)
    mine = _mine(session, checked)
    session.execute(insert(WebhookAttempt), [_row(*one) for one in checked])
    kept = [(claimed, outcome) for claimed, outcome in checked if claimed.delivery_id in mine]
    taken = [claimed for claimed, outcome in kept if outcome.is_taken]
    session.execute(_TAKEN, {"ids": [one.delivery_id for one in taken], "now": now})
    after = dict(health)
    for claimed in taken:
        if claimed.kind == DeliveryKind.HANDSHAKE:
            endpoint = session.get_one(WebhookEndpoint, claimed.endpoint_id, with_for_update=True)
            endpoints.verified(session, endpoint, now)
        if claimed.endpoint_id in after:
            after[claimed.endpoint_id] = _well(claimed, after[claimed.endpoint_id])
    missed = [
        (claimed, outcome)
        for claimed, outcome in kept
        if not outcome.is_taken and mine[claimed.delivery_id].state == DeliveryState.DUE
    ]
    for claimed, outcome in missed:
        tries = mine[claimed.delivery_id].tries + 1
        _plan(session, claimed, outcome, tries, now)
        after[claimed.endpoint_id] = _ill(claimed, outcome, after[claimed.endpoint_id], now)
    _keep(session, health, after)
    _disable_where_due(session, missed, after, now)


def _checked(session: Session, claimed: Claimed, outcome: Outcome) -> Outcome:
    """Take a handshake only if the receiver gave the challenge back."""
    if claimed.kind != DeliveryKind.HANDSHAKE or not outcome.is_taken:
        return outcome
    challenge = session.scalar(
        select(WebhookEndpoint.challenge).where(WebhookEndpoint.id == claimed.endpoint_id)
    )
    if challenge is not None and rules.answers(challenge, outcome.answer or ""):
        return outcome
    return replace(outcome, error="the challenge did not come back")


def _locked(session: Session, finished: Sequence[Finished]) -> dict[UUID, Health]:
    """Lock the endpoints that fail now or failed before, and say how each fared until now."""
    failed = {claimed.endpoint_id for claimed, outcome in finished if not outcome.is_taken}
    taking = {claimed.endpoint_id for claimed, outcome in finished if outcome.is_taken}
    rows = session.execute(_LOCKED, {"failed": list(failed), "taking": list(taking)})
    return {row.id: Health(row.failures, row.failing_since, row.quiet_until) for row in rows}


def _mine(session: Session, finished: Sequence[Finished]) -> dict[UUID, Any]:
    """Lock the deliveries whose claim still holds; one that was cancelled meanwhile may be taken.

    Whoever claimed a delivery after us has a higher number, and the last word.
    """
    claims = [claimed for claimed, _ in finished]
    rows = session.execute(
        _MINE,
        {
            "ids": [claimed.delivery_id for claimed in claims],
            "attempts": [claimed.attempt for claimed in claims],
        },
    )
    return {row.id: row for row in rows}


def _row(claimed: Claimed, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": new_id(),
        "delivery_id": claimed.delivery_id,
        "number": claimed.attempt,
        "attempted_at": outcome.started_at,
        "duration_ms": outcome.duration_ms,
        "status": outcome.status,
        "answer": outcome.answer,
        "error": outcome.error,
    }


def _jitter() -> float:
    return random.uniform(-1, 1)  # noqa: S311 spreads retries, guards nothing


def _plan(session: Session, claimed: Claimed, outcome: Outcome, tries: int, now: datetime) -> None:
    """Plan the next attempt of a message, or give it up; whoever tries an endpoint out sees it."""
    chosen = settings()
    next_at = None
    if not outcome.aborts and claimed.kind != DeliveryKind.TEST:
        planned = rules.next_try(
            tries, now=now, schedule=chosen.webhook_retry_schedule, jitter=_jitter()
        )
        next_at = rules.bounded_wait(
            outcome.retry_after, planned, now=now, longest=chosen.webhook_quiet_longest
        )
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == claimed.delivery_id)
        .values(
            tries=tries,
            next_at=next_at,
            state=DeliveryState.DUE if next_at else DeliveryState.FAILED,
        )
        .execution_options(synchronize_session=False)
    )


def _well(claimed: Claimed, health: Health) -> Health:
    """Forget failures; a silence ends by a probe only, for others began before it."""
    return Health(quiet_until=None if claimed.is_probe else health.quiet_until)


def _ill(claimed: Claimed, outcome: Outcome, health: Health, now: datetime) -> Health:
    """Count a failure against the endpoint, and leave it alone for as long as it needs."""
    if outcome.aborts:
        return _well(claimed, health)  # it is at work, and has said what it wants
    chosen = settings()
    breaker = Breaker(chosen.webhook_trip_after, chosen.webhook_quiet, chosen.webhook_quiet_longest)
    health = rules.after_failure(
        health, was_probe=claimed.is_probe, now=now, breaker=breaker, jitter=_jitter()
    )
    asked = min(outcome.retry_after or timedelta(0), chosen.webhook_quiet_longest)
    if outcome.timed_out or outcome.status == _TOO_MANY:
        return rules.quieter(health, until=now + max(asked, chosen.webhook_slow_down))
    if outcome.status == _AWAY and asked:
        return rules.quieter(health, until=now + asked)
    return health


def _keep(session: Session, before: Mapping[UUID, Health], after: Mapping[UUID, Health]) -> None:
    """Write how endpoints fare, where that has changed."""
    changed = [
        {
            "endpoint_id": endpoint_id,
            "failures": health.failures,
            "failing_since": health.failing_since,
            "quiet_until": health.quiet_until,
        }
        for endpoint_id, health in after.items()
        if health != before[endpoint_id]
    ]
    if changed:
        session.connection().execute(_KEEP, changed)


def _disable_where_due(
    session: Session, missed: Sequence[Finished], health: Mapping[UUID, Health], now: datetime
) -> None:
    """Switch off endpoints that are gone, or where nothing was taken for too long."""
    gone = {one.endpoint_id for one, outcome in missed if outcome.status == _GONE}
    for endpoint_id in {claimed.endpoint_id for claimed, _ in missed}:
        since = health[endpoint_id].failing_since
        if endpoint_id in gone:
            disable(session, endpoint_id, failing_since=None, now=now)
        elif since is not None and now - since > settings().webhook_disable_after:
            disable(session, endpoint_id, failing_since=since, now=now)
