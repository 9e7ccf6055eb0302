"""What fails again and again is put aside with its error, blocks nobody, and can be put back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.api import metrics
from services.core import catalogue
from services.core.kit import backlog, feed, jobs, ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import ParkedEvent, Seen
from services.core.kit.settings import settings
from services.core.meetings.models import MeetingReminder
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp
from tests import given

NOW = given.at("2026-11-24 10:00")
MOMENT = MeetingReminder.next_at
LATER = jobs.RETRY_AFTER_ERROR
Work = Callable[[Session, MeetingReminder, datetime], None]


@pytest.fixture
def rows(session: Session) -> list[UUID]:
    """Give three rows that are due, of which the first was due first."""
    session.execute(text("SET LOCAL session_replication_role = replica"))  # of no meeting
    made = [
        MeetingReminder(
            meeting_id=uuid4(), starts_at=NOW, occurrence="T", planned_at=NOW, next_at=due
        )
        for due in (NOW - timedelta(hours=2), NOW - timedelta(hours=1), NOW)
    ]
    session.add_all(made)
    session.flush()
    return [row.id for row in made]


def doing(done: list[UUID], poisoned: set[UUID]) -> Work:
    """Make work that fails for some rows."""

    def do(inner: Session, row: MeetingReminder, _: datetime) -> None:
        if row.id in poisoned:
            inner.execute(text("SELECT 1 / 0"))
        row.next_at = None
        done.append(row.id)

    return do


def state(session: Session) -> backlog.Backlog:
    return backlog.read(session, backlog.statement(catalogue.DUE, catalogue.DELIVERIES))


def test_a_poisoned_row_is_parked_after_five_times_and_blocks_nobody(
    session: Session, rows: list[UUID]
) -> None:
    done: list[UUID] = []
    poisoned = {rows[0]}
    for turn in range(settings().park_after):
        now = NOW + turn * LATER
        jobs.each_due(session, MeetingReminder, doing(done, poisoned), now=now, limit=10)
        kind = jobs.kind_of(MOMENT)
        parked = turn == settings().park_after - 1
        assert state(session).parked[kind] == parked
        assert state(session).failing[kind] == (not parked)
    assert done == rows[1:], "the others were done at the first look"
    found = jobs.each_due(
        session, MeetingReminder, doing(done, poisoned), now=NOW.replace(year=2030), limit=10
    )
    assert found == 0, "nothing looks at it any more"
    (trouble,) = backlog.troubled(session)
    assert "division by zero" in trouble.error
    assert (trouble.id, trouble.attempts, trouble.is_parked) == (str(rows[0]), 5, True)

    assert jobs.put_back(session, MOMENT, rows[0], now=NOW)
    session.expire_all()
    jobs.each_due(session, MeetingReminder, doing(done, set()), now=NOW, limit=10)
    assert done[-1] == rows[0]
    assert backlog.troubled(session) == []
    assert not jobs.put_back(session, MOMENT, rows[0], now=NOW), "there is nothing to put back"


def test_work_that_succeeds_forgets_former_failures(session: Session, rows: list[UUID]) -> None:
    done: list[UUID] = []
    jobs.each_due(session, MeetingReminder, doing(done, {rows[0]}), now=NOW, limit=10)
    assert [one.attempts for one in backlog.troubled(session)] == [1]
    jobs.each_due(session, MeetingReminder, doing(done, set()), now=NOW + LATER, limit=10)
    assert backlog.troubled(session) == []


def test_a_fact_that_cannot_be_digested_is_tried_again_then_waits_for_somebody(
    session: Session,
) -> None:
    for code in ("331127", "331100"):
        fact = RegionChanged(region_code=code, change="changed")
        about = Subject("region", uuid4(), for_everybody=True)
        ledger.record(session, fact, about=about, by=Actor.part("test"), now=NOW)
    stamp(session, 100)
    read: list[str] = []
    is_ill = True

    def reader(inner: Session, seen: Seen, _now: datetime) -> None:
        if is_ill and seen.data["region_code"] == "331127":
            inner.execute(text("SELECT 1 / 0"))
        read.append(seen.data["region_code"])

    digest = feed.one_by_one({"region.changed": reader})
    feed.consume(session, "test", digest, now=NOW, limit=10)
    assert read == ["331100"]
    parked = session.scalars(select(ParkedEvent)).one()
    for turn in range(2, settings().park_after + 1):
        now = NOW + (turn - 1) * LATER
        assert feed.retry_parked(session, "test", digest, now=now, limit=10) == 1
        assert feed.retry_parked(session, "test", digest, now=now, limit=10) == 0
        assert parked.attempts == turn
    assert parked.next_at is None
    assert feed.retry_parked(session, "test", digest, now=NOW.replace(year=2030), limit=9) == 0
    assert state(session).parked == {"feed.test": 1}

    is_ill = False
    assert feed.put_back(session, "test", parked.seq, now=NOW)
    assert feed.retry_parked(session, "test", digest, now=NOW, limit=10) == 1
    assert read == ["331100", "331127"]
    assert backlog.troubled(session) == []


def test_metrics_tell_of_lags_due_rows_and_trouble(
    client: TestClient, session: Session, rows: list[UUID]
) -> None:
    session.execute(text("INSERT INTO consumer_cursor VALUES ('test', 0)"))
    session.execute(text("UPDATE feed_head SET seq = seq + 7"))
    jobs.failed(session, MOMENT, rows[0], ValueError("no"), now=NOW)
    jobs.beat(session, "watch", every=timedelta(seconds=5))
    metrics.WORK.forget()
    said = client.get("/metrics").text
    newest = session.execute(text("SELECT seq FROM feed_head")).scalar_one()
    assert f"tuanzu_feed_seq {float(newest)}" in said
    assert f'tuanzu_feed_lag{{reader="test"}} {float(newest)}' in said
    assert 'tuanzu_failing{kind="meeting_reminder.next_at"} 1.0' in said
    assert 'tuanzu_parked{kind="meeting_reminder.next_at"} 0.0' in said
    assert 'tuanzu_dead_letters{kind="webhook_delivery"} 0.0' in said
    assert 'tuanzu_heartbeat_seconds{part="watch"}' in said
    for kind in map(jobs.kind_of, catalogue.DUE):
        assert f'tuanzu_due_rows{{kind="{kind}"}}' in said


def test_a_part_that_is_silent_for_three_of_its_intervals_is_degraded(
    client: TestClient, session: Session
) -> None:
    jobs.beat(session, "watch", every=timedelta(seconds=5))
    jobs.beat(session, "upkeep", every=timedelta(minutes=10))
    session.execute(text("UPDATE heartbeat SET at = at - INTERVAL '20 min'"))
    degraded = client.get("/readyz").json()["degraded"]
    assert [said for said in degraded if said.startswith("watch: last seen 12")]
    assert not [said for said in degraded if said.startswith("upkeep")]
    session.execute(text("UPDATE heartbeat SET at = at - INTERVAL '11 min'"))
    degraded = client.get("/readyz").json()["degraded"]
    assert [said for said in degraded if said.startswith("upkeep: last seen 18")]
