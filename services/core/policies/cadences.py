"""What is wrong with the rhythms of a pack: marks out of range, out of order, before their time."""

from collections.abc import Iterator, Mapping

from services.core.calendar.periods import Every
from services.core.kit.errors import Fault
from services.core.kit.words import Words
from services.core.policies.documents import escaped
from services.core.policies.pack import CLASSES, Cadence, CutOff, Mark, Marks, Pack

_LAST_OF: Mapping[CutOff, int] = {
    CutOff.DAY_OF_MONTH: 31,
    CutOff.NTH_WORKING_DAY: 15,
    CutOff.WEEKDAY: 7,
}
"""A month has 31 days; the month with Spring Festival has at least 15 working days."""
_MOST_AFTER = 2
_FRIDAY = 5
_SECOND_HALF = 16
_LEAST_DUE: Mapping[bool, Mapping[CutOff, int]] = {
    True: {CutOff.DAY_OF_MONTH: 10, CutOff.NTH_WORKING_DAY: 8},
    False: {CutOff.DAY_OF_MONTH: 20, CutOff.NTH_WORKING_DAY: 15},
}
"""Within the month itself, of a first half and of what ends with the month: practice closes the
books up to a third of the period before its end (巴马: the 25th of the month), never earlier."""


def faults(pack: Pack) -> Iterator[Fault]:
    """Find what is wrong with the cadence of a pack, and with those of classes."""
    yield from _cadence_faults(pack.cadence, "/cadence")
    for name, cadence in pack.cadences.items():
        at = f"/cadences/{escaped(name)}"
        if name not in CLASSES:
            words = Words(f"没有项目类别“{name}”。", f"There is no class of projects '{name}'.")
            yield Fault(at, "unknown_class", words, CLASSES)
        yield from _cadence_faults(cadence, at)


def _cadence_faults(cadence: Cadence, at: str) -> Iterator[Fault]:
    is_halves = cadence.every == Every.HALF_MONTH
    if is_halves and cadence.first_half is None:
        words = Words(
            "半月报须另列上半月的开放和截止；opens 与 due 为下半月的。",
            "Twice a month needs the marks of the first half; opens and due are the second's.",
        )
        yield Fault(f"{at}/first_half", "missing", words)
    if cadence.first_half is not None:
        if not is_halves:
            words = Words("仅半月报有上半月。", "Only what is owed twice a month has a first half.")
            yield Fault(f"{at}/first_half", "not_allowed", words, ("null",))
        yield from _marks_faults(cadence.first_half, cadence.every, f"{at}/first_half", first=True)
    yield from _marks_faults(cadence, cadence.every, at, first=False)


def _marks_faults(marks: Marks, every: Every, at: str, *, first: bool) -> Iterator[Fault]:
    """Look at each mark by itself, at their order, and at how early they lie in the period."""
    alone = [
        fault
        for name, mark in (("opens", marks.opens), ("due", marks.due))
        for fault in _mark_faults(mark, every, f"{at}/{name}")
    ]
    yield from alone
    if _place(marks.opens) >= _place(marks.due):
        words = Words("须先开放，后截止。", "It must open before it is due.")
        yield Fault(f"{at}/opens", "order", words)
    if alone:
        return
    least = _least_due(marks.due, every, first=first)
    if _place(marks.due)[0] == 0 and marks.due.n < least:
        words = Words(
            "截止过早：本期还剩三分之一以上。",
            "That is due too early: over a third of the period is still to come.",
        )
        allowed = (f"n >= {least}", "months_after >= 1 / weeks_after >= 1")
        yield Fault(f"{at}/due/n", "before_its_time", words, allowed)
    begins = _SECOND_HALF if every == Every.HALF_MONTH and not first else 1
    opens = marks.opens
    if opens.kind == CutOff.DAY_OF_MONTH and opens.months_after == 0 and opens.n < begins:
        words = Words("本期尚未开始。", "The period has not begun by then.")
        yield Fault(f"{at}/opens/n", "before_its_time", words, (f"n >= {begins}",))


def _mark_faults(mark: Mark, every: Every, at: str) -> Iterator[Fault]:
    """Demand a day of a week of what is weekly, a day of a month of the rest, within its bounds."""
    is_weekly = every == Every.WEEK
    if (mark.kind == CutOff.WEEKDAY) != is_weekly:
        kinds = [kind for kind in CutOff if (kind == CutOff.WEEKDAY) == is_weekly]
        words = Words(
            f"“{every}”的期次不能以“{mark.kind}”定日。",
            f"A period of one {every} has no day of kind {mark.kind}.",
        )
        yield Fault(f"{at}/kind", "wrong_kind", words, tuple(kinds))
        return
    name, other = ("weeks_after", "months_after") if is_weekly else ("months_after", "weeks_after")
    last = _LAST_OF[mark.kind]
    is_after = 0 <= getattr(mark, name) <= _MOST_AFTER and getattr(mark, other) == 0
    if not 1 <= mark.n <= last or not is_after:
        words = Words(
            f"n 须为 1 至 {last}，{name} 须为 0 至 {_MOST_AFTER}，且不用 {other}。",
            f"n must be 1 to {last}, {name} 0 to {_MOST_AFTER}, and {other} is not for this.",
        )
        yield Fault(at, "out_of_range", words, (f"1 – {last}", f"{name} 0 – {_MOST_AFTER}"))


def _least_due(due: Mark, every: Every, *, first: bool) -> int:
    """Give the earliest number a mark inside its own period may have."""
    if every == Every.WEEK:
        return _FRIDAY
    return _LEAST_DUE[first and every == Every.HALF_MONTH][due.kind]


def _place(mark: Mark) -> tuple[int, int]:
    return mark.months_after + mark.weeks_after, mark.n
