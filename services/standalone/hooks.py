"""Events sent to a receiver as the service sends them: one POST, signed, its answer noted."""

import secrets
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx2
import orjson

from services.core.kit import clock
from services.core.kit.words import Words
from services.core.webhooks import rules
from services.standalone import home, terminal
from services.standalone.trouble import Trouble

_PREFIX = "whsec_"
_FEWEST_BYTES = 24
"""Standard Webhooks 1.0: a secret has 24 to 64 bytes."""
_TIMEOUT_SECONDS = 15.0
"""As long as the service itself waits (TUANZU_WEBHOOK_TIMEOUT)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as everybody gets it, with what a line about it says."""

    seq: int
    id: str
    type: str
    subject: str
    time: str
    body: bytes

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Read an event from the bytes it was given in.

        Raises:
            Trouble: it is no event of the feed.
        """
        try:
            said = orjson.loads(body)
            return cls(
                seq=int(said["sequence"]),
                id=str(said["id"]),
                type=str(said["type"]),
                subject=str(said["subject"]),
                time=str(said["time"]),
                body=body,
            )
        except (ValueError, KeyError, TypeError) as error:
            start = body[:60].decode(errors="replace")
            raise Trouble(
                Words(f"这不是事件：{start}", f"This is no event of the feed: {start}")
            ) from error


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said, or why it said nothing."""

    status: int | None
    error: str
    duration_ms: int

    @property
    def is_taken(self) -> bool:
        """Say whether the event is the receiver's now: any 2xx."""
        return self.status is not None and httpx2.codes.is_success(self.status)

    def __str__(self) -> str:
        """Write the end of the event's line."""
        return f"{self.status or self.error}  {self.duration_ms} ms"


class Hook:
    """A receiver's address, and the key that what is sent there is signed with."""

    def __init__(self, url: str, key: bytes) -> None:
        """Prepare to send.

        Raises:
            Trouble: the address is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Trouble(
                Words(
                    f"“{url}”不是接收地址；例如 http://127.0.0.1:9000/。",
                    f"'{url}' is no address of a receiver; write http://127.0.0.1:9000/, say.",
                )
            )
        self._url, self._key = url, key
        self._client = httpx2.Client(timeout=_TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        """Keep one client for all events."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        self._client.close()

    def post(self, event: Event) -> Answer:
        """Make one attempt, signed now; whatever goes wrong is an answer too."""
        timestamp = int(clock.machine_now().timestamp())
        signed = rules.signed(event.id, timestamp, event.body)
        headers = {
            "content-type": "application/json",
            "user-agent": "tuanzu-webhooks/1",
            "webhook-id": event.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": rules.signature(self._key, signed),
        }
        status, error, began = None, "", time.monotonic()
        try:
            status = self._client.post(self._url, content=event.body, headers=headers).status_code
        except httpx2.TransportError as failure:
            error = type(failure).__name__
        return Answer(status, error, int((time.monotonic() - began) * 1000))


def line(event: Event, ending: object) -> str:
    """Write one line about an event that was sent."""
    return f"{event.seq:>7}  {event.type:<26} {event.subject:<56} {ending}"


def key(file: Path | None) -> bytes:
    """Give the key to sign with: a new one, printed; or a file's, which is made if it is not there.

    Raises:
        Trouble: the file holds no secret.
    """
    if file is None:
        secret = _new_secret()
        terminal.say(
            Words(f"本次运行的签名密钥：{secret}", f"Signing secret of this run: {secret}")
        )
        return _bytes_of(secret)
    if not file.exists():
        home.write_private(file, _new_secret() + "\n")
        terminal.say(Words(f"签名密钥已写入 {file}", f"A signing secret was written to {file}"))
    return _bytes_of(file.read_text(encoding="utf-8").strip())


def _new_secret() -> str:
    return _PREFIX + b64encode(secrets.token_bytes(32)).decode()


def _bytes_of(secret: str) -> bytes:
    """Read a secret as Standard Webhooks writes it."""
    try:
        found = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        found = b""
    if not secret.startswith(_PREFIX) or len(found) < _FEWEST_BYTES:
        raise Trouble(
            Words(
                "签名密钥须为 whsec_ 加至少 24 字节的 base64。",
                "A signing secret is whsec_ and base64 of at least 24 bytes.",
            )
        )
    return found
