"""A small HTTP/1.1 load generator: keep-alive connections, ready-made requests, exact latencies.

Run as a process of its own: `python -m bench.load` reads a plan as JSON on standard input and
prints the figures as JSON.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass

import uvloop

_SUCCESS = 2


@dataclass(frozen=True)
class Figures:
    """What one run measured: rates in requests/s, times in milliseconds."""

    requests: int
    errors: int
    rate: float
    p50_ms: float
    p99_ms: float
    first_error: str | None


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer with Content-Length; gives status and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    length = int(lower[at : lower.index(b"\r", at)])
    return status, await reader.readexactly(length)


async def run(port: int, requests: list[bytes], *, connections: int, seconds: float) -> Figures:
    """Send requests one after another on each connection; a list shorter than the time ends it."""
    waiting = iter(requests) if len(requests) > 1 else None
    one = requests[0]
    times: list[float] = []
    errors: list[str] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            request = next(waiting, None) if waiting else one
            if request is None:
                break
            began = time.perf_counter()
            writer.write(request)
            status, body = await _read_answer(reader)
            times.append(time.perf_counter() - began)
            if status // 100 != _SUCCESS:
                errors.append(f"{status} {body[:300]!r}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    spent = time.perf_counter() - began
    times.sort()
    return Figures(
        requests=len(times),
        errors=len(errors),
        rate=round(len(times) / spent, 1),
        p50_ms=round(times[len(times) // 2] * 1000, 2),
        p99_ms=round(times[int(len(times) * 0.99)] * 1000, 2),
        first_error=errors[0] if errors else None,
    )


def main() -> None:
    """Do what standard input asks."""
    plan = json.load(sys.stdin)
    requests = [text.encode() for text in plan["requests"]]
    figures = uvloop.run(
        run(
            plan["port"],
            requests,
            connections=plan["connections"],
            seconds=plan["seconds"],
        )
    )
    json.dump(asdict(figures), sys.stdout)


if __name__ == "__main__":
    main()
