"""Reports are opened once, in order, on the days the policy and the calendar say."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from services.core.calendar.models import CalendarDay
from services.core.kit.feed import PendingEvent, Seen
from services.core.kit.ids import new_id
from services.core.progress import actions
from services.core.progress.models import ProgressReport
from services.core.projects.models import ProjectWatch
from tests import given, watching
from tests.given import at
from tests.watching import DUE, OPENS


def opened(session: Session, now: datetime) -> list[str]:
    """Run the tick, and give the periods opened so far."""
    actions.open_due(session, now=now, limit=50)
    session.flush()
    return [fact["period"] for fact in watching.facts(session, "progress.opened")]


def reports(session: Session) -> list[ProgressReport]:
    return list(session.scalars(select(ProgressReport).order_by(ProgressReport.period)))


def test_november_opens_on_the_first_of_december_and_is_due_on_the_fifth_working_day(
    session: Session,
) -> None:
    place = watching.site(session)
    assert opened(session, at("2026-11-30 23:59")) == []
    assert place.watch(session).next_open_at == OPENS
    assert opened(session, OPENS) == ["2026-11"]
    (report,) = reports(session)
    assert (report.opened_at, report.original_due_at, report.current_due_at) == (OPENS, DUE, DUE)
    assert report.organisation_id == place.unit.id
    watch = place.watch(session)
    assert (watch.next_period, watch.next_open_at) == ("2026-12", at("2027-01-01 00:00"))
    assert watch.next_check_at == OPENS


def test_a_second_look_opens_nothing_again(session: Session) -> None:
    place = watching.site(session)
    assert opened(session, OPENS) == ["2026-11"]
    place.watch(session).next_open_at = OPENS
    place.watch(session).next_period = "2026-11"
    assert opened(session, OPENS + timedelta(seconds=5)) == ["2026-11"]
    assert len(reports(session)) == 1


def test_two_months_of_outage_are_caught_up_one_period_after_another(session: Session) -> None:
    watching.site(session)
    assert opened(session, at("2027-02-03 10:00")) == ["2026-11", "2026-12", "2027-01"]
    january = reports(session)[2]
    assert january.opened_at == at("2027-02-01 00:00")
    assert opened(session, at("2027-02-03 10:01")) == ["2026-11", "2026-12", "2027-01"]


def test_make_up_days_count_as_working_days(session: Session) -> None:
    watching.site(session, reports_from="2026-01")
    opened(session, at("2026-05-20 10:00"))
    due = {report.period: report.original_due_at for report in reports(session)}
    assert due["2026-01"] == at("2026-02-06 17:30")
    # 05-01 to 05-05 are free and Saturday 05-09 works: 6, 7, 8, 9, 11 are the first five.
    assert due["2026-04"] == at("2026-05-11 17:30")


def test_a_notice_makes_a_saturday_count(session: Session) -> None:
    watching.site(session)
    session.add(
        CalendarDay(
            day=date(2026, 12, 5),
            works=True,
            name_zh="补班",
            name_en="Make-up day",
            source="a notice",
        )
    )
    session.flush()
    opened(session, OPENS)
    assert reports(session)[0].original_due_at == at("2026-12-05 17:30")


def test_what_opens_while_a_project_is_paused_is_never_owed(session: Session) -> None:
    place = watching.site(session)
    place.project.side_state = "paused"
    assert opened(session, OPENS) == []
    place.project.side_state = None
    assert opened(session, at("2027-01-01 00:00")) == ["2026-12"]


def test_a_project_that_owes_no_reports_is_left_alone(session: Session) -> None:
    place = watching.site(session, reports_from=None)
    assert opened(session, OPENS) == []
    assert place.watch(session).next_open_at is None


def test_a_project_without_a_policy_spoils_no_other(session: Session) -> None:
    place = watching.site(session)
    lost = given.group(session, members=[place.unit], region_code="330329", policy_code="unknown")
    bad = given.project(session, group=lost, lead=place.unit, reports_from="2026-11")
    session.get_one(ProjectWatch, bad.id).next_open_at = at("2026-11-19 09:00")
    assert opened(session, OPENS) == ["2026-11"]
    assert session.get_one(ProjectWatch, bad.id).next_open_at == OPENS + timedelta(minutes=5)


def test_a_deadline_ahead_moves_with_the_calendar_and_a_past_one_stays(session: Session) -> None:
    watching.site(session, reports_from="2026-10")
    opened(session, OPENS)
    october, november = reports(session)
    for day in (1, 2):
        session.add(
            CalendarDay(
                day=date(2026, 12, day), works=False, name_zh="停", name_en="Off", source="notice"
            )
        )
    session.flush()
    seen = Seen(1, new_id(), "calendar.published", "calendar", new_id(), None, (), OPENS, None, {})
    actions.READERS["calendar.published"](session, seen, at("2026-12-03 09:00"))
    session.flush()
    assert november.original_due_at == november.current_due_at == at("2026-12-09 17:30")
    assert october.original_due_at == at("2026-11-06 17:30")
    (fact,) = watching.facts(session, "progress.retimed")
    assert datetime.fromisoformat(fact["due_before"]) == DUE


def test_two_workers_at_once_open_each_report_once(engine: Engine) -> None:
    """On two real connections: while one holds the rows, the other finds nothing to do."""
    with Session(engine) as making:
        place = watching.site(making)
        project_id = place.project.id
        making.commit()
    try:
        with Session(engine) as one, Session(engine) as other:
            assert actions.open_due(one, now=OPENS, limit=50) == 1
            assert actions.open_due(other, now=OPENS, limit=50) == 0
            one.commit()
            assert actions.open_due(other, now=OPENS, limit=50) == 0
            other.commit()
        with Session(engine) as reading:
            assert len(reports(reading)) == 1
            opened_facts = sa.select(sa.func.count()).where(PendingEvent.type == "progress.opened")
            assert reading.scalar(opened_facts) == 1
            watch = reading.get_one(ProjectWatch, project_id)
            assert watch.next_open_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    finally:
        watching.empty(engine)
