"""The ceilings: what does the same with nothing around it.

`relay URL REDIS SINK`: wait for a NOTIFY, delete the rows, add them to a stream, post each: no
numbers, no leader, no signature, no rows for deliveries. `posts SINK COUNT ENDPOINTS EACH`: a bare
aiohttp loop that posts so many bodies with so many connections, and prints the seconds it took.
"""

import asyncio
import json
import sys
import time
from uuid import uuid4

import aiohttp
import psycopg
import redis.asyncio
import uvloop

from services.core.kit import wake

STREAM = "bench:bare"
_TAKE = b"DELETE FROM bench_pending RETURNING id, body"


async def relay(url: str, redis_url: str, sink: str) -> None:
    """Pass on what is committed until killed."""
    stream = redis.asyncio.Redis.from_url(redis_url)
    posts: set[asyncio.Task[None]] = set()
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as ear,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as hand,
        aiohttp.ClientSession() as client,
    ):
        await ear.execute(f"LISTEN {wake.CHANNEL}".encode())

        async def post(body: str) -> None:
            async with client.post(sink, data=body.encode()) as answer:
                await answer.read()

        while True:
            rows = await (await hand.execute(_TAKE)).fetchall()
            if rows:
                pipe = stream.pipeline(transaction=False)
                for _, body in sorted(rows):
                    pipe.xadd(STREAM, {"d": body}, maxlen=100_000)
                await pipe.execute()
                for _, body in rows:
                    posts.add(task := asyncio.create_task(post(body)))
                    task.add_done_callback(posts.discard)
            async for _ in ear.notifies(timeout=0.2, stop_after=1):
                pass


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
    else:
        print(uvloop.run(posts(words[0], int(words[1]), int(words[2]))))
