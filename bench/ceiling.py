"""The ceiling: a hand-written ASGI handler that runs the very statements the api runs.

No framework, no ORM, no checks: it takes statements captured from one request of the real api,
puts in the ids of each request, runs them over psycopg, and sends the text PostgreSQL built.
"""

import asyncio
import os
import pickle
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

Statement = tuple[str, Any]


class Ceiling:
    """One ASGI app over a handful of connections."""

    def __init__(self, script: dict[str, Any]) -> None:
        """Keep the captured statements."""
        self.script = script
        self.free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()

    async def start(self) -> None:
        """Open the connections."""
        for _ in range(self.script["connections"]):
            connection = await psycopg.AsyncConnection.connect(
                self.script["url"], autocommit=True, options="-c timezone=UTC"
            )
            self.free.put_nowait(connection)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await receive()
            await self.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = await self._answer(scope, await _body(receive))
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, given: bytes) -> bytes:
        connection = await self.free.get()
        try:
            if scope["method"] == "POST":
                async with connection.transaction():
                    return await _write(connection, self.script["submit"], scope, given)
            kind = "list" if scope["path"].endswith("projects") else "one"
            return await _read(connection, self.script[kind])
        finally:
            self.free.put_nowait(connection)


async def _body(receive: Any) -> bytes:
    message = await receive()
    return bytes(message.get("body", b""))


async def _read(connection: psycopg.AsyncConnection[Any], statements: list[Statement]) -> bytes:
    text = ""
    for sql, parameters in statements:
        row = await (await connection.execute(sql, parameters)).fetchone()
        text = row[0] if row else ""
    return str(text).encode()


async def _write(
    connection: psycopg.AsyncConnection[Any], script: dict[str, Any], scope: Any, given: bytes
) -> bytes:
    """Run the captured transaction for the report this request names."""
    del given  # the captured values stand for it: the same figures for every report
    report = UUID(scope["path"].split("/")[-2])
    key = dict(scope["headers"])[b"idempotency-key"].decode()
    swap = {
        script["report"]: report,
        script["project"]: script["projects"][report],
        script["key"]: key,
        **{event: uuid7() for event in script["events"]},
    }
    text = "{}"
    for sql, parameters in script["statements"]:
        cursor = await connection.execute(sql, _swapped(parameters, swap))
        if cursor.description:
            row = await cursor.fetchone()
            if row and isinstance(row[0], str) and row[0].startswith("{"):
                text = row[0]
    return text.encode()


def _swapped(value: Any, swap: dict[Any, Any]) -> Any:
    """Put this request's ids where the captured request had its own."""
    if isinstance(value, dict):
        return {name: _swapped(part, swap) for name, part in value.items()}
    if isinstance(value, UUID | str):
        return swap.get(value, value)
    return value


app = Ceiling(pickle.loads(Path(os.environ["BENCH_SCRIPT"]).read_bytes()))  # noqa: S301 our own file
