"""When the watch gives its daily account, what of it was missed, and what is wrong with it now."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from services.core.calendar.rules import day_of, instant_of
from services.core.kit.words import Words

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

RULE: Final = "MR-23"
MOST_COUNTED = 1000
"""What is late is counted up to here: a self-check must not cost what it warns of."""

_UNCHECKED = Words("个项目逾时未检查", "project(s) not checked in time")
_UNSENT = Words("条提醒逾时未发", "reminder(s) due and not sent")


class RunState(StrEnum):
    """A run is completed; or it was missed, and is caught up when nothing due is left."""

    COMPLETED = "completed"
    MISSED = "missed"
    CAUGHT_UP = "caught_up"


class Trouble(StrEnum):
    """What may be wrong with the watch itself."""

    RUN_OVERDUE = "run_overdue"
    CHECKS_OVERDUE = "checks_overdue"
    REMINDERS_UNSENT = "reminders_unsent"


@dataclass(frozen=True, slots=True)
class Turn:
    """The run that is due now; `missed`: how many were, the first of them when."""

    due_at: datetime
    missed: int
    first_missed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Late:
    """How much of one kind is late, counted to `MOST_COUNTED`, and what the oldest was due."""

    count: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class SelfFinding:
    """One thing wrong with the watch: how many, since when, in words (MR-23)."""

    code: Trouble
    count: int
    since: datetime
    words: Words


def last_due(now: datetime, at: time) -> datetime:
    """Give the latest moment at which a run was due: once a day, at one hour in Asia/Shanghai."""
    today = instant_of(day_of(now), at)
    return today if today <= now else today - _DAY


def next_due(now: datetime, at: time) -> datetime:
    """Give the moment at which the next run is due."""
    return last_due(now, at) + _DAY


def turn(previous_due_at: datetime, now: datetime, *, at: time, grace: timedelta) -> Turn | None:
    """Give the run that is due, if any is since the last one's own due.

    Of several only the latest may still be in time, within the grace.
    """
    due_at = last_due(now, at)
    if due_at <= previous_due_at:
        return None
    count = -((previous_due_at - due_at) // _DAY)
    missed = count if now - due_at > grace else count - 1
    first = due_at - (count - 1) * _DAY if missed else None
    return Turn(due_at, missed, first)


def troubles(
    *,
    last_due_at: datetime | None,
    checks: Late,
    reminders: Late,
    now: datetime,
    at: time,
    grace: timedelta,
) -> tuple[SelfFinding, ...]:
    """Say what is wrong with the watch; nothing, where everything is done by its time and grace.

    `last_due_at`: the due of the last run that is not outstanding; None: none was ever due.
    """
    found = []
    due = turn(last_due_at, now, at=at, grace=grace) if last_due_at else None
    if due is not None and due.first_missed_at is not None:
        zh = f"监测应于 {_at(due.first_missed_at)} 起的 {due.missed} 次例行运行未完成"
        en = f"{due.missed} run(s) of the watch not completed, the first due"
        found.append(_finding(Trouble.RUN_OVERDUE, due.missed, due.first_missed_at, zh, en, now))
    for code, late, what in (
        (Trouble.CHECKS_OVERDUE, checks, _UNCHECKED),
        (Trouble.REMINDERS_UNSENT, reminders, _UNSENT),
    ):
        if late.count and late.oldest_due_at is not None:
            many = f"{late.count}{'+' if late.count >= MOST_COUNTED else ''}"
            zh = f"{many} {what.zh}，最早应于 {_at(late.oldest_due_at)}"
            en = f"{many} {what.en}, the oldest due"
            found.append(_finding(code, late.count, late.oldest_due_at, zh, en, now))
    return tuple(found)


def _finding(
    code: Trouble, count: int, since: datetime, zh: str, en: str, now: datetime
) -> SelfFinding:
    minutes = (now - since) // _MINUTE
    words = Words(
        f"{zh}，已过 {minutes} 分钟（{RULE}）。", f"{en} {_at(since)}, {minutes} min ago ({RULE})."
    )
    return SelfFinding(code, count, since, words)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
