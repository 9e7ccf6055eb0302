"""The library that lived through twelve months: made-up rows, and the rules' own past of them."""

from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.escalations.models import EscalationRun, EscalationStep
from services.core.kit.caller import Caller
from services.core.kit.feed import ParkedEvent
from services.core.kit.jobs import DueFailure
from services.core.kit.settings import settings
from services.core.monitoring import actions as monitoring
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.overview import rollups
from services.core.overview.rules import By
from services.core.policies.models import PolicyPack
from services.core.progress.models import ProgressReport
from services.core.projects.models import Milestone, Project, ProjectWatch
from services.core.projects.schemas import ProjectFilters
from services.core.reminders.models import Reminder
from services.core.simulations import queries as simulations
from services.core.simulations.schemas import Simulation
from services.standalone import demo, invention, library
from tests.watching import caller_at

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
COUNT = 49
MADE = Project.code.like("L-%")
pytestmark = pytest.mark.timeout(600)  # a year is lived through, once for all of these


@pytest.fixture(scope="module")
def session(engine: Engine) -> Generator[Session]:
    """Give a session in which a small library was lived through; undone after these tests."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as opened:
            demo.load(opened, now=NOW)
            opened.execute(update(Account).values(email=Account.login + "@example.org"))
            with pytest.MonkeyPatch.context() as patch:  # letters could be written
                patch.setenv("TUANZU_SMTP_HOST", "mail.example.org")
                settings.cache_clear()
                filled = library.load(opened, now=NOW, count=COUNT)
            settings.cache_clear()
            assert filled.created["projects"] == COUNT - 19
            yield opened
        outer.rollback()


@pytest.fixture
def regulator(session: Session) -> Caller:
    """Give somebody who sees the whole library."""
    account = session.scalars(select(Account).where(Account.login == "sasac-zj")).one()
    return replace(caller_at(session, account, NOW), now=NOW)


def of_made(session: Session, row: Any) -> list[Any]:
    """Give the rows of the made-up projects."""
    return list(
        session.scalars(select(row).join(Project, Project.id == row.project_id).where(MADE))
    )


def counted(session: Session, caller: Caller, as_of: date | None) -> dict[str, int]:
    """Count the library by light, of now or of a day."""
    answer = rollups.totals(session, caller, by=By.LIGHT, wanted=ProjectFilters(as_of=as_of))
    return {one["key"]: one["project_count"] for one in orjson.loads(answer)["items"]}


def test_the_made_up_projects_are_illustrative_and_add_up_to_the_articles_total(
    session: Session,
) -> None:
    total = session.scalar(select(func.sum(Project.total_investment)))
    assert total == library.TOTAL == 280_000_000_000
    made = session.scalars(select(Project).where(MADE)).all()
    assert all(one.is_illustrative and one.source for one in made)
    assert {one.region_code for one in made} <= set(invention.counties())


def test_twelve_months_of_reports_were_opened_handed_in_and_reviewed_at_their_moments(
    session: Session,
) -> None:
    reports = of_made(session, ProgressReport)
    assert len({one.period for one in reports}) == invention.MONTHS
    assert all(one.is_illustrative for one in reports)
    handed = [one for one in reports if one.submitted_at]
    assert len(handed) > len(reports) * 0.9
    assert all(one.opened_at < one.submitted_at < NOW for one in handed)
    assert all(one.reviewed_at > one.submitted_at for one in handed if one.reviewed_at)
    assert 3 < 100 * sum(one.is_late for one in reports) / len(reports) < 15
    assert any(one.is_no_change for one in reports)


def test_lights_and_findings_are_of_the_months_in_which_the_rules_gave_them(
    session: Session,
) -> None:
    lights = of_made(session, HealthAssessment)
    assert len({f"{one.computed_at:%Y-%m}" for one in lights}) == invention.MONTHS + 1
    found = of_made(session, Finding)
    cleared = [one for one in found if one.cleared_at]
    assert {"MR-03", "MR-05"} <= {one.rule for one in found}
    assert cleared
    assert all(one.opened_at < one.cleared_at < NOW for one in cleared)


def test_the_library_of_a_day_is_another_one_than_that_of_today(
    session: Session, regulator: Caller
) -> None:
    summer = counted(session, regulator, date(2026, 6, 30))
    assert sum(summer.values()) == COUNT - 19  # the article's own are recorded since August
    assert summer != counted(session, regulator, date(2026, 1, 31))
    assert sum(counted(session, regulator, None).values()) == COUNT


def test_the_policy_in_force_says_of_every_past_month_what_was_kept(
    session: Session, regulator: Caller
) -> None:
    policy = session.scalars(select(PolicyPack.id).where(PolicyPack.code == "zj-default")).one()
    asked = Simulation(policy_id=policy, from_period="2025-12", to_period="2026-10")
    answer = orjson.loads(simulations.simulation(session, regulator, given=asked))
    assert answer["counts"]["different"] == 0
    assert answer["counts"]["project_months"] > 10 * (COUNT - 19) / 2
    assert answer["steps"]
    assert all(one["taken"] == one["simulated_steps"] for one in answer["steps"])


def test_milestones_were_reached_on_their_days(session: Session) -> None:
    reached = [one for one in of_made(session, Milestone) if one.actual_on]
    assert any(one.actual_on > date(2025, 12, 1) for one in reached)
    assert all(one.actual_on == one.planned_on and one.evidence for one in reached)


def test_a_ladder_was_climbed_for_what_was_late_and_stopped_when_it_came(session: Session) -> None:
    runs = of_made(session, EscalationRun)
    stopped = [one for one in runs if one.state == "stopped"]
    assert {one.ended_reason for one in stopped} == {"resolved"}
    assert {f"{one.started_at:%Y}" for one in runs} == {"2025", "2026"}
    steps = session.scalars(select(EscalationStep)).all()
    assert len(steps) > len(runs)


def test_only_the_latest_report_is_reminded_of(session: Session) -> None:
    due = {f"{one.due_at:%Y-%m}" for one in of_made(session, Reminder)}
    assert due == {"2026-11"}


def test_nobody_gets_letters_about_the_past(session: Session) -> None:
    past = (
        select(func.count())
        .select_from(NotificationDelivery)
        .join(Notification, Notification.id == NotificationDelivery.notification_id)
        .where(Notification.created_at < NOW)
    )
    assert session.scalar(past) == 0


def test_nothing_failed_on_the_way(session: Session) -> None:
    for failed in (DueFailure, ParkedEvent):
        assert session.scalar(select(func.count()).select_from(failed)) == 0


def test_a_check_of_everything_finds_every_light_as_it_is(session: Session) -> None:
    before = Counter(session.scalars(select(ProjectWatch.light)))
    assert {"green", "yellow", "red"} <= set(before)
    session.execute(update(ProjectWatch).values(next_check_at=NOW))
    while monitoring.check_due(session, now=NOW, limit=100):
        session.flush()
    assert Counter(session.scalars(select(ProjectWatch.light))) == before


def test_a_second_load_changes_nothing(session: Session) -> None:
    assert library.load(session, now=NOW, count=COUNT).created == {}
