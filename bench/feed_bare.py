"""The ceilings: what does the same with nothing around it.

`relay URL REDIS`: wait for a NOTIFY, delete the rows, add them to a stream: no numbers, no leader.
`send REDIS SINK`: read that stream and post each entry: no signature, no rows, no second try.
`posts SINK COUNT CONNECTIONS`: a bare aiohttp loop that posts so many bodies over so many
connections, and prints the seconds it took.
"""

import asyncio
import json
import sys
import time
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import redis.asyncio
import uvloop

from services.core.kit import wake

STREAM = "bench:bare"
_TAKE = b"DELETE FROM bench_pending RETURNING id, body"


async def relay(url: str, redis_url: str) -> None:
    """Pass on what is committed until killed."""
    stream = redis.asyncio.Redis.from_url(redis_url)
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as ear,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as hand,
    ):
        await ear.execute(f"LISTEN {wake.CHANNEL}".encode())
        while True:
            rows = await (await hand.execute(_TAKE)).fetchall()
            if rows:
                pipe = stream.pipeline(transaction=False)
                for _, body in sorted(rows):
                    pipe.xadd(STREAM, {"d": body}, maxlen=100_000)
                await pipe.execute()
            async for _ in ear.notifies(timeout=0.2, stop_after=1):
                pass


async def send(redis_url: str, sink: str) -> None:
    """Post whatever comes out of the stream until killed."""
    stream, last = redis.asyncio.Redis.from_url(redis_url), "$"
    posted: set[asyncio.Task[None]] = set()
    async with aiohttp.ClientSession() as client:

        async def post(body: bytes) -> None:
            async with client.post(sink, data=body) as answer:
                await answer.read()

        while True:
            found: Any = await stream.xread({STREAM: last}, block=1000)
            for _, entries in found:
                last = entries[-1][0]
                for _, fields in entries:
                    posted.add(task := asyncio.create_task(post(fields[b"d"])))
                    task.add_done_callback(posted.discard)


async def posts(sink: str, count: int, connections: int) -> float:
    """Post so many bodies over so many connections; gives the seconds."""
    waiting = iter(range(count))
    body = {"type": "region.changed", "data": {"pad": "x" * 400}}
    connector = aiohttp.TCPConnector(limit=0, force_close=True)  # as ours: receivers are strangers
    async with aiohttp.ClientSession(connector=connector) as client:

        async def hand() -> None:
            for _ in waiting:
                data = json.dumps({"id": str(uuid4()), **body}).encode()
                async with client.post(sink, data=data) as answer:
                    await answer.read()

        began = time.monotonic()
        await asyncio.gather(*(hand() for _ in range(connections)))
        return time.monotonic() - began


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "relay":
        uvloop.run(relay(*words))
    elif what == "send":
        uvloop.run(send(*words))
    else:
        print(uvloop.run(posts(words[0], int(words[1]), int(words[2]))))
