"""A recorded day of events, and the plan by which it is sent again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from services.core.calendar.rules import SHANGHAI
from services.core.kit.words import Words
from services.standalone.hooks import Event
from services.standalone.trouble import Trouble

_LATEST_PLACES = 5
"""What has to be sent again comes after one to five of the events that follow it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt: when it is made, in seconds from the beginning, and whether it arrives."""

    at: float
    event: Event
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Mischief:
    """What a network does to a sender, as shares of all events."""

    duplicates: float = 0.0
    """Sent twice at once."""
    failures: float = 0.0
    """Sent again later: the first attempt was lost, or it arrived and the answer was lost."""


def read(file: Path) -> list[Event]:
    """Read a recorded day, in the order of the feed.

    Raises:
        Trouble: it cannot be read, or holds something else.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise Trouble(
            Words(f"无法读取 {file}：{error}", f"{file} cannot be read: {error}")
        ) from error
    return sorted((Event.read(line) for line in lines if line), key=lambda event: event.seq)


def is_of(event: Event, day: date) -> bool:
    """Say whether an event happened on a day of Asia/Shanghai."""
    return datetime.fromisoformat(event.time).astimezone(SHANGHAI).date() == day


def plan(
    events: Sequence[Event], *, speed: float, mischief: Mischief, chance: random.Random
) -> list[Sending]:
    """Say what is sent when: the day's own spacing, divided by the speed, with some mischief.

    The same chance gives the same plan. Whatever is lost comes again: every event arrives.
    """
    moments = _moments(events, speed)
    planned = []
    for place, event in enumerate(events):
        again = place + chance.randint(1, _LATEST_PLACES)
        later = moments[min(again, len(events) - 1)]
        is_twice, is_failing = (
            chance.random() < share for share in (mischief.duplicates, mischief.failures)
        )
        is_lost = is_failing and chance.random() < 0.5  # noqa: PLR2004 there or back, a coin says
        planned.append((place, Sending(moments[place], event, is_lost)))
        if is_twice:
            planned.append((place, Sending(moments[place], event)))
        if is_failing:
            planned.append((again, Sending(later, event)))
    return [sending for _, sending in sorted(planned, key=lambda pair: pair[0])]


def _moments(events: Sequence[Event], speed: float) -> list[float]:
    """Give when each event is due; what was written down later is never due earlier."""
    times = [datetime.fromisoformat(event.time).timestamp() for event in events]
    found, latest = [], times[0] if times else 0.0
    for moment in times:
        latest = max(latest, moment)
        found.append((latest - times[0]) / speed)
    return found
