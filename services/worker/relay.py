"""The relay: numbers committed facts, copies them into the Redis stream, wakes the workers, seals.

One relay leads (an advisory lock on the connection that stamps, so a relay that lost its
connection cannot stamp), any number stand by. One that hangs with its connection open is found by
its silence: a standby ends its session, and leads. Redis' own last id is the cursor of the copy: a
stream that was wiped or fell back is rebuilt with the same ids, and nothing is ever added twice.
"""

import signal
import time
from datetime import timedelta
from types import FrameType
from typing import Any

import psycopg
import redis
import structlog
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.core.audit import actions as audit
from services.core.kit import db, jobs, logs, retention, wake
from services.core.kit.settings import settings
from services.worker.app import nudge
from services.worker.queues import WATCH
from services.worker.stamp import stamp

_log = structlog.get_logger(__name__)
_LEADER = 0x72656C6179  # "relay": one number for every relay of this database
_STANDBY_SECONDS = 0.5
_BEAT_SECONDS = 5.0
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
"""A Redis that hangs costs one second of waiting each time, so it is asked less and less."""
_COPY_SECONDS = 0.5
"""A stream that is rebuilt does not keep new facts from being numbered: they take turns."""
_WAKE_EXPIRES_SECONDS = 30
_WAKE_APART_SECONDS = 0.25
"""A worker that looks finds everything: more messages than this only stand in its queue."""
_SEAL_APART_SECONDS = 0.05
"""New facts do not wait for every line to be sealed: it may be a moment later."""

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
_SILENT = text(
    """
    SELECT pg_terminate_backend(held.pid), held.pid
    FROM pg_locks held JOIN pg_stat_activity leader USING (pid)
    WHERE held.locktype = 'advisory' AND held.objsubid = 1 AND held.granted
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND held.classid = CAST(:high AS bigint) AND held.objid = CAST(:low AS bigint)
      AND greatest(leader.query_start, leader.state_change) < clock_timestamp() - :stale
    """
)
"""A leader that works speaks several times a second, and no statement of it lasts this long."""
_HEAD = text("SELECT seq FROM feed_head WHERE shard = 0")
_COPIED = text("UPDATE feed_head SET copied = :seq WHERE shard = 0 AND copied <> :seq")
_AFTER = text("SELECT seq, body FROM event WHERE seq > :seq ORDER BY seq LIMIT :limit")
_OLDEST_KEPT = text("SELECT greatest(max(seq) - :kept, 0) FROM event")


Batch = list[tuple[int, str]]
"""Numbers and bodies of facts, in order."""


class Stream:
    """The copy in Redis; every call may fail without harm."""

    def __init__(self) -> None:
        """Connect lazily; no retries inside, the next round is the retry."""
        self._client = redis.Redis.from_url(
            settings().redis_url, socket_timeout=1, socket_connect_timeout=1, retry=None
        )
        self._append = self._client.register_script(_APPEND)
        self._last = "unknown"
        self._quiet_until = 0.0
        self._pause = _PAUSE_SECONDS

    @property
    def is_quiet(self) -> bool:
        """Tell whether Redis did not answer a moment ago, and is left alone."""
        return time.monotonic() < self._quiet_until

    @property
    def seq(self) -> int | None:
        """The number up to which Redis has a copy; None while it does not answer."""
        return None if self._last == "unknown" else int(self._last.partition("-")[0])

    def doubt(self) -> None:
        """Ask Redis anew for its last id with the next round: it may have lost all in the quiet."""
        self._last = "unknown"

    def replicate(self, session: Session, fresh: Batch) -> bool:
        """Copy what Redis lacks, for a while; tells whether more is to be copied.

        What was just numbered is at hand; whatever else is lacking is read from the log.
        """
        if self.is_quiet:
            return False
        try:
            behind = self._copy(session, fresh)
        except redis.RedisError as error:
            _log.warning("redis does not answer; events wait in PostgreSQL", error=repr(error))
            self._last = "unknown"
            self._quiet_until = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
            return False
        self._pause = _PAUSE_SECONDS
        return behind

    def _copy(self, session: Session, fresh: Batch) -> bool:
        until = time.monotonic() + _COPY_SECONDS
        is_next = bool(fresh) and self._last == f"{fresh[0][0] - 1}-0"
        batch = fresh if is_next else self._batch(session)
        while batch:
            flat: list[str | int] = [part for row in batch for part in row]
            answer = self._append(
                keys=[settings().stream_name],
                args=[self._last, settings().stream_length, *flat],
            )
            found = answer.decode() if isinstance(answer, bytes) else str(answer)
            if found != "OK":
                self._last = found  # wiped, failed over, or another relay: go on from there
            else:
                self._last = f"{batch[-1][0]}-0"
                if len(batch) < settings().relay_batch:
                    return False
            if time.monotonic() >= until:
                return True
            batch = self._batch(session)
        return False

    def _batch(self, session: Session) -> Batch:
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
        self._wake, self._next_wake = False, 0.0
        self._room = 0
        """Numbers that still have their place in a part of the log."""
        self._next_seal = 0.0

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
                time.sleep(_STANDBY_SECONDS)

    def _lead(self) -> None:
        """Hold the lead on one connection, and work until it breaks."""
        with (
            psycopg.connect(
                wake.plain_url(), autocommit=True, connect_timeout=3, **_KEEPALIVES
            ) as ear,
            _own_engine().connect() as connection,
        ):
            ear.execute(f"LISTEN {wake.CHANNEL}")
            session = Session(connection, expire_on_commit=False)
            while self._running and not self._elected(session):
                self._end_the_silent(session)
                time.sleep(_STANDBY_SECONDS)
            self._room = 0
            stale = settings().relay_stale.total_seconds()
            wait = min(settings().relay_poll.total_seconds(), stale / 4)
            while self._running:
                busy = self._round(session, ear)
                for _ in ear.notifies(timeout=0.0 if busy else wait, stop_after=1):
                    pass

    def _elected(self, session: Session) -> bool:
        won = session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEADER}).scalar()
        session.commit()
        return bool(won)

    def _end_the_silent(self, session: Session) -> None:
        """End the session of a leader that hangs; with it goes its lock, and what it had begun."""
        key = {"high": _LEADER >> 32, "low": _LEADER & 0xFFFFFFFF}
        ended = session.execute(_SILENT, {**key, "stale": settings().relay_stale}).all()
        session.commit()
        for _, pid in ended:
            _log.error("the leading relay hangs; its session was ended", backend=pid)

    def _round(self, session: Session, ear: psycopg.Connection) -> bool:
        """Stamp and say so, copy, wake, seal; gives whether more may wait."""
        batch = settings().relay_batch
        if self._room < batch:
            self._make_room(session, batch)
        fresh = stamp(session, batch)
        if time.monotonic() >= self._next_beat:
            jobs.beat(session, "relay", every=timedelta(seconds=_BEAT_SECONDS))
            if self._stream.seq is not None:
                session.execute(_COPIED, {"seq": self._stream.seq})
            self._stream.doubt()
            self._next_beat = time.monotonic() + _BEAT_SECONDS
        session.commit()
        if fresh:  # at once: streams and webhooks wait for this
            ear.execute(f"NOTIFY {wake.NUMBERED}")
        self._room -= len(fresh)
        behind = self._stream.replicate(session, fresh)
        session.commit()
        self._wake = self._wake or bool(fresh)
        if self._wake and not self._stream.is_quiet and time.monotonic() >= self._next_wake:
            self._wake, self._next_wake = False, time.monotonic() + _WAKE_APART_SECONDS
            nudge("watch.look", queue=WATCH, expires=_WAKE_EXPIRES_SECONDS)
        sealed = self._seal(session)
        return behind or batch in (len(fresh), sealed)

    def _make_room(self, session: Session, batch: int) -> None:
        """Have a part of the log ahead, so that a number never lacks its place."""
        size = settings().event_part
        end = retention.make_room(session, ahead=max(size, 2 * batch), size=size)
        head = session.execute(_HEAD).scalar_one()
        session.commit()
        self._room = end - 1 - head

    def _seal(self, session: Session) -> int:
        """Seal what was committed, now and then; if that fails the feed goes on (see /readyz)."""
        if time.monotonic() < self._next_seal:
            return 0
        self._next_seal = time.monotonic() + _SEAL_APART_SECONDS
        try:
            sealed = audit.seal(session, limit=settings().relay_batch)
            session.commit()
        except (psycopg.OperationalError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 whatever keeps lines from being sealed, facts are numbered
            _log.exception("audit lines cannot be sealed")
            session.rollback()
            self._next_seal = time.monotonic() + _BEAT_SECONDS
            return 0
        if sealed == settings().relay_batch:
            self._next_seal = 0.0  # there may be more
        return sealed


_KEEPALIVES: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c timezone=UTC -c statement_timeout=5000 -c tcp_keepalives_idle=5 "
    "-c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000",
    "application_name": "tuanzu-relay",
}
"""Either end finds within seconds that the other is gone: a machine that lost its power or its
network says no good-bye, and its lock would stay."""


def _own_engine() -> Engine:
    """Give an engine for one connection: the leader's, which no pool keeps open behind its back."""
    return create_engine(
        db.with_driver(settings().database_url),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={**_KEEPALIVES, "connect_timeout": 5},
    )


def main() -> None:
    """Run a relay in this process."""
    logs.configure()
    relay = Relay()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, relay.stop)
    relay.run()


if __name__ == "__main__":
    main()
