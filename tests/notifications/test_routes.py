"""The inbox over HTTP: one's own, nobody else's."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.access.queries import Recipient
from services.core.kit.words import Words
from services.core.notifications import actions, mail
from services.core.notifications.rules import Cause
from services.core.notifications.texts import Text
from tests import given
from tests.chasing import Postbox, facts
from tests.given import at

NOW = at("2026-12-02 09:00")
TEXT = Text(Words("标题", "A title"), Words("正文", "A body"), "https://tuanzu.example/r/1")


@pytest.fixture
def people(session: Session) -> tuple[Account, Account]:
    given.places(session)
    unit = given.unit(session, "景宁县管网公司")
    return (
        given.account(session, "reporter", of=unit, role="reporter"),
        given.account(session, "colleague", of=unit, role="reporter"),
    )


def told(session: Session, who: Account, number: int) -> UUID:
    found = actions.notify(
        session,
        recipients=[Recipient(who.id, who.name, who.email, who.language)],
        cause=Cause("reminder", UUID(int=number)),
        text=TEXT,
        now=NOW,
    )
    return found[who.id]


def test_an_inbox_shows_what_is_unread_and_only_to_its_reader(
    session: Session, client: TestClient, people: tuple[Account, Account]
) -> None:
    mine, other = people
    first, second = told(session, mine, 1), told(session, mine, 2)
    told(session, other, 1)
    me, them = given.headers(session, mine), given.headers(session, other)
    path = "/api/v1/notifications"
    page = client.get(f"{path}?sort=-created_at&include=total", headers=me).json()
    assert [item["id"] for item in page["items"]] == [str(second), str(first)]
    assert page["items"][0]["title"] == {"zh": "标题", "en": "A title"}
    assert client.post(f"{path}/{first}/read", headers=me).status_code == 200
    unread = client.get(f"{path}?unread=true", headers=me).json()["items"]
    assert [item["id"] for item in unread] == [str(second)]
    assert len(client.get(f"{path}?unread=false", headers=me).json()["items"]) == 1
    for verb in ("", "/deliveries"):
        assert client.get(f"{path}/{first}{verb}", headers=them).status_code == 404
    for verb in ("read", "acknowledge"):
        assert client.post(f"{path}/{first}/{verb}", headers=them).status_code == 404


def test_reading_leaves_no_fact_and_acknowledging_leaves_one(
    session: Session,
    client: TestClient,
    people: tuple[Account, Account],
    set_clock: Callable[[datetime], None],
) -> None:
    set_clock(NOW)
    mine, _ = people
    message = told(session, mine, 1)
    me = given.headers(session, mine)
    path = f"/api/v1/notifications/{message}"
    assert client.get(path, headers=me).json()["read_at"] is None
    opened = client.post(f"{path}/read", headers=me).json()
    assert opened["read_at"] == "2026-12-02T01:00:00+00:00"
    assert facts(session, "reminder.acknowledged") == []
    for _ in range(2):
        known = client.post(f"{path}/acknowledge", headers=me)
        assert known.status_code == 200
        assert known.json()["acknowledged_at"] == "2026-12-02T01:00:00+00:00"
    (fact,) = facts(session, "reminder.acknowledged")
    assert fact["notification_id"] == str(message)
    assert fact["account_id"] == str(mine.id)


def test_the_proof_of_a_letter_is_the_servers_own_answer(
    session: Session, client: TestClient, people: tuple[Account, Account], postbox: Postbox
) -> None:
    del postbox
    mine, _ = people
    message = told(session, mine, 1)
    (claimed,) = actions.claim_due(session, now=NOW, limit=1)
    actions.settle(session, claimed, mail.send(claimed), now=NOW)
    me = given.headers(session, mine)
    page = client.get(f"/api/v1/notifications/{message}/deliveries", headers=me).json()
    (delivery,) = page["items"]
    assert (delivery["channel"], delivery["state"], delivery["attempts"]) == (
        "email",
        "delivered",
        1,
    )
    assert delivery["answer"] == "250 2.0.0 taken as number 1"
    assert "address" not in delivery


@pytest.mark.parametrize("query", ["unread=perhaps", "colour=red", "sort=body", "limit=0"])
def test_bad_questions_are_refused_by_name(
    session: Session, client: TestClient, people: tuple[Account, Account], query: str
) -> None:
    me = given.headers(session, people[0])
    answer = client.get(f"/api/v1/notifications?{query}", headers=me)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"
