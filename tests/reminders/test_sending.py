"""Reminders in the database: planned once, asked again, sent once, moved and withdrawn."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from services.core.calendar.models import CalendarDay
from services.core.notifications import actions as notifications
from services.core.notifications import mail
from services.core.organisations.models import Officer
from services.core.progress.models import ProgressReport
from services.core.reminders import actions
from services.core.reminders.models import Reminder
from tests import given
from tests.chasing import (
    DUE,
    County,
    Postbox,
    about_report,
    county,
    facts,
    inbox,
    office,
    report,
    seen,
    told,
)
from tests.given import at

OPENED = at("2026-12-01 00:00")


@pytest.fixture
def jingning(session: Session) -> County:
    return county(session)


def hear(session: Session, name: str, of: ProgressReport, now: datetime) -> None:
    actions.READERS[name](session, about_report(name, of), now)


def hear_of_project(session: Session, name: str, found: County, now: datetime) -> None:
    actions.READERS[name](session, seen(name, project_id=found.project.id), now)


def sweep(session: Session, *instants: str) -> None:
    """Look at these instants, each time until nothing is due."""
    for instant in instants:
        for _ in range(5):
            if not actions.send_due(session, now=at(instant), limit=100):
                break
        else:
            pytest.fail(f"still something due at {instant}")


def rows(session: Session, of: ProgressReport) -> list[tuple[str, str]]:
    session.flush()
    found = session.scalars(
        select(Reminder).where(Reminder.subject_id == of.id).order_by(Reminder.planned_at)
    )
    return [(row.occurrence, row.state) for row in found]


def sent(session: Session) -> list[tuple[str, str]]:
    """Give what was sent: which occurrence, and when in Shanghai."""
    session.flush()
    found = session.scalars(
        select(Reminder).where(Reminder.state == "sent").order_by(Reminder.sent_at)
    )
    local = timedelta(hours=8)
    return [(row.occurrence, f"{row.sent_at + local:%m-%d %H:%M}") for row in found if row.sent_at]


def test_an_opened_report_is_planned_once(session: Session, jingning: County) -> None:
    for _ in range(2):
        hear(session, "progress.opened", jingning.report, OPENED)
    assert rows(session, jingning.report) == [(key, "planned") for key in ("T-3", "T-1", "T")]
    planned = session.scalars(select(Reminder).order_by(Reminder.planned_at))
    assert [row.planned_at for row in planned] == [
        at("2026-12-02 09:00"),
        at("2026-12-04 09:00"),
        at("2026-12-07 09:00"),
    ]


def test_the_whole_story_of_a_report_nobody_writes(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    now = at("2026-12-01 08:00")
    while now < at("2026-12-12 00:00"):
        actions.send_due(session, now=now, limit=100)
        actions.send_due(session, now=now, limit=100)
        now += timedelta(minutes=30)
    assert sent(session) == [
        ("T-3", "12-02 09:00"),
        ("T-1", "12-04 09:00"),
        ("T", "12-07 09:00"),
        ("T+2", "12-09 09:00"),
        ("T+4", "12-11 09:00"),
    ]
    assert told(session, jingning) == {
        "reporter": ["reminder"] * 5,
        "responsible": ["reminder"] * 5,
    }
    spoken = [fact["occurrence"] for fact in facts(session, "reminder.sent")]
    assert spoken == ["T-3", "T-1", "T", "T+2", "T+4"]
    first = facts(session, "reminder.sent")[0]
    assert first["subject_kind"] == "progress_report"
    assert first["subject_id"] == str(jingning.report.id)
    who = {str(jingning.people[name].id) for name in ("reporter", "responsible")}
    assert set(first["account_ids"]) == who


def test_the_message_says_who_what_when_where_and_whom_to_phone(
    session: Session, jingning: County
) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-02 09:00")
    (message,) = inbox(session, jingning.people["reporter"])
    assert message.title_zh == (
        "待办：“LNG站及中压管道项目”2026年11月进展，12月7日（周一）17:30前，还有3个工作日"
    )
    lines = message.body_zh.splitlines()
    assert lines[0] == "责任单位：景宁县管网公司 · 叶某"
    assert lines[4] == f"办理： {message.link}"
    assert lines[5] == "有疑问请致电：景宁县天然气有限公司liaison 0578-508 0000"
    assert str(jingning.report.id) in (message.link or "")


def test_a_reminder_arrives_as_a_letter_once(
    session: Session, jingning: County, postbox: Postbox
) -> None:
    """The whole way, planned to settled, and a second look changes nothing."""
    jingning.people["responsible"].language = "en"
    hear(session, "progress.opened", jingning.report, OPENED)
    for now in (at("2026-12-02 09:00"), at("2026-12-02 09:01"), at("2026-12-02 12:00")):
        actions.send_due(session, now=now, limit=100)
        for letter in notifications.claim_due(session, now=now, limit=100):
            notifications.settle(session, letter, mail.send(letter), now=now)
        session.flush()
    assert {letter["To"]: letter["Subject"] for letter in postbox.letters} == {
        jingning.people["reporter"].email: "待办：“LNG站及中压管道项目”2026年11月进展，"
        "12月7日（周一）17:30前，还有3个工作日",
        jingning.people["responsible"].email: "To do: Nov 2026 update of LNG站及中压管道项目, "
        "by Mon 7 Dec, 17:30; 3 working days left",
    }
    assert len(postbox.letters) == 2


@pytest.mark.parametrize("name", ["progress.submitted", "progress.accepted"])
def test_what_is_in_is_withdrawn(session: Session, jingning: County, name: str) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-02 09:00")
    jingning.report.state = name.removeprefix("progress.")
    hear(session, name, jingning.report, at("2026-12-03 10:00"))
    assert rows(session, jingning.report) == [
        ("T-3", "sent"),
        ("T-1", "withdrawn"),
        ("T", "withdrawn"),
    ]
    sweep(session, "2026-12-04 09:00", "2026-12-07 09:00", "2026-12-09 09:00")
    assert len(sent(session)) == 1


def test_a_returned_report_is_reminded_of_again(session: Session, jingning: County) -> None:
    report = jingning.report
    hear(session, "progress.opened", report, OPENED)
    report.state = "submitted"
    hear(session, "progress.submitted", report, at("2026-12-03 10:00"))
    report.state = "returned"
    hear(session, "progress.returned", report, at("2026-12-04 15:00"))
    assert dict(rows(session, report)) == {"T-3": "withdrawn", "T-1": "withdrawn", "T": "planned"}
    sweep(session, "2026-12-07 09:00", "2026-12-09 09:00")
    assert [key for key, _ in sent(session)] == ["T", "T+2"]


def test_a_report_returned_after_its_due_day_is_reminded_of_every_second_working_day(
    session: Session, jingning: County
) -> None:
    report = jingning.report
    report.state = "submitted"
    hear(session, "progress.opened", report, OPENED)
    assert rows(session, report) == []
    report.state = "returned"
    hear(session, "progress.returned", report, at("2026-12-08 15:00"))
    sweep(session, "2026-12-08 15:00")
    hear(session, "progress.returned", report, at("2026-12-08 15:10"))
    assert [key for key, _ in sent(session)] == ["T"]
    sweep(session, "2026-12-09 09:00")
    assert [key for key, _ in sent(session)] == ["T", "T+2"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("project.paused", {"side_state": "paused"}),
        ("project.terminated", {"side_state": "terminated"}),
        ("project.moved_out", {"side_state": "moved_out"}),
        ("project.completed", {"stage": "completed"}),
    ],
)
def test_a_project_that_is_paused_or_gone_is_left_in_peace(
    session: Session, jingning: County, name: str, values: dict[str, str]
) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    for field, value in values.items():
        setattr(jingning.project, field, value)
    hear_of_project(session, name, jingning, at("2026-12-01 10:00"))
    assert {state for _, state in rows(session, jingning.report)} == {"withdrawn"}
    reason = "suspended" if name == "project.paused" else "closed"
    assert set(session.scalars(select(Reminder.ended_reason))) == {reason}
    sweep(session, "2026-12-02 09:00")
    assert told(session, jingning) == {}


def test_a_resumed_project_goes_on_from_there(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    jingning.project.side_state = "paused"
    hear_of_project(session, "project.paused", jingning, at("2026-12-01 10:00"))
    jingning.project.side_state = None
    hear_of_project(session, "project.resumed", jingning, at("2026-12-03 10:00"))
    sweep(session, "2026-12-03 10:00", "2026-12-04 09:00")
    assert sent(session) == [("T-1", "12-04 09:00")]


def test_it_is_asked_again_at_the_very_moment_of_sending(
    session: Session, jingning: County
) -> None:
    """The fact of the pause is still on its way when the reminder comes due (I-17)."""
    hear(session, "progress.opened", jingning.report, OPENED)
    jingning.project.side_state = "paused"
    sweep(session, "2026-12-02 09:00")
    assert told(session, jingning) == {}
    assert {state for _, state in rows(session, jingning.report)} == {"withdrawn"}


def test_what_an_outage_missed_goes_once_as_the_newest(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-10 10:00")
    assert rows(session, jingning.report) == [
        ("T-3", "superseded"),
        ("T-1", "superseded"),
        ("T", "superseded"),
        ("T+2", "sent"),
        ("T+4", "planned"),
    ]
    assert told(session, jingning) == {"reporter": ["reminder"], "responsible": ["reminder"]}


@pytest.mark.parametrize(
    ("missed_at", "opening"),
    [
        ("2026-12-02 21:00", "2026-12-03 08:30"),
        ("2026-12-03 05:00", "2026-12-03 08:30"),
        ("2026-12-05 12:00", "2026-12-07 08:30"),
    ],
)
def test_outside_the_window_it_waits_for_the_next_opening(
    session: Session, jingning: County, missed_at: str, opening: str
) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, missed_at)
    assert told(session, jingning) == {}
    due = session.scalars(select(Reminder.next_at).order_by(Reminder.next_at)).first()
    assert due == at(opening)
    sweep(session, opening)
    assert len(inbox(session, jingning.people["reporter"])) == 1


def another(session: Session, found: County, **also: object) -> ProgressReport:
    """Open the report of a second project of the same unit and person."""
    project = given.project(
        session,
        group=found.group,
        lead=found.unit,
        name="畲乡之窗景区提升",
        responsible_account_id=found.people["responsible"].id,
    )
    return report(session, project, **also)


def test_several_of_one_day_become_one_digest(session: Session, jingning: County) -> None:
    second = another(session, jingning)
    for one in (jingning.report, second):
        hear(session, "progress.opened", one, OPENED)
    sweep(session, "2026-12-02 09:00", "2026-12-02 15:00")
    assert told(session, jingning) == {"reporter": ["digest"], "responsible": ["digest"]}
    (message,) = inbox(session, jingning.people["reporter"])
    assert message.title_zh.startswith("待办2件")
    assert "畲乡之窗景区提升" in message.body_zh
    assert len(facts(session, "reminder.sent")) == 2


def test_a_batch_never_splits_one_units_day(session: Session, jingning: County) -> None:
    for one in (jingning.report, *(another(session, jingning) for _ in range(3))):
        hear(session, "progress.opened", one, OPENED)
    assert actions.send_due(session, now=at("2026-12-02 09:00"), limit=1) == 4
    assert told(session, jingning) == {"reporter": ["digest"], "responsible": ["digest"]}


def test_who_was_told_today_hears_the_rest_with_tomorrows(
    session: Session, jingning: County
) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-02 09:00")
    late = another(session, jingning)
    hear(session, "progress.opened", late, at("2026-12-02 11:00"))
    sweep(session, "2026-12-02 11:00", "2026-12-03 08:30")
    assert len(inbox(session, jingning.people["reporter"])) == 1
    sweep(session, "2026-12-03 09:00")
    assert len(inbox(session, jingning.people["reporter"])) == 2


def test_on_the_due_day_nothing_waits(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-07 09:00")
    late = another(session, jingning)
    hear(session, "progress.opened", late, at("2026-12-07 11:00"))
    sweep(session, "2026-12-07 11:00")
    assert len(inbox(session, jingning.people["reporter"])) == 2


def test_a_second_responsible_person_gets_only_what_is_theirs(
    session: Session, jingning: County
) -> None:
    second = another(session, jingning)
    second_person = office(session, jingning.mech, "liaison", "liaison")
    project = session.get_one(type(jingning.project), second.project_id)
    project.responsible_account_id = second_person.id
    for one in (jingning.report, second):
        hear(session, "progress.opened", one, OPENED)
    sweep(session, "2026-12-02 09:00")
    assert [row.cause_kind for row in inbox(session, second_person)] == ["reminder"]
    assert told(session, jingning) == {"reporter": ["digest"], "responsible": ["reminder"]}


def test_people_are_looked_up_when_it_is_sent(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-02 09:00")
    for officer in session.scalars(select(Officer).where(Officer.duty == "reporter")):
        officer.valid_to = at("2026-12-03 12:00").date()
    successor = office(session, jingning.unit, "reporter", "reporter")
    sweep(session, "2026-12-04 09:00")
    assert len(inbox(session, jingning.people["reporter"])) == 1
    assert len(inbox(session, successor)) == 1


def test_a_unit_with_nobody_is_asked_again_every_working_day(
    session: Session, jingning: County
) -> None:
    for person in jingning.people.values():
        person.is_active = False
    hear(session, "progress.opened", jingning.report, OPENED)
    sweep(session, "2026-12-02 09:00")
    assert rows(session, jingning.report)[0] == ("T-3", "planned")
    jingning.people["reporter"].is_active = True
    sweep(session, "2026-12-03 09:00")
    assert sent(session) == [("T-3", "12-03 09:00")]


def test_a_new_holiday_moves_what_is_not_yet_sent(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    session.add(
        CalendarDay(
            day=at("2026-12-04 12:00").date(),
            works=False,
            name_zh="放假",
            name_en="Holiday",
            source="test",
        )
    )
    session.flush()
    actions.READERS["calendar.published"](
        session, seen("calendar.published"), at("2026-12-01 12:00")
    )
    sweep(session, "2026-12-01 12:00")
    assert rows(session, jingning.report)[0] == ("T-3", "sent")
    moments = session.scalars(select(Reminder.next_at).order_by(Reminder.next_at)).all()
    assert list(moments) == [at("2026-12-03 09:00"), at("2026-12-07 09:00"), None]


def test_a_moved_deadline_moves_its_reminders(session: Session, jingning: County) -> None:
    hear(session, "progress.opened", jingning.report, OPENED)
    jingning.report.current_due_at = DUE + timedelta(days=1)
    hear(session, "progress.retimed", jingning.report, at("2026-12-01 12:00"))
    planned = session.scalars(select(Reminder).order_by(Reminder.planned_at)).all()
    assert [row.next_at for row in planned] == [
        at("2026-12-03 09:00"),
        at("2026-12-07 09:00"),
        at("2026-12-08 09:00"),
    ]
    assert {row.due_at for row in planned} == {DUE + timedelta(days=1)}


def test_another_worker_at_it_is_left_alone(
    session: Session, engine: Engine, jingning: County
) -> None:
    hear_now = at("2026-12-02 09:00")
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(hashtextextended('reminder.plan', 0))"))
        assert actions.send_due(session, now=hear_now, limit=100) == 0
        other.execute(text("SELECT pg_advisory_unlock_all()"))
    hear(session, "progress.opened", jingning.report, OPENED)
    assert actions.send_due(session, now=hear_now, limit=100) == 1


def test_one_report_that_cannot_be_read_spoils_no_other(session: Session, jingning: County) -> None:
    second = another(session, jingning)
    for one in (jingning.report, second):
        hear(session, "progress.opened", one, OPENED)
    lost = session.scalars(select(Reminder).where(Reminder.subject_id == second.id)).all()
    for row in lost:
        row.subject_id = jingning.group.id
    session.flush()
    now = at("2026-12-02 09:00")
    assert actions.send_due(session, now=now, limit=100) == 2
    assert told(session, jingning) == {"reporter": ["reminder"], "responsible": ["reminder"]}
    assert actions.send_due(session, now=now, limit=100) == 0
