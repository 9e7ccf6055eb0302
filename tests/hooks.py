"""Endpoints of integrators as tests need them: registered, and at work without a receiver."""

from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from services.core.webhooks.models import WebhookEndpoint

PATH = "/api/v1/webhook-endpoints"


def pending(client: TestClient, headers: dict[str, str], /, **also: Any) -> dict[str, Any]:
    """Register an endpoint that has not been asked yet; polled ones work at once."""
    url = {} if also.get("mode") == "poll" else {"url": "https://receiver.example/hook"}
    made = client.post(PATH, headers=headers, json={**url, **also})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def at_work(client: TestClient, headers: dict[str, str], /, **also: Any) -> dict[str, Any]:
    """Register an endpoint as one that gave its challenge back; no row of the asking is left."""
    made = pending(client, headers, **also)
    connection: sa.Connection = client.connection  # type: ignore[attr-defined] # the suite's client
    connection.execute(sa.text("DELETE FROM webhook_delivery WHERE kind = 'handshake'"))
    connection.execute(
        sa.text(
            "UPDATE webhook_endpoint SET state = 'active', challenge = NULL, "
            "verified_at = created_at WHERE id = :id"
        ),
        {"id": made["id"]},
    )
    return made


def row(**also: Any) -> WebhookEndpoint:
    """An endpoint as a row that is whole: it takes everything and works."""
    return WebhookEndpoint(
        **{
            "mode": "push",
            "url": "https://receiver.example/tuanzu",
            "labels": {},
            "event_types": ["*"],
            "group_ids": [],
            "region_codes": [],
            "record_ids": [],
            "headers": {},
            "secret_header_names": [],
            "api_version": "v1",
            "ordering": "any",
            "payload": "full",
            "content_type": "application/json",
            "state": "active",
            "private_key": "",
            "public_key": "",
            **also,
        }
    )
