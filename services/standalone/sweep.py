"""Walk through time: do at each due instant what the workers would have done then.

The same ticks, readers and stamping as the worker's, in one transaction of the caller's. Mail and
webhooks are not sent: they stay due rows, which the workers deliver when they find them.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
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
    """Write the same about the moments of each tick.

    The watched rows of projects change at almost every instant, and what they said before is gone
    only when the transaction ends: a bound keeps the walk from looking through all of it.
    """
    written_out = []
    for name, moment in moments.items():
        table, column = moment.split(".")
        bound = f" AND {column} >= :done_upto" if table == "project_watch" else ""
        written_out.append(write.format(tick=name, table=table, column=column, bound=bound))
    return written_out


_FIRST = "(SELECT min({column}) FROM {table} WHERE {column} > :after)"
_NEXT = text(f"SELECT least({', '.join(_each(_FIRST, STOPS))})")
_IS_DUE = "SELECT '{tick}' WHERE EXISTS (SELECT FROM {table} WHERE {column} <= :now{bound})"
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
    walked = _Walk(session, waiting, frozenset(without))
    now = walked.next_after(_LONG_AGO, upto)
    walked.read_on(now, CONSUMERS)  # what was numbered before and not yet read
    while now < upto:
        walked.live(now)
        now = walked.next_after(now, upto)
    walked.live(upto)
    walked.read_on(upto, CONSUMERS)
    written.number(session)
    versions.written_at(session, None)


def read_on(session: Session, now: datetime) -> None:
    """Number what is written, and let every internal reader read to the end of the feed.

    From here on, until the transaction ends, nobody else reads for them.
    """
    number(session)
    session.execute(_HOLD)
    _Walk(session).read_on(now, CONSUMERS)


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


@dataclass(slots=True)
class _Walk:
    """One walk: what people are still to do, what is left out, how far it has come."""

    session: Session
    waiting: deque[Act] = field(default_factory=deque)
    without: frozenset[str] = frozenset()
    done_upto: datetime = _LONG_AGO
    """The latest instant that was lived: no project waits from before it."""

    def next_after(self, after: datetime, upto: datetime) -> datetime:
        """Give the next instant at which something is due or done."""
        due = self.session.execute(_NEXT, {"after": after}).scalar() or upto
        return min(due, self.waiting[0].at if self.waiting else due, upto)

    def live(self, now: datetime) -> None:
        """Let people act at one instant, and then whatever is due at it."""
        versions.written_at(self.session, now)
        while self.waiting and self.waiting[0].at <= now:
            self.waiting.popleft().do(self.session, now)
        self._settle(now)
        self.done_upto = now

    def read_on(self, now: datetime, names: Iterable[str]) -> None:
        """Let internal readers read to the end of the feed; those left out pass it over."""
        batch = settings().relay_batch
        for name in names:
            digest = feed.one_by_one({} if name in self.without else CONSUMERS[name])
            while feed.consume(self.session, name, digest, now=now, limit=batch) >= batch:
                pass

    def _settle(self, now: datetime) -> None:
        """Run readers and ticks at one instant until nothing is left to do at it.

        A rule may wait for an instant to be over ("after 17:30"), so time passes from round to
        round.
        """
        for _ in range(_ROUNDS):
            numbered = number(self.session)
            if numbered:
                self.read_on(now, self._concerned(numbered))
            if not numbered + self._tick(now):
                return
            now += _MOMENT
        raise RuntimeError(f"what falls due at {now.isoformat()} does not come to an end")

    def _concerned(self, numbered: int) -> list[str]:
        """Name the readers that heed one of the facts just numbered; others pass over them."""
        types = set(self.session.execute(_NEW_TYPES, {"numbered": numbered}).scalars())
        return [
            name
            for name, readers in CONSUMERS.items()
            if name not in self.without and types.intersection(readers)
        ]

    def _tick(self, now: datetime) -> int:
        """Run the ticks that have something to do, in their order; gives how much they did.

        What one of them does may be work for the next.
        """
        done, due = 0, self._due(now)
        for name, tick in WALKED.items():
            if name in due and name not in self.without:
                done += tick(self.session, now=now, limit=settings().claim_batch)
                due = self._due(now)
        return done

    def _due(self, now: datetime) -> frozenset[str]:
        self.session.flush()
        asked = {"now": now, "done_upto": self.done_upto}
        return frozenset(self.session.execute(_DUE, asked).scalars())
