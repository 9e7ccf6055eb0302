"""People are told once, and letters are claimed, sent and settled without loss or repetition."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.access.queries import Recipient
from services.core.kit import db
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.notifications import actions, mail
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.notifications.rules import Cause, Outcome
from services.core.notifications.texts import Text
from services.core.organisations.models import Organisation
from services.core.regions.models import Region
from tests import given
from tests.chasing import Postbox, facts, inbox
from tests.given import at

NOW = at("2026-12-02 09:00")
TEXT = Text(Words("标题", "A title"), Words("正文", "A body"), "https://tuanzu.example/r/1")
CAUSE = Cause("reminder", UUID(int=7))
LEASE = timedelta(seconds=90)
BUSY = Outcome(is_taken=False, answer="451 later")
TAKEN = Outcome(is_taken=True, answer="250 taken")


@pytest.fixture
def reporter(session: Session) -> Account:
    given.places(session)
    unit = given.unit(session, "景宁县管网公司")
    return given.account(session, "reporter", of=unit, role="reporter")


def told(
    session: Session, who: Account, *, now: datetime = NOW, cause: Cause = CAUSE
) -> dict[UUID, UUID]:
    people = [Recipient(who.id, who.name, who.email, who.language)]
    return actions.notify(session, recipients=people, cause=cause, text=TEXT, now=now)


def deliveries(session: Session) -> list[NotificationDelivery]:
    session.flush()
    session.expire_all()
    return list(session.scalars(select(NotificationDelivery).order_by(NotificationDelivery.id)))


def test_twice_is_once(session: Session, reporter: Account, postbox: Postbox) -> None:
    del postbox
    first = told(session, reporter)
    again = told(session, reporter, now=NOW + timedelta(hours=1))
    assert first == again
    assert len(inbox(session, reporter)) == 1
    assert len(deliveries(session)) == 1


def test_another_cause_is_another_message(session: Session, reporter: Account) -> None:
    told(session, reporter)
    told(session, reporter, cause=Cause("escalation_end", CAUSE.id))
    assert [row.cause_kind for row in inbox(session, reporter)] == ["reminder", "escalation_end"]


def test_nobody_to_tell_is_nothing_done(session: Session) -> None:
    assert actions.notify(session, recipients=[], cause=CAUSE, text=TEXT, now=NOW) == {}


def test_without_a_mail_server_the_inbox_is_the_only_channel(
    session: Session, reporter: Account
) -> None:
    told(session, reporter)
    assert len(inbox(session, reporter)) == 1
    assert deliveries(session) == []


def test_who_has_no_address_gets_no_letter(
    session: Session, reporter: Account, postbox: Postbox
) -> None:
    del postbox
    reporter.email = None
    told(session, reporter)
    assert len(inbox(session, reporter)) == 1
    assert deliveries(session) == []


def test_a_letter_goes_from_the_row_to_the_server_and_its_answer_back(
    session: Session, reporter: Account, postbox: Postbox
) -> None:
    reporter.language = "en"
    told(session, reporter)
    (claimed,) = actions.claim_due(session, now=NOW, limit=10)
    actions.settle(session, claimed, mail.send(claimed), now=NOW + timedelta(seconds=1))
    (row,) = deliveries(session)
    assert (row.state, row.next_at, row.attempts) == ("delivered", None, 1)
    assert row.answer == "250 2.0.0 taken as number 1"
    assert row.delivered_at == NOW + timedelta(seconds=1)
    assert postbox.letters[0]["Subject"] == "A title"
    assert actions.claim_due(session, now=NOW + timedelta(days=1), limit=10) == []


def test_a_letter_that_waits_for_the_morning_is_not_claimed_at_night(
    session: Session, reporter: Account, postbox: Postbox
) -> None:
    del postbox
    people = [Recipient(reporter.id, "", reporter.email, "zh")]
    night, morning = at("2026-12-02 22:00"), at("2026-12-03 08:30")
    actions.notify(session, recipients=people, cause=CAUSE, text=TEXT, now=night, mail_at=morning)
    assert len(inbox(session, reporter)) == 1
    assert actions.claim_due(session, now=night, limit=10) == []
    assert len(actions.claim_due(session, now=morning, limit=10)) == 1


def test_a_worker_that_dies_between_claim_and_settle_costs_one_lease(
    session: Session, reporter: Account, postbox: Postbox
) -> None:
    told(session, reporter)
    (lost,) = actions.claim_due(session, now=NOW, limit=10)
    assert actions.claim_due(session, now=NOW + LEASE - timedelta(seconds=1), limit=10) == []
    (taken,) = actions.claim_due(session, now=NOW + LEASE, limit=10)
    assert (lost.attempt, taken.attempt) == (1, 2)
    actions.settle(session, taken, mail.send(taken), now=NOW + LEASE)
    actions.settle(session, lost, BUSY, now=NOW + 2 * LEASE)
    (row,) = deliveries(session)
    assert (row.state, row.answer) == ("delivered", "250 2.0.0 taken as number 1")
    assert len(postbox.letters) == 1


def test_the_first_worker_comes_too_late_while_the_second_is_at_it(
    session: Session, reporter: Account, postbox: Postbox
) -> None:
    del postbox
    told(session, reporter)
    (late,) = actions.claim_due(session, now=NOW, limit=10)
    actions.claim_due(session, now=NOW + LEASE, limit=10)
    actions.settle(session, late, TAKEN, now=NOW + LEASE)
    (row,) = deliveries(session)
    assert (row.state, row.attempts, row.answer) == ("due", 2, None)


def test_failures_are_tried_again_and_at_last_given_up_aloud(
    session: Session,
    reporter: Account,
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del postbox
    monkeypatch.setenv("TUANZU_MAIL_RETRY_LIMIT", "3")
    settings.cache_clear()
    told(session, reporter)
    now, tries = NOW, []
    while claimed := actions.claim_due(session, now=now, limit=10):
        actions.settle(session, claimed[0], BUSY, now=now)
        (row,) = deliveries(session)
        tries.append(row.next_at)
        now = row.next_at or now
    assert tries == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=3), None]
    (row,) = deliveries(session)
    assert (row.state, row.answer, row.attempts) == ("failed", "451 later", 3)
    (fact,) = facts(session, "reminder.failed")
    assert fact["account_id"] == str(reporter.id)
    assert (fact["cause_kind"], fact["channel"], fact["attempts"]) == ("reminder", "email", 3)


def test_a_refused_address_is_given_up_at_once(
    session: Session, reporter: Account, postbox: Postbox
) -> None:
    assert reporter.email
    postbox.refused[reporter.email] = "550 5.1.1 no such user"
    told(session, reporter)
    (claimed,) = actions.claim_due(session, now=NOW, limit=10)
    actions.settle(session, claimed, mail.send(claimed), now=NOW)
    (row,) = deliveries(session)
    assert (row.state, row.answer) == ("failed", "550 5.1.1 no such user")
    assert len(facts(session, "reminder.failed")) == 1


def test_a_batch_is_no_longer_than_the_lease_can_hold(
    session: Session, reporter: Account, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    del postbox
    monkeypatch.setenv("TUANZU_CLAIM_LEASE", "PT11S")
    settings.cache_clear()
    for n in range(5):
        told(session, reporter, cause=Cause("reminder", uuid5(CAUSE.id, str(n))))
    assert len(actions.claim_due(session, now=NOW, limit=100)) == 2


def test_two_workers_at_once_never_claim_the_same_letter(
    engine: Engine, database: str, postbox: Postbox
) -> None:
    del postbox
    made = db.make_engine(database, size=2)
    with Session(engine) as setup:
        given.places(setup)
        unit = given.unit(setup, "景宁县管网公司")
        who = given.account(setup, "two-workers", of=unit, role="reporter")
        for n in range(4):
            told(setup, who, cause=Cause("reminder", uuid5(CAUSE.id, str(n))))
        setup.commit()
    try:
        with Session(made) as one, Session(made) as other:
            first = actions.claim_due(one, now=NOW, limit=3)
            second = actions.claim_due(other, now=NOW, limit=3)
            assert (len(first), len(second)) == (3, 1)
            claimed = {letter.delivery_id for letter in (*first, *second)}
            assert len(claimed) == 4
    finally:
        made.dispose()
        with engine.begin() as clean:
            for table in (NotificationDelivery, Notification, Account, Organisation, Region):
                clean.execute(delete(table))
