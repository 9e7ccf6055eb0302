"""What is owed to whom: facts become deliveries.

Who may hear a fact is judged by the day it happened: the reader may lag, and what somebody saw
then is owed to them although they have left since. A fact's figures need no cut of their own: who
hears it sees them at its record (`tests/webhooks/test_figures.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.feed import Reader, Seen
from services.core.kit.ids import new_id
from services.core.kit.listening import hears
from services.core.webhooks import queries, rules
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import DeliveryKind, DeliveryState, EndpointMode

_TURNS_SCOPE = frozenset({"account", "group", "organisation", "region"})
"""Facts about these may change what somebody hears from the next fact on."""
_PLACES = text(
    """
    SELECT DISTINCT unnest(r.lineage) FROM region r WHERE r.code IN (
      SELECT g.region_code FROM joint_group g WHERE g.id = :group_id
      UNION ALL SELECT p.region_code FROM project p WHERE p.id = CAST(:project_id AS uuid)
      UNION ALL SELECT CAST(:region_code AS text))
    """
)


@dataclass(slots=True)
class Memory:
    """What was asked already for facts of the same batch."""

    endpoints: list[WebhookEndpoint] | None = None
    callers: dict[tuple[UUID, date | None], Caller | None] = field(default_factory=dict)
    places: dict[tuple[Any, ...], frozenset[str]] = field(default_factory=dict)

    def forget(self, noun: str) -> None:
        """Forget what a fact about this noun may have changed."""
        if noun == "webhook":
            self.endpoints = None
        if noun in _TURNS_SCOPE:
            self.callers.clear()
            self.places.clear()
        if noun == "project":
            self.places.clear()


def plan(session: Session, seen: Seen, now: datetime) -> None:
    """Owe one event to every endpoint that wants it and whose owner might see it that day."""
    memory: Memory = seen.batch.setdefault("webhooks", Memory())
    memory.forget(seen.type.partition(".")[0])
    if memory.endpoints is None:
        memory.endpoints = queries.listening(session)
    owe(
        session,
        [
            (endpoint, seen)
            for endpoint in memory.endpoints
            if seen.occurred_at >= endpoint.created_at  # however late it is read
            and is_for(session, memory, endpoint, seen)
        ],
        now=now,
    )


READERS: dict[str, Reader] = {"*": plan}


def is_for(session: Session, memory: Memory, endpoint: WebhookEndpoint, seen: Seen) -> bool:
    """Say whether an endpoint takes a fact and its owner might see it the day it happened."""
    return (
        rules.wants(endpoint.event_types, seen.type)
        and (not endpoint.group_ids or seen.group_id in endpoint.group_ids)
        and rules.is_about(endpoint.record_ids, seen.aggregate_id, seen.data.get("project_id"))
        and (
            not endpoint.region_codes
            or not places_of(session, memory, seen).isdisjoint(endpoint.region_codes)
        )
        and sees(session, memory, endpoint, seen, on=seen.occurred_at)
    )


def sees(
    session: Session,
    memory: Memory,
    endpoint: WebhookEndpoint,
    seen: Seen,
    *,
    on: datetime | None,
) -> bool:
    """Say whether an endpoint's owner may hear a fact, as of a day or as it is now (None)."""
    key = (endpoint.account_id, day_of(on) if on else None)
    if key not in memory.callers:
        memory.callers[key] = (
            access.caller_then(session, endpoint.account_id, on)
            if on
            else access.caller_for(session, endpoint.account_id)
        )
    owner = memory.callers[key]
    return owner is not None and hears(owner, seen.group_id, seen.organisation_ids)


def places_of(session: Session, memory: Memory, seen: Seen) -> frozenset[str]:
    """Give the places a fact is about, each with those above it.

    They are its group's, its project's, and the one it names.
    """
    key = (seen.group_id, seen.data.get("project_id"), seen.data.get("region_code"))
    if key not in memory.places:
        named = {"group_id": key[0], "project_id": key[1], "region_code": key[2]}
        memory.places[key] = frozenset(session.scalars(_PLACES, named))
    return memory.places[key]


def owe(session: Session, owed: Iterable[tuple[WebhookEndpoint, Seen]], *, now: datetime) -> None:
    """Write what is owed to whom, each event to each endpoint once for ever."""
    rows = [_row(endpoint, seen, now) for endpoint, seen in owed]
    if rows:
        session.execute(
            insert(WebhookDelivery)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["endpoint_id", "event_id"])
        )


def _row(endpoint: WebhookEndpoint, seen: Seen, now: datetime) -> dict[str, Any]:
    is_polled = endpoint.mode == EndpointMode.POLL
    return {
        "id": new_id(),
        "endpoint_id": endpoint.id,
        "kind": DeliveryKind.EVENT,
        "event_id": seen.event_id,
        "event_type": seen.type,
        "seq": seen.seq,
        "state": DeliveryState.KEPT if is_polled else DeliveryState.DUE,
        "next_at": None if is_polled else now,
        "attempts": 0,
        "tries": 0,
        "created_at": now,
    }
