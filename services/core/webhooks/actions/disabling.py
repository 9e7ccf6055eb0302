"""An endpoint that is gone, or failed for too long, is switched off, and its owner is told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.calendar.rules import day_of
from services.core.kit import ledger
from services.core.kit.events import Actor
from services.core.kit.moves import moved
from services.core.kit.settings import settings
from services.core.notifications import actions as notifications
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.webhooks import rules
from services.core.webhooks.actions.endpoints import about
from services.core.webhooks.events import WebhookDisabled
from services.core.webhooks.models import WebhookEndpoint
from services.core.webhooks.rules import EndpointState, EndpointVerb

_AT_ONCE = 1000
_CANCEL = text(
    """
    UPDATE webhook_delivery SET state = 'cancelled', next_at = NULL WHERE id IN (
      SELECT owed.id FROM webhook_endpoint e CROSS JOIN LATERAL (
        SELECT d.id FROM webhook_delivery d
        WHERE d.endpoint_id = e.id AND d.next_at IS NOT NULL LIMIT :limit
      ) owed WHERE e.state = 'disabled' LIMIT :limit)
    """
)


def disable(
    session: Session, endpoint_id: UUID, *, failing_since: datetime | None, now: datetime
) -> None:
    """Switch an endpoint off, say so as a fact, and tell its owner; None: it answered 410.

    Only the move tells, so nobody is told twice of one end. What is owed is cancelled piece by
    piece (`cancel_owed`): a replay of what never succeeded finds it.
    """
    endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True)
    if endpoint.state == EndpointState.DISABLED:
        return
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), EndpointVerb.DISABLE)
    reason = f"failing since {failing_since.isoformat()}" if failing_since else "410 Gone"
    endpoint.disabled_reason = reason
    session.flush()
    cancel_owed(session)
    fact_id = ledger.record(
        session,
        WebhookDisabled(endpoint_id=endpoint.id, reason=reason),
        about=about(endpoint),
        by=Actor.part("webhooks"),
        now=now,
    )
    owner = access.recipient(session, endpoint.account_id)
    notifications.notify(
        session,
        recipients=[owner]
        if owner
        else access.speaking_for(session, [endpoint.organisation_id], on=day_of(now)),
        cause=Cause("webhook_disabled", fact_id),
        text=texts.webhook_disabled(
            url=endpoint.url or "",
            failing_since=failing_since,
            link=f"{settings().address()}/api/v1/webhook-endpoints/{endpoint.id}",
        ),
        now=now,
    )


def cancel_owed(session: Session) -> None:
    """Owe up to a thousand messages less to endpoints that were switched off."""
    session.execute(_CANCEL, {"limit": _AT_ONCE})
