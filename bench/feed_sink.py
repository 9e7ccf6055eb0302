"""A receiver of webhooks in a process of its own: notes when each came, and answers in its manner.

`/quick/<name>` answers at once, `/slow/<name>` after 50 ms, `/hang/<name>` never. `/take` gives
what came since it was last asked, as `[event id, name, seconds]`.
"""

import asyncio
import json
import sys
import time

import uvloop
from aiohttp import web

_SLOW_SECONDS = 0.05
_NEVER_SECONDS = 3600.0


class Sink:
    """What came."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.came: list[tuple[str, str, float]] = []

    async def post(self, request: web.Request) -> web.Response:
        """Take one delivery."""
        at = time.monotonic()
        event = json.loads(await request.read())
        if event.get("type") == "webhook.handshake":
            return web.json_response({"challenge": event["data"]["challenge"]})
        manner = request.match_info["manner"]
        self.came.append((event["id"], request.match_info["name"], at))
        if manner != "quick":
            await asyncio.sleep(_SLOW_SECONDS if manner == "slow" else _NEVER_SECONDS)
        return web.Response(status=204)

    async def take(self, _request: web.Request) -> web.Response:
        """Give what came, and forget it."""
        came, self.came = self.came, []
        return web.json_response(came)


def main() -> None:
    """Serve until stopped."""
    sink, app = Sink(), web.Application()
    app.router.add_post("/{manner}/{name}", sink.post)
    app.router.add_get("/take", sink.take)
    uvloop.install()
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
        shutdown_timeout=0.1,
    )


if __name__ == "__main__":
    main()
