"""What every answer carries: request id, trace, headers of caution; and its one line in the log.

A plain ASGI middleware, outermost: whatever is answered, by whom ever, carries what it adds.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api import deprecation, metrics
from services.api.limits import Standing
from services.core.kit.trace import ADDRESS, TRACEPARENT, continued

_log = structlog.get_logger(__name__)
_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Of data; a page of our own (/docs) brings the policy it needs."""
_CAUTION = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HSTS = "max-age=31536000; includeSubDomains"
_PREFIX = "/api/v1"
_KEY = "tuanzu.noted"
_QUIET = frozenset({"/livez", "/readyz", "/metrics", "/version"})
"""Asked every few seconds by machines: no line in the log unless they fail."""
_FAILED = 500


@dataclass(slots=True)
class Noted:
    """What the layers inside learn of a request, for its answer's headers and its line."""

    account_id: UUID | None = None
    standing: Standing | None = None


def noted(request: Request) -> Noted:
    """Give the notes of this request; a request made inside the service has its own."""
    found = request.scope.setdefault(_KEY, Noted())
    if not isinstance(found, Noted):
        raise TypeError("the notes of a request were replaced")
    return found


class _Answering:
    """One request on its way: what its answer carries, and what is said of it afterwards."""

    def __init__(self, scope: Scope, send: Send, caution: Mapping[str, str]) -> None:
        """Give the request an id, and continue its trace or begin one."""
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        self.began = time.perf_counter()
        self.request_id = given if _FORM.fullmatch(given) else str(uuid4())
        self.traceparent = continued(headers.get("traceparent"))
        self.noted = Noted()
        self.status = _FAILED
        self.method: str = scope["method"]
        self.scope: Scope = {**scope, _KEY: self.noted}
        if self.method == "HEAD":  # GET without the body, for every route alike
            self.scope["method"] = "GET"
        self._send = send
        self._caution = caution

    async def sent(self, message: Message) -> None:
        """Pass one message of the answer on, with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            out = MutableHeaders(scope=message)
            out["X-Request-ID"] = self.request_id
            out["traceparent"] = self.traceparent
            out.add_vary_header("Accept-Language, Authorization, Cookie")
            out["Cache-Control"] = "no-store" if "etag" not in out else "private, no-cache"
            out.setdefault("Content-Security-Policy", _DATA_POLICY)
            out.update(self._caution)
            if self.noted.standing:
                out.update(self.noted.standing.headers())
            deprecation.tell(self.scope, out)
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    def note(self) -> None:
        """Count it and write the one line: never a query string, a body or a token."""
        if self.scope["path"] in _QUIET and self.status < _FAILED:
            return
        route, seconds = self._template(), time.perf_counter() - self.began
        metrics.note(self.method, route, self.status, seconds)
        account_id = self.noted.account_id
        _log.info(
            "request",
            method=self.method,
            route=route,
            status=self.status,
            duration_ms=round(seconds * 1000, 1),
            account_id=str(account_id) if account_id else None,
            request_id=self.request_id,
        )

    def _template(self) -> str | None:
        """Give the path as the contract writes it; what matched no route is not echoed."""
        path: str | None = getattr(self.scope.get("route"), "path_format", None)
        is_room = path is not None and self.scope["path"].startswith(_PREFIX)
        return f"{_PREFIX}{path.removeprefix(_PREFIX)}" if path and is_room else path


class Traced:
    """Gives each request an id and a trace, echoes both, and writes the line."""

    def __init__(self, app: ASGIApp, *, over_tls: bool) -> None:
        """Stand in front of the app; `over_tls`: clients reach it by https only."""
        self.app = app
        self.caution = {**_CAUTION, "Strict-Transport-Security": _HSTS} if over_tls else _CAUTION

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the trace for everything the request causes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answering = _Answering(scope, send, self.caution)
        TRACEPARENT.set(answering.traceparent)
        ADDRESS.set(scope["client"][0] if scope.get("client") else None)
        try:
            await self.app(answering.scope, receive, answering.sent)
        finally:
            answering.note()
