"""Send webhooks: many at once in one event loop, few per endpoint, each attempt bounded.

Slots are kept full instead of gathering batches (a batch waits for its slowest: 100 s against
10.5 s when tried), and one endpoint never takes more than its share, so a slow receiver costs
the others nothing.
"""

import asyncio
import time
from collections import Counter
from ipaddress import ip_address
from uuid import UUID

import aiohttp
import structlog
from yarl import URL

from services.core.kit import clock, db
from services.core.kit.settings import settings
from services.core.kit.trace import TRACEPARENT, continued
from services.core.webhooks import actions
from services.core.webhooks.actions import Claimed, Outcome
from services.core.webhooks.rules import signature
from services.worker.addresses import Unreachable, VettingResolver, permitted

_log = structlog.get_logger(__name__)
_READ_BYTES = 64 * 1024
_KEPT_BYTES = 4 * 1024

InAir = dict["asyncio.Task[Outcome]", Claimed]


def drain(window_seconds: float) -> int:
    """Send what is due until nothing is, or the window is over; gives how many attempts."""
    return asyncio.run(_drain(time.monotonic() + window_seconds))


async def _drain(until: float) -> int:
    timeout = aiohttp.ClientTimeout(
        total=settings().webhook_timeout.total_seconds(),
        connect=settings().webhook_connect_timeout.total_seconds(),
    )
    connector = aiohttp.TCPConnector(resolver=VettingResolver(), limit=0, force_close=True)
    sent = 0
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, trust_env=False, auto_decompress=False
    ) as client:
        in_air: InAir = {}
        while True:
            if time.monotonic() < until:
                for claimed in _claim(in_air):
                    in_air[asyncio.create_task(_attempt(client, claimed))] = claimed
            if not in_air:
                return sent
            done, _ = await asyncio.wait(in_air, return_when=asyncio.FIRST_COMPLETED)
            _settle([(in_air.pop(task), task.result()) for task in done])
            sent += len(done)


def _claim(in_air: InAir) -> list[Claimed]:
    """Fill the free slots, leaving out endpoints that hold all of theirs."""
    chosen = settings()
    free = chosen.webhook_slots - len(in_air)
    if free <= 0:
        return []
    held: Counter[UUID] = Counter(claimed.endpoint_id for claimed in in_air.values())
    share = chosen.webhook_slots_per_endpoint
    busy = frozenset(endpoint for endpoint, count in held.items() if count >= share)
    with db.unit_of_work() as session:
        return actions.claim(
            session,
            now=clock.house_now(session),
            limit=free,
            per_endpoint=share,
            busy=busy,
        )


def _settle(finished: list[tuple[Claimed, Outcome]]) -> None:
    """Write down finished attempts in one transaction."""
    with db.unit_of_work() as session:
        now = clock.house_now(session)
        for claimed, outcome in sorted(finished, key=lambda pair: pair[0].endpoint_id):
            actions.settle(session, claimed, outcome, now=now)


async def _attempt(client: aiohttp.ClientSession, claimed: Claimed) -> Outcome:
    """Make one attempt; whatever goes wrong is an outcome, never an exception."""
    traceparent = continued(claimed.trace)
    TRACEPARENT.set(traceparent)  # for the line in the log; each attempt has its own context
    started, began = clock.machine_now(), time.monotonic()
    status: int | None = None
    answer: str | None = None
    error: str | None = None
    wait: float | None = None
    try:
        _refuse_literal(claimed.url)
        async with client.post(
            claimed.url,
            data=claimed.body,
            headers=_headers(claimed, int(started.timestamp()), traceparent),
            allow_redirects=False,
        ) as response:
            read = await response.content.read(_READ_BYTES)
            status = response.status
            answer = read[:_KEPT_BYTES].decode(errors="replace").replace("\0", "")
            wait = _seconds(response.headers.get("Retry-After"))
    except TimeoutError:
        error = "timeout"
    except (aiohttp.ClientError, OSError, ValueError) as failure:
        error = f"{type(failure).__name__}: {failure}"[:500]
    duration_ms = int((time.monotonic() - began) * 1000)
    _log.info(
        "webhook attempt",
        event_id=str(claimed.event_id),
        endpoint_id=str(claimed.endpoint_id),
        attempt=claimed.attempt,
        status=status,
        duration_ms=duration_ms,
    )
    return Outcome(
        started_at=started,
        duration_ms=duration_ms,
        status=status,
        answer=answer,
        error=error,
        retry_after_seconds=wait,
    )


def _headers(claimed: Claimed, timestamp: int, traceparent: str) -> dict[str, str]:
    """Sign the attempt with every key that is live (Standard Webhooks 1.0)."""
    message_id = str(claimed.event_id)
    signatures = [
        signature(key, message_id=message_id, timestamp=timestamp, body=claimed.body)
        for key in claimed.keys
    ]
    return {
        "content-type": "application/json",
        "user-agent": "tuanzu-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
        "traceparent": traceparent,
    }


def _refuse_literal(url: str) -> None:
    """Vet an address written as a number: aiohttp asks no resolver for those.

    Raises:
        Unreachable: it may not be reached.
    """
    host = URL(url).host or ""
    try:
        ip_address(host)
    except ValueError:
        return
    if not permitted(host):
        raise Unreachable(f"{host} is not allowed")


def _seconds(header: str | None) -> float | None:
    """Read Retry-After in seconds; the date form is not honoured, the schedule is."""
    return float(header) if header and header.isdecimal() else None
