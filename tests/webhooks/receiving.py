"""A receiver on this machine that does what a test asks, and rows to send to it."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit import ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import FeedEvent
from services.core.kit.ids import new_id
from services.core.regions.events import RegionChanged
from services.core.webhooks.actions import keys
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.worker.stamp import stamp
from tests import given

NOW = given.at("2026-11-24 10:00")


@dataclass
class Receiver:
    """What came, and how it answers: by default 204."""

    url: str = ""
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    does: Callable[[BaseHTTPRequestHandler], None] = lambda handler: answer(handler, 204)


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """Answer a request."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Let a sender hang up."""


@contextmanager
def receiver() -> Generator[Receiver]:
    """Listen until the end of the block."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            made.came.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            made.does(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def endpoint(session: Session, owner: Account, **also: Any) -> WebhookEndpoint:
    """An active endpoint that takes everything, with keys of both kinds."""
    made = new_id()
    private, public = keys.new_pair(made)
    row = WebhookEndpoint(
        **{
            "id": made,
            "account_id": owner.id,
            "organisation_id": owner.organisation_id,
            "mode": "push",
            "url": "https://receiver.example/hook",
            "labels": {},
            "event_types": ["none.planned"],  # tests say what is owed
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
            "secret": keys.sealed_secret(made, keys.new_secret()),
            "private_key": private,
            "public_key": public,
            "created_at": NOW,
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row


def happened(session: Session, count: int = 1) -> list[FeedEvent]:
    """Facts that were recorded and numbered."""
    last = session.scalars(select(FeedEvent.seq).order_by(FeedEvent.seq.desc()).limit(1)).first()
    for _ in range(count):
        fact = RegionChanged(region_code="331127", change="changed")
        about = Subject("region", new_id(), for_everybody=True)
        ledger.record(session, fact, about=about, by=Actor.part("test"), now=NOW)
    stamp(session, count)
    found = select(FeedEvent).where(FeedEvent.seq > (last or 0)).order_by(FeedEvent.seq)
    return list(session.scalars(found))


def owed(session: Session, to: WebhookEndpoint, event: FeedEvent, **also: Any) -> WebhookDelivery:
    """An event that is owed to an endpoint now."""
    row = WebhookDelivery(
        **{
            "endpoint_id": to.id,
            "kind": "event",
            "event_id": event.event_id,
            "event_type": event.type,
            "seq": event.seq,
            "state": "due",
            "next_at": NOW,
            "created_at": NOW,
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row
