"""Bringing a copy up to date: one answer's worth of changes, and how far the copy is then."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, or_, true
from sqlalchemy.orm import Session

from services.core.kit.caller import Caller
from services.core.kit.records import Records
from services.core.sync import queries, rules
from services.core.sync.kinds import KINDS, NAMES
from services.core.sync.queries import Ends, Touched, Wanted
from services.core.sync.rules import Position, Walk

MOST_BATCHES = 20
"""Batches of written rows one answer looks at, however little of them concerns the caller."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines of one answer as JSON, and the cursor that goes on from here."""

    changes: str
    cursor: str
    has_more: bool


def brought_forward(
    session: Session, caller: Caller, *, cursor: str | None, types: str | None, limit: int
) -> Answer:
    """Give the next changes that a copy needs; without a cursor, the first of a new copy.

    Raises:
        Invalid: cursor or types are not ours. ResetRequired: the copy has to be made anew.
    """
    wanted = rules.chosen(types, NAMES)
    found, scope = queries.ends(session), queries.noted_scope(session, caller)
    if cursor is None:
        at = caller.now.isoformat()
        told = queries.moment(session, found)
        position = Position(wanted, found.newest, found.seal, told, told, at, (scope,))
    else:
        position = queries.opened(cursor)
        rules.must_be_same(position, wanted)
        seal = queries.seal_of(session, position.number)
        rules.must_follow(
            number=position.number,
            oldest=found.oldest,
            newest=found.newest,
            is_ours=seal in (None, position.seal),
        )
        if position.walk and scope != position.scopes[-1]:
            position = replace(position, told=queries.moment(session, found))
        position = position.under(scope)
    step = _Step(session, caller, found, position, limit)
    step.take()
    return Answer(f"[{','.join(step.lines)}]", queries.sealed(step.position), step.has_more)


class _Step:
    """One answer in the making."""

    def __init__(
        self, session: Session, caller: Caller, found: Ends, position: Position, limit: int
    ) -> None:
        self.session, self.caller, self.ends, self.position = session, caller, found, position
        self.lines: list[str] = []
        self.has_more = True
        self._limit = limit
        self._earlier = queries.callers_of(session, caller, position.scopes[:-1])
        self._kinds = [
            records for records in KINDS if not position.wanted or records.name in position.wanted
        ]

    def take(self) -> None:
        """Walk until the answer is full or the copy is complete."""
        for _ in range(MOST_BATCHES):
            if not self._next():
                self.has_more = False
                return
            if len(self.lines) >= self._limit:
                return

    def _next(self) -> bool:
        """Go on with the walk, or begin the one that comes next; False: there is none."""
        walk = self.position.walk
        missing = [kind for kind in self._kinds if kind.name not in self.position.held]
        if missing:
            self._fill(walk if walk and walk.stage == "fill" else Walk("fill"), missing)
        elif walk and walk.stage == "follow":
            self._follow(walk)
        elif self.position.number < self.ends.newest and not walk:
            upto = queries.last_of_batch(self.session, self.position.number)
            self._follow(Walk("follow", upto=upto))
        elif walk or self._is_unsettled():
            self._settle(walk or Walk("settle", until=self.caller.now.isoformat()))
        else:
            return False
        return True

    def _fill(self, walk: Walk, missing: list[Records]) -> None:
        """Give everything the caller sees of the kinds that the copy has none of."""
        wanted = {records.name: Wanted(puts=true()) for records in missing}
        if self._walked(walk, wanted, ({}, self.ends.seq)):
            names = tuple(records.name for records in self._kinds)
            self._done(replace(self.position, held=names))

    def _follow(self, walk: Walk) -> None:
        """Give what was written since, as it is now."""
        after = self.position.number
        scopes = [*self._earlier, self.caller]
        batch = queries.touched(self.session, after, walk.upto, scopes)
        wanted = {records.name: self._touched(records, batch) for records in self._kinds}
        if self._walked(walk, wanted, (batch.seqs, batch.seq)):
            seal = queries.seal_of(self.session, walk.upto) or 0
            self._done(replace(self.position, number=walk.upto, seal=seal))

    def _touched(self, records: Records, batch: Touched) -> Wanted:
        return Wanted(
            puts=queries.puts_of(records, batch),
            drops=queries.drops_of(records, batch, self.position.told),
            deleted=batch.deleted.get(records.kind, ()),
        )

    def _is_unsettled(self) -> bool:
        return bool(self._earlier) or self.position.at != self.caller.now.isoformat()

    def _settle(self, walk: Walk) -> None:
        """Give what another scope shows or hides, and what time alone has changed."""
        wanted = {records.name: self._settling(records, walk) for records in self._kinds}
        if self._walked(walk, wanted, ({}, self.ends.seq)):
            self._done(replace(self.position, at=walk.until, scopes=self.position.scopes[-1:]))
            self._earlier = []

    def _settling(self, records: Records, walk: Walk) -> Wanted:
        turned = records.turned(
            datetime.fromisoformat(self.position.at), datetime.fromisoformat(walk.until)
        )
        if not self._earlier:
            return Wanted(puts=turned)
        if records.varies:
            turned = true()
        older = queries.is_older(records, self.position.left)
        new = queries.throughout(records, self._earlier).is_not(true())
        return Wanted(
            puts=new if turned is None else or_(new, turned),
            drops=and_(or_(*(records.visible(one) for one in self._earlier)), older),
        )

    def _done(self, position: Position) -> None:
        """End a walk: from here on the copy may have whatever was there."""
        told = queries.moment(self.session, self.ends)
        self.position = replace(position, told=told, walk=None)

    def _walked(
        self, walk: Walk, wanted: dict[str, Wanted], seqs: tuple[dict[tuple[str, str], int], int]
    ) -> bool:
        """Go on along all kinds until the answer is full; says whether the walk is done."""
        begun = not walk.name
        for records in self._kinds:
            begun = begun or records.name == walk.name
            if not begun or records.name not in wanted:
                continue
            room = self._limit - len(self.lines)
            after = walk.key if records.name == walk.name else ""
            found = queries.read(
                self.session,
                self.caller,
                records,
                wanted[records.name],
                after=after,
                limit=room + 1,
                seqs=seqs,
            )
            self.lines += [change.text for change in found[:room]]
            if len(found) > room:
                key = str(found[room - 1].key) if room else after
                walk = replace(walk, name=records.name, key=key)
                self.position = replace(self.position, walk=walk)
                return False
        return True
