"""Request id and W3C trace context around every request, as a plain ASGI middleware."""

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.core.kit.trace import ADDRESS, TRACEPARENT, continued

_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Traced:
    """Gives each request an id and a trace, and echoes both."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of the app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the trace for everything the request causes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _FORM.fullmatch(given) else str(uuid4())
        traceparent = continued(headers.get("traceparent"))
        TRACEPARENT.set(traceparent)
        ADDRESS.set(scope["client"][0] if scope.get("client") else None)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out["X-Request-ID"] = request_id
                out["traceparent"] = traceparent
                out["Vary"] = "Accept-Language, Authorization, Cookie"
                out["Cache-Control"] = "no-store" if "etag" not in out else "private, no-cache"
                out["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self.app(scope, receive, sent)
