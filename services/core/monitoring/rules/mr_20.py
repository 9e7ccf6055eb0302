"""MR-20: what was stated of the library and what it records lie over 5 % apart (291, over 2800亿).

Stated and recorded stand side by side and neither overwrites the other (I-13): the gap is a
finding about the statement. "At least" is borne out by more; of a place only its latest statement
is judged, by its own place alone (T-5).
"""

from decimal import Decimal
from functools import partial

from services.core.kit.money import Qualifier
from services.core.kit.words import Words
from services.core.monitoring.rules.months import ended
from services.core.monitoring.rules.totals import (
    Answer,
    StatementFacts,
    missing_percent,
    not_judged,
    percent,
    said,
)
from services.core.monitoring.rules.verdict import Issue, Setting, Told
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Light
from services.core.policies.rules import lit

RULE = "MR-20"


def check(facts: StatementFacts, setting: Setting) -> Answer:
    """Compare what was stated with what is recorded; the wider of the two gaps counts."""
    totals = setting.pack.totals
    if totals is None:
        code = setting.pack.code
        return not_judged(
            RULE, f"{code} 未规定公布数与记录数的差距", f"{code} says nothing of statements"
        )
    if not facts.is_latest:
        return not_judged(RULE, "已有更新的公布数", "A newer statement stands in its place")
    stated, recorded = facts.stated, facts.recorded
    gaps = (
        _gap(stated.projects, recorded.projects, stated.project_qualifier),
        _gap(stated.investment, recorded.investment, stated.investment_qualifier),
    )
    band = lit(totals.statement, max(gaps))
    end = concluded(totals.statement, band, setting)
    sums = _sums(facts, gaps)
    arithmetic = Words(f"{sums.zh}{end.zh}", f"{sums.en}{end.en}")
    inputs = {
        "as_of_month": facts.as_of_month,
        "stated_projects": str(stated.projects),
        "recorded_projects": str(recorded.projects),
        "stated_cny": str(stated.investment),
        "recorded_cny": str(recorded.investment),
        "projects_gap_percent": percent(gaps[0]),
        "investment_gap_percent": percent(gaps[1]),
    }
    wrong = SEVERITY[band.light] >= SEVERITY[Light.YELLOW]
    since = ended(facts.as_of_month)
    issue = Issue(facts.as_of_month, band.light, since, None, partial(Told, arithmetic, inputs))
    return Answer(
        rule=RULE,
        light=band.light,
        arithmetic=arithmetic,
        turns_green=_GREEN if wrong else None,
        inputs=inputs,
        source=band.source,
        issue=issue if wrong else None,
    )


_GREEN = Words(
    "补录项目、核对总投资，或记录新的公布数后转绿灯。",
    "It turns green when projects are entered, their investment is checked, or a newer statement "
    "is recorded.",
)


def _gap(stated: Decimal | int, recorded: Decimal | int, qualifier: Qualifier) -> Decimal:
    """Give the gap in percent of what was stated; more than "at least" so much is no gap."""
    missing = missing_percent(stated, recorded)
    return max(missing, Decimal(0)) if qualifier is Qualifier.AT_LEAST else abs(missing)


def _sums(facts: StatementFacts, gaps: tuple[Decimal, Decimal]) -> Words:
    stated, recorded = facts.stated, facts.recorded
    projects = said(stated.projects, stated.project_qualifier)
    wanted = said(stated.investment, stated.investment_qualifier)
    found = said(recorded.investment, recorded.investment_qualifier)
    month = facts.as_of_month
    return Words(
        f"{month} 公布 {projects.zh} 个项目、{wanted.zh} 元；现记录 {recorded.projects} 个、"
        f"{found.zh} 元；个数差 {percent(gaps[0])}%，投资差 {percent(gaps[1])}%",
        f"Stated for {month}: {projects.en} projects, {wanted.en} CNY; recorded now: "
        f"{recorded.projects}, {found.en} CNY; {percent(gaps[0])} % apart in number, "
        f"{percent(gaps[1])} % in investment",
    )
