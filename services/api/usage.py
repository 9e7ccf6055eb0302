"""When each token was last used: written beside the requests, at most once a minute for each.

A request only leaves a note in memory. One thread writes the notes down; if the database is away
a note is lost, which makes "last used" a minute old and an idle browser's session no longer than
it should be.
"""

import threading
import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.core.access import actions as access
from services.core.access.actions import Use
from services.core.kit import db

_log = structlog.get_logger(__name__)
_APART = timedelta(minutes=1)
_MOST_REMEMBERED = 20_000
"""Tokens whose last note is remembered; beyond it all are forgotten, and written once more."""
_PAUSE_SECONDS = 0.2
"""Notes that come together are written together."""


class _Notes:
    """What was noted, and the thread that writes it down."""

    def __init__(self) -> None:
        self._noted: dict[UUID, datetime] = {}
        self._waiting: dict[UUID, Use] = {}
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None

    def seen(self, token_id: UUID, now: datetime, address: str | None) -> None:
        """Note a use, unless one was noted within the minute; never blocks for long."""
        before = self._noted.get(token_id)
        if before is not None and timedelta(0) <= now - before < _APART:
            return
        with self._lock:
            if len(self._noted) >= _MOST_REMEMBERED:
                self._noted.clear()
            self._noted[token_id] = now
            self._waiting[token_id] = Use(token_id, now, address)
        ring()

    def wake(self) -> None:
        """Ask the thread to write soon; it is started at the first note of a process."""
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._serve, daemon=True, name="usage")
                    self._thread.start()
        self._rung.set()

    def flush(self) -> None:
        """Write down what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if waiting:
            with db.unit_of_work() as session:
                access.note_uses(session, waiting.values())

    def _serve(self) -> None:
        while self._rung.wait():
            self._rung.clear()
            time.sleep(_PAUSE_SECONDS)
            try:
                self.flush()
            except SQLAlchemyError as error:
                _log.warning("last use not written", reason=type(error).__name__)


_notes = _Notes()
seen = _notes.seen
flush = _notes.flush


def ring() -> None:
    """Wake the thread that writes; tests, which have one connection, write by themselves."""
    _notes.wake()
