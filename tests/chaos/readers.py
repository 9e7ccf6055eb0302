"""Those who read the feed: two streams, one poller, and one reader of Redis itself.

Each keeps its own number, goes on from it after every interruption, and trusts nothing else.
"""

import asyncio
import itertools
import json
import random
from typing import Any

import aiohttp
import redis.asyncio
from redis.exceptions import RedisError

from tests.chaos.house import STREAM
from tests.chaos.seen import Seen

_AGAIN_SECONDS = 0.2
_POLL_SECONDS = 0.1
_LOST = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


async def listen(seen: Seen, base: str, headers: dict[str, str], leaves: random.Random) -> None:
    """Follow the stream by Last-Event-ID; leave in the middle now and then, and come back."""
    last = 0
    timeout = aiohttp.ClientTimeout(total=None, connect=5, sock_read=20)
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as client:
        for seen.reconnects in itertools.count():
            stay = leaves.uniform(3, 12)
            try:
                async with asyncio.timeout(stay):
                    last = await _follow(seen, client, base, last)
            except _LOST:
                last = seen.seqs[-1] if seen.seqs else 0
                await asyncio.sleep(_AGAIN_SECONDS)


async def _follow(seen: Seen, client: aiohttp.ClientSession, base: str, last: int) -> int:
    """Read one stream until it ends; gives the last number of a whole message."""
    headers = {"Last-Event-ID": str(last)}
    async with client.get(f"{base}/events/stream", headers=headers) as answer:
        answer.raise_for_status()
        message: dict[str, str] = {}
        async for line in answer.content:
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(": ")
                message[name] = value
                continue
            if "event" not in message and "id" in message:
                last = int(message["id"])
                seen.take(last, json.loads(message["data"]))
            message = {}
    return last


async def poll(seen: Seen, base: str, headers: dict[str, str]) -> None:
    """Read page after page, and keep the place behind each."""
    after = 0
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as client:
        while True:
            try:
                query = {"after": str(after), "limit": "200"}
                async with client.get(f"{base}/events", params=query) as answer:
                    answer.raise_for_status()
                    page = await answer.json()
            except _LOST:
                seen.reconnects += 1
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            for event in page["items"]:
                seen.take(int(event["sequence"]), event)
            after = page["next_after"]
            if after >= page["newest"]:
                await asyncio.sleep(_POLL_SECONDS)


async def read_redis(seen: Seen, url: str) -> None:
    """Read the stream by its own ids; what follows a number must be the next number."""
    client = redis.asyncio.Redis.from_url(url, socket_timeout=5)
    last = 0
    try:
        while True:
            try:
                found: Any = await client.xread({STREAM: f"{last}-0"}, count=500, block=1000)
            except RedisError:
                seen.reconnects += 1
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            for _, entries in found:
                for key, fields in entries:
                    last = int(key.partition(b"-")[0])
                    seen.take(last, json.loads(fields[b"d"]))
    finally:
        await client.aclose()
