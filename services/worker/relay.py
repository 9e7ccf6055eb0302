"""The relay: numbers committed facts, copies them into the Redis stream, wakes the workers, seals.

One relay leads (an advisory lock on the connection that stamps, so a relay that lost its
connection cannot stamp), any number stand by. Redis' own last id is the cursor of the copy: a
stream that was wiped or fell back is rebuilt with the same ids, and nothing is ever added twice.
"""

import contextlib
import signal
import time
from types import FrameType

import psycopg
import redis
import structlog
from kombu.exceptions import OperationalError as BrokerDown
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.core.audit import actions as audit
from services.core.kit import db, jobs, logs, wake
from services.core.kit.settings import settings
from services.worker.app import publisher
from services.worker.queues import WATCH
from services.worker.stamp import stamp

_log = structlog.get_logger(__name__)
_LEADER = 0x72656C6179  # "relay": one number for every relay of this database
_STANDBY_SECONDS = 1.0
_BEAT_SECONDS = 5.0
_WAKE_EXPIRES_SECONDS = 30

_APPEND = """
local last = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for k = 1, #info, 2 do
    if info[k] == 'last-generated-id' then last = info[k + 1] end
  end
end
if last ~= ARGV[1] then return last end
for k = 3, #ARGV, 2 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[k] .. '-0', 'd', ARGV[k + 1])
end
return 'OK'
"""
_AFTER = text("SELECT seq, body FROM event WHERE seq > :seq ORDER BY seq LIMIT :limit")
_OLDEST_KEPT = text("SELECT greatest(max(seq) - :kept, 0) FROM event")


class Stream:
    """The copy in Redis; every call may fail without harm."""

    def __init__(self) -> None:
        """Connect lazily; no retries inside, the next round is the retry."""
        self._client = redis.Redis.from_url(
            settings().redis_url, socket_timeout=5, socket_connect_timeout=2, retry=None
        )
        self._append = self._client.register_script(_APPEND)
        self._last = "unknown"
        self._quiet_until = 0.0

    def replicate(self, session: Session) -> int:
        """Copy what Redis lacks; gives how many events were added."""
        if time.monotonic() < self._quiet_until:
            return 0
        try:
            return self._copy(session)
        except redis.RedisError as error:
            _log.warning("redis does not answer; events wait in PostgreSQL", error=repr(error))
            self._last = "unknown"
            self._quiet_until = time.monotonic() + _STANDBY_SECONDS
            return 0

    def _copy(self, session: Session) -> int:
        added = 0
        while True:
            batch = self._batch(session)
            if not batch:
                return added
            flat: list[str | int] = [part for row in batch for part in row]
            answer = self._append(
                keys=[settings().stream_name],
                args=[self._last, settings().stream_length, *flat],
            )
            found = answer.decode() if isinstance(answer, bytes) else str(answer)
            if found == "OK":
                self._last = f"{batch[-1][0]}-0"
                added += len(batch)
            else:
                self._last = found  # wiped, failed over, or another relay: go on from there

    def _batch(self, session: Session) -> list[tuple[int, str]]:
        """Read what follows the stream's last id; an empty stream begins with what it will keep."""
        if self._last == "unknown":
            self._last = self._remembered()
        seq = int(self._last.partition("-")[0])
        if seq == 0:
            kept = {"kept": settings().stream_length}
            seq = session.execute(_OLDEST_KEPT, kept).scalar() or 0
        found = session.execute(_AFTER, {"seq": seq, "limit": settings().relay_batch})
        return [(row[0], row[1]) for row in found]

    def _remembered(self) -> str:
        """Ask Redis for the stream's last id."""
        try:
            info = self._client.xinfo_stream(settings().stream_name)
        except redis.ResponseError:  # no such key
            return "0-0"
        last = info["last-generated-id"]
        return last.decode() if isinstance(last, bytes) else str(last)


class Relay:
    """One process of which one leads."""

    def __init__(self) -> None:
        """Prepare; nothing is connected before `run`."""
        self._running = True
        self._stream = Stream()
        self._next_beat = 0.0
        self._no_seal_until = 0.0

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Leave after the current round."""
        self._running = False

    def run(self) -> None:
        """Lead or stand by until stopped; a lost database is waited for."""
        while self._running:
            try:
                self._lead()
            except (psycopg.OperationalError, OperationalError) as error:
                _log.warning("the database does not answer; trying again", error=repr(error))
                db.forget()
                time.sleep(_STANDBY_SECONDS)

    def _lead(self) -> None:
        """Hold the lead on one connection, and work until it breaks."""
        with (
            psycopg.connect(wake.plain_url(), autocommit=True, connect_timeout=3) as ear,
            db.engine().connect() as connection,
        ):
            ear.execute(f"LISTEN {wake.CHANNEL}")
            session = Session(connection, expire_on_commit=False)
            while self._running and not self._elected(session):
                time.sleep(_STANDBY_SECONDS)
            while self._running:
                stamped, busy = self._round(session)
                if stamped:
                    ear.execute(f"NOTIFY {wake.NUMBERED}")
                timeout = 0.0 if busy else settings().relay_poll.total_seconds()
                for _ in ear.notifies(timeout=timeout, stop_after=1):
                    pass

    def _elected(self, session: Session) -> bool:
        won = session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEADER}).scalar()
        session.commit()
        return bool(won)

    def _round(self, session: Session) -> tuple[int, bool]:
        """Stamp, copy, wake, seal; gives how many facts were stamped, and whether more may wait."""
        stamped = stamp(session, settings().relay_batch)
        if time.monotonic() >= self._next_beat:
            jobs.beat(session, "relay")
            self._next_beat = time.monotonic() + _BEAT_SECONDS
        session.commit()
        self._stream.replicate(session)
        session.commit()
        if stamped:
            _wake_workers()
        sealed = self._seal(session)
        return stamped, settings().relay_batch in (stamped, sealed)

    def _seal(self, session: Session) -> int:
        """Seal what was committed; if that fails the feed goes on, and /readyz says so."""
        if time.monotonic() < self._no_seal_until:
            return 0
        try:
            sealed = audit.seal(session, limit=settings().relay_batch)
            session.commit()
        except (psycopg.OperationalError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 whatever keeps lines from being sealed, facts are numbered
            _log.exception("audit lines cannot be sealed")
            session.rollback()
            self._no_seal_until = time.monotonic() + _BEAT_SECONDS
            return 0
        return sealed


def _wake_workers() -> None:
    """Tell the workers to look; a message lost costs one sweep interval."""
    with contextlib.suppress(BrokerDown, OSError, redis.RedisError):
        publisher().send_task("watch.look", queue=WATCH, expires=_WAKE_EXPIRES_SECONDS, retry=False)


def main() -> None:
    """Run a relay in this process."""
    logs.configure()
    relay = Relay()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, relay.stop)
    relay.run()


if __name__ == "__main__":
    main()
