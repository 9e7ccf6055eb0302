"""The library of 291 projects: the article's two totals, made-up rows, and real lights."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.core.kit.clock import house_now
from services.core.monitoring import actions as monitoring
from services.core.monitoring import totals
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.progress.models import ProgressReport
from services.core.projects.models import Project, ProjectWatch
from services.standalone import demo, library


def _dimensions(session: Session) -> Iterator[dict[str, Any]]:
    """Give every rule's answer in every assessment."""
    for kept in session.scalars(select(HealthAssessment)):
        yield from kept.dimensions


def test_the_library_holds_291_illustrative_projects_with_a_year_of_reports(
    session: Session,
) -> None:
    now = house_now(session)
    demo.load(session, now=now)
    before = set(session.scalars(select(Project.code)))
    filled = library.load(session, now=now)
    assert filled.created["projects"] + len(before) == library.COUNT
    total = session.scalar(select(func.sum(Project.total_investment)))
    assert total == library.TOTAL == Decimal(280_000_000_000)
    made = session.scalars(select(Project).where(Project.code.not_in(before))).all()
    assert all(one.is_illustrative and one.source for one in made)
    assert {one.region_code for one in made} == set(library._counties())  # noqa: SLF001 the list itself

    reports = session.scalars(select(ProgressReport).where(ProgressReport.is_illustrative)).all()
    periods = Counter(one.period for one in reports)
    assert len(periods) == library.MONTHS
    states = Counter(one.state for one in reports)
    assert {"accepted", "submitted", "returned", "due"} <= set(states)
    assert 3 < 100 * sum(one.is_late for one in reports) / len(reports) < 15
    assert any(one.is_no_change for one in reports)

    while monitoring.check_due(session, now=now, limit=100):
        session.flush()
    lights = Counter(session.scalars(select(ProjectWatch.light)))
    assert {"green", "attention", "yellow", "red"} <= set(lights)
    funds = {one["light"] for one in _dimensions(session) if one["rule"] == "MR-08"}
    assert {"green", "attention", "yellow"} <= funds

    totals.judge_anew(session, now)
    assert totals.check_due(session, now=now, limit=100) == 3
    session.flush()
    about = select(Finding.state).where(Finding.rule == "MR-20")
    assert session.scalars(about).all() == ["cleared"]  # 291 and 2800亿 are recorded now
    again = library.load(session, now=now)
    assert again.created == {}
