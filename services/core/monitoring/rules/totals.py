"""What rules about totals look at and answer: a target or a statement, beside what is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.core.kit.money import Qualifier
from services.core.kit.words import Words
from services.core.monitoring.rules.verdict import Issue, Setting
from services.core.policies.pack import Light

_FINE = Decimal("0.0001")
"""Percents are judged to four decimals, as shares are."""


@dataclass(frozen=True, slots=True)
class Sum:
    """So many projects and so much CNY, and how exact both are (T-6)."""

    projects: int
    project_qualifier: Qualifier
    investment: Decimal
    investment_qualifier: Qualifier


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """A year's target, and what the whole library plans and has done for it in its place."""

    year: int
    target: Sum
    planned: Sum
    done_cny: Decimal
    """The year's investment by the last accepted report of each project that is planned."""
    reported: int
    """How many of the planned projects have an accepted report of that year."""
    first_period: str | None
    last_period: str | None
    """The earliest and the latest month those reports reach; null: there are none."""


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What was stated of the library in a month, and what it holds in that place now."""

    as_of_month: str
    stated: Sum
    recorded: Sum
    is_latest: bool
    """No newer statement stands beside it for the same place."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One rule's answer about a total, with everything needed to check it by hand."""

    rule: str
    light: Light | None
    arithmetic: Words
    turns_green: Words | None = None
    inputs: Mapping[str, str] | None = None
    source: str | None = None
    issue: Issue | None = None


def not_judged(rule: str, zh: str, en: str) -> Answer:
    """Say why a total is not judged."""
    return Answer(rule, None, Words(f"{zh}，不作判断。", f"{en}: it is not judged."))


def missing_percent(wanted: Decimal | int, found: Decimal | int) -> Decimal:
    """Give how much of what was wanted is missing, in percent; negative where there is more.

    Of nothing wanted nothing is missing.
    """
    if not wanted:
        return Decimal(0)
    return ((Decimal(wanted) - Decimal(found)) * 100 / Decimal(wanted)).quantize(_FINE)


def cents(amount: Decimal) -> Decimal:
    """Round CNY to the cent, as a person does."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


_HOW = {
    Qualifier.EXACT: Words("", ""),
    Qualifier.AT_LEAST: Words("超", "at least "),
    Qualifier.ABOUT: Words("约", "about "),
}


def said(number: Decimal | int, qualifier: Qualifier) -> Words:
    """Write a number with how exact it is."""
    how = _HOW[qualifier]
    return Words(f"{how.zh}{number}", f"{how.en}{number}")


def percent(number: Decimal) -> str:
    """Write a percentage without idle zeros."""
    return f"{number:f}".rstrip("0").rstrip(".") if number else "0"


def explained(answer: Answer, setting: Setting) -> dict[str, Any]:
    """Give an answer as the JSON that is kept and shown."""
    source = setting.pack.sources.get(answer.source) if answer.source else None
    return {
        "rule": answer.rule,
        "light": answer.light,
        "arithmetic": answer.arithmetic.both(),
        "turns_green": answer.turns_green.both() if answer.turns_green else None,
        "inputs": dict(answer.inputs or {}),
        "policy": {"code": setting.pack.code, "number": setting.number},
        "source": {**source.title.both(), "url": source.url} if source else None,
    }
