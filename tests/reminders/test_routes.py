"""Reminders over HTTP: who sees them, proof, acknowledging, putting off."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.notifications.models import NotificationDelivery
from services.core.reminders import actions
from services.core.reminders.models import Reminder
from tests import given
from tests.chasing import County, about_report, county, facts, inbox, told
from tests.given import at

PATH = "/api/v1/reminders"
SENT = at("2026-12-02 09:00")
Clock = Callable[[datetime], None]


@pytest.fixture
def jingning(session: Session, set_clock: Clock) -> County:
    set_clock(SENT)
    found = county(session)
    heard = about_report("progress.opened", found.report)
    actions.READERS["progress.opened"](session, heard, at("2026-12-01 00:00"))
    actions.send_due(session, now=SENT, limit=10)
    return found


def first(session: Session) -> UUID:
    return session.scalars(select(Reminder.id).where(Reminder.state == "sent")).one()


def headers(session: Session, found: County, name: str) -> dict[str, str]:
    return given.headers(session, found.people[name])


def test_a_list_shows_planned_and_sent_with_whom_it_reached(
    session: Session, client: TestClient, jingning: County
) -> None:
    me = headers(session, jingning, "convener")
    page = client.get(f"{PATH}?sort=planned_at&include=total", headers=me).json()
    assert page["total"] == 3
    assert [(row["occurrence"], row["state"]) for row in page["items"]] == [
        ("T-3", "sent"),
        ("T-1", "planned"),
        ("T", "planned"),
    ]
    row = page["items"][0]
    assert row["project"]["name"] == "LNG站及中压管道项目"
    assert row["organisation"] == {"id": str(jingning.unit.id), "name": "景宁县管网公司"}
    reached = {UUID(person["account_id"]) for person in row["recipients"]}
    assert jingning.who(reached) == {"reporter", "responsible"}
    assert "read_at" not in row["recipients"][0]
    by_state = client.get(f"{PATH}?state=sent&project_id={jingning.project.id}", headers=me).json()
    assert len(by_state["items"]) == 1
    elsewhere = client.get(f"{PATH}?group_id={jingning.unit.id}", headers=me).json()
    assert elsewhere["items"] == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("reporter", 200), ("convener", 200), ("sasac", 200), ("province", 200), ("energy", 200)],
)
def test_who_is_in_the_group_or_regulates_it_sees_its_reminders(
    session: Session, client: TestClient, jingning: County, name: str, status: int
) -> None:
    me = headers(session, jingning, name)
    assert client.get(f"{PATH}/{first(session)}", headers=me).status_code == status


def test_another_countys_convener_sees_nothing(
    session: Session, client: TestClient, jingning: County
) -> None:
    other = given.unit(session, "泰顺某公司", region_code="330329")
    given.group(session, members=[other], region_code="330329")
    me = given.headers(session, given.account(session, "convener-ts", of=other, role="convener"))
    assert client.get(PATH, headers=me).json()["items"] == []
    for path in ("", "/deliveries"):
        answer = client.get(f"{PATH}/{first(session)}{path}", headers=me)
        assert answer.status_code == 404
    assert jingning.report.state == "due"


def test_proof_is_for_conveners_and_regulators(
    session: Session, client: TestClient, jingning: County
) -> None:
    (message,) = inbox(session, jingning.people["reporter"])
    session.add(
        NotificationDelivery(
            notification_id=message.id,
            channel="email",
            address="reporter@example.test",
            state="delivered",
            answer="250 taken",
            attempts=1,
            delivered_at=SENT,
        )
    )
    path = f"{PATH}/{first(session)}/deliveries"
    for name in ("convener", "sasac"):
        page = client.get(path, headers=headers(session, jingning, name)).json()
        assert [row["answer"] for row in page["items"]] == ["250 taken"]
        assert page["items"][0]["account_id"] == str(jingning.people["reporter"].id)
    assert client.get(path, headers=headers(session, jingning, "energy")).status_code == 403


def test_who_got_it_acknowledges_once_and_nobody_else_can(
    session: Session, client: TestClient, jingning: County
) -> None:
    path = f"{PATH}/{first(session)}/acknowledge"
    me = headers(session, jingning, "reporter")
    for _ in range(2):
        answer = client.post(path, headers=me)
        assert answer.status_code == 200, answer.text
        known = {
            person["account_id"]: person["acknowledged_at"]
            for person in answer.json()["recipients"]
        }
        assert known[str(jingning.people["reporter"].id)] == "2026-12-02T01:00:00+00:00"
        assert known[str(jingning.people["responsible"].id)] is None
    assert len(facts(session, "reminder.acknowledged")) == 1
    other = client.post(path, headers=headers(session, jingning, "convener"))
    assert other.status_code == 403


def put_off(client: TestClient, me: dict[str, str], reminder: str, days: int) -> Any:
    return client.post(f"{PATH}/{reminder}/snooze", headers=me, json={"working_days": days})


def test_putting_off_skips_what_lies_between_and_comes_again(
    session: Session, client: TestClient, jingning: County
) -> None:
    me = headers(session, jingning, "reporter")
    answer = put_off(client, me, str(first(session)), 2)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}"
    assert (answer.json()["occurrence"], answer.json()["planned_at"]) == (
        "S1",
        "2026-12-04T01:00:00+00:00",
    )
    states = {row.occurrence: row.state for row in session.scalars(select(Reminder))}
    assert states == {"T-3": "sent", "T-1": "superseded", "T": "planned", "S1": "planned"}
    assert facts(session, "reminder.snoozed")[0]["until"] == "2026-12-04T01:00:00Z"
    actions.send_due(session, now=at("2026-12-03 09:00"), limit=10)
    assert len(inbox(session, jingning.people["reporter"])) == 1
    actions.send_due(session, now=at("2026-12-04 09:00"), limit=10)
    assert len(inbox(session, jingning.people["reporter"])) == 2


def test_one_matter_is_put_off_twice_at_most(
    session: Session, client: TestClient, jingning: County
) -> None:
    me = headers(session, jingning, "reporter")
    reminder = str(first(session))
    assert put_off(client, me, reminder, 1).status_code == 201
    assert put_off(client, me, reminder, 1).status_code == 201
    third = put_off(client, {**me, "Accept-Language": "en"}, reminder, 1)
    assert third.status_code == 409
    assert third.json()["detail"] == "One matter can be put off 2 times at most."
    planned = session.scalars(select(Reminder.occurrence).where(Reminder.state == "planned"))
    assert set(planned) == {"S2", "T-1", "T"}


def test_putting_off_beyond_the_due_day_ends_with_the_newest(
    session: Session, client: TestClient, jingning: County
) -> None:
    me = headers(session, jingning, "reporter")
    assert put_off(client, me, str(first(session)), 5).status_code == 201
    for day in (3, 4, 7, 8):
        actions.send_due(session, now=at(f"2026-12-0{day} 09:00"), limit=10)
    assert told(session, jingning) == {"reporter": ["reminder"], "responsible": ["reminder"]}
    actions.send_due(session, now=at("2026-12-09 09:00"), limit=10)
    assert told(session, jingning) == {
        "reporter": ["reminder"] * 2,
        "responsible": ["reminder"] * 2,
    }


def test_what_is_in_cannot_be_put_off(
    session: Session, client: TestClient, jingning: County
) -> None:
    jingning.report.state = "submitted"
    me = headers(session, jingning, "reporter")
    assert put_off(client, me, str(first(session)), 1).status_code == 409


@pytest.mark.parametrize("days", [0, 3, "2x", None])
def test_only_one_two_or_five_days_are_possible(
    session: Session, client: TestClient, jingning: County, days: Any
) -> None:
    me = headers(session, jingning, "reporter")
    answer = put_off(client, me, str(first(session)), days)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/working_days"
