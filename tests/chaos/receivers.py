"""Two integrators' endpoints: one slow, one that fails; both verify, and keep what they took."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from tests.chaos.seen import Seen


class Receiver:
    """One endpoint; `slow` seconds on average, `failing` a share of what comes."""

    def __init__(
        self, name: str, dice: random.Random, *, slow: float = 0, failing: float = 0
    ) -> None:
        """Expect nothing yet."""
        self.seen = Seen(name)
        self.secret = ""
        self.url = ""
        self.ids_of: dict[str, set[str]] = defaultdict(set)
        """The webhook-ids that an event came under: one."""
        self.bodies_of: dict[str, set[bytes]] = defaultdict(set)
        """The bodies that came under a webhook-id: one."""
        self.refused: list[str] = []
        self.answers: Counter[str] = Counter()
        self._dice, self._slow, self._failing = dice, slow, failing

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Verify one delivery, then be slow, fail, or take it."""
        body = await request.read()
        try:
            event: dict[str, Any] = Webhook(self.secret).verify(body, dict(request.headers))
        except Exception as error:  # noqa: BLE001 whatever it is, it is not genuine
            self.refused.append(f"{error!r} {body[:200]!r}")
            return web.Response(status=400)
        if event["type"] == "webhook.handshake":
            return web.json_response({"challenge": event["data"]["challenge"]})
        if self._slow:
            await asyncio.sleep(self._dice.uniform(0, 2 * self._slow))
        if self._dice.random() < self._failing:
            return await self._fail(request, event, body)
        self._keep(request, event, body)
        return web.Response(status=204)

    async def _fail(
        self, request: web.Request, event: dict[str, Any], body: bytes
    ) -> web.StreamResponse:
        """Fail in one of the ways there are, the worst last: it took it, and does not say so."""
        way = self._dice.choice(("500", "503", "garbage", "took it and hung up"))
        self.answers[way] += 1
        if way == "took it and hung up":
            self._keep(request, event, body)
        if way in {"500", "503"}:
            return web.Response(status=int(way), text="not today")
        if request.transport:
            if way == "garbage":
                request.transport.write(b"SPQR/1.1 CCXX OK\r\n\r\n")
            request.transport.close()
        return web.Response(status=500)

    def _keep(self, request: web.Request, event: dict[str, Any], body: bytes) -> None:
        message = request.headers["webhook-id"]
        self.ids_of[event["id"]].add(message)
        self.bodies_of[message].add(body)
        self.seen.take(int(event["sequence"]), event)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Listen on a free port of this machine."""
        app = web.Application()
        app.router.add_post("/hook", self.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            yield
        finally:
            await runner.cleanup()
