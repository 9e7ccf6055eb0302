"""MR-23, the part that looks at the watch itself: what is kept of a project, judged anew.

The check looks at a project when something was written about it or the clock could change its
light. Each night everything is judged anew; where that says something else, a check was missed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from services.core.kit.words import Words
from services.core.monitoring.rules.verdict import Verdict
from services.core.policies.pack import Light

RULE = "MR-23"
_NO_LIGHT = "–"
_UNSAID = (None, False)

Said = Mapping[str, tuple[str | None, bool]]
"""Each rule's light, and whether a reason was accepted for it."""
FoundKey = tuple[str, str, str, bool]
"""Rule, occurrence, light, and whether it rests, of what is open."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project stands: its lights, what is found, and when the clock may change it."""

    light: Light | None
    lights: Said
    found: AbstractSet[FoundKey]
    next_check_at: datetime | None


def standing(
    light: Light | None, verdicts: Sequence[Verdict], aside: Sequence[Verdict]
) -> Standing:
    """Put together how a project stands by what the rules have just said."""
    every = (*verdicts, *aside)
    moments = [verdict.next_change_at for verdict in every if verdict.next_change_at]
    return Standing(
        light,
        {verdict.rule: (verdict.light, verdict.waived is not None) for verdict in verdicts},
        {
            (verdict.rule, issue.occurrence, issue.light, verdict.waived is not None)
            for verdict in every
            for issue in verdict.issues
        },
        min(moments, default=None),
    )


def differences(kept: Standing, anew: Standing) -> tuple[Words, ...]:
    """Say in which respects what is kept is not what a new judgement says; none: they agree.

    A next check that is kept earlier than it must be costs a look and is no difference.
    """
    said = []
    if kept.light != anew.light:
        was, now = kept.light or _NO_LIGHT, anew.light or _NO_LIGHT
        said.append(Words(f"总灯：记录为 {was}，重算为 {now}", f"light: kept {was}, anew {now}"))
    for rule in sorted({*kept.lights, *anew.lights}):
        before, after = kept.lights.get(rule, _UNSAID), anew.lights.get(rule, _UNSAID)
        if before != after:
            was, now = _said(before), _said(after)
            said.append(
                Words(f"{rule}：记录为 {was}，重算为 {now}", f"{rule}: kept {was}, anew {now}")
            )
    said += _found(kept.found, anew.found)
    due, at = anew.next_check_at, kept.next_check_at
    if due is not None and (at is None or at > due):
        was, now = at.isoformat() if at else _NO_LIGHT, due.isoformat()
        said.append(
            Words(f"下次检查：记录为 {was}，应为 {now}", f"next check: kept {was}, must be {now}")
        )
    return tuple(said)


def _said(said: tuple[str | None, bool]) -> str:
    light, waived = said
    return f"{light or _NO_LIGHT}{' (waived)' if waived else ''}"


def _found(kept: AbstractSet[FoundKey], anew: AbstractSet[FoundKey]) -> list[Words]:
    """Name the findings that only one side knows, or knows otherwise."""
    gone = [
        Words(f"{rule} {what}：记录为 {light}，重算没有", f"{rule} {what}: kept {light}, not anew")
        for rule, what, light, _ in sorted(kept - anew)
    ]
    new = [
        Words(f"{rule} {what}：重算为 {light}，记录没有", f"{rule} {what}: anew {light}, not kept")
        for rule, what, light, _ in sorted(anew - kept)
    ]
    return [*gone, *new]
