"""The watch gives account of every day, of what was missed once, and says when it stands still."""

from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.kit.jobs import Heartbeat
from services.core.monitoring import actions as monitoring
from services.core.notifications.models import Notification
from services.core.progress import actions as progress
from services.core.projects.models import ProjectWatch
from services.core.reminders import actions as reminders
from services.core.runs import actions, queries
from services.core.runs.models import MonitorRun
from services.worker.ticks import TICKS
from tests import given, watching
from tests.given import at
from tests.policies.test_cadences import document
from tests.progress.test_rhythms import place


def look(session: Session, now: str) -> int:
    """Do what is due, in the order of the worker, and give the account."""
    for tick in (progress.open_due, monitoring.check_due, reminders.send_due):
        tick(session, now=at(now), limit=50)
    written = 0
    while actions.record_due(session, now=at(now), limit=50):
        written += 1
    session.flush()
    return written


def runs(session: Session) -> list[MonitorRun]:
    session.expire_all()
    return list(session.scalars(select(MonitorRun).order_by(MonitorRun.due_at)))


def wrong(session: Session, now: str) -> list[str]:
    session.flush()
    return [str(each.code) for each in queries.self_findings(session, now=at(now))]


def test_the_account_is_the_last_thing_a_worker_does() -> None:
    assert list(TICKS)[-1] == queries.TICK
    assert TICKS[queries.TICK] is actions.record_due


def test_every_day_has_its_account_also_of_nothing(session: Session) -> None:
    watching.site(session)
    assert look(session, "2026-11-20 08:00") == 1
    assert look(session, "2026-11-20 08:59") == 0
    assert look(session, "2026-11-20 09:00") == 1
    assert look(session, "2026-11-20 09:05") == 0
    assert look(session, "2026-11-21 09:03") == 1  # a Saturday: the watch rests on no day
    begun, friday, saturday = runs(session)
    assert begun.due_at == at("2026-11-19 09:00")
    assert (friday.due_at, friday.ran_at) == (at("2026-11-20 09:00"), at("2026-11-20 09:00"))
    assert (saturday.since_at, saturday.ran_at) == (friday.ran_at, at("2026-11-21 09:03"))
    assert {run.state for run in (begun, friday, saturday)} == {"completed"}
    assert [run.is_zero for run in (friday, saturday)] == [True, True]
    assert saturday.projects_watched == 1
    told = watching.facts(session, "monitor.run_completed")
    assert [fact["is_zero"] for fact in told] == [True, True, True]
    assert watching.facts(session, "monitor.run_missed") == []


def test_what_was_found_and_sent_since_the_last_run_is_counted_once(session: Session) -> None:
    watching.site(session)
    look(session, "2026-11-30 09:00")
    look(session, "2026-12-01 09:00")
    look(session, "2026-12-07 09:00")
    look(session, "2026-12-07 17:31")  # the report of November is missing
    look(session, "2026-12-08 09:00")
    look(session, "2026-12-09 09:00")
    last = runs(session)[-2:]
    assert [(run.findings_opened, run.findings_open, run.is_zero) for run in last] == [
        (1, 1, False),
        (0, 1, False),
    ]


def test_no_account_is_given_while_a_project_waits_to_be_looked_at(session: Session) -> None:
    here = watching.site(session)
    look(session, "2026-11-20 09:00")
    here.watch(session).next_check_at = at("2026-11-21 08:00")
    session.flush()
    assert actions.record_due(session, now=at("2026-11-21 09:00"), limit=50) == 0
    assert wrong(session, "2026-11-21 09:10") == ["checks_overdue"]
    assert wrong(session, "2026-11-21 09:16") == ["run_overdue", "checks_overdue"]
    assert look(session, "2026-11-21 09:17") == 2
    assert wrong(session, "2026-11-21 09:17") == []
    late = runs(session)[-1]
    assert (late.state, late.runs_missed) == ("caught_up", 1)
    assert late.ran_at == at("2026-11-21 09:17")


def test_an_outage_of_three_days_is_noted_once_with_since_when_and_what_was_caught_up(
    session: Session,
) -> None:
    watching.site(session)
    look(session, "2026-12-04 09:00")
    session.merge(Heartbeat(name=queries.TICK, at=at("2026-12-05 23:10")))
    look(session, "2026-12-05 09:00")
    session.flush()
    assert wrong(session, "2026-12-08 14:00") == ["run_overdue", "checks_overdue"]
    assert actions.record_due(session, now=at("2026-12-08 14:00"), limit=50) == 1
    noted = runs(session)[-1]
    assert (noted.state, noted.ran_at) == ("missed", None)
    assert look(session, "2026-12-08 14:01") == 1
    caught_up = runs(session)[-1]
    assert caught_up.id == noted.id
    assert (caught_up.state, caught_up.runs_missed) == ("caught_up", 3)
    assert caught_up.first_missed_at == at("2026-12-06 09:00")
    assert caught_up.silent_since == at("2026-12-05 23:10")
    assert caught_up.noticed_at == at("2026-12-08 14:00")
    assert (caught_up.since_at, caught_up.findings_opened) == (at("2026-12-05 09:00"), 1)
    assert look(session, "2026-12-08 14:02") == 0
    (fact,) = watching.facts(session, "monitor.run_missed")
    assert (fact["runs_missed"], fact["monitor_run_id"]) == (3, str(noted.id))
    assert datetime.fromisoformat(fact["silent_since"]) == at("2026-12-05 23:10")
    assert look(session, "2026-12-09 09:00") == 1
    assert (runs(session)[-1].state, wrong(session, "2026-12-09 09:20")) == ("completed", [])


def test_a_reminder_that_was_due_and_is_not_sent_is_found_and_gone_when_it_is(
    session: Session,
) -> None:
    watching.site(session)
    look(session, "2026-12-01 09:00")
    unsent = text(
        "INSERT INTO reminder (id, rule, subject_kind, subject_id, project_id, group_id, "
        "organisation_id, occurrence, due_at, planned_at, state, next_at, version) "
        "SELECT gen_random_uuid(), 'report', 'progress_report', id, project_id, NULL, "
        "organisation_id, 'T-3', original_due_at, :at, 'planned', :at, 1 FROM progress_report"
    )
    session.execute(unsent, {"at": at("2026-12-02 09:00")})
    assert wrong(session, "2026-12-02 09:15") == []
    assert wrong(session, "2026-12-02 09:16") == ["run_overdue", "reminders_unsent"]
    session.execute(text("UPDATE reminder SET state = 'sent', next_at = NULL"))
    assert wrong(session, "2026-12-02 09:16") == ["run_overdue"]


def test_runs_and_the_self_check_are_read_over_http(client: TestClient, session: Session) -> None:
    here = watching.site(session)
    headers = given.headers(session, here.regulator)
    look(session, "2026-11-20 09:00")
    page = client.get("/api/v1/monitor-runs?sort=-due_at", headers=headers)
    assert page.status_code == 200, page.text
    (run,) = page.json()["items"]
    assert (run["state"], run["is_zero"], run["projects_watched"]) == ("completed", True, 1)
    one = client.get(f"/api/v1/monitor-runs/{run['id']}", headers=headers)
    assert one.json() == run
    assert client.get("/api/v1/monitor-runs?state=missed", headers=headers).json()["items"] == []
    check = client.get("/api/v1/monitor-check", headers=headers)
    assert check.status_code == 200, check.text
    assert check.json()["rule"] == "MR-23"
    assert check.json()["last_run_at"] is not None
    assert check.json()["proof"] is None
    night = at("2026-11-21 02:00")
    monitoring.prove_some(session, now=night, limit=100)
    session.flush()
    proof = client.get("/api/v1/monitor-check", headers=headers).json()["proof"]
    assert (proof["night"], proof["projects"], proof["differences"]) == ("2026-11-21", 1, 0)
    assert proof["ended_at"] is not None


def test_readyz_warns_while_the_watch_stands_still(client: TestClient, session: Session) -> None:
    here = watching.site(session)
    session.get_one(ProjectWatch, here.project.id).next_check_at = at("2020-01-01 09:00")
    session.flush()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    warned = [line for line in answer.json()["degraded"] if line.startswith("monitor:")]
    assert len(warned) == 1
    assert warned[0].startswith("monitor: 1 project(s) not checked in time, the oldest due 2020-")


def told(session: Session) -> list[tuple[Any, Any]]:
    found = session.scalars(select(Notification).where(Notification.cause_kind == "zero_report"))
    return [(each.account_id, each.title_zh) for each in found]


def test_a_group_hears_of_nothing_where_its_policy_says_so(session: Session) -> None:
    pack = document() | {
        "zero_report": {"audience": ["convener_unit", "county_regulator"], "source": "proposal"}
    }
    here = place(session, pack)
    look(session, "2026-11-19 09:00")
    assert told(session)[0][0] == here.convener.id
    before = len(told(session))
    look(session, "2026-11-21 09:00")  # a Saturday
    assert len(told(session)) == before
    look(session, "2026-12-07 17:31")
    look(session, "2026-12-08 09:00")  # something is found: no zero report
    assert len(told(session)) == before


def test_no_group_hears_of_nothing_where_its_policy_is_silent(session: Session) -> None:
    watching.site(session)
    look(session, "2026-11-19 09:00")
    assert told(session) == []
