"""倒排工期: milestones planned backwards from the finish, in working days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.core.calendar.rules import WorkCalendar


@dataclass(frozen=True, slots=True)
class Step:
    """One milestone and the work before it: its first day, and the day it is reached."""

    starts_on: date
    planned_on: date


def backwards(
    finish_on: date, working_days: Sequence[int], calendar: WorkCalendar
) -> tuple[Step, ...]:
    """Lay steps of so many working days one after another, so that the last ends at the finish.

    A finish on a closed day lends the last open one before it: nothing is ready later than asked.
    Source: 倒排工期 (domain 2.1); the start day is not counted (domain 2.8).
    """
    ends = [calendar.add_working_days(finish_on + timedelta(days=1), -1)]
    ends += [ends[0]] * len(working_days)
    for place in range(len(working_days), 0, -1):
        ends[place - 1] = calendar.add_working_days(ends[place], -working_days[place - 1])
    starts = [calendar.add_working_days(end, 1) for end in ends[:-1]]
    return tuple(Step(*pair) for pair in zip(starts, ends[1:], strict=True))
