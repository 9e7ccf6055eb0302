"""The edge: what of a request reaches the house at all, as a plain ASGI middleware.

URL, headers and body are looked at once, before any route: they are bounded, UTF-8, free of control
characters, and a body is plain JSON. What is refused here is answered here, and so is what nobody
foresaw: no error leaves in another form, or without the headers of the layers around this one.
"""

import re
from email.message import Message as MailMessage
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api import plain_json, problems
from services.api.arrival import JSON, MERGE_PATCH
from services.core.kit.errors import Fault, Malformed, Refusal, TooLarge, Unsupported
from services.core.kit.words import Words

MAX_PATH_BYTES = 1024
MAX_QUERY_BYTES = 8192
"""A cursor may have 2000 characters and a list of fields 1000; each may be percent-encoded."""
MAX_HEADER_BYTES = 8000
MAX_HEADERS_BYTES = 32_768
"""One, and all together: what common proxies let through."""

_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")
_CONTROLS_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BYTES = "application/octet-stream"
_TAKES_BYTES = re.compile(r"/api/v1/evidence/[^/]+/upload")
"""The one address whose body is no JSON: a part of a file, as long as a body may be."""
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Edge:
    """Lets only what every later layer can read in one way pass."""

    def __init__(self, app: ASGIApp, body_limit: int) -> None:
        """Stand in front of the app; `body_limit` is in bytes."""
        self.app = app
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may not pass; hand on the rest, with its body read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sent(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            _check_url(scope)
            _check_headers(scope)
            body = await self._whole(receive, scope)
            if body is None:
                return
            if body:
                _check_body(scope, body)
            await self.app(scope, _again(body, receive), sent)
        except Refusal as refusal:
            await problems.answered(Request(scope), refusal)(scope, receive, send)
        except Exception as error:
            if started:
                raise
            await problems.answered(Request(scope), error)(scope, receive, send)

    async def _whole(self, receive: Receive, scope: Scope) -> bytes | None:
        """Read the body, however it is cut; None if the client has gone."""
        if _declared_length(scope) > self.body_limit:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size > self.body_limit:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> TooLarge:
        limit = f"{self.body_limit:,}"
        return TooLarge(
            Words(f"请求体不得超过 {limit} 字节。", f"A body has at most {limit} bytes.")
        )


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body once more; after it, whatever the client does next."""
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _declared_length(scope: Scope) -> int:
    """Give what Content-Length says; the server has seen to it that it is a number."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _check_url(scope: Scope) -> None:
    """Refuse a path or query that is too long, not UTF-8, or holds control characters."""
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    if len(path) > MAX_PATH_BYTES or len(query) > MAX_QUERY_BYTES:
        words = Words("地址过长。", "The address is too long.")
        raise Malformed(words, faults=(Fault("path:", "url_too_long", words),))
    _check_part(path, _CONTROLS, "path:")
    _check_part(query, _CONTROLS_IN_TEXT, "?")


def _check_part(raw: bytes, forbidden: re.Pattern[bytes], pointer: str) -> None:
    plain = unquote_to_bytes(raw) if b"%" in raw else raw
    if forbidden.search(plain):
        words = Words("地址中含有控制字符。", "The address holds a control character.")
        raise Malformed(words, faults=(Fault(pointer, "control_character", words),))
    try:
        plain.decode()
    except UnicodeDecodeError:
        words = Words("地址不是 UTF-8 编码。", "The address is not UTF-8.")
        raise Malformed(words, faults=(Fault(pointer, "not_utf8", words),)) from None


def _check_headers(scope: Scope) -> None:
    """Refuse headers that are too long, alone or together, or hold control characters."""
    size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if _CONTROLS.search(value.replace(b"\t", b" ")):
            words = Words("请求头含有控制字符。", "A header holds a control character.")
            raise Malformed(words, faults=(Fault("header:", "control_character", words),))
    longest = max((len(value) for _, value in scope["headers"]), default=0)
    if size > MAX_HEADERS_BYTES or longest > MAX_HEADER_BYTES:
        words = Words("请求头过长。", "The headers are too long.")
        raise Malformed(words, faults=(Fault("header:", "headers_too_long", words),))


def _check_body(scope: Scope, body: bytes) -> None:
    """Take only plain JSON where a body means something, and bytes where a file comes in parts.

    A read's body is nobody's, and a method that we have nowhere is refused as such.
    """
    if scope["method"] not in _WRITING:
        return
    given = MailMessage()
    given["Content-Type"] = Request(scope).headers.get("content-type", "")
    if _TAKES_BYTES.fullmatch(scope["path"]):
        if scope["method"] == "PUT" and given.get_content_type() != BYTES:
            raise _unsupported(BYTES)
        return
    taken = (JSON, MERGE_PATCH) if scope["method"] == "PATCH" else (JSON,)
    is_utf8 = given.get_content_charset("utf-8") in ("utf-8", "utf8")
    if given.get_content_type() not in taken or not is_utf8:
        raise _unsupported(*taken, encoding="UTF-8")
    plain_json.check(body)


def _unsupported(*taken: str, encoding: str = "") -> Unsupported:
    names = " / ".join(taken)
    zh, en = (f" {encoding} 编码的", f" in {encoding}") if encoding else ("", "")
    words = Words(f"请求体须为{zh} {names}。", f"A body must be {names}{en}.")
    fault = Fault("header:Content-Type", "unsupported_media_type", words, taken)
    return Unsupported(words, faults=(fault,))
