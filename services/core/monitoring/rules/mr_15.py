"""MR-15: a year's target will not be reached (2023: over 70 projects, over 100亿; domain 1.6).

The forecast is one that a person can do by hand (a proposal): projects are those that have a plan
for the year; investment is what the accepted reports say so far, by the working days of the months
they reach, times the working days of the year. Before the first report it is what the plans say.
Only the target's own place and year are added up (T-5), each project once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from functools import partial

from services.core.calendar.rules import day_of
from services.core.kit.money import Qualifier, summed
from services.core.kit.words import Words
from services.core.monitoring.rules.months import begins, ended
from services.core.monitoring.rules.totals import (
    Answer,
    TargetFacts,
    cents,
    missing_percent,
    not_judged,
    percent,
    said,
)
from services.core.monitoring.rules.verdict import Issue, Setting, Told
from services.core.monitoring.rules.wording import concluded
from services.core.policies.pack import SEVERITY, Light
from services.core.policies.rules import lit

RULE = "MR-15"


@dataclass(frozen=True, slots=True)
class _Forecast:
    """What the year will come to, and how that was worked out."""

    cny: Decimal
    qualifier: Qualifier
    arithmetic: Words
    inputs: dict[str, str]
    share: Decimal
    """How much of the year the investment so far stands for."""
    done_cny: Decimal


def check(facts: TargetFacts, setting: Setting) -> Answer:
    """Compare the forecast of the year with its target; the worse of the two gaps counts."""
    totals = setting.pack.totals
    if totals is None:
        code = setting.pack.code
        return not_judged(RULE, f"{code} 未规定年度目标的亮灯", f"{code} says nothing of targets")
    if setting.today.year > facts.year:
        return not_judged(RULE, f"{facts.year}年已结束", f"{facts.year} is over")
    if setting.today.year < facts.year:
        return not_judged(RULE, f"{facts.year}年尚未开始", f"{facts.year} has not begun")
    forecast = _forecast(facts, setting)
    target, planned = facts.target, facts.planned
    gaps = (
        missing_percent(target.projects, planned.projects),
        missing_percent(target.investment, forecast.cny),
    )
    value = max(*gaps, Decimal(0))
    band = lit(totals.target, value)
    end = concluded(totals.target, band, setting)
    sums = _sums(facts, forecast, gaps)
    arithmetic = Words(f"{sums.zh}{end.zh}", f"{sums.en}{end.en}")
    inputs = {
        "year": str(facts.year),
        "target_projects": str(target.projects),
        "planned_projects": str(planned.projects),
        "target_cny": str(target.investment),
        "forecast_cny": str(forecast.cny),
        **forecast.inputs,
        "projects_missing_percent": percent(gaps[0]),
        "investment_missing_percent": percent(gaps[1]),
    }
    late = SEVERITY[band.light] >= SEVERITY[Light.YELLOW]
    reached = facts.last_period
    since = ended(reached) if reached else begins(f"{facts.year:04}-01")
    issue = Issue(str(facts.year), band.light, since, None, partial(Told, arithmetic, inputs))
    return Answer(
        rule=RULE,
        light=band.light,
        arithmetic=arithmetic,
        turns_green=_turns_green(facts, forecast) if late else None,
        inputs=inputs,
        source=band.source,
        issue=issue if late else None,
    )


def _forecast(facts: TargetFacts, setting: Setting) -> _Forecast:
    """Work out what the year will come to; a part that is not reported yet makes it at least."""
    last = facts.last_period
    if last is None:
        planned = facts.planned
        amount = said(planned.investment, planned.investment_qualifier)
        words = Words(
            f"尚无审核通过的月报，以年度计划合计 {amount.zh} 元为预计",
            f"no report is accepted yet, so the plans' {amount.en} CNY are the forecast",
        )
        zero = Decimal(0)
        return _Forecast(
            planned.investment, planned.investment_qualifier, words, {}, zero, planned.investment
        )
    passed, whole = _working_days(facts.year, last, setting)
    share = Decimal(passed) / Decimal(whole)
    cny = cents(facts.done_cny * whole / passed)
    all_in = facts.reported == facts.planned.projects and facts.first_period == last
    so_far = Qualifier.EXACT if all_in else Qualifier.AT_LEAST
    how = so_far if passed == whole else summed((so_far, Qualifier.ABOUT))
    done, result = said(facts.done_cny, so_far), said(cny, how)
    counted = f"{facts.reported}/{facts.planned.projects}"
    words = Words(
        f"至 {last} 月报已完成 {done.zh} 元（{counted} 个项目有月报），÷ {passed} 个工作日 × "
        f"全年 {whole} 个工作日，预计 {result.zh} 元",
        f"by the reports up to {last} {done.en} CNY are done ({counted} projects report), ÷ "
        f"{passed} working days × {whole} of the year gives {result.en} CNY",
    )
    inputs = {
        "done_cny": str(facts.done_cny),
        "reported_projects": str(facts.reported),
        "last_period": last,
        "working_days_passed": str(passed),
        "working_days_of_year": str(whole),
    }
    return _Forecast(cny, how, words, inputs, share, facts.done_cny)


def _working_days(year: int, last: str, setting: Setting) -> tuple[int, int]:
    """Count the working days of a year to a month's end, and of the whole year."""
    before, end = date(year - 1, 12, 31), date(year, 12, 31)
    reached = day_of(ended(last)) - timedelta(days=1)
    calendar = setting.calendar
    return (
        calendar.working_days_between(before, reached),
        calendar.working_days_between(before, end),
    )


def _sums(facts: TargetFacts, forecast: _Forecast, gaps: tuple[Decimal, Decimal]) -> Words:
    target, planned = facts.target, facts.planned
    wanted = said(target.projects, target.project_qualifier)
    amount = said(target.investment, target.investment_qualifier)
    parts = [f"缺 {percent(gap)}%" if gap > 0 else "不缺" for gap in gaps]
    parts_en = [f"{percent(gap)} % missing" if gap > 0 else "nothing missing" for gap in gaps]
    return Words(
        f"{facts.year}年项目：目标 {wanted.zh} 个，列入年度计划 {planned.projects} 个，{parts[0]}；"
        f"投资：目标 {amount.zh} 元，{forecast.arithmetic.zh}，{parts[1]}",
        f"{facts.year} projects: target {wanted.en}, {planned.projects} have a plan for the year, "
        f"{parts_en[0]}; investment: target {amount.en} CNY, {forecast.arithmetic.en}, "
        f"{parts_en[1]}",
    )


def _turns_green(facts: TargetFacts, forecast: _Forecast) -> Words:
    """Say how many projects and how much investment are missing today."""
    projects = max(facts.target.projects - facts.planned.projects, 0)
    share = forecast.share or Decimal(1)
    wanted = facts.target.investment * share
    cny = max((wanted - forecast.done_cny).quantize(Decimal("0.01"), ROUND_UP), Decimal(0))
    return Words(
        f"再有 {projects} 个项目列入年度计划、投资再多 {cny} 元转绿灯。",
        f"It turns green with {projects} more project(s) planned and {cny} CNY more.",
    )
