"""Ladders of coordination, as places publish them, and what one of them proposes next."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.core.blockers.rules.life import next_level
from services.core.blockers.rules.words import BlockerLevel, Rhythmic
from services.core.calendar.rules import WorkCalendar
from services.core.kit.words import Words
from services.core.policies.pack import Source

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: who coordinates, at which level, how."""

    number: int
    level: BlockerLevel
    title: Words
    detail: Words


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What happens on a day of every week; 1 is Monday, 7 is Sunday (ISO 8601)."""

    does: Rhythmic
    weekday: int
    title: Words


@dataclass(frozen=True, slots=True)
class Ladder:
    """How one place coordinates, as data with its source."""

    code: str
    title: Words
    source: Source
    rungs: tuple[Rung, ...]
    rhythms: tuple[Rhythm, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could come next; a machine proposes, and a person decides."""

    next_level: BlockerLevel | None
    """None: it is at the province."""
    rung: Rung | None
    """The first step of the ladder at that level, if it has one."""
    days: tuple[tuple[Rhythm, date], ...]

    @property
    def consultation_on(self) -> date | None:
        """The next day of consultation; None: the ladder names no day for it."""
        return next((day for one, day in self.days if one.does is Rhythmic.CONSULT), None)


def proposed(
    ladder: Ladder | None, level: BlockerLevel, *, today: date, calendar: WorkCalendar
) -> Proposal:
    """Propose the next level and the next days; a closed day lends its next open one."""
    above = next_level(level)
    if ladder is None:
        return Proposal(above, None, ())
    rung = next((rung for rung in ladder.rungs if rung.level is above), None)
    days = tuple((one, _next_day(one.weekday, today, calendar)) for one in ladder.rhythms)
    return Proposal(above, rung, days)


def _next_day(weekday: int, today: date, calendar: WorkCalendar) -> date:
    ahead = (weekday - today.isoweekday()) % _WEEK
    return calendar.on_or_after(today + timedelta(days=ahead))
