"""A whole house of real processes on its own database and its own Valkey, at a time one can set.

The clock of the house is one SQL function: the world replaces it, and it runs on from there.
"""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook

from services.standalone.processes import PYTHON, TABLE, Site
from services.standalone.valkey import free_port, wheel_binary
from tests import engines

SECRET_KEY = base64.b64encode(b"stories-only-32-bytes-of-nothing").decode()


class Receiver:
    """An integrator's endpoint: verifies with the official library, keeps what is genuine."""

    def __init__(self) -> None:
        """Listen on a free port of this machine."""
        self.secret = ""
        self.knows = threading.Event()
        """The secret is in the answer to the registration; the challenge may come before it."""
        self.received: list[dict[str, Any]] = []
        self.refused: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.take(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class' own name
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """Verify one delivery and answer."""
        body = request.rfile.read(int(request.headers["content-length"]))
        self.knows.wait(5)
        answer = b""
        try:
            event = Webhook(self.secret).verify(body, dict(request.headers.items()))
        except Exception as error:  # noqa: BLE001 whatever it is, it is not genuine
            self.refused.append(repr(error))
            request.send_response(400)
        else:
            if event["type"] == "webhook.handshake":
                answer = event["data"]["challenge"].encode()
            else:
                self.received.append(event)
            request.send_response(200)
        request.send_header("content-length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def learn(self, secret: str) -> None:
        """Keep the secret that the registration was answered with."""
        self.secret = secret
        self.knows.set()

    def types(self) -> list[str]:
        """Give the types of the distinct events received, in the order of the feed."""
        distinct = {event["id"]: event for event in self.received}
        return [event["type"] for event in sorted(distinct.values(), key=lambda e: e["sequence"])]


class Letters:
    """What the mail server took, by Message-ID."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.by_id: dict[str, tuple[str, str]] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's own name
        """Take one letter."""
        text = envelope.content.decode("utf-8", "replace")
        head = {
            line.partition(":")[0].lower(): line.partition(":")[2].strip()
            for line in text.split("\r\n\r\n")[0].split("\r\n")
            if ":" in line
        }
        self.by_id[head["message-id"]] = (envelope.rcpt_tos[0], head.get("subject", ""))
        return "250 taken"


class World:
    """The processes, and the hands that start, kill and ask them."""

    def __init__(self, url: str, folder: Path) -> None:
        """Prepare; `start` begins."""
        self.url, self.folder = url, folder
        self.port, self.redis_port = free_port(), free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.receiver, self.letters = Receiver(), Letters()
        self.smtp = Controller(self.letters, hostname="127.0.0.1", port=free_port())
        self.smtp.start()
        self.environment = {
            **os.environ,
            "TUANZU_DATABASE_URL": url,
            "TUANZU_REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "TUANZU_SECRET_KEY": SECRET_KEY,
            "TUANZU_SWEEP_EVERY": "PT0.5S",
            "TUANZU_CLAIM_LEASE": "PT3S",
            "TUANZU_WEBHOOK_ALLOW_LOOPBACK": "true",
            "TUANZU_WEBHOOK_RETRY_SCHEDULE": '["PT1S","PT1S","PT1S","PT1S","PT1S","PT1S"]',
            "TUANZU_SMTP_HOST": "127.0.0.1",
            "TUANZU_SMTP_PORT": str(self.smtp.port),
            "TUANZU_MAIL_RETRY_BASE": "PT1S",
        }

    def start(self, *names: str) -> None:
        """Start processes by the names of the one process table, or `valkey`."""
        site = Site("127.0.0.1", self.port, self.folder, worker_processes=1)
        for name in names:
            argv = self._valkey() if name == "valkey" else self._argv(name, site)
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(  # noqa: S603 our own table
                    argv, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )

    def _valkey(self) -> list[str]:
        options = ["--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""]
        return [str(wheel_binary()), *options, "--dir", str(self.folder)]

    def _argv(self, name: str, site: Site) -> list[str]:
        process = next(process for process in TABLE if process.name == name)
        return [sys.executable if word == PYTHON else word for word in process.command(site)]

    def kill(self, *names: str) -> None:
        """Kill processes and their children with SIGKILL: no goodbye, no cleaning up."""
        for name in names:
            process = self.processes.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """End everything."""
        self.kill(*list(self.processes))
        self.smtp.stop()
        self.receiver.server.shutdown()
        self.receiver.server.server_close()

    def set_now(self, instant: datetime) -> None:
        """Set the clock of the house; it runs on from there."""
        self.execute(
            "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE "
            "PARALLEL SAFE AS $$ SELECT TIMESTAMPTZ '"
            + instant.isoformat()
            + "' + (clock_timestamp() - TIMESTAMPTZ '"
            + self.ask("SELECT clock_timestamp()::text")[0][0]
            + "') $$"
        )

    def execute(self, statement: str) -> None:
        """Run one statement and commit it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def ask(self, question: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Read rows as they are committed now."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(question.encode(), parameters).fetchall()

    def until(self, seen: Callable[[], object], what: str, *, seconds: float = 40) -> None:
        """Wait until something is so; say what was waited for and what the logs say if not."""
        end = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > end:
                tails = {
                    path.name: path.read_text("utf-8", "replace")[-1500:]
                    for path in self.folder.glob("*.log")
                }
                raise AssertionError(f"never: {what}\n{json.dumps(tails, indent=1)}")
            time.sleep(0.1)

    def answers(self) -> None:
        """Wait until the api takes connections."""
        self.until(lambda: _listens(self.port), "the api answers")

    def quiet(self) -> None:
        """Wait until nothing is due and every fact is numbered, read and delivered."""
        self.until(
            lambda: (
                not self.ask(
                    "SELECT 1 FROM event_pending UNION ALL "
                    "SELECT 1 FROM consumer_cursor c, feed_head h WHERE c.seq < h.seq "
                    "UNION ALL SELECT 1 FROM project_watch WHERE next_check_at <= house_now() "
                    "UNION ALL SELECT 1 FROM project_watch WHERE next_open_at <= house_now() "
                    "UNION ALL SELECT 1 FROM total_watch WHERE next_at <= house_now() "
                    "UNION ALL SELECT 1 FROM reminder WHERE next_at <= house_now() "
                    "UNION ALL SELECT 1 FROM escalation_run WHERE next_at <= house_now() "
                    "UNION ALL SELECT 1 FROM notification_delivery WHERE state = 'due' "
                    "UNION ALL SELECT 1 FROM webhook_delivery WHERE state = 'due' "
                    "UNION ALL (SELECT 1 FROM feed_head WHERE seq = 0)"
                )
            ),
            "everything is done",
        )


@contextmanager
def world(name: str, folder: Path) -> Generator[World]:
    """Give a world with all its processes running and the api answering."""
    with engines.database(name) as url:
        made = World(url, folder)
        try:
            made.start("valkey", "api", "relay", "worker", "beat")
            made.answers()
            yield made
        finally:
            made.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
