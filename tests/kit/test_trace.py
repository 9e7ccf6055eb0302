"""One trace id from a request's header to the fact, the webhook, the problem and the log lines."""

import importlib
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.kit import feed, logs, trace
from services.core.kit.clock import house_now
from services.core.kit.feed import PendingEvent
from services.core.kit.settings import settings
from services.core.webhooks import actions as webhooks
from services.worker.stamp import stamp
from tests import given, hooks

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def lines() -> Generator[list[dict[str, Any]]]:
    """Give the log lines as they are written."""
    kept: list[dict[str, Any]] = []

    def keep(_: Any, __: str, text: Any) -> Any:
        kept.append(json.loads(text))
        return text

    logs.PROCESSORS.append(keep)
    yield kept
    logs.PROCESSORS.remove(keep)


@pytest.fixture
def receiver() -> Generator[tuple[str, list[str | None]]]:
    """Give the address of a receiver, and the traceparent of each request it got."""
    got: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.headers.get("traceparent"))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class' own name
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", got
        server.shutdown()


@pytest.fixture
def loopback(database: str, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    assert database, "the other settings are set"
    monkeypatch.setenv("TUANZU_WEBHOOK_ALLOW_LOOPBACK", "true")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def keeper(
    session: Session, client: TestClient, receiver: tuple[str, list[str | None]]
) -> dict[str, str]:
    """Who keeps regions, in a place where an integrator listens."""
    given.places(session)
    unit = given.unit(session, "省国资委", region_code="330000", level="province", kind="sasac")
    owner = given.account(session, "integrator", of=unit, role="integrator")
    hooks.at_work(
        client, given.headers(session, owner), url=receiver[0], event_types=["region.changed"]
    )
    return given.headers(session, given.account(session, "zj", of=unit, role="regulator"))


def asked(client: TestClient, keeper: dict[str, str]) -> None:
    """Read, change, and fail to change a region, all in one trace."""
    path, body = "/api/v1/regions/331127", {"name_en": "Jingning"}
    known = {**keeper, "traceparent": TRACEPARENT, "X-Request-ID": "phone-7"}
    shown = client.get(f"{path}?as_of=2026-01-01", headers=known)
    assert shown.headers["x-request-id"] == "phone-7"
    changed = client.patch(path, headers={**known, "If-Match": shown.headers["etag"]}, json=body)
    assert changed.status_code == 200, changed.text
    problem = client.patch(path, headers=known, json=body)
    assert problem.json()["trace_id"] == TRACE


@pytest.mark.usefixtures("loopback")
def test_a_trace_leads_from_the_request_to_the_webhook_and_every_line(
    session: Session,
    client: TestClient,
    keeper: dict[str, str],
    lines: list[dict[str, Any]],
    receiver: tuple[str, list[str | None]],
) -> None:
    asked(client, keeper)
    fact = session.scalars(select(PendingEvent).where(PendingEvent.type == "region.changed")).one()
    assert (fact.trace or "")[3:35] == TRACE

    stamp(session, 100)
    feed.consume(session, "webhooks", webhooks.plan, now=house_now(session), limit=100)
    importlib.import_module("services.worker.tasks.deliver").webhooks()
    (traceparent,) = receiver[1]
    assert (traceparent or "")[3:35] == TRACE
    assert traceparent not in (TRACEPARENT, fact.trace), "each hop has a span of its own"

    traced = [line for line in lines if line.get("trace_id") == TRACE]
    assert [line["event"] for line in traced] == ["request"] * 3 + ["webhook attempt"]
    assert [line["status"] for line in traced] == [200, 200, 428, 204]
    first = traced[0]
    varied = {name: first.pop(name) for name in ("timestamp", "duration_ms", "account_id")}
    assert all(varied.values())
    assert first == {
        "event": "request",
        "level": "info",
        "trace_id": TRACE,
        "method": "GET",
        "route": "/api/v1/regions/{code}",
        "status": 200,
        "request_id": "phone-7",
    }
    written = json.dumps(lines)
    for hidden in (keeper["Authorization"].split()[1], "as_of", "Jingning"):
        assert hidden not in written


def test_what_a_reader_records_continues_the_trace_of_what_it_read(session: Session) -> None:
    seen: list[str | None] = []
    given.places(session)
    account = given.account(session, "x", of=given.unit(session, "景宁燃气"), role="reporter")
    event = feed.FeedEvent(
        seq=1_999_999,
        event_id=account.id,
        type="region.changed",
        schema_version=1,
        aggregate_kind="region",
        aggregate_id=account.id,
        aggregate_version=1,
        organisation_ids=[],
        actor="x",
        trace=TRACEPARENT,
        occurred_at=house_now(session),
        data={},
        body="{}",
        stamped_at=house_now(session),
    )
    session.add(event)
    session.flush()
    digest = feed.one_by_one({"region.changed": lambda *_: seen.append(trace.TRACEPARENT.get())})
    feed.consume(session, "test", digest, now=house_now(session), limit=10)
    assert [(found or "")[3:35] for found in seen] == [TRACE]
    assert trace.TRACEPARENT.get() is None
