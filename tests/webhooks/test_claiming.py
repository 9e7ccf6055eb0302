"""Who is sent what and when: fair shares, rates, order, silence, one probe, and who is told."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit.feed import PendingEvent
from services.core.kit.ids import new_id
from services.core.kit.settings import settings
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.webhooks import actions
from services.core.webhooks.actions import Claimed, Outcome
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests import given
from tests.webhooks.receiving import NOW, endpoint, happened, owed

SECOND = timedelta(seconds=1)


@pytest.fixture
def owner(session: Session) -> Account:
    given.places(session)
    unit = given.unit(session, "景宁县天然气有限公司")
    return given.account(session, "integrator", of=unit, role="integrator")


def claim(
    session: Session, *, at: datetime = NOW, limit: int = 100, busy: dict[UUID, int] | None = None
) -> list[Claimed]:
    session.flush()
    return actions.claim(session, now=at, limit=limit, per_endpoint=10, busy=busy or {})


def settle(
    session: Session, claimed: Claimed, status: int | None, *, at: datetime = NOW, **also: Any
) -> None:
    outcome = Outcome(started_at=at, duration_ms=3, status=status, **also)
    actions.settle(session, claimed, outcome, now=at)
    session.expire_all()


def backlog(session: Session, owner: Account, count: int, **also: Any) -> list[WebhookDelivery]:
    made = endpoint(session, owner, **also)
    return [owed(session, made, event) for event in happened(session, count)]


def health(session: Session) -> WebhookEndpoint:
    session.expire_all()
    return session.scalars(select(WebhookEndpoint)).one()


def test_a_full_endpoint_leaves_slots_to_others(session: Session, owner: Account) -> None:
    flood = backlog(session, owner, 30)
    alone = owed(session, endpoint(session, owner), happened(session)[0], next_at=NOW)
    found = claim(session)
    assert len(found) == 11
    assert alone.id in {one.delivery_id for one in found}
    assert claim(session, busy={flood[0].endpoint_id: 10}) == []
    assert len(claim(session, busy={flood[0].endpoint_id: 7})) == 3


def test_shares_shrink_as_slots_run_out(session: Session, owner: Account) -> None:
    flood = backlog(session, owner, 30)
    assert len(claim(session, limit=20)) == 6
    assert claim(session, limit=20, busy={flood[0].endpoint_id: 6}) == []
    assert len(claim(session, limit=1)) == 1


def test_who_holds_least_goes_first(session: Session, owner: Account) -> None:
    flood = backlog(session, owner, 3)
    late = owed(session, endpoint(session, owner), happened(session)[0], next_at=NOW)
    (found,) = claim(session, limit=1, busy={})
    assert found.endpoint_id == flood[0].endpoint_id
    (found,) = claim(session, at=NOW, limit=4, busy={flood[0].endpoint_id: 1})
    assert found.delivery_id == late.id


def test_a_rate_is_kept_and_what_is_over_it_waits(session: Session, owner: Account) -> None:
    backlog(session, owner, 40, rate_per_minute=60)
    counts = [len(claim(session, at=NOW + SECOND * n)) for n in range(10)]
    assert counts == [3, *[1] * 9]
    waiting = session.scalars(select(WebhookDelivery).where(WebhookDelivery.attempts == 0))
    assert len(waiting.all()) == 40 - 12


def test_in_order_the_next_goes_only_after_a_2xx(session: Session, owner: Account) -> None:
    rows = backlog(session, owner, 3, ordering="fifo")
    (first,) = claim(session)
    assert first.delivery_id == rows[0].id
    assert claim(session) == []
    settle(session, first, 500)
    assert claim(session) == []
    later = NOW + timedelta(seconds=7)
    (again,) = claim(session, at=later)
    assert (again.delivery_id, again.attempt) == (rows[0].id, 2)
    settle(session, again, 200, at=later)
    (second,) = claim(session, at=later)
    assert second.delivery_id == rows[1].id


def test_in_order_a_replay_waits_for_what_is_under_way(session: Session, owner: Account) -> None:
    rows = backlog(session, owner, 3, ordering="fifo")
    (first,) = claim(session)
    settle(session, first, 200)
    (second,) = claim(session)
    session.refresh(rows[0])
    rows[0].state, rows[0].next_at = "due", NOW
    assert claim(session) == []
    settle(session, second, 200)
    (again,) = claim(session)
    assert again.delivery_id == rows[0].id


def test_in_order_what_was_given_up_holds_nobody(session: Session, owner: Account) -> None:
    rows = backlog(session, owner, 2, ordering="fifo")
    (first,) = claim(session)
    settle(session, first, 500, aborts=True, error="abort-message")
    assert session.get_one(WebhookDelivery, rows[0].id).state == "failed"
    (second,) = claim(session)
    assert second.delivery_id == rows[1].id


def test_a_pending_endpoint_is_sent_its_handshake_and_nothing_else(
    session: Session, owner: Account
) -> None:
    rows = backlog(session, owner, 2, state="pending", challenge="prove-it")
    made = session.get_one(WebhookEndpoint, rows[0].endpoint_id)
    hello = WebhookDelivery(
        endpoint_id=made.id,
        kind="handshake",
        event_id=new_id(),
        event_type="webhook.handshake",
        body='{"challenge":"prove-it"}',
        state="due",
        next_at=NOW,
        created_at=NOW,
    )
    session.add(hello)
    (found,) = claim(session)
    assert (found.delivery_id, found.body) == (hello.id, b'{"challenge":"prove-it"}')
    settle(session, found, 200, answer="ok")
    attempt = session.scalars(select(WebhookAttempt)).one()
    assert attempt.error == "the challenge did not come back"
    assert health(session).state == "pending"
    later = NOW + timedelta(seconds=7)
    (found,) = claim(session, at=later)
    settle(session, found, 200, answer="prove-it", at=later)
    assert health(session).state == "active"
    assert len(claim(session, at=later)) == 2


@pytest.mark.parametrize("state", ["paused", "disabled"])
def test_nothing_is_sent_to_who_is_not_at_work(
    session: Session, owner: Account, state: str
) -> None:
    backlog(session, owner, 2, state=state)
    assert claim(session) == []


@pytest.mark.parametrize(
    ("status", "also", "seconds"),
    [
        (429, {}, 60),
        (None, {"error": "timeout", "timed_out": True}, 60),
        (429, {"retry_after": timedelta(seconds=200)}, 200),
        (429, {"retry_after": timedelta(days=9)}, 3600),
        (503, {"retry_after": timedelta(seconds=20)}, 20),
        (503, {}, 0),
    ],
)
def test_who_is_slow_or_says_so_is_left_alone_and_nobody_loses_a_try(
    session: Session, owner: Account, status: int | None, also: dict[str, Any], seconds: int
) -> None:
    backlog(session, owner, 15)
    first, *others = claim(session)
    settle(session, first, status, **also)
    for one in others:
        settle(session, one, 200)
    until = NOW + SECOND * seconds
    if seconds:
        assert claim(session, at=until - SECOND) == []
        assert health(session).quiet_until == until
    rest = claim(session, at=until)
    assert {one.attempt for one in rest} <= {1, 2}
    assert len([one for one in rest if one.attempt == 1]) == 5


def test_after_failures_in_a_row_one_probe_shows_whether_it_works_again(
    session: Session, owner: Account
) -> None:
    backlog(session, owner, 30)
    for one in claim(session):
        settle(session, one, 500)
    assert health(session).failures == settings().webhook_trip_after
    version = health(session).version
    quiet = health(session).quiet_until
    assert quiet is not None
    assert timedelta(seconds=24) <= quiet - NOW <= timedelta(seconds=36)
    assert claim(session, at=quiet - SECOND) == []
    (probe,) = claim(session, at=quiet)
    assert claim(session, at=quiet + SECOND) == []
    settle(session, probe, 500, at=quiet)
    longer = health(session).quiet_until
    assert longer is not None
    assert timedelta(seconds=48) <= longer - quiet <= timedelta(seconds=72)
    (probe,) = claim(session, at=longer)
    settle(session, probe, 200, at=longer)
    assert (health(session).failures, health(session).failing_since) == (0, None)
    assert len(claim(session, at=longer)) == 10
    assert health(session).version == version
    tried = session.scalars(select(WebhookDelivery.tries).where(WebhookDelivery.tries > 0)).all()
    assert sum(tried) == 11


def test_a_probe_that_was_lost_is_followed_by_another(session: Session, owner: Account) -> None:
    backlog(session, owner, 3, failures=9, quiet_until=NOW)
    assert len(claim(session)) == 1
    after = NOW + settings().claim_lease
    assert len(claim(session, at=after)) == 1


def test_a_message_its_receiver_does_not_want_is_not_sent_again(
    session: Session, owner: Account
) -> None:
    (row,) = backlog(session, owner, 1)
    (found,) = claim(session)
    settle(session, found, 500, aborts=True, error="abort-message: not again")
    session.refresh(row)
    assert (row.state, row.next_at) == ("failed", None)
    assert health(session).failures == 0


def test_a_trial_is_made_once(session: Session, owner: Account) -> None:
    made = endpoint(session, owner)
    event = happened(session)[0]
    row = owed(session, made, event, kind="test", seq=None, body="{}")
    (found,) = claim(session)
    settle(session, found, 500)
    session.refresh(row)
    assert row.state == "failed"


def test_the_schedule_counts_its_own_tries(session: Session, owner: Account) -> None:
    (row,) = backlog(session, owner, 1)
    schedule = settings().webhook_retry_schedule
    at = NOW
    for number in range(len(schedule) + 1):
        health(session).quiet_until = None
        row.next_at = at
        (found,) = claim(session, at=at)
        settle(session, found, 500, at=at)
        session.refresh(row)
        assert (row.attempts, row.tries) == (number + 1, number + 1)
    assert row.state == "failed"
    health(session).quiet_until = None
    row.state, row.next_at, row.tries = "due", at, 0
    (found,) = claim(session, at=at)
    assert found.attempt == len(schedule) + 2
    settle(session, found, 500, at=at)
    session.refresh(row)
    assert row.next_at is not None
    assert row.next_at - at < timedelta(seconds=7)


def test_a_late_answer_changes_nothing_but_the_log(session: Session, owner: Account) -> None:
    (row,) = backlog(session, owner, 1)
    (first,) = claim(session)
    (second,) = claim(session, at=NOW + settings().claim_lease)
    settle(session, first, 500)
    session.refresh(row)
    assert (row.state, row.tries, health(session).failures) == ("due", 0, 0)
    settle(session, second, 200)
    assert len(session.scalars(select(WebhookAttempt)).all()) == 2


def test_an_event_that_has_left_the_log_is_given_up_and_says_so(
    session: Session, owner: Account
) -> None:
    (row,) = backlog(session, owner, 1)
    row.seq = 10**9
    assert claim(session) == []
    session.refresh(row)
    assert row.state == "failed"
    assert "log" in (session.scalars(select(WebhookAttempt.error)).one() or "")


def test_an_endpoint_that_fails_for_days_is_switched_off_and_its_owner_told_once(
    session: Session, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = settings().model_copy(update={"smtp_host": "mail.example"})
    monkeypatch.setattr("services.core.notifications.actions.settings", lambda: mailing)
    since = NOW - settings().webhook_disable_after - SECOND
    backlog(session, owner, 4, failing_since=since)
    found = claim(session)
    for one in found:
        settle(session, one, 500)
    assert (health(session).state, health(session).disabled_reason) == (
        "disabled",
        f"failing since {since.isoformat()}",
    )
    told = session.scalars(select(Notification)).one()
    assert (told.account_id, told.cause_kind) == (owner.id, "webhook_disabled")
    assert "https://receiver.example/hook" in told.body_zh
    assert "11" in told.body_zh
    assert session.scalars(select(NotificationDelivery.address)).one() == owner.email
    facts = session.scalars(
        select(PendingEvent.type).where(PendingEvent.aggregate_kind == "webhook_endpoint")
    )
    assert facts.all() == ["webhook.disabled"]
    assert set(session.scalars(select(WebhookDelivery.state))) == {"cancelled"}
    assert session.scalars(select(WebhookDelivery.next_at)).all() == [None] * 4


def test_gone_switches_off_at_once_and_what_is_taken_meanwhile_counts(
    session: Session, owner: Account
) -> None:
    backlog(session, owner, 2)
    first, second = claim(session)
    settle(session, first, 410)
    settle(session, second, 200)
    assert health(session).disabled_reason == "410 Gone"
    assert "410" in session.scalars(select(Notification.body_en)).one()
    states = session.scalars(select(WebhookDelivery.state).order_by(WebhookDelivery.state))
    assert states.all() == ["cancelled", "delivered"]


def test_a_claim_reads_each_endpoints_own_rows(session: Session, owner: Account) -> None:
    flood, calm = endpoint(session, owner), endpoint(session, owner)
    event = happened(session)[0]
    session.execute(
        text(
            "INSERT INTO webhook_delivery (id, endpoint_id, kind, event_id, event_type, seq, "
            "state, next_at, attempts, tries, created_at) "
            "SELECT gen_random_uuid(), CASE WHEN n % 200 = 0 THEN CAST(:calm AS uuid) "
            "ELSE CAST(:flood AS uuid) END, 'event', gen_random_uuid(), 'x', :seq, 'due', :now, "
            "0, 0, :now FROM generate_series(1, 20000) n"
        ),
        {"flood": flood.id, "calm": calm.id, "seq": event.seq, "now": NOW},
    )
    session.execute(text("ANALYZE webhook_delivery"))
    read = text("SELECT pg_stat_get_xact_tuples_returned('webhook_delivery'::regclass) + "
                "sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index "
                "WHERE indrelid = 'webhook_delivery'::regclass")  # fmt: skip
    before = session.execute(read).scalar_one()
    assert len(claim(session, busy={flood.id: 10})) == 10
    assert session.execute(read).scalar_one() - before < 500
