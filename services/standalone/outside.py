"""The service as a program outside sees it: an address, a token, and the feed behind them."""

import os
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import orjson

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import terminal
from services.standalone.hooks import Event
from services.standalone.trouble import Trouble

_TIMEOUT = httpx2.Timeout(10.0, read=45.0)
"""A stream speaks at least every 15 s: after three times that it is dead."""
_PAUSE_SECONDS = 2.0
"""What the service itself asks a client to wait before it comes back (`retry`)."""
_PAGE = 200
_PASSING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)


class _Broken(Exception):
    """The service did not answer, or not as itself; it may in a moment."""


def token(file: Path | None) -> str:
    """Read the token from a file or from TUANZU_TOKEN: a command line is everybody's to read.

    Raises:
        Trouble: there is none.
    """
    try:
        found = file.read_text(encoding="utf-8") if file else os.environ.get("TUANZU_TOKEN", "")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(
            Words(f"无法读取 {file}：{error}", f"{file} cannot be read: {error}")
        ) from error
    if not found.strip():
        raise Trouble(
            Words(
                "没有令牌；请设置环境变量 TUANZU_TOKEN，或用 --token-file 指明文件。",
                "There is no token; set TUANZU_TOKEN, or name a file with --token-file.",
            )
        )
    return found.strip()


class Feed:
    """The events one token may hear, from one number on."""

    def __init__(self, server: str, bearer: str) -> None:
        """Prepare to ask; `seq` is how far everything has been dealt with."""
        self.server = (server or Settings().address()).rstrip("/")
        self.seq = 0
        self._headers = {
            "Authorization": f"Bearer {bearer}",
            "Accept-Language": terminal.language(),
        }
        self._client = httpx2.Client(timeout=_TIMEOUT)

    def newest(self) -> int:
        """Read the number of the newest event.

        Raises:
            Trouble: the service does not answer, or does not know the token.
        """
        newest: int = self._asked("/events/head")["newest"]
        return newest

    def pages(self) -> Iterator[list[Event]]:
        """Give all that is kept, oldest first, page by page."""
        upto, asked = self.newest(), {"limit": _PAGE}
        while asked.get("after", -1) < upto:
            page = self._asked("/events", asked)
            yield [Event.read(orjson.dumps(item)) for item in page["items"]]
            asked["after"] = page["next_after"]

    def follow(self) -> Iterator[Event]:
        """Give every event behind `seq`, for ever; a stream that breaks is taken up again.

        `seq` moves on when the next event is asked for, so whoever is interrupted while dealing
        with one gets that one again.
        """
        is_told = False
        while True:
            try:
                for event in self._stream():
                    is_told = False
                    yield event
                    self.seq = event.seq
            except _Broken as broken:
                if not is_told:
                    terminal.complain(
                        Words(f"连接中断，正在重试：{broken}", f"Cut off, trying again: {broken}")
                    )
                is_told = True
            time.sleep(_PAUSE_SECONDS)

    def _stream(self) -> Iterator[Event]:
        """Read one stream to its end."""
        headers = {**self._headers, "Last-Event-ID": str(self.seq), "Accept-Encoding": "identity"}
        place = f"{self.server}/api/v1/events/stream"
        try:
            with self._client.stream("GET", place, headers=headers) as answer:
                _judge(answer)
                for block in blocks(answer.iter_bytes()):
                    kind = block.get(b"event", b"")
                    if kind == b"end":
                        raise Trouble(
                            Words(
                                "令牌已失效，或账户已停用。",
                                "The token is good no more, or the account was closed.",
                            )
                        )
                    if kind == b"checkpoint":
                        self.seq = int(block[b"id"])
                    elif b"data" in block:
                        yield Event.read(block[b"data"])
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise _Broken(type(error).__name__) from error

    def _asked(self, path: str, asked: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Ask once.

        Raises:
            Trouble: there is no good answer.
        """
        place = f"{self.server}/api/v1{path}"
        try:
            answer = self._client.get(place, headers=self._headers, params=asked)
            _judge(answer)
            found: dict[str, Any] = orjson.loads(answer.content)
        except (httpx2.TransportError, httpx2.UnsupportedProtocol, _Broken, ValueError) as error:
            raise Trouble(
                Words(
                    f"{self.server} 没有像团组服务那样回答：{error}",
                    f"{self.server} does not answer as this service does: {error}",
                )
            ) from error
        return found


def blocks(chunks: Iterator[bytes]) -> Iterator[dict[bytes, bytes]]:
    """Split server-sent events at line feeds alone.

    What libraries call a line also ends at U+2028 and U+0085, which an event's text may hold.
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n\n")
        for block in whole:
            pairs = (line.partition(b": ") for line in block.split(b"\n"))
            yield {name: value for name, _, value in pairs}


def _judge(answer: httpx2.Response) -> None:
    """Refuse what is no answer to go on from.

    Raises:
        _Broken: another attempt may be better. Trouble: none will be.
    """
    status = answer.status_code
    if status == HTTPStatus.OK:
        return
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        raise _Broken(str(status))
    try:
        problem = orjson.loads(answer.read())
        said = " ".join(str(problem[part]) for part in ("title", "detail") if problem.get(part))
    except (ValueError, AttributeError):
        said = ""
    raise Trouble(Words(f"{status} {said}", f"{status} {said}"))
