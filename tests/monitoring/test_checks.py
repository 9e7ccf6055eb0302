"""The check on real PostgreSQL: what is missing is found once, explained, and cleared again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from services.core.kit.feed import PendingEvent, Seen
from services.core.kit.ids import new_id
from services.core.monitoring import actions
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.progress import actions as progress
from services.core.progress import schemas
from services.core.projects.models import Milestone, ProjectWatch
from tests import given, watching
from tests.given import at
from tests.watching import DUE, OPENS, Site

MOMENT = timedelta(microseconds=1)


def look(session: Session, now: datetime) -> int:
    """Do what a worker does: open what is owed, then check what is due."""
    progress.open_due(session, now=now, limit=50)
    checked = actions.check_due(session, now=now, limit=50)
    session.flush()
    return checked


def paid(amount: str) -> dict[str, Any]:
    """Give what a report says of funds; nothing of it goes back before the year."""
    return {"paid_year": {"amount": amount}, "paid_all": {"amount": amount}}


MORE = {
    "cumulative_year": {"amount": "6000000.00"},
    "cumulative_all": {"amount": "10000000.00"},
}


def light(session: Session, place: Site) -> str | None:
    return place.watch(session).light


def findings(session: Session, rule: str = "MR-03") -> list[Finding]:
    return list(session.scalars(select(Finding).where(Finding.rule == rule).order_by(Finding.id)))


def told(session: Session) -> list[str]:
    """Give the names of what monitoring told, in order."""
    rows = session.scalars(select(PendingEvent).order_by(PendingEvent.id))
    return [row.type for row in rows if row.actor == "system:monitoring"]


def test_the_november_report_is_missed_found_and_made_good(session: Session) -> None:
    place = watching.site(session)
    look(session, OPENS)
    assert light(session, place) == "green"
    assert place.watch(session).next_check_at == DUE + MOMENT

    look(session, DUE)
    assert (light(session, place), findings(session)) == ("green", [])

    look(session, DUE + MOMENT)
    (finding,) = findings(session)
    assert (finding.state, finding.light, finding.occurrence) == ("open", "yellow", "2026-11")
    assert (finding.due_at, finding.opened_at) == (DUE, DUE + MOMENT)
    assert light(session, place) == "yellow"
    assert place.watch(session).light_since == DUE + MOMENT
    (missing,) = watching.facts(session, "progress.missing")
    report = watching.report_of(session, place.project)
    assert (missing["report_id"], missing["period"]) == (str(report.id), "2026-11")
    assert missing["finding_id"] == str(finding.id)
    assert place.watch(session).next_check_at == at("2026-12-14 00:00")

    look(session, at("2026-12-13 23:59"))
    assert light(session, place) == "yellow"
    look(session, at("2026-12-14 00:00"))
    assert light(session, place) == "red"
    assert (finding.light, finding.worst_light) == ("red", "red")

    handed = watching.handed_in(session, place, at("2026-12-15 10:00"))
    look(session, at("2026-12-15 10:00"))
    assert (light(session, place), handed.is_late) == ("red", True)
    assert "waits for its reviewer" in finding.explanation["arithmetic"]["en"]

    watching.accepted(session, place, handed, at("2026-12-15 11:00"))
    look(session, at("2026-12-15 11:00"))
    assert light(session, place) == "green"
    assert (finding.state, finding.cleared_at) == ("cleared", at("2026-12-15 11:00"))


def test_the_story_of_the_november_report_is_told_once_in_order(session: Session) -> None:
    place = watching.site(session)
    for now in (OPENS, DUE + MOMENT, at("2026-12-14 00:00")):
        look(session, now)
    handed = watching.handed_in(session, place, at("2026-12-15 10:00"))
    watching.accepted(session, place, handed, at("2026-12-15 11:00"))
    look(session, at("2026-12-15 11:00"))
    assert told(session) == [
        "health.changed",
        "progress.missing",
        "health.changed",
        "finding.changed",
        "health.changed",
        "finding.cleared",
        "health.changed",
    ]
    lights = [
        (fact["light_before"], fact["light"], fact["reasons"])
        for fact in watching.facts(session, "health.changed")
    ]
    assert lights == [
        (None, "green", ["MR-03", "MR-04"]),
        ("green", "yellow", ["MR-03"]),
        ("yellow", "red", ["MR-03"]),
        ("red", "green", ["MR-03", "MR-04"]),
    ]


def test_looking_again_tells_nothing_twice(session: Session) -> None:
    place = watching.site(session)
    for minutes in range(3):
        place.watch(session).next_check_at = DUE
        look(session, DUE + timedelta(minutes=1 + minutes))
    assert len(findings(session)) == 1
    assert told(session).count("progress.missing") == 1
    assert told(session).count("health.changed") == 1
    assert session.scalar(select(sa.func.count()).select_from(HealthAssessment)) == 1


def test_a_report_in_time_is_never_missing_even_if_its_reviewer_is_slow(session: Session) -> None:
    place = watching.site(session)
    look(session, OPENS)
    handed = watching.handed_in(session, place, at("2026-12-04 16:00"))
    look(session, at("2026-12-17 09:00"))
    assert (light(session, place), findings(session)) == ("green", [])
    progress.send_back(
        session,
        report_id=handed.id,
        given=schemas.Review(note="请核对"),
        expected=handed.version,
        by=watching.caller_at(session, place.reviewer, at("2026-12-18 10:00")),
    )
    look(session, at("2026-12-18 10:00"))
    assert light(session, place) == "green"
    look(session, at("2026-12-18 10:00") + MOMENT)
    (finding,) = findings(session)
    assert (finding.light, finding.due_at) == ("yellow", at("2026-12-18 10:00"))


def test_what_comes_back_opens_the_same_finding_again(session: Session) -> None:
    place = watching.site(session)
    look(session, DUE + MOMENT)
    place.project.side_state = "paused"
    place.watch(session).next_check_at = at("2026-12-08 09:00")
    look(session, at("2026-12-08 09:00"))
    (finding,) = findings(session)
    assert (finding.state, light(session, place)) == ("cleared", None)
    assert place.watch(session).next_check_at is None
    place.project.side_state = None
    place.watch(session).next_check_at = at("2026-12-09 09:00")
    look(session, at("2026-12-09 09:00"))
    assert [row.id for row in findings(session)] == [finding.id]
    assert (finding.state, finding.cleared_at) == ("open", None)
    assert told(session).count("progress.missing") == 2
    kept = session.scalars(select(HealthAssessment.light).order_by(HealthAssessment.id)).all()
    assert list(kept) == ["yellow", None, "yellow"]


def test_two_missing_months_are_two_findings(session: Session) -> None:
    place = watching.site(session)
    look(session, at("2027-01-20 09:00"))
    assert [(row.occurrence, row.light) for row in findings(session)] == [
        ("2026-11", "red"),
        ("2026-12", "red"),
    ]
    handed = watching.handed_in(session, place, at("2027-01-20 10:00"))
    watching.accepted(session, place, handed, at("2027-01-20 11:00"))
    look(session, at("2027-01-20 11:00"))
    assert [row.state for row in findings(session)] == ["cleared", "open"]
    assert light(session, place) == "red"


def test_investment_behind_its_plan_is_explained_and_made_good(session: Session) -> None:
    place = watching.site(session)
    watching.planned(session, place.project, *[1_000_000 * month for month in range(1, 13)])
    look(session, OPENS)
    slow = {"cumulative_year": {"amount": "8000000.00"}}
    handed = watching.handed_in(session, place, at("2026-12-04 10:00"), **slow)
    watching.accepted(session, place, handed, at("2026-12-04 11:00"))
    look(session, at("2026-12-04 11:00"))
    (finding,) = findings(session, "MR-05")
    said = finding.explanation
    assert (finding.light, said["inputs"]["gap_pp"]) == ("yellow", "25")
    assert said["policy"] == {"code": "zj-default", "number": 1}
    assert "planned 91.6667 %, done 66.6667 %, 25 points below" in said["arithmetic"]["en"]
    assert "3000000.00 CNY (25 points" in said["turns_green"]["en"]
    assert "Yinchuan" in said["source"]["en"]
    look(session, at("2027-01-01 00:00"))
    better = {
        "period": "2026-12",
        "invested_period": {"amount": "4000000.00"},
        "cumulative_year": {"amount": "12000000.00"},
        "cumulative_all": {"amount": "13000000.00"},
        "answers": [{"pointer": "/invested_period", "code": "no_files", "reason": "照片另行上传"}],
    }
    handed = watching.handed_in(session, place, at("2027-01-05 10:00"), **better)
    watching.accepted(session, place, handed, at("2027-01-05 11:00"))
    look(session, at("2027-01-05 11:00"))
    assert finding.state == "cleared"
    assert light(session, place) == "green"


def test_funds_paid_behind_their_plan_are_found_and_made_good(session: Session) -> None:
    place = watching.site(session)
    plan = watching.planned(session, place.project, *[1_000_000 * month for month in range(1, 13)])
    plan.planned_payments, plan.payments_qualifier = Decimal(4_800_000), "exact"
    plan.payment_curve = [Decimal(400_000) * month for month in range(1, 13)]
    look(session, OPENS)
    report = watching.handed_in(session, place, at("2026-12-02 09:00"), **paid("3400000.00"))
    watching.accepted(session, place, report, at("2026-12-02 10:00"))
    look(session, at("2026-12-02 10:00"))
    (finding,) = findings(session, "MR-08")
    assert (finding.state, finding.light, finding.occurrence) == ("open", "yellow", "2026")
    assert "差 20.8333 个百分点" in finding.explanation["arithmetic"]["zh"]
    watch = place.watch(session)
    assert (watch.paid_year, watch.paid_all) == (Decimal(3_400_000), Decimal(3_400_000))

    look(session, at("2027-01-04 09:00"))
    later = watching.handed_in(
        session, place, at("2027-01-04 10:00"), period="2026-12", **paid("4800000.00"), **MORE
    )
    watching.accepted(session, place, later, at("2027-01-04 11:00"))
    look(session, at("2027-01-04 11:00"))
    (finding,) = findings(session, "MR-08")
    assert (finding.state, finding.worst_light) == ("cleared", "yellow")


def test_a_project_that_moves_every_month_is_never_called_stalled(session: Session) -> None:
    place = watching.site(session)
    for month, day, year in (("11", "2026-12-04", 5_000_000), ("12", "2027-01-08", 6_000_000)):
        look(session, at(f"{day} 10:00"))
        said = {"period": f"2026-{month}", "cumulative_year": {"amount": f"{year}.00"}}
        handed = watching.handed_in(session, place, at(f"{day} 10:00"), **said)
        watching.accepted(session, place, handed, at(f"{day} 11:00"))
        look(session, at(f"{day} 11:00"))
    assert findings(session, "MR-04") == []
    look(session, at("2027-02-05 17:30"))
    assert findings(session, "MR-04") == []
    look(session, at("2027-03-20 09:00"))
    (stalled,) = findings(session, "MR-04")
    assert (stalled.light, stalled.occurrence) == ("red", "2027-01-08")
    assert told(session).count("project.stalled") == 1


def test_milestones_and_the_start_are_found_by_their_own_rules(session: Session) -> None:
    place = watching.site(
        session, stage="preparatory", plan_start_on=date(2026, 10, 1), reports_from=None
    )
    session.add(
        Milestone(
            project_id=place.project.id,
            name="施工许可",
            planned_on=date(2026, 12, 31),
            original_planned_on=date(2026, 11, 20),
        )
    )
    look(session, at("2026-11-24 09:00"))
    (start,), (milestone,) = findings(session, "MR-06"), findings(session, "MR-07")
    assert (start.light, start.occurrence) == ("yellow", "2026-10-01")
    assert (milestone.light, milestone.due_at) == ("yellow", at("2026-11-20 17:30"))
    assert told(session).count("finding.opened") == 2


def test_a_project_nothing_is_known_of_has_no_light(session: Session) -> None:
    place = watching.site(session, reports_from=None)
    look(session, OPENS)
    assert light(session, place) is None
    assert told(session) == []
    assert place.watch(session).next_check_at is None


def test_two_months_that_end_yellow_make_the_third_red_until_it_is_made_good(
    session: Session,
) -> None:
    place = watching.site(
        session, stage="preparatory", plan_start_on=date(2026, 9, 20), reports_from=None
    )
    for day in ("2026-09-25", "2026-10-25", "2026-11-30"):
        place.watch(session).next_check_at = at(f"{day} 09:00")
        look(session, at(f"{day} 09:00"))
    assert (light(session, place), findings(session, "MR-21")) == ("yellow", [])
    assert place.watch(session).next_check_at == at("2026-12-01 00:00")
    look(session, at("2026-12-01 00:00"))
    (repeated,) = findings(session, "MR-21")
    assert (repeated.light, repeated.occurrence) == ("red", "2026-10")
    assert (
        "2026-10 月末黄灯，2026-11 月末黄灯，今日黄灯" in repeated.explanation["arithmetic"]["zh"]
    )
    assert light(session, place) == "red"
    assert watching.facts(session, "health.changed")[-1]["reasons"] == ["MR-21"]
    look(session, at("2026-12-19 00:00"))
    assert (light(session, place), repeated.occurrence) == ("red", "2026-10")
    place.project.actual_start_on = date(2026, 12, 20)
    place.watch(session).next_check_at = at("2026-12-20 09:00")
    look(session, at("2026-12-20 09:00"))
    assert (light(session, place), repeated.state) == ("green", "cleared")


def test_a_project_without_a_policy_spoils_no_other(session: Session) -> None:
    place = watching.site(session)
    lost = given.group(session, members=[place.unit], region_code="330329", policy_code="unknown")
    bad = given.project(session, group=lost, lead=place.unit)
    session.get_one(ProjectWatch, bad.id).next_check_at = at("2026-01-01 00:00")
    look(session, OPENS)
    assert light(session, place) == "green"
    assert session.get_one(ProjectWatch, bad.id).next_check_at == OPENS + timedelta(minutes=5)


def test_a_policy_that_begins_to_count_is_heeded_on_its_first_day(session: Session) -> None:
    place = watching.site(session)
    look(session, OPENS)
    data: dict[str, Any] = {"code": "zj-default", "effective_on": "2026-12-03"}
    seen = Seen(1, new_id(), "policy.adopted", "policy", new_id(), None, (), OPENS, None, data)
    actions.READERS["policy.adopted"](session, seen, OPENS)
    assert place.watch(session).next_check_at == at("2026-12-03 00:00")


def test_a_batch_costs_no_more_statements_for_more_projects(session: Session) -> None:
    """Nothing found, nothing changed: what is left is reading, savepoints and moving on."""
    place = watching.site(session)
    for _ in range(12):
        extra = given.project(
            session, group=place.group, lead=place.unit, stage="under_construction"
        )
        session.get_one(ProjectWatch, extra.id).next_check_at = OPENS
    look(session, OPENS)
    for row in session.scalars(select(ProjectWatch)):
        row.next_check_at = OPENS
    session.flush()
    selects: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            selects.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    assert actions.check_due(session, now=OPENS + MOMENT, limit=50) == 13
    event.remove(connection, "before_cursor_execute", note)
    assert len(selects) <= 12


def test_two_workers_at_once_find_each_thing_once(engine: Engine) -> None:
    """On two real connections: while one holds the rows, the other finds nothing to do."""
    with Session(engine) as making:
        watching.site(making)
        progress.open_due(making, now=OPENS, limit=10)
        making.commit()
    now = DUE + timedelta(minutes=1)
    try:
        with Session(engine) as one, Session(engine) as other:
            assert actions.check_due(one, now=now, limit=50) == 1
            assert actions.check_due(other, now=now, limit=50) == 0
            one.commit()
            assert actions.check_due(other, now=now, limit=50) == 0
            other.commit()
        with Session(engine) as reading:
            assert len(findings(reading)) == 1
            assert told(reading).count("progress.missing") == 1
            (row,) = reading.scalars(select(ProjectWatch))
            assert row.next_check_at == datetime(2026, 12, 13, 16, tzinfo=UTC)
    finally:
        watching.empty(engine)
