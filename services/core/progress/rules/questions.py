"""What is remarkable in a report's figures is asked, with the numbers, and never blocked (MR-19).

Sources: the domain's MR-19 (数据质量, from 做细做实) names the falls, what is over 100 %, jumps
over 40 points, the same words as last month, and slips of the unit or the decimal point. What is
"about" a factor and when a sum is too round are this house's proposals, said where they stand.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.core.kit.errors import Fault
from services.core.kit.words import Words
from services.core.progress.rules.figures import CUMULATIVE, Figures, Previous, exceeds
from services.core.progress.rules.periods import next_period, same_year

MOST_POINTS = Decimal(40)
"""A jump of the physical progress over this many percentage points is asked (MR-19)."""
UNIT_FACTOR = Decimal(3162)
"""From here on, 10^3.5, a figure is nearer to ten thousand times another than to a thousand times:
万 was taken for 亿, or 元 for 万元 (a proposal)."""
DECIMAL_FACTORS = (Decimal(10), Decimal(100))
GROWTH = Decimal("1.5")
"""A cumulative figure grows by up to half in a period; so a slip by ten is 10 to 15 times what was
reported last, or a tenth of 1 to 1.5 times (a proposal)."""
ROUND_SUM = Decimal(10_000_000)
"""A period's investment of whole 1000万 is more often an estimate than a sum of bills (a
proposal)."""

PROVEN_POINTS = Decimal(25)
"""A rise of the physical progress by more than this many percentage points is a quarter of the
whole at once, and can be photographed (a proposal)."""
PROVEN_SHARE = Decimal("0.25")
"""A period's investment of more than this share of the year's plan, three even months at once, has
bills that can be uploaded (a proposal)."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as it would stand, and what it is compared with; amounts in CNY."""

    period: str
    figures: Figures
    image_progress: str | None = None
    previous: Previous | None = None
    planned_year: Decimal | None = None
    """Investment of the annual plan in force."""
    total: Decimal | None = None
    """Investment of the whole project."""
    following: Previous | None = None
    """The next accepted report after this one, where a correction comes late."""
    has_files: bool = True
    """Photos or files were uploaded as its evidence."""
    bare_milestones: tuple[str, ...] = ()
    """Milestones said to be reached in the period's month, without a photo or file."""

    def last(self, name: str) -> Decimal | None:
        """Give what was last accepted of a figure; a year's own only within the same year."""
        if self.previous is None:
            return None
        if name.endswith("_year") and not same_year(self.previous.period, self.period):
            return None
        found: Decimal | None = getattr(self.previous.figures, name)
        return found

    def pairs(self, *names: str) -> dict[str, tuple[Decimal | None, Decimal | None]]:
        """Give figures beside what was last accepted of each."""
        return {name: (getattr(self.figures, name), self.last(name)) for name in names}


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the reporter: the rule, the field, and the numbers it comes from."""

    rule: str
    code: str
    pointer: str
    words: Words
    inputs: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """Give what a report can be asked once only: this, of this field."""
        return self.pointer, self.code

    def fault(self) -> Fault:
        """Give the question as a fault of its field; an answer is what is allowed."""
        return Fault(self.pointer, self.code, self.words, ("answers",))

    def shown(self) -> dict[str, Any]:
        """Give the question as it is kept and shown, before anybody answered."""
        return {
            "rule": self.rule,
            "pointer": self.pointer,
            "code": self.code,
            "detail": self.words.both(),
            "inputs": dict(self.inputs),
        }


def asked(reported: Reported) -> tuple[Question, ...]:
    """Give every question that a report raises, in the order of the rules."""
    return tuple(question for check in CHECKS for question in check(reported))


def fallen(reported: Reported) -> Iterator[Question]:
    """MR-19.1: a cumulative figure or the physical progress is below the last accepted one."""
    if reported.previous is None:
        return
    before = reported.previous
    for name, (now, last) in reported.pairs(*CUMULATIVE, "physical_percent").items():
        if now is not None and last is not None and now < last:
            words = Words(
                f"{now:.2f}低于{before.period}的{last:.2f}；如需更正，请说明原因。",
                f"{now:.2f} is below {last:.2f} of {before.period}; "
                "give the reason if it is a correction.",
            )
            inputs = _inputs(given=now, last=last) | {"last_period": before.period}
            yield Question("MR-19.1", "fell", f"/{name}", words, inputs)


def over_total(reported: Reported) -> Iterator[Question]:
    """MR-19.2: more is invested than the whole project is to cost, so over 100 %."""
    given, total = reported.figures.cumulative_all, reported.total
    if given is not None and total is not None and given > total:
        words = Words(
            f"累计{given:.2f}超过总投资{total:.2f}，请说明原因。",
            f"{given:.2f} exceeds the total investment of {total:.2f}; why?",
        )
        inputs = _inputs(given=given, total=total)
        yield Question("MR-19.2", "over_total", "/cumulative_all", words, inputs)


def over_plan(reported: Reported) -> Iterator[Question]:
    """MR-19.3: more is invested than the year's whole plan, so over 100 %."""
    given, plan = reported.figures.cumulative_year, reported.planned_year
    if given is not None and plan is not None and given > plan:
        words = Words(
            f"本年累计{given:.2f}超过年度计划{plan:.2f}，请说明原因。",
            f"{given:.2f} exceeds the annual plan of {plan:.2f}; why?",
        )
        inputs = _inputs(given=given, planned_year=plan)
        yield Question("MR-19.3", "over_plan", "/cumulative_year", words, inputs)


def paid_over_total(reported: Reported) -> Iterator[Question]:
    """MR-19.14: more was paid than the whole project is to cost, so over 100 %."""
    given, total = reported.figures.paid_all, reported.total
    if given is not None and total is not None and given > total:
        words = Words(
            f"累计支付{given:.2f}超过总投资{total:.2f}，请说明原因。",
            f"{given:.2f} paid exceeds the total investment of {total:.2f}; why?",
        )
        inputs = _inputs(given=given, total=total)
        yield Question("MR-19.14", "over_total", "/paid_all", words, inputs)


def paid_ahead(reported: Reported) -> Iterator[Question]:
    """MR-19.15: more was paid than the work done is worth; an advance may be why (a proposal)."""
    given, done = reported.figures.paid_all, reported.figures.cumulative_all
    if given is not None and done is not None and given > done:
        words = Words(
            f"累计支付{given:.2f}超过累计完成投资{done:.2f}，是否为预付款？请说明。",
            f"{given:.2f} paid exceeds the {done:.2f} of work done: is it an advance?",
        )
        inputs = _inputs(given=given, cumulative_all=done)
        yield Question("MR-19.15", "paid_ahead", "/paid_all", words, inputs)


def sum_is_off(reported: Reported) -> Iterator[Question]:
    """MR-19.4: the last cumulative and this period's investment are not the year's cumulative."""
    before, given = reported.previous, reported.figures
    if before is None or next_period(before.period) != reported.period:
        return
    is_same = same_year(before.period, reported.period)
    start = before.figures.cumulative_year if is_same else Decimal(0)
    spent, year = given.invested_period, given.cumulative_year
    if spent is None or year is None or start is None or start + spent == year:
        return
    words = Words(
        f"上期累计{start:.2f}加本期完成{spent:.2f}不等于本年累计{year:.2f}，请说明原因。",
        f"The last cumulative {start:.2f} plus {spent:.2f} is not the year's {year:.2f}; why?",
    )
    inputs = _inputs(given=spent, last=start, cumulative_year=year)
    yield Question("MR-19.4", "does_not_add_up", "/invested_period", words, inputs)


def jumped(reported: Reported) -> Iterator[Question]:
    """MR-19.5: the physical progress rose by more than 40 percentage points in one report."""
    now = reported.figures.physical_percent
    last = reported.previous.figures.physical_percent if reported.previous else None
    if now is not None and last is not None and now - last > MOST_POINTS:
        words = Words(
            f"形象进度由{last:.2f}%升至{now:.2f}%，升幅超过{MOST_POINTS}个百分点，请说明原因。",
            f"Progress rose from {last:.2f} % to {now:.2f} %, over {MOST_POINTS} points; why?",
        )
        inputs = _inputs(given=now, last=last, most_points=MOST_POINTS)
        yield Question("MR-19.5", "jumped", "/physical_percent", words, inputs)


def unit_slipped(reported: Reported) -> Iterator[Question]:
    """MR-19.6: a figure is some 10^4 times another, up or down: 万 for 亿, or 元 for 万元."""
    given = reported.figures
    compared = {
        "cumulative_all": (
            given.cumulative_all,
            {"last": reported.last("cumulative_all"), "total": reported.total},
        ),
        "cumulative_year": (
            given.cumulative_year,
            {"last": reported.last("cumulative_year"), "planned_year": reported.planned_year},
        ),
        "paid_all": (
            given.paid_all,
            {"last": reported.last("paid_all"), "total": reported.total},
        ),
        "paid_year": (given.paid_year, {"last": reported.last("paid_year")}),
        "invested_period": (given.invested_period, {"planned_year": reported.planned_year}),
    }
    for name, (now, others) in compared.items():
        for kind, other in others.items():
            if now and other and _is_far(abs(now), other, is_part=name == "invested_period"):
                words = Words(
                    f"{now:.2f}与{other:.2f}相差约一万倍或更多，请核对单位（元、万元、亿元）。",
                    f"{now:.2f} and {other:.2f} differ some ten thousand times: "
                    "is the unit right (元, 万元, 亿元)?",
                )
                inputs = _inputs(given=now) | _inputs(**{kind: other})
                yield Question("MR-19.6", "unit_slip", f"/{name}", words, inputs)
                break


def decimal_slipped(reported: Reported) -> Iterator[Question]:
    """MR-19.7: a cumulative figure is about 10 or 100 times the last accepted one, or a part."""
    for name, (now, last) in reported.pairs(*CUMULATIVE).items():
        if now and last and any(_is_slip(now, last, factor) for factor in DECIMAL_FACTORS):
            words = Words(
                f"{now:.2f}约为上期{last:.2f}的十倍、百倍或其分之一，请核对小数点。",
                f"{now:.2f} is about 10 or 100 times {last:.2f}, or a 10th or 100th: "
                "is the decimal point right?",
            )
            inputs = _inputs(given=now, last=last)
            yield Question("MR-19.7", "decimal_slip", f"/{name}", words, inputs)


def repeated(reported: Reported) -> Iterator[Question]:
    """MR-19.8: the site is described in the very words of the last accepted report."""
    now = _bare(reported.image_progress)
    if now and reported.previous and now == _bare(reported.previous.image_progress):
        period = reported.previous.period
        words = Words(
            f"形象进度与{period}的文字完全相同；若无变化，请说明原因。",
            f"These are the words of {period}; if nothing changed, say why.",
        )
        inputs = {"last_period": period}
        yield Question("MR-19.8", "same_words", "/image_progress", words, inputs)


def too_round(reported: Reported) -> Iterator[Question]:
    """MR-19.9: the period's investment is whole tens of millions: is it an estimate?"""
    given = reported.figures.invested_period
    if given and given % ROUND_SUM == 0:
        words = Words(
            f"本期完成{given:.2f}为1000万元的整数倍，请说明是否为估算数。",
            f"{given:.2f} is a whole multiple of {ROUND_SUM:.2f}: is it an estimate?",
        )
        inputs = _inputs(given=given, multiple_of=ROUND_SUM)
        yield Question("MR-19.9", "too_round", "/invested_period", words, inputs)


def unproven(reported: Reported) -> Iterator[Question]:
    """MR-19.10: money was spent or progress made, and not a word says what is to be seen."""
    given = reported.figures
    last = reported.previous.figures.physical_percent if reported.previous else None
    has_risen = exceeds(given.physical_percent, last or Decimal(0))
    if not _bare(reported.image_progress) and (given.invested_period or has_risen):
        words = Words(
            "报了进度而没有形象进度说明，请补充或说明原因。",
            "Progress is reported, but nothing says what is to be seen on the site; why?",
        )
        figures = {
            "invested_period": given.invested_period,
            "physical_percent": given.physical_percent,
            "last": last,
        }
        inputs = _inputs(**figures)
        yield Question("MR-19.10", "no_evidence", "/image_progress", words, inputs)


def overtaken(reported: Reported) -> Iterator[Question]:
    """MR-19.11: a corrected cumulative figure is above that of the next accepted report."""
    later, given = reported.following, reported.figures
    if later is None:
        return
    same = same_year(later.period, reported.period)
    for name in CUMULATIVE:
        if name.endswith("_year") and not same:
            continue
        now, after = getattr(given, name), getattr(later.figures, name)
        if now is not None and after is not None and now > after:
            words = Words(
                f"{now:.2f}高于{later.period}的{after:.2f}；后期数据是否也需更正？",
                f"{now:.2f} is above {after:.2f} of {later.period}: is that to be corrected too?",
            )
            inputs = _inputs(given=now, next=after) | {"next_period": later.period}
            yield Question("MR-19.11", "above_next", f"/{name}", words, inputs)


def unseen(reported: Reported) -> Iterator[Question]:
    """MR-19.12: much was done at once, and no photo or file shows it."""
    if reported.has_files:
        return
    given, before, plan = reported.figures, reported.previous, reported.planned_year
    last = before.figures.physical_percent if before else None
    now, spent = given.physical_percent, given.invested_period
    if now is not None and last is not None and now - last > PROVEN_POINTS:
        words = Words(
            f"形象进度由{last:.2f}%升至{now:.2f}%，请上传佐证材料或说明原因。",
            f"Progress rose from {last:.2f} % to {now:.2f} %, and no photo or file shows it; why?",
        )
        inputs = _inputs(given=now, last=last, points=PROVEN_POINTS)
        yield Question("MR-19.12", "no_files", "/physical_percent", words, inputs)
    if spent is not None and plan and spent > plan * PROVEN_SHARE:
        words = Words(
            f"本期完成{spent:.2f}，超过年度计划{plan:.2f}的四分之一，请上传佐证材料或说明原因。",
            f"{spent:.2f} is more than a quarter of the year's {plan:.2f}, and no photo or file "
            "shows it; why?",
        )
        inputs = _inputs(given=spent, planned_year=plan, share=PROVEN_SHARE)
        yield Question("MR-19.12", "no_files", "/invested_period", words, inputs)


def reached_unseen(reported: Reported) -> Iterator[Question]:
    """MR-19.13: a milestone is said to be reached in this period, and no photo or file shows it."""
    if reported.bare_milestones:
        names = "、".join(reported.bare_milestones)
        words = Words(
            f"本月完成的节点没有佐证材料：{names}；请上传或说明原因。",
            f"Reached this month, and no photo or file shows it: {names}; why?",
        )
        yield Question(
            "MR-19.13", "milestone_no_files", "/image_progress", words, {"milestones": names}
        )


CHECKS: tuple[Callable[[Reported], Iterator[Question]], ...] = (
    fallen,
    over_total,
    over_plan,
    paid_over_total,
    paid_ahead,
    sum_is_off,
    jumped,
    unit_slipped,
    decimal_slipped,
    repeated,
    too_round,
    unproven,
    overtaken,
    unseen,
    reached_unseen,
)


def _inputs(**numbers: Decimal | None) -> dict[str, str]:
    """Write the numbers a question comes from to the cent, so that the same ones look the same."""
    return {name: f"{value:.2f}" for name, value in numbers.items() if value is not None}


def _is_far(now: Decimal, other: Decimal, *, is_part: bool) -> bool:
    """Compare two amounts; a mere part of the other may be as small as it likes."""
    return now >= other * UNIT_FACTOR or (not is_part and other >= now * UNIT_FACTOR)


def _is_slip(now: Decimal, last: Decimal, factor: Decimal) -> bool:
    up, down = last * factor, last / factor
    return up <= now <= up * GROWTH or down <= now <= down * GROWTH


def _bare(text: str | None) -> str:
    """Give words without their spaces, so that a new line makes no new report."""
    return "".join((text or "").split())
