"""MR-21: a light that was there at the ends of several months running becomes a worse one.

Domain 1.6 and 2.2 note d: two yellows running are red (三亚); three months should-have-started are
red (银川). How many, of what, and what it becomes are the pack's `memory`.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from services.core.kit.words import Words
from services.core.monitoring.rules.months import begins, ended, period_of, shifted
from services.core.monitoring.rules.verdict import (
    Facts,
    Issue,
    MonthLights,
    Setting,
    Told,
    Verdict,
)
from services.core.monitoring.rules.wording import LIGHTS
from services.core.policies.pack import SEVERITY, Dimension, Light, Memory
from services.core.policies.rules import run_of, worst

RULE = "MR-21"
_DIMENSIONS: Mapping[Dimension | None, Words] = {
    None: Words("项目总灯", "Overall"),
    Dimension.START: Words("开工", "Start"),
    Dimension.PROGRESS: Words("投资进度", "Investment"),
    Dimension.FUNDS: Words("资金支付", "Funds paid"),
    Dimension.REPORT: Words("填报", "Reporting"),
    Dimension.MILESTONE: Words("节点", "Milestones"),
    Dimension.BLOCKER: Words("堵点", "Blockers"),
    Dimension.STALE: Words("停滞", "Standstill"),
}


def check(facts: Facts, verdicts: Sequence[Verdict], setting: Setting) -> Verdict:
    """Look at the lights of the months that are over, and at today's, given by the other rules.

    It adds a light only while today's is still as bad: what was made good is not held against a
    project. The month that is running does not count before it is over.
    """
    memory = setting.pack.memory
    today = _of(((verdict.dimension, verdict.counted) for verdict in verdicts), memory)
    holds = today is not None and SEVERITY[today] >= SEVERITY[memory.light]
    run = _run(facts.months, memory) if holds else 0
    if run >= memory.periods:
        return _repeated(facts.months, run, today, setting)
    return Verdict(
        rule=RULE,
        dimension=Dimension.MEMORY,
        light=None,
        tell=partial(_told_not_yet, facts.months, today, setting),
        source=memory.source,
        next_change_at=begins(shifted(period_of(setting.today), memory.periods - run))
        if holds
        else None,
    )


def _run(months: Sequence[MonthLights], memory: Memory) -> int:
    """Count the latest months running that ended with the light a memory counts, or a worse one."""
    return run_of(memory, [_of(month.lights.items(), memory) for month in months])


def _told_not_yet(months: Sequence[MonthLights], today: Light | None, setting: Setting) -> Told:
    memory, run = setting.pack.memory, _run(months, setting.pack.memory)
    told = _lights_told(months, today, memory)
    light, becomes = LIGHTS[memory.light], LIGHTS[memory.becomes]
    arithmetic = Words(
        f"{told.zh}：连续 {run} 个月末为{light.zh}或更重，满 {memory.periods} 个且今日"
        f"仍未转好才为{becomes.zh}。",
        f"{told.en}: {run} month-end(s) running at {light.en} or worse; it takes "
        f"{memory.periods}, and today's light no better, to be {becomes.en}.",
    )
    return Told(arithmetic, _inputs(run, setting))


def _repeated(
    months: Sequence[MonthLights], run: int, today: Light | None, setting: Setting
) -> Verdict:
    memory, first = setting.pack.memory, months[-run].period
    tell = partial(_told_repeated, months, run, today, setting)
    since = ended(shifted(first, memory.periods - 1))
    return Verdict(
        rule=RULE,
        dimension=Dimension.MEMORY,
        light=memory.becomes,
        tell=tell,
        source=memory.source,
        issues=(Issue(first, memory.becomes, since, None, tell),),
    )


def _told_repeated(
    months: Sequence[MonthLights], run: int, today: Light | None, setting: Setting
) -> Told:
    memory, code, number = setting.pack.memory, setting.pack.code, setting.number
    told, light = _lights_told(months, today, memory), LIGHTS[memory.light]
    becomes = LIGHTS[memory.becomes]
    arithmetic = Words(
        f"{told.zh}：连续 {run} 个月末为{light.zh}或更重（满 {memory.periods} 个），今日仍未"
        f"转好，按 {code} 第{number}版 ⇒ {becomes.zh}。",
        f"{told.en}: {run} month-end(s) running at {light.en} or worse ({memory.periods} are "
        f"enough), and today's light is no better, by {code} version {number} ⇒ {becomes.en}.",
    )
    green = Words(
        f"今日的灯轻于{light.zh}后不再加重。",
        f"It ends when today's light is better than {light.en}.",
    )
    return Told(arithmetic, _inputs(run, setting) | {"first_period": months[-run].period}, green)


def _of(judged: Iterable[tuple[Dimension, Light | None]], memory: Memory) -> Light | None:
    """Give the light a memory looks at: one dimension's, or the worst of all."""
    seen = [
        light
        for dimension, light in judged
        if light is not None and memory.dimension in {None, dimension}
    ]
    return worst(seen) if seen else None


def _lights_told(months: Sequence[MonthLights], today: Light | None, memory: Memory) -> Words:
    """Say the months with their lights, and today's; a month that was not judged has a dash."""
    last = months[-memory.periods :]
    lights = [(month.period, _named(_of(month.lights.items(), memory))) for month in last]
    zh = "".join(f"{period} 月末{light.zh}，" for period, light in lights)
    en = "".join(f"end of {period} {light.en}, " for period, light in lights)
    now, what = _named(today), _DIMENSIONS[memory.dimension]
    return Words(f"{what.zh}：{zh}今日{now.zh}", f"{what.en}: {en}today {now.en}")


def _named(light: Light | None) -> Words:
    return LIGHTS[light] if light else Words("未判断", "not judged")


def _inputs(run: int, setting: Setting) -> dict[str, str]:
    memory = setting.pack.memory
    return {
        "months_running": str(run),
        "months_needed": str(memory.periods),
        "of": memory.dimension or "overall",
        "today": setting.today.isoformat(),
    }
