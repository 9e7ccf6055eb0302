"""One attempt: signed, sent to a vetted address, its answer read no further than needed."""

import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from aiohttp.tracing import Trace

from services.core.kit import clock
from services.core.kit.settings import settings
from services.core.kit.trace import TRACEPARENT, continued
from services.core.webhooks import rules
from services.core.webhooks.actions import Claimed, Outcome
from services.worker.addresses import VettingResolver, refuse

_log = structlog.get_logger(__name__)
_READ_BYTES = 64 * 1024
_KEPT_BYTES = 4 * 1024
_REDIRECT, _REDIRECT_END = 300, 400
_ABORT = "abort-message"
_IDLE_SECONDS = 1.5
"""A connection waits this long for the next attempt: less than servers let it wait."""
_AT_ONCE_SECONDS = 1.0
_IS_FRESH: ContextVar[bool] = ContextVar("is_fresh", default=False)
"""Whether this attempt goes over a connection of its own, and not one that carried another."""


class _Connector(aiohttp.TCPConnector):
    """Notes when a connection is opened (a TraceConfig costs a tenth of an attempt)."""

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 aiohttp's own
    ) -> ResponseHandler:
        _IS_FRESH.set(True)
        return await super()._create_connection(req, traces, timeout)


@asynccontextmanager
async def client() -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a client that trusts nothing but the system's certificates, and keeps nothing."""
    chosen = settings()
    connector = _Connector(
        resolver=VettingResolver(),
        limit=0,
        keepalive_timeout=_IDLE_SECONDS,
        ssl=ssl.create_default_context(),
    )
    timeout = aiohttp.ClientTimeout(
        total=chosen.webhook_timeout.total_seconds(),
        connect=chosen.webhook_connect_timeout.total_seconds(),
    )
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        trust_env=False,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as opened:
        yield opened


@dataclass(slots=True)
class _Heard:
    """What is known of the answer so far."""

    status: int | None = None
    answer: str | None = None
    error: str | None = None
    wait: timedelta | None = None
    timed_out: bool = False
    aborts: bool = False


async def post(client: aiohttp.ClientSession, claimed: Claimed) -> Outcome:
    """Make one attempt; whatever goes wrong is an outcome, never an exception."""
    traceparent = continued(claimed.trace)
    TRACEPARENT.set(traceparent)  # for the line in the log; each attempt has its own context
    started, began = clock.machine_now(), time.monotonic()
    heard = _Heard()
    try:
        refuse(claimed.target.url)
        headers = _headers(claimed, int(started.timestamp()), traceparent)
        try:
            await _exchange(client, claimed, headers, heard)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            late = time.monotonic() - began > _AT_ONCE_SECONDS
            if late or heard.status is not None or _IS_FRESH.get():
                raise
            # The receiver had hung up before this attempt began: that is no answer to it.
            await _exchange(client, claimed, headers, heard)
    except TimeoutError:
        heard.error, heard.timed_out = "timeout", True
    except (aiohttp.ClientError, OSError, ValueError) as failure:
        heard.error = f"{type(failure).__name__}: {failure}"[:500]
    except Exception as failure:  # noqa: BLE001 one attempt ends no other
        _log.exception("webhook attempt broke", endpoint_id=str(claimed.endpoint_id))
        heard.error = f"{type(failure).__name__}: {failure}"[:500]
    duration_ms = int((time.monotonic() - began) * 1000)
    _log.info(
        "webhook attempt",
        event_id=str(claimed.event_id),
        endpoint_id=str(claimed.endpoint_id),
        attempt=claimed.attempt,
        status=heard.status,
        duration_ms=duration_ms,
    )
    return Outcome(
        started_at=started,
        duration_ms=duration_ms,
        status=heard.status,
        answer=heard.answer,
        error=heard.error,
        retry_after=heard.wait,
        timed_out=heard.timed_out,
        aborts=heard.aborts,
    )


async def _exchange(
    client: aiohttp.ClientSession, claimed: Claimed, headers: dict[str, str], heard: _Heard
) -> None:
    async with client.post(
        claimed.target.url, data=claimed.body, headers=headers, allow_redirects=False
    ) as response:
        await _hear(response, heard)


async def _hear(response: aiohttp.ClientResponse, heard: _Heard) -> None:
    """Read the status, the headers that matter, and the beginning of the body."""
    heard.status = response.status
    if not response.ok or response.status >= _REDIRECT:
        heard.wait = rules.retry_after(response.headers.get("Retry-After"), now=clock.machine_now())
        told = response.headers.get("webhook-delivery", "").strip().lower()
        heard.aborts = told == _ABORT
    if heard.aborts:
        heard.error = f"{_ABORT}: the receiver asked not to be sent this again"
    elif _REDIRECT <= response.status < _REDIRECT_END:
        heard.error = "redirects are not followed"
    read = bytearray()
    try:
        while len(read) < _READ_BYTES:
            part = await response.content.read(_READ_BYTES - len(read))
            if not part:
                break
            read += part
    except (TimeoutError, aiohttp.ClientError):
        pass  # the status has said what came of it
    finally:
        text = bytes(read[:_KEPT_BYTES]).decode(errors="replace")
        heard.answer = text.replace("\0", "")


def _headers(claimed: Claimed, timestamp: int, traceparent: str) -> dict[str, str]:
    """Sign the attempt with every key that is live; the owner's headers replace none of ours."""
    message_id, body, target = str(claimed.event_id), claimed.body, claimed.target
    signed = rules.signed(message_id, timestamp, body)
    signatures = [
        *(rules.signature(key, signed) for key in target.secrets),
        *(rules.public_signature(key, signed) for key in target.private_keys),
    ]
    ours = {
        "content-type": target.content_type,
        "accept-encoding": "identity",
        "user-agent": "tuanzu-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
        "traceparent": traceparent,
    }
    theirs = {name: value for name, value in target.headers.items() if name.lower() not in ours}
    return {**theirs, **ours}
