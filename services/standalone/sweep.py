"""Walk through time: do at each due instant what the workers would have done then.

The same ticks, readers and stamping as the worker's, in one transaction of the caller's. Mail and
webhooks are not sent: they stay due rows, which the workers deliver when they find them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.kit import feed
from services.core.kit.settings import settings
from services.worker.consumers import CONSUMERS
from services.worker.stamp import stamp
from services.worker.ticks import TICKS

_ROUNDS = 100
"""What one instant causes settles in a few rounds; more would be a rule that contradicts itself."""

_NEXT = text(
    """
    SELECT min(due) FROM (
      SELECT min(next_open_at) FROM project_watch WHERE next_open_at > :after
      UNION ALL SELECT min(next_check_at) FROM project_watch WHERE next_check_at > :after
      UNION ALL SELECT min(next_at) FROM reminder WHERE next_at > :after
      UNION ALL SELECT min(next_at) FROM escalation_run WHERE next_at > :after
    ) AS every (due)
    """
)
"""The earliest moment of those that TICKS look for; what was due before it is found by any tick."""
_MOMENT = timedelta(microseconds=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person does at one instant of the walk."""

    at: datetime
    do: Callable[[Session, datetime], None]


def walk(session: Session, *, upto: datetime, acts: Iterable[Act] = ()) -> None:
    """Do everything that falls due up to an instant, in time order, and last what is due at it.

    A person's act comes before what falls due at the same instant.

    Raises:
        RuntimeError: what one instant causes does not come to an end.
    """
    waiting = deque(sorted((act for act in acts if act.at <= upto), key=attrgetter("at")))
    now = _next(session, _LONG_AGO, waiting, upto)
    _read_on(session, now)  # facts that were numbered before, and not yet read by everybody
    while True:
        while waiting and waiting[0].at <= now:
            act = waiting.popleft()
            act.do(session, act.at)
        _settle(session, now)
        if now >= upto:
            return
        now = _next(session, now, waiting, upto)


def number(session: Session) -> int:
    """Give every new fact its number; gives how many there were."""
    session.flush()
    batch = settings().relay_batch
    given = 0
    while stamped := stamp(session, batch):
        given += stamped
    return given


def _next(session: Session, after: datetime, waiting: Sequence[Act], upto: datetime) -> datetime:
    """Give the next instant at which something is due or done."""
    due = session.execute(_NEXT, {"after": after}).scalar() or upto
    return min(due, waiting[0].at if waiting else due, upto)


def _settle(session: Session, now: datetime) -> None:
    """Run readers and ticks at one instant until nothing is left to do at it.

    A rule may wait for an instant to be over ("after 17:30"), so time passes from round to round.
    """
    limit = settings().claim_batch
    for _ in range(_ROUNDS):
        numbered = number(session)
        if numbered:
            _read_on(session, now)
        done = sum(tick(session, now=now, limit=limit) for tick in TICKS.values())
        if not numbered + done:
            return
        now += _MOMENT
    raise RuntimeError(f"what falls due at {now.isoformat()} does not come to an end")


def _read_on(session: Session, now: datetime) -> None:
    """Let every internal reader read to the end of the feed."""
    batch = settings().relay_batch
    for name, readers in CONSUMERS.items():
        while feed.consume(session, name, readers, now=now, limit=batch) == batch:
            pass
