"""A late blocker and a project that stalls climb a ladder as a missing report does, once each."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.blockers.models import Blocker
from services.core.escalations import actions
from services.core.escalations.models import EscalationRun, EscalationStep, SupervisionOrder
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.notifications import actions as notifications
from services.core.notifications import mail
from services.core.projects.models import ProjectWatch
from services.standalone.sweep import walk
from tests.chasing import County, Postbox, county, facts, finding, inbox, report, seen, told
from tests.given import at

DUE = at("2026-12-07 17:30")


@pytest.fixture
def jingning(session: Session) -> County:
    return county(session)


def blocker(session: Session, place: County, **also: Any) -> Blocker:
    """Put something in the way of the project, due on Monday 7 December."""
    values = {
        "project_id": place.project.id,
        "kind": "blockage",
        "severity": "major",
        "level": "county",
        "state": "assigned",
        "title": "1号站用地",
        "description": "用地批复未到",
        "raised_by": place.people["reporter"].id,
        "raised_by_organisation_id": place.unit.id,
        "raised_on": date(2026, 11, 2),
        "owner_organisation_id": place.unit.id,
        "original_due_on": date(2026, 12, 7),
        "current_due_on": date(2026, 12, 7),
        "assessed_due_on": date(2026, 12, 7),
        **also,
    }
    row = Blocker(**values)
    session.add(row)
    session.flush()
    return row


def found(session: Session, place: County, row: Blocker) -> Finding:
    """Find that it is late, and let escalations hear of it."""
    words = {"zh": "堵点“1号站用地”逾期 0 个工作日", "en": "blocker '1号站用地' is 0 days late"}
    made = finding(
        session,
        place.project,
        rule="MR-11",
        occurrence=str(row.id),
        explanation={"arithmetic": words},
    )
    hear(session, "finding.opened", made)
    return made


def hear(session: Session, name: str, about: Finding, now: str = "2026-12-07 17:31") -> None:
    session.flush()
    fact = seen(name, finding_id=about.id, project_id=about.project_id)
    actions.READERS[name](session, fact, at(now))
    session.flush()


def climb(session: Session, *instants: str) -> None:
    for instant in instants:
        while actions.climb_due(session, now=at(instant), limit=100):
            pass
        session.flush()


def steps(session: Session) -> list[int]:
    return list(session.scalars(select(EscalationStep.number).order_by(EscalationStep.number)))


ALL_DAYS = tuple(
    f"2026-12-{moment}" for moment in ("07 17:31", "09 09:00", "14 09:00", "21 09:00", "28 09:00")
)


def test_a_late_blocker_is_chased_step_by_step_up_to_the_human_line(
    session: Session, jingning: County
) -> None:
    row = blocker(session, jingning)
    found(session, jingning, row)
    climb(session, *ALL_DAYS)
    assert steps(session) == [1, 2, 3, 4, 5]
    (responsible, *_) = inbox(session, jingning.people["responsible"])
    assert responsible.title_zh == "催办：“LNG站及中压管道项目”的堵点“1号站用地”"
    assert "逾期 0 个工作日" in responsible.body_zh
    assert "请您推动解决" in responsible.body_zh
    assert f"/api/v1/blockers/{row.id}" in responsible.body_en
    orders = session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.code)).all()
    assert [(order.kind, order.state) for order in orders] == [
        ("supervision_order", "drafted"),
        ("circular", "drafted"),
    ]
    assert orders[0].title_zh == "关于“LNG站及中压管道项目”的堵点“1号站用地”的督办单"


def test_it_is_begun_once_however_often_it_is_heard(session: Session, jingning: County) -> None:
    made = found(session, jingning, blocker(session, jingning))
    for name in ("finding.opened", "finding.changed", "finding.opened"):
        hear(session, name, made)
    climb(session, *ALL_DAYS[:2], *ALL_DAYS[:2])
    assert len(session.scalars(select(EscalationRun)).all()) == 1
    assert steps(session) == [1, 2]
    assert len(facts(session, "escalation.started")) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "resolved"}, "resolved"),
        ({"state": "suspended"}, "clock_stopped"),
        ({"current_due_on": date(2026, 12, 31)}, "extended"),
    ],
)
def test_the_cause_is_asked_again_before_each_step(
    session: Session, jingning: County, change: dict[str, Any], reason: str
) -> None:
    row = blocker(session, jingning)
    found(session, jingning, row)
    climb(session, ALL_DAYS[0])
    for name, value in change.items():
        setattr(row, name, value)
    session.flush()
    climb(session, *ALL_DAYS[1:])
    assert steps(session) == [1]
    run = session.scalars(select(EscalationRun)).one()
    assert (run.state, run.ended_reason) == ("stopped", reason)
    last = inbox(session, jingning.people["responsible"])[-1]
    assert last.title_zh == "已结束：“LNG站及中压管道项目”的堵点“1号站用地”"
    assert "无需再办" in last.body_zh


def test_a_reason_that_is_accepted_stops_it_and_what_comes_back_climbs_on(
    session: Session, jingning: County
) -> None:
    made = found(session, jingning, blocker(session, jingning))
    climb(session, ALL_DAYS[0], ALL_DAYS[1])
    made.state, made.waived_until = "waived", at("2026-12-12 00:00")
    hear(session, "finding.waived", made, "2026-12-10 09:00")
    assert session.scalars(select(EscalationRun.ended_reason)).all() == ["waived"]
    made.state, made.waived_until = "open", None
    hear(session, "finding.opened", made, "2026-12-12 00:00")
    climb(session, *ALL_DAYS[1:])
    assert steps(session) == [1, 2, 3, 4, 5]


def test_other_findings_are_there_to_be_seen_and_chase_nobody(
    session: Session, jingning: County
) -> None:
    made = finding(session, jingning.project, rule="MR-05", occurrence="2026")
    hear(session, "finding.opened", made)
    climb(session, *ALL_DAYS)
    assert session.scalars(select(EscalationRun)).all() == []
    assert told(session, jingning) == {}


def stalled(session: Session, place: County, since: date, opened: str) -> Finding:
    """Find that nothing has moved since a day."""
    watch = session.get_one(ProjectWatch, place.project.id)
    watch.last_progress_on = since
    words = {"zh": "已 31 天没有进展", "en": "no progress for 31 days"}
    return finding(
        session,
        place.project,
        rule="MR-04",
        occurrence=since.isoformat(),
        due_at=at(f"{since} 00:00"),
        opened_at=at(opened),
        explanation={"arithmetic": words},
    )


def test_a_standstill_is_chased_from_the_day_it_was_found_until_there_is_progress(
    session: Session, jingning: County
) -> None:
    made = stalled(session, jingning, date(2026, 11, 6), "2026-12-07 09:00")
    hear(session, "project.stalled", made, "2026-12-07 09:01")
    climb(session, "2026-12-07 09:01", "2026-12-08 09:00", "2026-12-09 09:00")
    assert steps(session) == [1, 2]
    first = inbox(session, jingning.people["responsible"])[0]
    assert first.title_zh == "催办：“LNG站及中压管道项目”停滞"
    assert "已 31 天没有进展" in first.body_zh
    assert "时限" not in first.body_zh
    session.get_one(ProjectWatch, jingning.project.id).last_progress_on = date(2026, 12, 10)
    session.flush()
    climb(session, "2026-12-14 09:00")
    assert steps(session) == [1, 2]
    run = session.scalars(select(EscalationRun)).one()
    assert (run.state, run.ended_reason) == ("stopped", "resolved")
    assert "已有新进展" in inbox(session, jingning.people["responsible"])[-1].body_zh


def test_the_interview_waits_for_two_red_month_ends_and_is_looked_at_every_month(
    session: Session, jingning: County
) -> None:
    found(session, jingning, blocker(session, jingning))
    climb(session, *ALL_DAYS)
    run = session.scalars(select(EscalationRun)).one()
    assert (run.state, run.next_at) == ("climbing", at("2027-01-01 00:00"))
    for day in ("2026-12-20 09:00", "2027-01-20 09:00"):
        session.add(
            HealthAssessment(
                project_id=jingning.project.id,
                computed_at=at(day),
                light="red",
                policy_code="zj-default",
                policy_number=1,
                dimensions=[{"dimension": "blocker", "light": "red", "rule": "MR-11"}],
            )
        )
    session.flush()
    climb(session, "2027-01-01 00:00")
    assert (steps(session), run.next_at) == ([1, 2, 3, 4, 5], at("2027-02-01 00:00"))
    climb(session, "2027-02-01 09:00")
    assert (steps(session)[-1], run.state) == (6, "finished")


def test_the_story_of_a_late_blocker_runs_by_the_clock_alone(
    session: Session, jingning: County, postbox: Postbox
) -> None:
    report(session, jingning.project, period="2026-12", state="accepted")
    session.delete(jingning.report)
    row = blocker(session, jingning)
    watch = session.get_one(ProjectWatch, jingning.project.id)
    watch.next_check_at = at("2026-12-01 09:00")
    session.flush()
    walk(session, upto=at("2026-12-15 10:00"))
    (made,) = session.scalars(select(Finding).where(Finding.rule == "MR-11"))
    assert (made.state, made.light, made.organisation_id) == ("open", "red", jingning.unit.id)
    assert steps(session) == [1, 2, 3]
    row.state = "resolved"
    watch.next_check_at = at("2026-12-15 11:00")
    session.flush()
    walk(session, upto=at("2026-12-15 12:00"))
    session.refresh(made)
    assert made.state == "cleared"
    assert session.scalars(select(EscalationRun.ended_reason)).all() == ["resolved"]
    for letter in notifications.claim_due(session, now=at("2026-12-16 12:00"), limit=100):
        notifications.settle(session, letter, mail.send(letter), now=at("2026-12-16 12:00"))
    assert any("堵点“1号站用地”" in str(letter["subject"]) for letter in postbox.letters)
