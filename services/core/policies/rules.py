"""Reading a pack's document, and the light a measure gets by it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words
from services.core.policies import cadences
from services.core.policies.documents import escaped, read, refuse
from services.core.policies.pack import (
    FURTHEST,
    MEASURED,
    OPTIONAL,
    SEVERITY,
    TOLD_OF_NOTHING,
    Band,
    Dimension,
    Ladder,
    Light,
    Measure,
    Memory,
    Metric,
    Mode,
    Pack,
    Scale,
    Source,
    ZeroReport,
)


class PackState(StrEnum):
    """A pack is drafted, adopted by a person, and at last retired."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    RETIRED = "retired"


class PackVerb(StrEnum):
    """What may be done to a pack; an adopted one never changes again."""

    EDIT = "edit"
    ADOPT = "adopt"
    RETIRE = "retire"


MOVES: Mapping[tuple[PackState, PackVerb], PackState] = {
    (PackState.DRAFT, PackVerb.EDIT): PackState.DRAFT,
    (PackState.DRAFT, PackVerb.ADOPT): PackState.ADOPTED,
    (PackState.DRAFT, PackVerb.RETIRE): PackState.RETIRED,
    (PackState.ADOPTED, PackVerb.RETIRE): PackState.RETIRED,
}
"""A draft nobody wants is retired without ever having counted."""

DEFAULT_CODE = "zj-default"
"""The policy of a project that is in no group, or whose group chose none."""

MOST = Decimal(10_000)
"""The largest number a pack may hold: days, percent and months stay far below."""

MOST_MONTHS = 12
"""As far back as a memory reaches."""

_CAUTION: Mapping[Mode, int] = {mode: place for place, mode in enumerate(Mode)}


def lit(scale: Scale | Measure, value: Decimal) -> Band:
    """Give the band a value falls in; a checked scale has exactly one."""
    return next(band for band in scale.bands if band.holds(value))


def worst(lights: Iterable[Light]) -> Light:
    """Give the worst of several lights; green when there are none."""
    return max(lights, key=SEVERITY.__getitem__, default=Light.GREEN)


def run_of(memory: Memory, recent: Sequence[Light | None]) -> int:
    """Count how many of the latest periods running had the light a memory counts, or a worse one.

    `recent`: lights of consecutive periods, the latest last; one that was not judged ends a run.
    """
    counts = (
        light is not None and SEVERITY[light] >= SEVERITY[memory.light] for light in recent[::-1]
    )
    return next((place for place, held in enumerate(counts) if not held), len(recent))


def measured_progress(
    metric: Metric, *, planned_percent: Decimal, done_percent: Decimal
) -> Decimal:
    """Give progress in the scale's own unit: points below plan, or completed ÷ planned.

    Both shares are 0 to 100 of the same whole. Nothing planned yet counts as a ratio of 1.
    """
    if metric == Metric.GAP_PP:
        return planned_percent - done_percent
    return done_percent / planned_percent if planned_percent else Decimal(1)


def checked_pack(document: object) -> Pack:
    """Read a pack's document and give it as records.

    Raises:
        Invalid: one fault per wrong place: shape, gaps or overlaps between lights, unknown
            sources, marks and plans out of order, a ladder that acts beyond I-16.
    """
    pack = read(Pack, document)
    refuse([*_unknown_sources(document, pack.sources, ""), *_pack_faults(pack)])
    return pack


def given_pack(document: object) -> Pack:
    """Read a document that somebody sent as the member `document`; its faults point there.

    Raises:
        Invalid: one fault per wrong place.
    """
    try:
        check_values(document)
        return checked_pack(document)
    except Invalid as wrong:
        faults = [replace(fault, pointer=f"/document{fault.pointer}") for fault in wrong.faults]
        raise Invalid(wrong.words, faults=faults) from None


def checked_ladder(document: object) -> Ladder:
    """Read a ladder alone, as a run keeps its copy, by the same rules as in a pack.

    Raises:
        Invalid: one fault per wrong place.
    """
    ladder = read(Ladder, document)
    refuse(_ladder_faults(ladder, ""))
    return ladder


def check_values(document: object) -> None:
    """Refuse what no database or calendar could hold, wherever in a document it stands.

    Raises:
        Invalid: control characters in a text, or a number beyond `MOST`.
    """
    refuse(_unholdable(document, ""))


def check_effective(effective_on: date, today: date) -> None:
    """Refuse a policy that would change what was already judged.

    Raises:
        Invalid: it takes effect before today.
    """
    if effective_on < today:
        words = Words("生效日不得早于今天。", "It cannot take effect before today.")
        allowed = (f">= {today.isoformat()}",)
        raise Invalid.at("/effective_on", words, code="past", allowed=allowed)


def _unholdable(value: object, at: str) -> Iterator[Fault]:
    """Walk a JSON document; a name is looked at like a text."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _unholdable(name, at)
            yield from _unholdable(member, f"{at}/{escaped(name)}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _unholdable(member, f"{at}/{place}")
    elif isinstance(value, str) and any(
        char < " " or "\ud800" <= char <= "\udfff" for char in value
    ):
        words = Words("含有不允许的控制字符。", "The text holds a control character.")
        yield Fault(at, "control_character", words)
    elif isinstance(value, int | float) and not -MOST <= value <= MOST:
        words = Words("数值超出范围。", "The number is out of range.")
        yield Fault(at, "out_of_range", words, (f"-{MOST} – {MOST}",))


def _pack_faults(pack: Pack) -> Iterator[Fault]:
    judged = [scale.dimension for scale in pack.lights]
    if sorted({*judged, *OPTIONAL}) != sorted(MEASURED) or len(set(judged)) < len(judged):
        words = Words(
            "每个维度须恰好出现一次；资金（funds）可不判断。",
            "Every dimension must appear exactly once; funds may be left out.",
        )
        yield Fault("/lights", "dimensions", words, MEASURED)
    for place, scale in enumerate(pack.lights):
        yield from _scale_faults(scale, f"/lights/{place}/bands")
        if scale.metric == Metric.GAP_PERCENT:
            yield _wrong_metric(f"/lights/{place}", frozenset(Metric) - {Metric.GAP_PERCENT})
    yield from _totals_faults(pack)
    yield from _memory_faults(pack.memory)
    yield from cadences.faults(pack)
    if pack.memory.dimension in OPTIONAL.difference(judged):
        words = Words("本策略不判断此维度。", "This policy does not judge that dimension.")
        yield Fault("/memory/dimension", "memory", words, tuple(judged))
    yield from _reminder_faults(pack)
    yield from _zero_faults(pack.zero_report)
    yield from _ladder_faults(pack.ladder, "/ladder")


def _totals_faults(pack: Pack) -> Iterator[Fault]:
    if pack.totals is None:
        return
    for name, measure in (("target", pack.totals.target), ("statement", pack.totals.statement)):
        yield from _scale_faults(measure, f"/totals/{name}/bands")
        if measure.metric != Metric.GAP_PERCENT:
            yield _wrong_metric(f"/totals/{name}", {Metric.GAP_PERCENT})


def _wrong_metric(at: str, allowed: Collection[Metric]) -> Fault:
    words = Words("此处不能用这种单位。", "This is not measured in that unit.")
    return Fault(f"{at}/metric", "metric", words, tuple(sorted(allowed)))


def _memory_faults(memory: Memory) -> Iterator[Fault]:
    is_worse = SEVERITY[memory.becomes] > SEVERITY[memory.light] > SEVERITY[Light.GREEN]
    if not 2 <= memory.periods <= MOST_MONTHS or not is_worse:  # noqa: PLR2004 one period remembers nothing
        words = Words(
            f"须为2至{MOST_MONTHS}期，起算的灯不得为绿灯，且变为更重的灯。",
            f"2 to {MOST_MONTHS} periods, of a light other than green, and a worse light.",
        )
        yield Fault("/memory", "memory", words, (f"2 – {MOST_MONTHS}",))
    if memory.dimension == Dimension.MEMORY:
        words = Words("不能记忆自身。", "It cannot remember itself.")
        yield Fault("/memory/dimension", "memory", words, MEASURED)


def _unknown_sources(value: object, known: Mapping[str, Source], at: str) -> Iterator[Fault]:
    """Find every `source` of the document that its own table of sources does not have."""
    members = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else members
    for name, member in items:
        if name == "source" and member not in known:
            words = Words(f"来源“{member}”未列出。", f"There is no source '{member}'.")
            yield Fault(f"{at}/source", "unknown_source", words, tuple(known))
        yield from _unknown_sources(member, known, f"{at}/{name}")


def _scale_faults(scale: Scale | Measure, at: str) -> Iterator[Fault]:
    """Demand bands that meet without gap or overlap, open at both ends, and only ever worsen."""
    bands = scale.bands
    if not bands or bands[0].low is not None or bands[-1].high is not None:
        words = Words("首尾须不设界限。", "The first and the last band must be open-ended.")
        yield Fault(at, "open_ends", words)
    for place, (left, right) in enumerate(pairwise(bands)):
        yield from _meeting_faults(left, right, f"{at}/{place + 1}")
        if left.low is not None and left.high is not None and left.low >= left.high:
            words = Words("下限须小于上限。", "The low bound must be below the high one.")
            yield Fault(f"{at}/{place}", "empty_band", words)
    severities = [SEVERITY[band.light] for band in bands]
    worsening = severities[::-1] if scale.metric == Metric.RATIO else severities
    if any(later <= earlier for earlier, later in pairwise(worsening)):
        words = Words(
            "灯色须逐档加重，且不重复。", "Lights must worsen from band to band, each once."
        )
        yield Fault(at, "order", words)


def _meeting_faults(left: Band, right: Band, at: str) -> Iterator[Fault]:
    """Demand that a band begins where the one before ends, and that one of them has the bound."""
    bound, found = left.high, right.low
    if bound is None or found is None or bound != found:
        is_gap = bound is not None and found is not None and bound < found
        zh, en = ("有空档", "there is a gap") if is_gap else ("有重叠", "they overlap")
        words = Words(
            f"{left.light} 与 {right.light} 之间{zh}：须在同一界限相接。",
            f"Between {left.light} and {right.light} {en}: they must meet at one bound.",
        )
        yield Fault(f"{at}/low", "gap_or_overlap", words, () if bound is None else (str(bound),))
    elif left.high_inclusive == right.low_inclusive:
        zh, en = ("两档都含", "both have") if right.low_inclusive else ("两档都不含", "neither has")
        words = Words(
            f"界限 {bound} 须恰好属于一档：{left.light} 与 {right.light} {zh}该界限。",
            f"The bound {bound} must belong to exactly one band: {left.light} and {right.light}: "
            f"{en} it.",
        )
        allowed = (str(not left.high_inclusive).lower(),)
        yield Fault(f"{at}/low_inclusive", "gap_or_overlap", words, allowed)


def _zero_faults(zero_report: ZeroReport | None) -> Iterator[Fault]:
    if zero_report is None:
        return
    for place, office in enumerate(zero_report.audience):
        if office not in TOLD_OF_NOTHING:
            words = Words("零报告不发往此对象。", "Nobody of this office is told of nothing.")
            at = f"/zero_report/audience/{place}"
            yield Fault(at, "wrong_audience", words, TOLD_OF_NOTHING)
    if not zero_report.audience:
        words = Words("须有对象。", "There must be an audience.")
        yield Fault("/zero_report/audience", "empty", words, TOLD_OF_NOTHING)


def _reminder_faults(pack: Pack) -> Iterator[Fault]:
    sending, plans = pack.sending, pack.reminder_plans
    if sending.opens >= sending.closes or sending.per_person_per_day < 1:
        words = Words(
            "须先开后关，且每日至少一条。", "It must open before it closes; at least one a day."
        )
        yield Fault("/sending", "sending", words)
    if "report" not in plans:
        words = Words("缺少进展报告的提醒计划。", "The plan for reports is missing.")
        yield Fault("/reminder_plans/report", "missing", words)
    for duty, plan in plans.items():
        at = f"/reminder_plans/{duty}"
        if any(later >= earlier for earlier, later in pairwise(plan.before)):
            words = Words("天数须递减。", "The days must fall from one to the next.")
            yield Fault(f"{at}/before", "order", words)
        if min((*plan.before, 0)) < 0 or (plan.then_every is not None and plan.then_every < 1):
            words = Words(
                "天数不得为负，间隔至少一天。", "No negative days; at least one day apart."
            )
            yield Fault(at, "out_of_range", words)
        if not sending.opens <= plan.at < sending.closes:
            words = Words("须在发送时段内。", "It must lie within the sending hours.")
            yield Fault(
                f"{at}/at", "outside_sending", words, (f"{sending.opens}–{sending.closes}",)
            )


def _ladder_faults(ladder: Ladder, at: str) -> Iterator[Fault]:
    """Demand steps numbered from 0, ever later, red-period steps last, none beyond I-16."""
    reached: tuple[int, int] | None = None
    for place, step in enumerate(ladder.steps):
        here = f"{at}/steps/{place}"
        if step.number != place:
            words = Words("步骤须从0起连续编号。", "Steps are numbered from 0 without gaps.")
            yield Fault(f"{here}/number", "numbering", words, (str(place),))
        if (step.after is None) == (step.red_periods is None):
            words = Words("二者恰须其一。", "Exactly one of the two must be given.")
            yield Fault(f"{here}/after", "one_of", words, ("after", "red_periods"))
        moment = (0, step.after) if step.after is not None else (1, step.red_periods or 0)
        if reached is not None and moment <= reached:
            words = Words("须晚于前一步骤。", "It must come later than the step before.")
            yield Fault(here, "order", words)
        reached = moment
        if _CAUTION[step.mode] < _CAUTION[FURTHEST[step.kind]]:
            words = Words("此类步骤须由人决定。", "A step of this kind needs a person's decision.")
            allowed = [mode for mode in Mode if _CAUTION[mode] >= _CAUTION[FURTHEST[step.kind]]]
            yield Fault(f"{here}/mode", "beyond_automatic", words, tuple(allowed))
    if not ladder.steps or not all(step.audience for step in ladder.steps):
        words = Words("须有步骤，且每步须有对象。", "There must be steps, each with an audience.")
        yield Fault(f"{at}/steps", "empty", words)
