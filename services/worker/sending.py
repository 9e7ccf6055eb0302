"""Send webhooks: many at once in one event loop, few per endpoint, each attempt bounded.

Slots are kept full instead of gathering batches (a batch waits for its slowest: 100 s against
10.5 s when tried). The database is asked in a thread, so that no answer waits for it: one turn
writes down what has come back, plans what the relay has numbered, and claims for the free slots.
"""

import asyncio
import contextlib
import sys
import time
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError
from uvicorn.loops.auto import auto_loop_factory

from services.core.kit import clock, db, feed, jobs
from services.core.kit.settings import settings
from services.core.webhooks import actions
from services.core.webhooks.actions import Claimed, Outcome
from services.worker import listening, posting, stopping
from services.worker.consumers import DRAINED

_log = structlog.get_logger(__name__)
_LOOK_SECONDS = 0.5
"""What is due by time alone, or was resent by hand, waits at most this long."""

_SLOW_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0
"""After its window a drain goes on this long rather than wait, claiming nothing, for a slow one."""
_BEAT_SECONDS = 1.0
_SWITCH_SECONDS = 0.0005
"""How soon a thread gives way: after each of its twenty statements a turn would wait 5 ms for the
loop, which sends meanwhile."""
_PLANNED_AT_ONCE = 100
"""Facts between two claims: what they owe goes out before the next are looked at."""


def drain(window_seconds: float, *, waits: bool) -> bool:
    """Send what is due until the window is over, or where it does not wait, until nothing is.

    Gives whether it did; a worker has one drain at a time, and every other leaves at once. Whoever
    ends waits for what it has in the air, so it ends when nothing slow is.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        return runner.run(_drain(time.monotonic() + window_seconds, waits=waits))


async def _drain(until: float, *, waits: bool) -> bool:
    async with listening.ear() as ear:
        if not await ear.is_alone():
            return False
        async with posting.client() as client:
            work = _Work(client, until, waits=waits)
            hearing = asyncio.create_task(ear.hear(work.news_came))
            hearing.add_done_callback(lambda _: work.close())
            try:
                await work.run()
            finally:
                hearing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await hearing
    return True


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one visit to the database is for."""

    finished: list[tuple[Claimed, Outcome]]
    free: int
    """Slots to claim for; 0: claim nothing."""
    held: dict[UUID, int]
    has_news: bool
    beats: bool


class _Work:
    """Attempts in the air, and what has come back of them."""

    def __init__(self, client: aiohttp.ClientSession, until: float, *, waits: bool) -> None:
        """Begin with nothing in the air."""
        self._client = client
        self._until = until
        self._waits = waits
        self._in_air: dict[asyncio.Task[Outcome], tuple[Claimed, float]] = {}
        self._finished: list[tuple[Claimed, Outcome]] = []
        self._stirred = asyncio.Event()
        self._has_news = True
        self._is_closed = False
        self._next_beat = 0.0

    def news_came(self) -> None:
        """Note that facts were numbered."""
        self._has_news = True
        self._stirred.set()

    def close(self) -> None:
        """Claim nothing more."""
        self._is_closed = True
        self._stirred.set()

    async def run(self) -> None:
        """Take turns until it is time to end, and everything in the air has landed."""
        while True:
            self._stirred.clear()
            turn = self._next_turn()
            if not (turn.free or turn.finished or self._in_air):
                return
            claimed, has_more = await self._visited(turn)
            for one in claimed:
                self._start(one)
            if has_more:
                self.news_came()
            if not (self._waits or self._in_air or self._finished or has_more):
                return
            try:
                await asyncio.wait_for(self._stirred.wait(), _LOOK_SECONDS)
            except TimeoutError:
                self._has_news = True  # a notification may have been lost

    async def _visited(self, turn: _Turn) -> tuple[list[Claimed], bool]:
        """Visit the database; where it fails, what has come back is written down the next time."""
        try:
            return await asyncio.to_thread(_visit, turn)
        except SQLAlchemyError as error:
            _log.warning("webhooks wait for the database", error=repr(error))
            self._finished = turn.finished + self._finished
            await asyncio.sleep(_LOOK_SECONDS)
            return [], True

    def _next_turn(self) -> _Turn:
        finished, self._finished = self._finished, []
        now = time.monotonic()
        if stopping.asked() or (now >= self._until and self._ends_well(now)):
            self._is_closed = True
        free = 0 if self._is_closed else settings().webhook_slots - len(self._in_air)
        has_news = free > 0 and self._has_news
        if has_news:
            self._has_news = False  # else it waits for a slot
        beats = now >= self._next_beat
        if beats:
            self._next_beat = now + _BEAT_SECONDS
        return _Turn(
            finished=finished,
            free=free,
            held=dict(Counter(claimed.endpoint_id for claimed, _ in self._in_air.values())),
            has_news=has_news,
            beats=beats,
        )

    def _ends_well(self, now: float) -> bool:
        """Tell whether all that is in the air will soon have landed, or it is really time."""
        slow = any(now - began > _SLOW_SECONDS for _, began in self._in_air.values())
        return not slow or now >= self._until + _PATIENCE_SECONDS

    def _start(self, claimed: Claimed) -> None:
        task = asyncio.create_task(posting.post(self._client, claimed))
        self._in_air[task] = claimed, time.monotonic()
        task.add_done_callback(self._landed)

    def _landed(self, task: "asyncio.Task[Outcome]") -> None:
        claimed, _ = self._in_air.pop(task)
        if not task.cancelled():
            self._finished.append((claimed, task.result()))
            self._stirred.set()


def _visit(turn: _Turn) -> tuple[list[Claimed], bool]:
    """Write down what has come back, plan a little of what is new, claim for the free slots.

    Gives what was claimed, and whether there is more to plan.
    """
    claimed: list[Claimed] = []
    planned = 0
    with db.unit_of_work() as session:
        now = clock.house_now(session)
        if turn.beats:
            jobs.beat(session, "webhooks", every=settings().sweep_every)
        if turn.finished:
            actions.settle_all(session, turn.finished, now=now)
        if turn.free and turn.has_news:
            planned = feed.consume(session, DRAINED, actions.plan, now=now, limit=_PLANNED_AT_ONCE)
        if turn.free:
            claimed = actions.claim(
                session,
                now=now,
                limit=turn.free,
                per_endpoint=settings().webhook_slots_per_endpoint,
                busy=turn.held,
            )
    return claimed, planned >= _PLANNED_AT_ONCE
