"""The demonstration after its first load: alive, explained, and loaded once."""

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.admissions.models import Admission
from services.core.agreements.models import FrameworkAgreement
from services.core.blockers.models import Blocker
from services.core.catalogue import METADATA
from services.core.escalations.models import EscalationRun, SupervisionOrder
from services.core.exchange import queries
from services.core.guarantees.models import ResourceGuarantee
from services.core.kit.feed import FeedEvent, ParkedEvent, PendingEvent
from services.core.meetings.models import Meeting, MeetingReminder
from services.core.monitoring.models import Finding
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.outcomes.models import IndicatorObservation
from services.core.progress.models import ProgressReport
from services.core.projects.models import AnnualPlan, PlanChange, Project, ProjectWatch
from services.core.rulings.models import Ruling
from services.standalone import demo, happenings
from services.standalone.sweep import number, walk

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def session(engine: Engine) -> Generator[Session]:
    """Give a session in which the demonstration is loaded; undone after the last of these tests."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as opened:
            loaded = demo.load(opened, now=NOW)
            assert loaded is not None
            assert loaded.created["projects"] == 19
            yield opened
        outer.rollback()


def lights(session: Session) -> dict[str, str | None]:
    """Give every project's light."""
    found = session.execute(
        select(Project.code, ProjectWatch.light).join(
            ProjectWatch, ProjectWatch.project_id == Project.id
        )
    )
    return {row.code: row.light for row in found}


def everything(session: Session) -> dict[str, str | None]:
    """Give a checksum of every table's rows."""
    sums = {}
    for table in METADATA.sorted_tables:
        rows = text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table.name} t")  # noqa: S608 our own tables
        sums[table.name] = session.execute(rows).scalar()
    return sums


def test_some_are_green_some_yellow_and_one_is_red(session: Session) -> None:
    found = lights(session)
    assert found["P-03"] == found["P-07"] == "red"
    assert found["P-09"] == found["P-10"] == "yellow"
    assert found["P-05"] == found["P-06"] == found["P-08"] == "green"
    assert found["W-11"] is None  # it owes nothing that could be late


def test_a_ladder_is_under_way_and_waits_for_a_person(session: Session) -> None:
    run = session.scalars(
        select(EscalationRun)
        .join(Finding, Finding.id == EscalationRun.finding_id)
        .join(Project, Project.id == Finding.project_id)
        .where(Project.code == "P-07", EscalationRun.state == "climbing")
    ).one()
    assert run.climbed >= 4
    order = session.scalars(
        select(SupervisionOrder).where(SupervisionOrder.run_id == run.id)
    ).first()
    assert order is not None
    assert (order.state, order.issued_at) == ("drafted", None)  # I-16


def test_a_ladder_that_was_answered_has_stopped(session: Session) -> None:
    ended = session.scalars(
        select(EscalationRun.ended_reason).where(EscalationRun.state == "stopped")
    ).all()
    assert ended == ["resolved", "resolved"]


def test_the_conveners_inbox_is_not_empty(session: Session) -> None:
    found = session.scalars(
        select(Notification.cause_kind)
        .join(Account, Account.id == Notification.account_id)
        .where(Account.login == "convener-jn")
    ).all()
    assert {"reminder", "escalation_step", "escalation_end"} <= set(found)


def test_everybody_of_a_ladder_was_found(session: Session) -> None:
    empty = session.scalars(
        select(FeedEvent.data).where(FeedEvent.type == "escalation.stepped")
    ).all()
    assert empty
    assert all(data["account_ids"] for data in empty)


def test_a_meeting_of_the_group_is_coming_and_people_will_be_reminded(session: Session) -> None:
    found = session.execute(
        select(Meeting.code, Meeting.state, MeetingReminder.occurrence, MeetingReminder.next_at)
        .join(MeetingReminder, MeetingReminder.meeting_id == Meeting.id)
        .where(Meeting.ends_at > NOW)
    ).one()
    assert found[:3] == ("M-JN-1", "scheduled", "T-2")
    assert found.next_at > NOW
    past = session.scalars(
        select(Meeting.code).where(Meeting.ends_at < NOW).order_by(Meeting.code)
    ).all()
    assert past == ["M-01", "M-02"]


def test_its_past_is_in_the_feed_and_nothing_is_owed_by_mail(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(ParkedEvent)) == 0
    assert session.scalar(select(func.count()).select_from(NotificationDelivery)) == 0
    number(session)
    assert session.scalar(select(func.count()).select_from(PendingEvent)) == 0
    first, last = session.execute(
        select(func.min(FeedEvent.occurred_at), func.max(FeedEvent.occurred_at)).where(
            FeedEvent.type.in_(("progress.opened", "reminder.sent"))
        )
    ).one()
    assert first < datetime(2026, 9, 2, 2, 0, tzinfo=UTC) < last <= NOW


def test_what_people_reported_is_marked_as_made_up(session: Session) -> None:
    states = session.execute(
        select(ProgressReport.state, ProgressReport.is_illustrative, func.count()).group_by(
            ProgressReport.state, ProgressReport.is_illustrative
        )
    ).all()
    assert {row[0] for row in states} >= {"due", "accepted"}
    assert all(row[1] for row in states)


def test_the_nineteen_agreements_stand_outside_the_group(session: Session) -> None:
    outside = session.scalar(
        select(func.count())
        .select_from(FrameworkAgreement)
        .where(FrameworkAgreement.group_id.is_(None))
    )
    assert outside == 19


def test_a_second_load_changes_nothing(session: Session) -> None:
    before = everything(session)
    assert demo.load(session, now=NOW) is None
    assert queries.is_demo(session)
    assert everything(session) == before


def test_looking_ahead_shows_what_comes_and_changes_nothing(session: Session) -> None:
    before = everything(session)
    trial = session.begin_nested()
    head = happenings.head(session)
    walk(session, upto=datetime(2026, 12, 8, 10, 0, tzinfo=UTC))
    coming = happenings.since(session, head)
    trial.rollback()
    session.expire_all()
    what = {one.what.en for one in coming}
    assert "A progress report is owed" in what
    assert "A reminder was sent" in what
    assert "A progress report is missing" in what
    assert "A supervision order was drafted" in what
    assert [one.at for one in coming] == sorted(one.at for one in coming)
    assert any("召集单位" in one.whom for one in coming)
    assert everything(session) == before


def test_what_is_in_the_way_promised_and_decided_stands_beside_the_same_lights(
    session: Session,
) -> None:
    of_p07 = select(Project.id).where(Project.code == "P-07").scalar_subquery()
    blocker = session.scalars(select(Blocker).where(Blocker.project_id == of_p07)).one()
    assert (blocker.state, blocker.level, blocker.is_illustrative) == ("assigned", "county", True)
    promise = session.scalars(select(ResourceGuarantee)).one()
    assert (promise.project_id, promise.kind) == (blocker.project_id, "land")
    assert promise.is_illustrative
    change = session.scalars(select(PlanChange)).one()
    versions = session.scalars(
        select(AnnualPlan)
        .where(AnnualPlan.project_id == change.project_id, AnnualPlan.year == change.year)
        .order_by(AnnualPlan.number)
    ).all()
    assert [one.is_current for one in versions] == [False, True]
    assert versions[0].curve == versions[1].curve
    assert change.is_illustrative
    ruling = session.scalars(select(Ruling)).one()
    assert (ruling.light, lights(session)["P-03"]) == ("yellow", "red")  # I-12
    assert ruling.reason.startswith("示意")
    values = session.scalars(select(IndicatorObservation.value)).all()
    assert sorted(values) == [3288, 7109, 403_000_000]


def test_an_exit_was_returned_once_and_waits_for_the_province(session: Session) -> None:
    leaving = session.scalars(select(Admission)).one()
    assert (leaving.kind, leaving.state, leaving.return_count) == ("exit", "at_province", 1)
    verbs = [step["verb"] for step in leaving.steps]
    assert verbs == ["submit", "return", "submit", "check", "check"]
    assert session.get_one(Project, leaving.project_id).side_state is None
