"""How often one account or one network address may ask, counted in this process.

A request asks nobody outside: it looks at two numbers in memory. About once a second one thread
tells Redis what was counted since, and learns what other api processes counted, so that all of
them share one limit with that lag. Without Redis each process holds the limit by itself.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import redis
import structlog

from services.core.kit.errors import TooMany
from services.core.kit.settings import settings
from services.core.kit.words import Words

_log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60
MOST_KEYS = 50_000
"""Keys kept in memory (about 15 MB); then the one that has been silent longest is forgotten."""
_RECONCILE_SECONDS = 1.0
_PREFIX = "tuanzu:limit"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a key stands after a request: what is left of its quota, and for how long."""

    policy: str
    quota: int
    left: int
    resets_in: int

    def headers(self) -> dict[str, str]:
        """Write it as RateLimit and RateLimit-Policy say it."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.resets_in}',
        }


class OverQuota(TooMany):
    """More requests than the quota; later is right."""

    def __init__(self, standing: Standing) -> None:
        """Say how long to wait."""
        self.standing = standing
        wait = standing.resets_in
        super().__init__(
            Words(f"请在 {wait} 秒后重试。", f"Please try again in {wait} second(s)."),
            retry_after=timedelta(seconds=wait),
        )


@dataclass(slots=True)
class _Cell:
    """The count of one key: this window and the one before, and what Redis has not heard yet."""

    window: int
    count: int = 0
    before: int = 0
    untold: int = 0


class Limiter:
    """A sliding window of one minute per key: this window's count, and a share of the last one's.

    The share falls evenly as the window passes, so there is no moment at which a quota comes back
    whole. What is refused is not counted: whoever keeps asking is let in again as time passes.
    """

    def __init__(self, policy: str, quota: int, clock: Callable[[], float] = time.time) -> None:
        """Begin with nothing counted; `clock` gives seconds that all processes agree on."""
        self.policy = policy
        self.quota = quota
        self._clock = clock
        self._cells: OrderedDict[str, _Cell] = OrderedDict()
        self._untold: set[str] = set()
        self._lock = threading.Lock()

    def take(self, key: str) -> Standing:
        """Count one request of this key.

        Raises:
            OverQuota: its quota is used up.
        """
        window, passed = divmod(self._clock(), WINDOW_SECONDS)
        with self._lock:
            cell = self._cell(key, int(window))
            weighed = cell.count + cell.before * (1 - passed / WINDOW_SECONDS)
            refused = weighed + 1 > self.quota
            if not refused:
                cell.count += 1
                cell.untold += 1
                self._untold.add(key)
        if refused:
            raise OverQuota(Standing(self.policy, self.quota, 0, self._wait(cell, passed)))
        left = int(self.quota - weighed - 1)
        return Standing(self.policy, self.quota, left, math.ceil(WINDOW_SECONDS - passed))

    def _cell(self, key: str, window: int) -> _Cell:
        """Find the count of a key, moved on to this window."""
        cell = self._cells.get(key)
        if cell is None:
            if len(self._cells) >= MOST_KEYS:
                forgotten, _ = self._cells.popitem(last=False)
                self._untold.discard(forgotten)
            cell = self._cells[key] = _Cell(window)
        elif cell.window != window:
            cell.before = cell.count if cell.window == window - 1 else 0
            cell.window, cell.count, cell.untold = window, 0, 0
            self._cells.move_to_end(key)
        return cell

    def _wait(self, cell: _Cell, passed: float) -> int:
        """Give the seconds until one more request fits."""
        room = self.quota - 1
        if cell.count <= room:
            share = (room - cell.count) / cell.before
            seconds = WINDOW_SECONDS * (1 - share) - passed
        else:
            seconds = WINDOW_SECONDS - passed + WINDOW_SECONDS * (1 - room / cell.count)
        return max(1, math.ceil(seconds))

    def reconcile(self, client: redis.Redis) -> None:
        """Tell Redis what was counted since the last time, and learn what the others counted.

        Raises:
            redis.RedisError: it cannot be reached; nothing is lost, the next time tells more.
        """
        with self._lock:
            told = [(key, cell.window, cell.untold) for key, cell in self._active()]
        if not told:
            return
        pipe = client.pipeline(transaction=False)
        for key, window, count in told:
            pipe.incrby(self._name(key, window), count)
            pipe.expire(self._name(key, window), 2 * WINDOW_SECONDS)
            pipe.get(self._name(key, window - 1))
        answers = pipe.execute()
        with self._lock:
            for (key, window, count), total, before in zip(
                told, answers[::3], answers[2::3], strict=True
            ):
                self._learn(key, window, count, total, int(before or 0))

    def _active(self) -> list[tuple[str, _Cell]]:
        return [(key, self._cells[key]) for key in self._untold]

    def _learn(self, key: str, window: int, told: int, total: int, before: int) -> None:
        """Take over what all processes together counted, with what came in here meanwhile."""
        cell = self._cells.get(key)
        if cell is None or cell.window != window:
            return
        cell.untold -= told
        cell.count = total + cell.untold
        cell.before = max(cell.before, before)
        if not cell.untold:
            self._untold.discard(key)

    def _name(self, key: str, window: int) -> str:
        return f"{_PREFIX}:{self.policy}:{key}:{window}"


@lru_cache(maxsize=1)
def accounts() -> Limiter:
    """Give the limit of each account, whatever token it comes with."""
    return Limiter("account", settings().requests_per_minute)


@lru_cache(maxsize=1)
def addresses() -> Limiter:
    """Give the limit of each network address for requests of nobody we know."""
    return Limiter("address", settings().anonymous_requests_per_minute)


class Reconciler:
    """One thread that keeps the counts of this process and the others together."""

    def __init__(self) -> None:
        """Do nothing yet."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="limits")

    def start(self) -> None:
        """Begin to reconcile about once a second."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what Redis has not heard stays unheard."""
        self._stopped.set()
        self._thread.join(timeout=3)

    def _serve(self) -> None:
        """Reconcile for ever, if there is a Redis; its being away is said once, when it begins."""
        if not settings().redis_url:
            return
        away = False
        with redis.Redis.from_url(
            settings().redis_url, socket_timeout=1, socket_connect_timeout=1
        ) as client:
            while not self._stopped.wait(_RECONCILE_SECONDS):
                try:
                    accounts().reconcile(client)
                    addresses().reconcile(client)
                    away = False
                except redis.RedisError as error:
                    if not away:
                        _log.warning("limits are not shared", error=type(error).__name__)
                    away = True
