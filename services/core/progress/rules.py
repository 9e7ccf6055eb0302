"""A report's life, when it is due, and which figures can be true.

Sources: the monthly progress report is filled in by a named reporter and approved by another
person (专人填报、领导审核); cut-offs are policy values in Asia/Shanghai; figures keep I-11.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.core.calendar.rules import WorkCalendar, instant_of
from services.core.kit.errors import Fault, Forbidden, Invalid
from services.core.kit.words import Words
from services.core.policies.pack import Cadence, CutOff, MonthMark

_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_WHOLE = 100
FIGURES = ("invested_period", "cumulative_year", "cumulative_all", "physical_percent")


class ReportState(StrEnum):
    """From owed to accepted."""

    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ReportVerb(StrEnum):
    """What the reporter and the reviewer may do; reopening lets an accepted figure be corrected."""

    SAVE = "save"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REOPEN = "reopen"


MOVES: Mapping[tuple[ReportState, ReportVerb], ReportState] = {
    (ReportState.DUE, ReportVerb.SAVE): ReportState.DRAFT,
    (ReportState.DUE, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    (ReportState.DRAFT, ReportVerb.SAVE): ReportState.DRAFT,
    (ReportState.DRAFT, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    (ReportState.SUBMITTED, ReportVerb.ACCEPT): ReportState.ACCEPTED,
    (ReportState.SUBMITTED, ReportVerb.RETURN): ReportState.RETURNED,
    (ReportState.RETURNED, ReportVerb.SAVE): ReportState.RETURNED,
    (ReportState.RETURNED, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    (ReportState.ACCEPTED, ReportVerb.REOPEN): ReportState.RETURNED,
}
"""A returned report stays returned while it is edited, so that nobody mistakes it for a draft."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says in numbers; CNY, and 0 to 100; None: not given."""

    invested_period: Decimal | None
    cumulative_year: Decimal | None
    cumulative_all: Decimal | None
    physical_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Previous:
    """The latest accepted report before this one."""

    period: str
    figures: Figures


def next_period(period: str) -> str:
    """Give the month after a period `YYYY-MM`.

    Raises:
        Invalid: it is not a month.
    """
    year, month = _month_after(period, 1)
    return f"{year:04}-{month:02}"


def opens_at(period: str, cadence: Cadence, calendar: WorkCalendar) -> datetime:
    """Give the instant from which a period can be reported: midnight in Asia/Shanghai.

    Raises:
        Invalid: the period is not a month.
    """
    return instant_of(_marked_day(period, cadence.opens, calendar), time(0))


def due_at(period: str, cadence: Cadence, calendar: WorkCalendar) -> datetime:
    """Give the instant a period's report is due: 17:30 in Asia/Shanghai of a working day.

    A day of the month that is closed lends the next working day.

    Raises:
        Invalid: the period is not a month.
    """
    return calendar.due_instant(_marked_day(period, cadence.due, calendar))


def is_late(submitted_at: datetime, original_due_at: datetime) -> bool:
    """Say whether the first submission came after the original due, whatever was extended (I-9)."""
    return submitted_at > original_due_at


def check_reviewer(reviewer: UUID, reporter: UUID) -> None:
    """Refuse a reviewer who is the reporter: four eyes see more than two.

    Raises:
        Forbidden: they are the same person.
    """
    if reviewer == reporter:
        raise Forbidden(
            Words("填报人不能审核自己的报告。", "Who reported may not review the same report.")
        )


def carried(previous: Previous | None, period: str) -> Figures:
    """Give the figures of a report that declares "no change"; January begins the year at zero."""
    zero = Decimal(0)
    if previous is None:
        return Figures(zero, zero, zero, zero)
    before = previous.figures
    same_year = _same_year(previous.period, period)
    return Figures(
        invested_period=zero,
        cumulative_year=before.cumulative_year if same_year else zero,
        cumulative_all=before.cumulative_all,
        physical_percent=before.physical_percent,
    )


def checked_figures(
    given: Figures,
    *,
    period: str,
    previous: Previous | None,
    planned_year: Decimal | None = None,
    total: Decimal | None = None,
    correction_reason: str | None = None,
) -> tuple[Fault, ...]:
    """Refuse figures that cannot be true (I-11), and give as warnings what is only remarkable.

    `planned_year` and `total` are the investment of the annual plan and of the whole project.
    Only with a reason for the correction may a cumulative figure fall.

    Raises:
        Invalid: one fault per wrong figure.
    """
    is_correction = bool((correction_reason or "").strip())
    faults = list(_impossible(given, is_correction=is_correction))
    if previous is not None and not is_correction:
        faults += _fallen(given, previous, period)
    if faults:
        words = Words(f"有{len(faults)}项数据不成立。", f"{len(faults)} figure(s) cannot be true.")
        raise Invalid(words, faults=faults)
    remarkable = [*_beyond(given, planned_year, total)]
    if previous is not None:
        remarkable += _odd(given, previous, period)
    return tuple(remarkable)


def check_complete(given: Figures, *, is_investment: bool, image_progress: str | None) -> None:
    """Refuse a report that says nothing: figures of an investment, words of a service (T-11).

    Raises:
        Invalid: one fault for each thing that is missing.
    """
    needed: dict[str, object] = {"image_progress": (image_progress or "").strip() or None}
    if is_investment:
        needed = {name: getattr(given, name) for name in FIGURES}
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
    amounts = {"cumulative_year": given.cumulative_year, "cumulative_all": given.cumulative_all}
    if not is_correction:
        amounts = {"invested_period": given.invested_period, **amounts}
    for name, amount in amounts.items():
        if amount is not None and amount < 0:
            words = Words("不得为负。", "It may not be negative.")
            yield Fault(f"/{name}", "negative", words, ("≥ 0",))
    if given.physical_percent is not None and not 0 <= given.physical_percent <= _WHOLE:
        words = Words("须在0至100之间。", "It must be between 0 and 100.")
        yield Fault("/physical_percent", "out_of_range", words, ("0–100",))
    if _exceeds(given.cumulative_year, given.cumulative_all):
        words = Words(
            "本年累计不得大于开工以来累计。",
            "The year's cumulative may not exceed the all-time one.",
        )
        yield Fault("/cumulative_year", "above_all_time", words, (f"≤ {given.cumulative_all}",))
    if _exceeds(given.invested_period, given.cumulative_year):
        words = Words(
            "本期完成不得大于本年累计。", "The period may not exceed the year's cumulative."
        )
        yield Fault("/invested_period", "above_year", words, (f"≤ {given.cumulative_year}",))


def _fallen(given: Figures, previous: Previous, period: str) -> Iterator[Fault]:
    """Find cumulative figures below the last accepted ones (I-11)."""
    pairs = {"cumulative_all": (given.cumulative_all, previous.figures.cumulative_all)}
    if _same_year(previous.period, period):
        pairs["cumulative_year"] = (given.cumulative_year, previous.figures.cumulative_year)
    for name, (now, before) in pairs.items():
        if _exceeds(before, now):
            words = Words(
                f"累计数不得低于{previous.period}的{before}；如需更正，请说明原因。",
                f"A cumulative figure may not fall below {before} of {previous.period}; "
                "give a reason if it is a correction.",
            )
            yield Fault(f"/{name}", "fell", words, (f"≥ {before}", "correction_reason"))


def _beyond(given: Figures, planned_year: Decimal | None, total: Decimal | None) -> Iterator[Fault]:
    if _exceeds(given.cumulative_all, total):
        words = Words(f"累计超过总投资{total}。", f"It exceeds the total investment of {total}.")
        yield Fault("/cumulative_all", "over_total", words)
    if _exceeds(given.cumulative_year, planned_year):
        words = Words(
            f"超过年度计划{planned_year}。", f"It exceeds the annual plan of {planned_year}."
        )
        yield Fault("/cumulative_year", "over_plan", words)


def _odd(given: Figures, previous: Previous, period: str) -> Iterator[Fault]:
    """Find what does not fit the last accepted report, though it may be true."""
    before = previous.figures
    if _exceeds(before.physical_percent, given.physical_percent):
        words = Words("形象进度低于上期。", "Physical progress is below the last report's.")
        yield Fault("/physical_percent", "fell", words, (f"≥ {before.physical_percent}",))
    if next_period(previous.period) != period:
        return
    spent, year = given.invested_period, given.cumulative_year
    start = before.cumulative_year if _same_year(previous.period, period) else Decimal(0)
    if spent is None or year is None or start is None:
        return
    if start + spent != year:
        words = Words(
            "上期累计加本期完成不等于本年累计。",
            "The last cumulative plus this period is not the year's cumulative.",
        )
        yield Fault("/invested_period", "does_not_add_up", words, (str(year - start),))


def _exceeds(amount: Decimal | None, bound: Decimal | None) -> bool:
    """Compare where both are known; what is not known contradicts nothing."""
    return amount is not None and bound is not None and amount > bound


def _same_year(one: str, other: str) -> bool:
    return one[:4] == other[:4]


def _marked_day(period: str, mark: MonthMark, calendar: WorkCalendar) -> date:
    year, month = _month_after(period, mark.months_after)
    if mark.kind == CutOff.NTH_WORKING_DAY:
        return calendar.nth_working_day(year, month, mark.n)
    return date(year, month, min(mark.n, monthrange(year, month)[1]))


def _month_after(period: str, months: int) -> tuple[int, int]:
    """Give year and month so many months after a period.

    Raises:
        Invalid: the period is not a month.
    """
    if not _PERIOD.fullmatch(period):
        words = Words(f"“{period}”不是月份。", f"'{period}' is not a month.")
        raise Invalid.at("/period", words, code="not_a_month", allowed=("YYYY-MM",))
    count = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return count // 12, count % 12 + 1
