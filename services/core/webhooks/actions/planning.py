"""What is owed to whom: facts become deliveries."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.kit.feed import Reader, Seen
from services.core.kit.ids import new_id
from services.core.kit.listening import hears
from services.core.webhooks import queries, rules
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.core.webhooks.rules import DeliveryKind, DeliveryState


def plan(session: Session, seen: Seen, now: datetime) -> None:
    """Owe one event to every endpoint that wants it and whose owner may see it."""
    for endpoint in queries.listening(session):
        if rules.wants(endpoint.event_types, seen.type) and _sees(session, endpoint, seen):
            session.execute(
                insert(WebhookDelivery)
                .values(
                    id=new_id(),
                    endpoint_id=endpoint.id,
                    kind=DeliveryKind.EVENT,
                    event_id=seen.event_id,
                    event_type=seen.type,
                    seq=seen.seq,
                    state=DeliveryState.DUE,
                    next_at=now,
                    attempts=0,
                    tries=0,
                    created_at=now,
                )
                .on_conflict_do_nothing(index_elements=["endpoint_id", "event_id"])
            )


READERS: dict[str, Reader] = {"*": plan}


def _sees(session: Session, endpoint: WebhookEndpoint, seen: Seen) -> bool:
    """Ask the scope of the endpoint's owner as it is now; facts about places are for everybody."""
    if seen.group_id is None and not seen.organisation_ids:
        return True
    owner = access.caller_for(session, endpoint.account_id)
    return owner is not None and hears(owner, seen.group_id, seen.organisation_ids)
