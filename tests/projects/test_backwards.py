"""倒排工期: planned backwards by working days, proposed and not written."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as assume
from hypothesis import strategies as st
from sqlalchemy import func, select
from starlette.testclient import TestClient

from services.core.calendar.published import base_calendar
from services.core.projects import rules, schemas
from services.core.projects.models import Milestone, Project
from tests import given
from tests.projects.conftest import Jingning

CHINA = base_calendar()


@pytest.mark.parametrize(
    ("finish", "days", "before"),
    [
        ("2023-10-09", 3, "2023-09-28"),
        ("2023-10-07", 2, "2023-09-27"),  # a Saturday that works
        ("2023-05-09", 5, "2023-04-28"),
        ("2024-02-18", 1, "2024-02-09"),  # a Sunday that works
        ("2025-10-09", 1, "2025-09-30"),
        ("2026-02-14", 1, "2026-02-13"),  # a Saturday that works
        ("2026-02-25", 3, "2026-02-13"),
        ("2026-10-07", 1, "2026-09-29"),  # a holiday lends 30 September
    ],
)
def test_the_step_before_ends_so_many_working_days_earlier(
    finish: str, days: int, before: str
) -> None:
    first, last = rules.backwards(date.fromisoformat(finish), [1, days], CHINA)
    assert first.planned_on == date.fromisoformat(before)
    assert last.planned_on <= date.fromisoformat(finish)
    assert CHINA.working_days_between(first.planned_on, last.planned_on) == days


@assume(
    st.dates(date(2022, 6, 1), date(2026, 12, 31)),
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
)
def test_steps_follow_each_other_without_a_gap(finish: date, days: list[int]) -> None:
    steps = rules.backwards(finish, days, CHINA)
    assert len(steps) == len(days)
    for step, count in zip(steps, days, strict=True):
        assert CHINA.is_working(step.starts_on)
        assert CHINA.is_working(step.planned_on)
        day_before = step.starts_on - timedelta(days=1)
        assert CHINA.working_days_between(day_before, step.planned_on) == count
    for one, following in pairwise(steps):
        assert CHINA.add_working_days(one.planned_on, 1) == following.starts_on


@pytest.fixture
def project(jingning: Jingning) -> Project:
    row = given.project(
        jingning.session,
        group=jingning.group,
        lead=jingning.energy,
        plan_start_on=date(2023, 9, 27),
    )
    jingning.session.commit()
    return row


def test_a_schedule_is_proposed_and_nothing_is_written(
    client: TestClient, jingning: Jingning, project: Project
) -> None:
    path = f"/api/v1/projects/{project.id}/milestones/schedule"
    steps = [{"name": "基础", "working_days": 2}, {"name": "封顶", "working_days": 3}]
    headers = jingning.as_(jingning.tourist)
    body = {"finish_on": "2023-10-09", "steps": steps}
    answer = client.post(path, headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    schemas.Schedule.model_validate(answer.json())
    assert [step["planned_on"] for step in answer.json()["steps"]] == ["2023-09-28", "2023-10-09"]
    assert (answer.json()["starts_on"], answer.json()["is_possible"]) == ("2023-09-27", True)
    steps[0]["working_days"] = 3
    early = client.post(path, headers=headers, json=body)
    assert (early.json()["starts_on"], early.json()["is_possible"]) == ("2023-09-26", False)
    assert jingning.session.scalar(select(func.count()).select_from(Milestone)) == 0
    hidden = client.post(path, headers=jingning.as_(jingning.stranger), json=body)
    assert hidden.status_code == 404
    empty = client.post(path, headers=headers, json={**body, "steps": []})
    assert [error["pointer"] for error in empty.json()["errors"]] == ["/steps"]
