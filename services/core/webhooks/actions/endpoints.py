"""Writes of endpoints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.kit.moves import moved
from services.core.kit.settings import settings
from services.core.webhooks import queries, reach, rules, schemas
from services.core.webhooks.actions import keys, owing
from services.core.webhooks.events import WebhookChanged, WebhookVerified
from services.core.webhooks.models import WebhookEndpoint
from services.core.webhooks.rules import EndpointMode, EndpointState, EndpointVerb


def register(
    session: Session, *, given: schemas.NewEndpoint, by: Caller
) -> tuple[WebhookEndpoint, str]:
    """Register an endpoint; gives it with its secret, which nobody can read again.

    What is sent to it waits until its receiver has given a challenge back; who polls has shown who
    they are already.
    """
    by.must("webhooks.keep")
    rules.checked_mode(given.mode, given.url, plain_allowed=settings().webhook_allow_loopback)
    values = given.model_dump()
    reach.must_see(
        session,
        by,
        group_ids=given.group_ids,
        region_codes=given.region_codes,
        record_ids=given.record_ids,
    )
    made, secret = new_id(), keys.new_secret()
    private, public = keys.new_pair(made)
    plain = rules.merged_headers({}, values["headers"], at="/headers")
    hidden = rules.merged_headers({}, values.pop("secret_headers"), at="/secret_headers")
    rules.must_differ(plain, hidden)
    endpoint = WebhookEndpoint(
        **{
            **values,
            "headers": plain,
            "id": made,
            "account_id": by.account_id,
            "organisation_id": by.organisation_id,
            "state": EndpointState.ACTIVE,
            "secret": keys.sealed_secret(made, secret),
            "private_key": private,
            "public_key": public,
            "secret_headers": keys.sealed_headers(made, hidden),
            "secret_header_names": sorted(hidden),
            "created_at": by.now,
        }
    )
    session.add(endpoint)
    if given.mode == EndpointMode.PUSH:
        endpoint.state = EndpointState.PENDING
        session.flush()
        owing.ask(session, endpoint, by=by)
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
    """Change where an endpoint is or what it takes; at another address it is verified anew."""
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    owing.must_be_kept(endpoint)
    values = given.given()
    if "url" in values:
        mode = EndpointMode(endpoint.mode)
        rules.checked_mode(mode, given.url, plain_allowed=settings().webhook_allow_loopback)
    reach.must_see(
        session,
        by,
        group_ids=given.group_ids,
        region_codes=given.region_codes,
        record_ids=given.record_ids,
    )
    changed = rows.merged(endpoint, _merged(endpoint, values))
    if "url" in changed:
        endpoint.verified_at = None
        if endpoint.state in (EndpointState.PENDING, EndpointState.ACTIVE):
            owing.ask(session, endpoint, by=by)
    if changed:
        session.flush()
        _record(session, endpoint, by)
    return endpoint


def _merged(endpoint: WebhookEndpoint, values: dict[str, Any]) -> dict[str, Any]:
    """Merge what has names of its own into what is kept; seal what is secret."""
    merged = dict(values)
    plain, names = endpoint.headers, endpoint.secret_header_names
    if "labels" in values:
        labels = {**endpoint.labels, **values["labels"]}
        merged["labels"] = rules.checked_labels(
            {name: text for name, text in labels.items() if text is not None}
        )
    if "headers" in values:
        plain = rules.merged_headers(endpoint.headers, values["headers"], at="/headers")
        merged["headers"] = plain
    if "secret_headers" in values:
        kept, given = keys.secret_headers_of(endpoint), values["secret_headers"]
        hidden = rules.merged_headers(kept, given, at="/secret_headers")
        del merged["secret_headers"]
        if hidden != kept:
            names = sorted(hidden)
            merged["secret_headers"] = keys.sealed_headers(endpoint.id, hidden)
            merged["secret_header_names"] = names
    rules.must_differ(plain, names)
    return merged


def move(
    session: Session, *, endpoint_id: UUID, verb: EndpointVerb, expected: int, by: Caller
) -> WebhookEndpoint:
    """Pause or resume an endpoint, or ask again whether it is who it says.

    What came during a pause is delivered after it. Whoever has not given a challenge back at the
    address there is now is asked before anything else is sent there.
    """
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    is_new_here = endpoint.mode == EndpointMode.PUSH and endpoint.verified_at is None
    lawful = moved(rules.MOVES, EndpointState(endpoint.state), verb)
    if verb == EndpointVerb.ASK or (verb == EndpointVerb.RESUME and is_new_here):
        owing.ask(session, endpoint, by=by)
    else:
        endpoint.state = lawful
    if verb != EndpointVerb.PAUSE:
        _forgiven(endpoint)
    session.flush()
    _record(session, endpoint, by)
    return endpoint


def verified(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Let an endpoint work that has given its challenge back."""
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), EndpointVerb.VERIFY)
    endpoint.verified_at, endpoint.challenge = now, None
    _forgiven(endpoint)
    session.flush()
    ledger.record(
        session,
        WebhookVerified(endpoint_id=endpoint.id),
        about=about(endpoint),
        by=Actor.part("webhooks"),
        now=now,
    )


def retire(session: Session, *, endpoint_id: UUID, expected: int, by: Caller) -> None:
    """End an endpoint for good: nothing is owed to it, its secrets are gone, its log is kept."""
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    endpoint.state = moved(rules.MOVES, EndpointState(endpoint.state), EndpointVerb.RETIRE)
    endpoint.secret = endpoint.private_key = ""
    endpoint.previous_secret = endpoint.previous_private_key = endpoint.previous_until = None
    endpoint.secret_headers = endpoint.challenge = None
    session.flush()
    owing.cancel_due(session, endpoint_id=endpoint.id)
    _record(session, endpoint, by)


def rotate(
    session: Session, *, endpoint_id: UUID, expected: int, by: Caller
) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint new keys; the old ones sign too until the overlap is over."""
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=expected)
    owing.must_be_kept(endpoint)
    secret = keys.new_secret()
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_until = by.now + settings().webhook_secret_overlap
    endpoint.secret = keys.sealed_secret(endpoint.id, secret)
    endpoint.previous_private_key = endpoint.private_key
    endpoint.private_key, endpoint.public_key = keys.new_pair(endpoint.id)
    _record(session, endpoint, by)
    return endpoint, secret


def _forgiven(endpoint: WebhookEndpoint) -> None:
    """Forget its failures: it begins anew."""
    endpoint.failing_since = endpoint.disabled_reason = endpoint.quiet_until = None
    endpoint.failures = 0


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
