"""Endpoints and deliveries on the real database: owed once, fenced, repaired, seen in scope."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.kit import feed, ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.settings import settings
from services.core.organisations.models import Organisation
from services.core.regions.events import RegionChanged
from services.core.webhooks import actions
from services.core.webhooks.actions import Outcome, keys
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.worker.stamp import stamp
from tests import given, hooks

NOW = given.at("2026-11-24 10:00")
HERE = RegionChanged(region_code="331127", change="changed")


@pytest.fixture
def unit(session: Session) -> Organisation:
    given.places(session)
    return given.unit(session, "景宁县天然气有限公司")


@pytest.fixture
def headers(
    session: Session, unit: Organisation, set_clock: Callable[[datetime], None]
) -> dict[str, str]:
    set_clock(NOW)
    return given.headers(session, given.account(session, "integrator", of=unit, role="integrator"))


def registered(client: TestClient, headers: dict[str, str], **also: Any) -> dict[str, Any]:
    return hooks.at_work(client, headers, **{"event_types": ["region.changed"], **also})


def happen(session: Session, subject: Subject) -> UUID:
    """Record a fact, number it, and let the webhooks reader read."""
    event_id = ledger.record(session, HERE, about=subject, by=Actor.part("test"), now=NOW)
    stamp(session, 100)
    feed.consume(session, "webhooks", actions.plan, now=NOW, limit=100)
    return event_id


def claimed(session: Session, *, at: datetime = NOW) -> list[actions.Claimed]:
    return actions.claim(session, now=at, limit=10, per_endpoint=5, busy={})


def outcome(status: int | None, **also: Any) -> Outcome:
    return Outcome(started_at=NOW, duration_ms=3, status=status, **also)


def delivery(session: Session) -> WebhookDelivery:
    session.flush()
    session.expire_all()
    return session.scalars(select(WebhookDelivery)).one()


def test_the_secret_is_shown_once_and_encrypted_at_rest(
    session: Session, client: TestClient, headers: dict[str, str]
) -> None:
    made = registered(client, {**headers, "Idempotency-Key": "k"})
    assert made["secret"].startswith("whsec_")
    shown = client.get(f"/api/v1/webhook-endpoints/{made['id']}", headers=headers)
    assert "secret" not in shown.json()
    kept = session.execute(text("SELECT secret FROM webhook_endpoint")).scalar_one()
    answer = session.execute(text("SELECT body FROM idempotency_record")).scalar_one()
    assert made["secret"][6:] not in kept + answer
    assert registered(client, {**headers, "Idempotency-Key": "k"}) == made


def test_an_event_is_owed_once_to_who_may_see_it(
    session: Session, client: TestClient, headers: dict[str, str], unit: Organisation
) -> None:
    registered(client, headers)
    far = given.unit(session, "泰顺县某公司", region_code="330329")
    happen(session, Subject("region", far.id, organisation_ids=(far.id,)))
    assert session.scalars(select(WebhookDelivery)).all() == []
    event_id = happen(session, Subject("region", unit.id, organisation_ids=(unit.id,)))
    session.execute(text("UPDATE consumer_cursor SET seq = 0"))
    feed.consume(session, "webhooks", actions.plan, now=NOW, limit=100)
    assert delivery(session).event_id == event_id


def test_a_claim_is_a_lease_and_a_late_answer_is_void(
    session: Session, client: TestClient, headers: dict[str, str], unit: Organisation
) -> None:
    registered(client, headers)
    happen(session, Subject("region", unit.id, organisation_ids=(unit.id,)))
    first = claimed(session)
    assert len(first) == 1
    assert claimed(session) == []
    again = claimed(session, at=NOW + settings().claim_lease)
    assert [one.attempt for one in again] == [2]
    actions.settle(session, first[0], outcome(200), now=NOW)
    assert delivery(session).state == "due"
    actions.settle(session, again[0], outcome(204), now=NOW)
    assert delivery(session).state == "delivered"


def test_a_failure_is_tried_again_and_every_attempt_is_kept(
    session: Session, client: TestClient, headers: dict[str, str], unit: Organisation
) -> None:
    made = registered(client, headers)
    happen(session, Subject("region", unit.id, organisation_ids=(unit.id,)))
    actions.settle(session, claimed(session)[0], outcome(500, answer="no"), now=NOW)
    planned = delivery(session).next_at
    assert planned is not None
    assert timedelta(seconds=3) < planned - NOW < timedelta(seconds=7)
    session.commit()
    page = client.get(f"/api/v1/webhook-endpoints/{made['id']}/deliveries", headers=headers).json()
    assert page["items"][0]["log"][0]["status"] == 500
    place = f"/api/v1/webhook-endpoints/{made['id']}/deliveries/{page['items'][0]['id']}/resend"
    assert client.post(place, headers=headers).status_code == 202


def test_gone_disables_and_owes_nothing_more(
    session: Session, client: TestClient, headers: dict[str, str], unit: Organisation
) -> None:
    made = registered(client, headers)
    happen(session, Subject("region", unit.id, organisation_ids=(unit.id,)))
    actions.settle(session, claimed(session)[0], outcome(410), now=NOW)
    assert delivery(session).state == "cancelled"
    shown = client.get(f"/api/v1/webhook-endpoints/{made['id']}", headers=headers)
    assert (shown.json()["state"], shown.json()["disabled_reason"]) == ("disabled", "410 Gone")
    etag = {**headers, "If-Match": shown.headers["etag"]}
    place = f"/api/v1/webhook-endpoints/{made['id']}/resume"
    assert client.post(place, headers=etag).json()["state"] == "active"


def test_after_a_rotation_both_secrets_sign_until_the_overlap_is_over(
    session: Session, client: TestClient, headers: dict[str, str]
) -> None:
    made = registered(client, headers)
    place = f"/api/v1/webhook-endpoints/{made['id']}"
    etag = client.get(place, headers=headers).headers["etag"]
    rotated = client.post(f"{place}/rotate-secret", headers={**headers, "If-Match": etag})
    assert rotated.json()["secret"] != made["secret"]
    endpoint = session.scalars(select(WebhookEndpoint)).one()
    assert endpoint.previous_until is not None
    before = endpoint.previous_until - timedelta(seconds=1)
    assert len(keys.secrets_of(endpoint, now=before)) == 2
    assert len(keys.secrets_of(endpoint, now=endpoint.previous_until)) == 1


def test_another_organisation_does_not_know_of_the_endpoint(
    session: Session, client: TestClient, headers: dict[str, str]
) -> None:
    made = registered(client, headers)
    far = given.unit(session, "泰顺县某公司", region_code="330329")
    other = given.headers(session, given.account(session, "other", of=far, role="integrator"))
    for path in ("", "/deliveries"):
        place = f"/api/v1/webhook-endpoints/{made['id']}{path}"
        assert client.get(place, headers=other).status_code == 404


def test_a_plain_address_is_refused_with_its_pointer(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post(
        "/api/v1/webhook-endpoints", headers=headers, json={"url": "http://10.0.0.1/hook"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"
