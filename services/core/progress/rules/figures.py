"""What a report says in numbers, and which numbers cannot be true whatever the reason (I-11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.core.kit.errors import Conflict, Fault, Invalid
from services.core.kit.words import Words
from services.core.progress.rules.periods import same_year

_WHOLE = 100
NEEDED = ("invested_period", "cumulative_year", "cumulative_all", "physical_percent")
"""What a report of an investment has to say in numbers."""
FIGURES = (*NEEDED, "paid_year", "paid_all")
CUMULATIVE = ("cumulative_all", "cumulative_year", "paid_all", "paid_year")
"""What a year or the whole life of a project adds up to: it falls only by a correction."""
CARRIED = (*CUMULATIVE, "physical_percent")
"""What the project's own figures are, once a report is accepted."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says in numbers; CNY, and 0 to 100; None: not given."""

    invested_period: Decimal | None
    cumulative_year: Decimal | None
    cumulative_all: Decimal | None
    physical_percent: Decimal | None
    paid_year: Decimal | None = None
    paid_all: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """The latest accepted report before this one."""

    period: str
    figures: Figures
    image_progress: str | None = None


def carried(previous: Previous | None, period: str) -> Figures:
    """Give the figures of a report that declares "no change"; January begins the year at zero."""
    zero = Decimal(0)
    if previous is None:
        return Figures(zero, zero, zero, zero)
    before, same = previous.figures, same_year(previous.period, period)
    paid_in_new_year = None if before.paid_all is None else zero
    return Figures(
        invested_period=zero,
        cumulative_year=before.cumulative_year if same else zero,
        cumulative_all=before.cumulative_all,
        physical_percent=before.physical_percent,
        paid_year=before.paid_year if same else paid_in_new_year,
        paid_all=before.paid_all,
    )


def corrected(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a correction really changes: of the fields that were sent, those that differ.

    Raises:
        Invalid: nothing of it is other than it was.
    """
    changes = {name: value for name, value in given.items() if value != before[name]}
    if not changes:
        words = Words("更正没有改动任何数据。", "The correction changes nothing.")
        raise Invalid.at("", words, code="nothing_changes")
    return changes


def check_unmoved(recorded: Mapping[str, object], seen: Mapping[str, object]) -> None:
    """Refuse a correction of figures that are others by now.

    Raises:
        Conflict: it names the figures that have moved since the correction was asked for.
    """
    names = ", ".join(sorted(name for name, before in seen.items() if recorded[name] != before))
    if names:
        raise Conflict(
            Words(
                f"申请之后数据已有变动：{names}。请不予通过后重新申请。",
                f"These figures have changed since: {names}. Refuse it, and let it be asked anew.",
            )
        )


def check_possible(given: Figures, *, correction_reason: str | None = None) -> None:
    """Refuse figures that no reason could make true (I-11).

    A period's own investment is negative only where a reason for a correction is given.

    Raises:
        Invalid: one fault per wrong figure.
    """
    faults = list(_impossible(given, is_correction=bool((correction_reason or "").strip())))
    if faults:
        words = Words(f"有{len(faults)}项数据不成立。", f"{len(faults)} figure(s) cannot be true.")
        raise Invalid(words, faults=faults)


def exceeds(amount: Decimal | None, bound: Decimal | None) -> bool:
    """Compare where both are known; what is not known contradicts nothing."""
    return amount is not None and bound is not None and amount > bound


def check_complete(given: Figures, *, is_investment: bool, image_progress: str | None) -> None:
    """Refuse a report that says nothing: figures of an investment, words of a service (T-11).

    Raises:
        Invalid: one fault for each thing that is missing.
    """
    needed: dict[str, object] = {"image_progress": (image_progress or "").strip() or None}
    if is_investment:
        needed = {name: getattr(given, name) for name in NEEDED}
    faults = [
        Fault(f"/{name}", "missing", Words("此项必填。", "This field is required."))
        for name, value in needed.items()
        if value is None
    ]
    if faults:
        words = Words("报告内容不完整。", "The report is not complete.")
        raise Invalid(words, faults=faults)


def check_no_change(reason: str | None) -> None:
    """Refuse "no change" without a reason: silence must be told from negligence.

    Raises:
        Invalid: there is no reason.
    """
    if not (reason or "").strip():
        words = Words("申报“无变化”须说明原因。", "Declaring 'no change' needs a reason.")
        raise Invalid.at("/no_change_reason", words, code="missing")


def _impossible(given: Figures, *, is_correction: bool) -> Iterator[Fault]:
    """Find figures that are wrong by themselves, whatever was reported before."""
    amounts = {
        "cumulative_year": given.cumulative_year,
        "cumulative_all": given.cumulative_all,
        "paid_year": given.paid_year,
        "paid_all": given.paid_all,
    }
    if not is_correction:
        amounts = {"invested_period": given.invested_period, **amounts}
    for name, amount in amounts.items():
        if amount is not None and amount < 0:
            words = Words("不得为负。", "It may not be negative.")
            yield Fault(f"/{name}", "negative", words, ("≥ 0",))
    if given.physical_percent is not None and not 0 <= given.physical_percent <= _WHOLE:
        words = Words("须在0至100之间。", "It must be between 0 and 100.")
        yield Fault("/physical_percent", "out_of_range", words, ("0–100",))
    if exceeds(given.cumulative_year, given.cumulative_all):
        words = Words(
            "本年累计不得大于开工以来累计。",
            "The year's cumulative may not exceed the all-time one.",
        )
        yield Fault("/cumulative_year", "above_all_time", words, (f"≤ {given.cumulative_all}",))
    if exceeds(given.paid_year, given.paid_all):
        words = Words(
            "本年支付不得大于累计支付。", "What the year paid may not exceed what was ever paid."
        )
        yield Fault("/paid_year", "above_all_time", words, (f"≤ {given.paid_all}",))
    if exceeds(given.invested_period, given.cumulative_year):
        words = Words(
            "本期完成不得大于本年累计。", "The period may not exceed the year's cumulative."
        )
        yield Fault("/invested_period", "above_year", words, (f"≤ {given.cumulative_year}",))
