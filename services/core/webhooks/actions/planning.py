"""What is owed to whom: facts become deliveries.

Who may hear a fact is judged by the day it happened: the reader may lag, and what somebody saw
then is owed to them although they have left since. A fact's figures need no cut of their own: who
hears it sees them at its record (`tests/webhooks/test_figures.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.feed import Seen
from services.core.kit.ids import new_id
from services.core.kit.listening import hears
from services.core.webhooks import queries, rules
from services.core.webhooks.models import WebhookEndpoint
from services.core.webhooks.rules import DeliveryKind, DeliveryState, EndpointMode

_PLACES = text(
    """
    SELECT DISTINCT unnest(r.lineage) FROM region r WHERE r.code IN (
      SELECT g.region_code FROM joint_group g WHERE g.id = :group_id
      UNION ALL SELECT p.region_code FROM project p WHERE p.id = CAST(:project_id AS uuid)
      UNION ALL SELECT CAST(:region_code AS text))
    """
)

_OWE = text(
    f"""
    INSERT INTO webhook_delivery (id, endpoint_id, event_id, event_type, seq, kind, state, next_at,
                                  attempts, tries, created_at)
    SELECT id, endpoint_id, event_id, event_type, seq, '{DeliveryKind.EVENT}',
           CASE WHEN polled THEN '{DeliveryState.KEPT}' ELSE '{DeliveryState.DUE}' END,
           CASE WHEN NOT polled THEN :now END, 0, 0, :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:endpoints AS uuid[]), CAST(:events AS uuid[]),
                CAST(:types AS text[]), CAST(:seqs AS bigint[]), CAST(:polled AS bool[]))
         AS owed (id, endpoint_id, event_id, event_type, seq, polled)
    ON CONFLICT (endpoint_id, event_id) DO NOTHING
    """  # noqa: S608 our own words
)


@dataclass(slots=True)
class Memory:
    """What was asked already for facts of the same batch.

    Nothing in it is stale: whatever the batch's own facts have changed was committed before.
    """

    callers: dict[tuple[UUID, date | None], Caller | None] = field(default_factory=dict)
    places: dict[tuple[Any, ...], frozenset[str]] = field(default_factory=dict)


def plan(session: Session, facts: Sequence[Seen], now: datetime) -> None:
    """Owe each event to every endpoint that wants it and whose owner might see it that day."""
    memory = Memory()
    endpoints = queries.listening(session)
    owed = [
        (endpoint, seen)
        for seen in facts
        for endpoint in endpoints
        if seen.occurred_at >= endpoint.created_at  # however late it is read
        and is_for(session, memory, endpoint, seen)
    ]
    owe(session, owed, now=now)


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


def owe(session: Session, owed: Sequence[tuple[WebhookEndpoint, Seen]], *, now: datetime) -> None:
    """Write what is owed to whom, each event to each endpoint once for ever."""
    if owed:
        session.execute(
            _OWE,
            {
                "ids": [new_id() for _ in owed],
                "endpoints": [endpoint.id for endpoint, _ in owed],
                "polled": [endpoint.mode == EndpointMode.POLL for endpoint, _ in owed],
                "events": [seen.event_id for _, seen in owed],
                "types": [seen.type for _, seen in owed],
                "seqs": [seen.seq for _, seen in owed],
                "now": now,
            },
        )
