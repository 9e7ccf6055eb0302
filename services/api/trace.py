"""What every answer carries, as a plain ASGI middleware: request id, trace, headers of caution."""

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.core.kit.trace import ADDRESS, TRACEPARENT, continued

_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""For pages of our own (/docs): nothing from elsewhere; the script that starts Swagger UI stands in
the page itself, which shows nothing that a user wrote."""
_CAUTION = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HSTS = "max-age=31536000; includeSubDomains"


class Traced:
    """Gives each request an id and a trace, and each answer both, with the headers of caution."""

    def __init__(self, app: ASGIApp, *, over_tls: bool) -> None:
        """Stand in front of the app; `over_tls`: clients reach it by https only."""
        self.app = app
        self.caution = {**_CAUTION, "Strict-Transport-Security": _HSTS} if over_tls else _CAUTION

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
                out.add_vary_header("Accept-Language, Authorization, Cookie")
                out["Cache-Control"] = "no-store" if "etag" not in out else "private, no-cache"
                page = out.get("content-type", "").startswith("text/html")
                out.setdefault("Content-Security-Policy", _PAGE_POLICY if page else _DATA_POLICY)
                out.update(self.caution)
            await send(message)

        await self.app(scope, receive, sent)
