"""A receiver of events that loses none and keeps none twice, whatever breaks on either side.

    pip install standardwebhooks
    WEBHOOK_SECRET=whsec_… TUANZU_URL=http://127.0.0.1:8000 TUANZU_TOKEN=… python receiver.py

Three habits make it so:
1. what is pushed is verified before anything else, over the bytes as they came;
2. an event is on disk, under its id, before the answer says 2xx: a second arrival changes nothing;
3. what was never pushed (nobody ran this for a week) is fetched from the feed; its place is kept.
"""

import json
import os
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

WEBHOOK = Webhook(os.environ["WEBHOOK_SECRET"])
URL = os.environ.get("TUANZU_URL", "")
TOKEN = {"Authorization": f"Bearer {os.environ.get('TUANZU_TOKEN', '')}"}
LARGEST = 1_000_000

STORE = sqlite3.connect(os.environ.get("STORE", "events.db"), check_same_thread=False)
LOCK = threading.Lock()  # one connection, many threads
STORE.executescript(
    """
    CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, sequence INTEGER, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS feed (place INTEGER NOT NULL);
    INSERT INTO feed SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM feed);
    """
)


def keep(events: list[dict[str, Any]], place: int | None = None) -> None:
    """Write events down, each under its id, once; with them how far the feed was read.

    Work on them from the table, in the order of `sequence`. Up to `place` nothing can be missing;
    behind it stand events that were pushed while an earlier one may still be on its way.
    """
    rows = [
        (event["id"], int(event["sequence"]), json.dumps(event, ensure_ascii=False))
        for event in events
    ]
    with LOCK, STORE:  # a transaction: all of it is on disk when this ends, or nothing
        STORE.executemany("INSERT INTO event VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING", rows)
        if place is not None:
            STORE.execute("UPDATE feed SET place = ?", [place])


def catch_up() -> None:
    """Read the feed on from where it was left, page by page, to its present end."""
    with LOCK:
        (place,) = STORE.execute("SELECT place FROM feed").fetchone()
    newest = place + 1
    while place < newest:
        after = f"after={place}&" if place else ""  # none: from the oldest event that is kept
        asked = Request(f"{URL}/api/v1/events?{after}limit=200", headers=TOKEN)
        with urlopen(asked, timeout=30) as answer:
            page = json.load(answer)
        keep(page["items"], place := page["next_after"])
        newest = page["newest"]


def keep_up() -> None:
    """Catch up at the start, then every ten minutes: a push may have been given up long ago."""
    while True:
        try:
            catch_up()
            print("caught up", flush=True)
            time.sleep(600)
        except OSError as error:  # not there, or 4xx and 5xx: pushes are taken meanwhile
            print(f"cannot catch up: {error}", flush=True)
            time.sleep(5)


class Receiver(BaseHTTPRequestHandler):
    """What is answered to a push."""

    def do_POST(self) -> None:
        """Verify, keep, and only then say so."""
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST:
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            event = WEBHOOK.verify(body, dict(self.headers.items()))
        except (WebhookVerificationError, ValueError):
            # Not from the service, altered, or older than five minutes: a replay by somebody.
            return self.answer(401)
        if event["type"] == "webhook.handshake":
            # "Is this receiver yours?" Whoever has the secret gives the challenge back.
            return self.answer(200, {"challenge": event["data"]["challenge"]})
        if not event.get("test"):  # a trial is no event of the feed
            keep([event])
        return self.answer(204)

    def answer(self, status: int, said: object = None) -> None:
        """Answer shortly: the service reads a status, and of the body little."""
        body = json.dumps(said).encode() if said else b""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class' own name
        """Leave the log to what matters."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    if URL:
        threading.Thread(target=keep_up, daemon=True).start()
    server.serve_forever()
