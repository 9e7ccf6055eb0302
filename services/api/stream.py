"""Server-sent events: one reader of the feed in each process, and any number of clients behind it.

The reader keeps the newest facts in memory; each client has nothing but its own number, and takes
what follows it from there, or from the log where it is further behind. So a slow client costs no
memory, and whoever comes back with the last number it saw gets the rest, once and in order.
"""

import asyncio
import signal
import threading
from collections import deque
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import islice
from time import monotonic
from types import FrameType

import anyio
import anyio.to_thread
import psycopg
import structlog
from anyio import CapacityLimiter
from fastapi import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from services.api.door import Door
from services.core.kit import db, listening, wake
from services.core.kit.errors import Refusal
from services.core.kit.listening import Sought, Told

_log = structlog.get_logger(__name__)

KEPT = 2_000
"""The newest facts in memory, about a kilobyte each."""
_PAGE = 200
_THREADS = 2
"""Threads for streams, besides those for requests: streams wait for each other, not requests."""
POLL_SECONDS = 1.0
SCOPE_SECONDS = 4.0
"""Who a client is and what it may hear is asked again at least this often."""
CHECKPOINT_SECONDS = 15.0
SEND_SECONDS = 30.0
"""A client that takes nothing for so long is let go; it may come back with its last number."""
_SCOPE_NOUNS = frozenset({"account", "group", "organisation", "session", "token"})
"""Facts about these may change what somebody hears from the next fact on."""


class Hub:
    """The process's one reader of the feed; it reads only while somebody listens."""

    def __init__(self) -> None:
        """Wait for the first client."""
        self.seq = 0
        self.epoch = 0
        """Changes whenever a fact may have changed somebody's scope."""
        self.is_stopping = False
        self._recent: deque[Told] = deque(maxlen=KEPT)
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._limiter: CapacityLimiter | None = None
        self._starting = asyncio.Lock()

    @property
    def limiter(self) -> CapacityLimiter:
        """The threads of streams, made in the loop that uses them."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(_THREADS)
        return self._limiter

    def stop(self) -> None:
        """Let every stream end now."""
        self.is_stopping = True
        self._tell()

    @asynccontextmanager
    async def joined(self) -> AsyncGenerator[None]:
        """Listen along; the first client starts the reader, the last one stops it."""
        self._listeners += 1
        try:
            async with self._starting:  # two who come at once start one reader
                if self._task is None:
                    self._recent.clear()
                    self.seq = await anyio.to_thread.run_sync(_newest, limiter=self.limiter)
                    self._task = asyncio.create_task(self._follow())
            yield
        finally:
            self._listeners -= 1
            if self._listeners == 0 and self._task is not None:
                task, self._task = self._task, None
                task.cancel()
                with anyio.CancelScope(shield=True):  # its connection is closed before we go
                    await asyncio.wait([task])

    async def news(self, seq: int, within: float) -> None:
        """Wait until there is more than this number, or the time is over."""
        if seq < self.seq or self.is_stopping:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), within)

    def after(self, seq: int, upto: int) -> list[Told] | None:
        """Give what follows a number from memory; None: the log has to be asked."""
        if not self._recent or self._recent[0].seq > seq + 1:
            return None
        start = seq + 1 - self._recent[0].seq
        following = islice(self._recent, start, start + _PAGE)
        return [told for told in following if told.seq <= upto]

    async def _follow(self) -> None:
        """Read on whenever the relay has numbered something, and every second in any case."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    wake.plain_url(), autocommit=True, connect_timeout=3
                ) as ear:
                    await ear.execute(f"LISTEN {wake.NUMBERED}")
                    while True:
                        await self._read_on()
                        async for _ in ear.notifies(timeout=POLL_SECONDS, stop_after=1):
                            pass
            except (psycopg.Error, SQLAlchemyError) as error:
                _log.warning("the feed cannot be read; trying again", error=repr(error))
                await asyncio.sleep(POLL_SECONDS)

    async def _read_on(self) -> None:
        while True:
            told = await anyio.to_thread.run_sync(_told_after, self.seq, limiter=self.limiter)
            for one in told:
                self._recent.append(one)
                self.epoch += one.type.partition(".")[0] in _SCOPE_NOUNS
            if told:
                self.seq = told[-1].seq
                self._tell()
            if len(told) < _PAGE:
                return

    def _tell(self) -> None:
        """Wake everybody who waits, and begin a new wait."""
        self._news.set()
        self._news = asyncio.Event()


class EventStream(Response):
    """One client's stream, from one number on, until it leaves or may not listen any more."""

    media_type = "text/event-stream"

    def __init__(self, door: Door, hub: Hub, begin: int) -> None:
        """Keep where the client is."""
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._door, self._hub, self._seq = door, hub, begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak until somebody ends it."""
        del scope
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with anyio.create_task_group() as group:
            group.start_soon(_left, receive, group.cancel_scope)
            async with self._hub.joined():
                with suppress(SQLAlchemyError):  # it comes back with its last number
                    await self._speak(send)
            group.cancel_scope.cancel()

    async def _speak(self, send: Send) -> None:
        hub, epoch, asked_at, spoke_at = self._hub, self._hub.epoch, monotonic(), monotonic()
        if not await _sent(send, "retry: 2000\n\n"):
            return
        while not hub.is_stopping:
            upto = hub.seq
            if epoch != hub.epoch or monotonic() - asked_at >= SCOPE_SECONDS:
                epoch, asked_at = hub.epoch, monotonic()
                if not await self._may_listen():
                    await _sent(send, 'event: end\ndata: {"code":"unauthenticated"}\n\n')
                    break
            said = await self._following(upto) if self._seq < upto else ""
            if not said and monotonic() - spoke_at >= CHECKPOINT_SECONDS:
                said = f'event: checkpoint\nid: {self._seq}\ndata: {{"seq":{self._seq}}}\n\n'
            if not said:
                quiet = min(asked_at + SCOPE_SECONDS, spoke_at + CHECKPOINT_SECONDS) - monotonic()
                await hub.news(self._seq, max(quiet, 0.01))
                continue
            if not await _sent(send, said):
                return
            spoke_at = monotonic()
        await _sent(send, "", more=False)

    async def _may_listen(self) -> bool:
        """Ask anew who this is and what it may hear."""
        try:
            await anyio.to_thread.run_sync(_entered, self._door, limiter=self._hub.limiter)
        except Refusal:
            return False
        return True

    async def _following(self, upto: int) -> str:
        """Give the next facts for this client as text, and move its number on."""
        told = self._hub.after(self._seq, upto)
        if told is None:
            page = await anyio.to_thread.run_sync(
                _page, self._door, self._seq, limiter=self._hub.limiter
            )
            self._seq, facts = page.next_after, page.facts
        else:
            caller = self._door.caller
            self._seq = told[-1].seq
            facts = tuple(
                (one.seq, one.body)
                for one in told
                if listening.hears(caller, one.group_id, one.organisation_ids)
            )
        return "".join(f"id: {seq}\ndata: {body}\n\n" for seq, body in facts)


async def _sent(send: Send, text: str, *, more: bool = True) -> bool:
    """Send a piece; False: the client took too long."""
    with anyio.move_on_after(SEND_SECONDS) as waited:
        await send({"type": "http.response.body", "body": text.encode(), "more_body": more})
    return not waited.cancelled_caught


async def _left(receive: Receive, scope: anyio.CancelScope) -> None:
    """Wait until the client has gone, and end its stream."""
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def looked_at(door: Door, after: int | None) -> int:
    """Let a client in, and give the number its stream begins behind; none asked: the newest.

    Raises:
        Unauthenticated: nobody we know. FactsGone: the log does not reach there.
    """
    with db.reading() as session:
        door.enter(session)
        found = listening.ends(session)
        return found.newest if after is None else listening.beginning(found, after)


def _entered(door: Door) -> None:
    with db.reading() as session:
        door.enter(session)


def _page(door: Door, after: int) -> listening.Heard:
    with db.reading() as session:
        door.enter(session)
        return listening.heard(session, door.caller, Sought(after=after, limit=_PAGE))


def _newest() -> int:
    with db.reading() as session:
        return listening.ends(session).newest


def _told_after(seq: int) -> list[Told]:
    with db.reading() as session:
        return list(listening.told_after(session, seq, limit=_PAGE))


@contextmanager
def ended_by_signals(hub: Hub) -> Generator[None]:
    """End the streams as soon as the process is asked to stop; the server waits for them.

    The server's own handlers are called after ours. In a thread (tests) no signal is heard.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hub.stop)
        then = before[signal.Signals(number)]
        if callable(then):
            then(number, frame)

    for number in before:
        signal.signal(number, stop)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
