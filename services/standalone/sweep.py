"""Walk through time: do at each due instant what the workers would have done then.

The same ticks, readers and stamping as the worker's, in one transaction of the caller's. Mail and
webhooks are not sent: they stay due rows, which the workers deliver when they find them.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.kit import feed, versions, written
from services.core.kit.settings import settings
from services.core.runs import queries as runs
from services.worker.consumers import CONSUMERS
from services.worker.stamp import stamp_facts
from services.worker.ticks import TICKS

_ROUNDS = 100
"""What one instant causes settles in a few rounds; more would be a rule that contradicts itself."""

STOPS = {
    "progress.open": "project_watch.next_open_at",
    "blockers.resume": "blocker_suspension.next_at",
    "monitoring.check": "project_watch.next_check_at",
    "reminders.send": "reminder.next_at",
    "escalations.climb": "escalation_run.next_at",
    "meetings.remind": "meeting_reminder.next_at",
    "evidence.tidy": "evidence_upload.next_at",
}
"""The moments each tick looks for, and that time stops at."""
ALONG = {"monitoring.totals": "total_watch.next_at", "webhooks.replay": "webhook_replay.next_at"}
"""What is looked at along with what comes next: totals of places have no hour of their own, and
stopping for each of them would double the walk."""
WALKED = {name: tick for name, tick in TICKS.items() if name != runs.TICK}
"""A walk gives no account of the watch: nobody watched on the days it goes through."""


def _each(write: str, moments: Mapping[str, str]) -> list[str]:
    """Write the same about the moments of each tick."""
    places = {name: moment.split(".") for name, moment in moments.items()}
    return [
        write.format(tick=name, table=table, column=column)
        for name, (table, column) in places.items()
    ]


_FIRST = "(SELECT min({column}) FROM {table} WHERE {column} > :after)"
_NEXT = text(f"SELECT least({', '.join(_each(_FIRST, STOPS))})")
_IS_DUE = "SELECT '{tick}' WHERE EXISTS (SELECT FROM {table} WHERE {column} <= :now)"
_DUE = text(" UNION ALL ".join(_each(_IS_DUE, STOPS | ALONG)))
_NEW_TYPES = text(
    "SELECT DISTINCT type FROM event WHERE seq > (SELECT max(seq) FROM feed_head) - :numbered"
)
_HOLD = text("SELECT FROM consumer_cursor ORDER BY name FOR UPDATE")
_PLACE = "place in the queue of facts"
_MOMENT = timedelta(microseconds=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person does at one instant of the walk."""

    at: datetime
    do: Callable[[Session, datetime], None]


def walk(
    session: Session, *, upto: datetime, acts: Iterable[Act] = (), without: Collection[str] = ()
) -> None:
    """Do everything that falls due up to an instant, in time order, and last what is due at it.

    A person's act comes before what falls due at the same instant. `without`: ticks that are left
    out, and readers that pass over what happens.

    Raises:
        RuntimeError: what one instant causes does not come to an end.
    """
    waiting = deque(sorted((act for act in acts if act.at <= upto), key=attrgetter("at")))
    now = _next(session, _LONG_AGO, waiting, upto)
    _read_on(session, now, CONSUMERS, without)  # what was numbered before and not yet read
    while now < upto:
        _live(session, now, waiting, without)
        now = _next(session, now, waiting, upto)
    _live(session, upto, waiting, without)
    _read_on(session, upto, CONSUMERS, without)
    written.number(session)
    versions.written_at(session, None)


def read_on(session: Session, now: datetime) -> None:
    """Number what is written, and let every internal reader read to the end of the feed.

    From here on, until the transaction ends, nobody else reads for them.
    """
    number(session)
    session.execute(_HOLD)
    _read_on(session, now, CONSUMERS, ())


def _live(session: Session, now: datetime, waiting: deque[Act], without: Collection[str]) -> None:
    """Let people act at one instant, and then whatever is due at it."""
    while waiting and waiting[0].at <= now:
        act = waiting.popleft()
        versions.written_at(session, act.at)
        act.do(session, act.at)
    versions.written_at(session, now)
    _settle(session, now, without)


def number(session: Session) -> int:
    """Give every new fact its number; gives how many there were."""
    session.flush()
    batch, given = settings().relay_batch, 0
    while True:
        after = session.info.get(_PLACE, 0)
        stamped, session.info[_PLACE] = stamp_facts(session, batch, after=after)
        given += len(stamped)
        if len(stamped) < batch:
            return given


def _next(session: Session, after: datetime, waiting: Sequence[Act], upto: datetime) -> datetime:
    """Give the next instant at which something is due or done."""
    due = session.execute(_NEXT, {"after": after}).scalar() or upto
    return min(due, waiting[0].at if waiting else due, upto)


def _settle(session: Session, now: datetime, without: Collection[str]) -> None:
    """Run readers and ticks at one instant until nothing is left to do at it.

    A rule may wait for an instant to be over ("after 17:30"), so time passes from round to round.
    """
    for _ in range(_ROUNDS):
        numbered = number(session)
        if numbered:
            heard = [one for one in _concerned(session, numbered) if one not in without]
            _read_on(session, now, heard, without)
        if not numbered + _tick(session, now, without):
            return
        now += _MOMENT
    raise RuntimeError(f"what falls due at {now.isoformat()} does not come to an end")


def _tick(session: Session, now: datetime, without: Collection[str]) -> int:
    """Run the ticks that have something to do, in their order; gives how much they did.

    What one of them does may be work for the next.
    """
    done, due = 0, _due(session, now)
    for name, tick in WALKED.items():
        if name in due and name not in without:
            done += tick(session, now=now, limit=settings().claim_batch)
            due = _due(session, now)
    return done


def _due(session: Session, now: datetime) -> frozenset[str]:
    session.flush()
    return frozenset(session.execute(_DUE, {"now": now}).scalars())


def _concerned(session: Session, numbered: int) -> Iterable[str]:
    """Name the readers that heed one of the facts just numbered; others pass over them later."""
    types = set(session.execute(_NEW_TYPES, {"numbered": numbered}).scalars())
    return [name for name, readers in CONSUMERS.items() if types.intersection(readers)]


def _read_on(
    session: Session, now: datetime, names: Iterable[str], without: Collection[str]
) -> None:
    """Let internal readers read to the end of the feed; those left out pass it over."""
    batch = settings().relay_batch
    for name in names:
        digest = feed.one_by_one({} if name in without else CONSUMERS[name])
        while feed.consume(session, name, digest, now=now, limit=batch) >= batch:
            pass
