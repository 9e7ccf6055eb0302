"""Those who write: each has a connection, repeats what was not answered, and keeps the score."""

import asyncio
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

WRITERS = 16
_AGAIN_SECONDS = 0.2
_GIVE_UP_SECONDS = 90.0


@dataclass
class Score:
    """What was asked and what was acknowledged; every write has a name that its event carries."""

    asked: int = 0
    sent: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, float] = field(default_factory=dict)
    """When the acknowledgement came, by the name of the write."""
    of_record: dict[str, list[str]] = field(default_factory=dict)
    """The names in the order they were acknowledged, by milestone."""


@dataclass
class Writer:
    """One connection; it plans milestones and changes its own."""

    number: int
    base: str
    headers: dict[str, str]
    projects: list[str]
    score: Score
    dice: random.Random

    async def write_until(self, over: asyncio.Task[None], pause: float) -> None:
        """Write one thing after the other until the storm is over."""
        connector = aiohttp.TCPConnector(limit=1)
        own: list[tuple[str, str]] = []
        timeout = aiohttp.ClientTimeout(total=15)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, headers=self.headers
        ) as client:
            for count in itertools.count():
                if over.done():
                    return
                name = f"w{self.number}-{count}"
                self.score.asked += 1
                if own and self.dice.random() < 0.5:
                    at = self.dice.randrange(len(own))
                    own[at] = await self._change(client, *own[at], name)
                else:
                    own.append(await self._plan(client, name))
                await asyncio.sleep(self.dice.uniform(0, 2 * pause))

    async def _plan(self, client: aiohttp.ClientSession, name: str) -> tuple[str, str]:
        """Plan a milestone, under one key however often it takes; gives its id and ETag."""
        url = f"{self.base}/projects/{self.dice.choice(self.projects)}/milestones"
        key, body = {"Idempotency-Key": f"chaos-{name}"}, {"name": name, "planned_on": "2027-03-31"}
        deadline = time.monotonic() + _GIVE_UP_SECONDS
        while True:
            status, etag, found = await self._send(client, "POST", url, key, body)
            if status == 201:
                self._acknowledged(found["id"], name)
                return found["id"], etag
            await self._wait(name, status, found, deadline)

    async def _change(
        self, client: aiohttp.ClientSession, milestone: str, etag: str, name: str
    ) -> tuple[str, str]:
        """Rename a milestone; whether an unanswered change was done is read afterwards."""
        url = f"{self.base}/milestones/{milestone}"
        deadline = time.monotonic() + _GIVE_UP_SECONDS
        repeated = False
        while True:
            status, new, found = await self._send(
                client, "PATCH", url, {"If-Match": etag}, {"name": name}
            )
            if status == 412 and repeated:
                status, new, found = await self._send(client, "GET", url, {}, None)
                assert status != 200 or found["name"] == name, (name, found)
            if status == 200:
                self._acknowledged(milestone, name)
                return milestone, new
            await self._wait(name, status, found, deadline)
            repeated = True

    def _acknowledged(self, milestone: str, name: str) -> None:
        self.score.acknowledged[name] = time.monotonic()
        self.score.of_record.setdefault(milestone, []).append(name)

    async def _wait(self, name: str, status: int, found: Any, deadline: float) -> None:
        """Wait before the next try; a refusal is no storm, and neither is a minute's silence."""
        assert status >= 500 or status in {0, 408, 412, 429}, (name, status, found)
        assert time.monotonic() < deadline, (name, status, found)
        await asyncio.sleep(_AGAIN_SECONDS)

    async def _send(
        self,
        client: aiohttp.ClientSession,
        method: str,
        url: str,
        headers: dict[str, str],
        body: dict[str, str] | None,
    ) -> tuple[int, str, Any]:
        """Send a request; gives status 0 where no answer came, or half of one."""
        self.score.sent += 1
        try:
            async with client.request(method, url, headers=headers, json=body) as answer:
                found = await answer.json(content_type=None)
                status, etag = answer.status, answer.headers.get("ETag", "")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            status, etag, found = 0, "", repr(error)
        if status not in {200, 201}:
            self.score.unanswered[str(status or found.partition("(")[0])] += 1
        return status, etag, found
