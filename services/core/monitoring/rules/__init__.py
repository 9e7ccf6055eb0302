"""The rules, one file each; `RULES` judge by what is so today, `assessed` asks them all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.core.kit.words import Words
from services.core.monitoring.rules import (
    mr_03,
    mr_04,
    mr_05,
    mr_06,
    mr_07,
    mr_08,
    mr_11,
    mr_21,
    mr_24,
)
from services.core.monitoring.rules.verdict import Facts, Setting, Verdict
from services.core.policies.pack import Light
from services.core.policies.rules import worst
from services.core.projects.rules import SideState, Stage, is_watched
from services.core.rulings.rules import InForce

RULES: tuple[Callable[[Facts, Setting], Verdict], ...] = (
    mr_03.check,
    mr_04.check,
    mr_05.check,
    mr_06.check,
    mr_07.check,
    mr_08.check,
    mr_11.check,
)


def assessed(facts: Facts, setting: Setting) -> tuple[Verdict, ...]:
    """Ask every rule about one project; the last one remembers what the others said (MR-21)."""
    verdicts = tuple(_ruled(rule(facts, setting), facts) for rule in RULES)
    return (*verdicts, _ruled(mr_21.check(facts, verdicts, setting), facts))


def _ruled(verdict: Verdict, facts: Facts) -> Verdict:
    """Heed a good reason that was accepted for this dimension; the clock ends it (I-12)."""
    waived = next((each for each in facts.rulings if each.dimension == verdict.dimension), None)
    if waived is None or verdict.light in {None, Light.GREEN}:
        return verdict
    next_change_at = min(filter(None, (verdict.next_change_at, waived.until)))
    return replace(verdict, waived=waived, next_change_at=next_change_at)


def aside(facts: Facts, setting: Setting) -> tuple[Verdict, ...]:
    """Ask the rules whose findings are not the project's own, and turn no light of it."""
    return (mr_24.check(facts, setting),)


def overall(verdicts: Iterable[Verdict]) -> Light | None:
    """Give the project's light: the worst of what was assessed; None if nothing was."""
    lights = [verdict.counted for verdict in verdicts if verdict.counted is not None]
    return worst(lights) if lights else None


_REST: Mapping[SideState, Words] = {
    SideState.PAUSED: Words("项目已暂停，不作监测。", "The project is paused: it is not watched."),
    SideState.TERMINATED: Words(
        "项目已终止，不作监测。", "The project was terminated: it is not watched."
    ),
    SideState.MOVED_OUT: Words(
        "项目已调出，不作监测。", "The project was moved out of the library: it is not watched."
    ),
}
_ENDED = Words(
    "项目已竣工或交付，不作监测。", "The project is completed or delivered: it is not watched."
)
_WAIVED = Words(
    "所判断的各项均有经批准的理由，不亮灯。",
    "There is an accepted reason for all that was judged: it has no light.",
)
_NOTHING = Words(
    "没有计划、节点或报送要求，无从判断。",
    "There is no plan, milestone or owed report to judge it by.",
)


def why_unlit(
    stage: Stage, side_state: SideState | None, verdicts: Iterable[Verdict]
) -> Words | None:
    """Say why a project has no light; None if it has one."""
    if not is_watched(stage, side_state):
        return _REST[side_state] if side_state else _ENDED
    if overall(verdicts) is not None:
        return None
    return _WAIVED if any(verdict.waived for verdict in verdicts) else _NOTHING


def explained(verdict: Verdict, setting: Setting) -> dict[str, Any]:
    """Give a verdict as the JSON that is kept and shown."""
    source = setting.pack.sources.get(verdict.source) if verdict.source else None
    told = verdict.tell()
    return {
        "rule": verdict.rule,
        "dimension": verdict.dimension,
        "light": verdict.light,
        "arithmetic": told.arithmetic.both(),
        "turns_green": told.turns_green.both() if told.turns_green else None,
        "inputs": dict(told.inputs),
        "policy": {"code": setting.pack.code, "number": setting.number},
        "source": {**source.title.both(), "url": source.url} if source else None,
        "waived": ruled(verdict.waived),
    }


def declared(facts: Facts) -> dict[str, Any] | None:
    """Give the light a person has declared, to be shown beside the computed one (I-12)."""
    ruling = next((each for each in facts.rulings if each.light is not None), None)
    return {"light": ruling.light, **(ruled(ruling) or {})} if ruling else None


def ruled(ruling: InForce | None) -> dict[str, Any] | None:
    """Give a ruling as the JSON that is kept and shown."""
    if ruling is None:
        return None
    return {"reason": ruling.reason, "until": ruling.until.isoformat(), "by": ruling.by}
