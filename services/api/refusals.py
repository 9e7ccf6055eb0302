"""Refusals that matter leave a line in the audit: who reached for what is not theirs.

Noted are a permission or a record denied (403), a write to what is not there or out of scope (404),
and a key used for another request. A read that finds nothing is an everyday thing (a stale link, a
phone that replays) and is counted in /metrics alone, as is whoever has no good token.
"""

import threading
import time
from uuid import UUID

import structlog
from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from services.core.audit.rules import Act
from services.core.kit import db, ledger
from services.core.kit.caller import Caller
from services.core.kit.errors import Kind, Refusal
from services.core.kit.events import Actor, Subject
from services.core.kit.idempotency import KeyReused

_log = structlog.get_logger(__name__)
MOST_A_MINUTE = 30
"""Lines of one account in one process: more show nothing new, and must not fill the disk."""
_MINUTE_SECONDS = 60


class Budget:
    """How many refusals of each account were noted in this minute."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._spent: dict[UUID, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def take(self, account_id: UUID) -> int | None:
        """Take one; gives how many went unrecorded before it, None if all are spent."""
        minute = int(time.monotonic()) // _MINUTE_SECONDS
        with self._lock:
            at, count = self._spent.get(account_id, (minute, 0))
            if at != minute:
                unrecorded, count = max(0, count - MOST_A_MINUTE), 0
            else:
                unrecorded = 0
            self._spent[account_id] = (minute, count + 1)
        return unrecorded if count < MOST_A_MINUTE else None


budget = Budget()


def note(request: Request, caller: Caller | None, refusal: Refusal, *, writes: bool) -> None:
    """Write the line of a refusal that matters, in a transaction of its own; never raises.

    The line names the route and not the address that was typed: nothing a client made up.
    """
    matters = refusal.kind is Kind.FORBIDDEN or isinstance(refusal, KeyReused)
    if caller is None or not (matters or (writes and refusal.kind is Kind.MISSING)):
        return
    unrecorded = budget.take(caller.account_id)
    if unrecorded is None:
        return
    details: dict[str, object] = {"method": request.method, "route": request.scope["route"].path}
    if unrecorded:
        details["unrecorded_before"] = unrecorded
    try:
        with db.unit_of_work() as session:
            ledger.note(
                session,
                Act.REFUSED,
                by=Actor.person(caller),
                now=caller.now,
                about=_subject(request),
                outcome=refusal.code,
                details=details,
            )
    except SQLAlchemyError:
        _log.exception("a refusal was not noted", code=refusal.code)


def _subject(request: Request) -> Subject | None:
    """Give the record a request was about: the last id in its path."""
    ids = [value for value in map(_id, request.path_params.values()) if value]
    return Subject("request", ids[-1]) if ids else None


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
