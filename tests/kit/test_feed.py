"""The feed: numbered without gaps, read once in order, and blocked by nobody's failure."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.kit import feed, ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import FeedEvent, ParkedEvent, Seen
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp
from tests import given

NOW = given.at("2026-11-24 10:00")


@pytest.mark.parametrize(
    "about",
    [
        Subject("project", uuid4()),
        Subject("project", uuid4(), group_id=uuid4(), for_everybody=True),
        Subject("project", uuid4(), organisation_ids=(uuid4(),), for_everybody=True),
    ],
    ids=("for nobody", "for a group and everybody", "for a unit and everybody"),
)
def test_no_fact_is_for_everybody_by_accident(session: Session, about: Subject) -> None:
    fact = RegionChanged(region_code="331127", change="changed")
    with pytest.raises(ValueError, match="who may see a fact about this project"):
        ledger.record(session, fact, about=about, by=Actor.part("test"), now=NOW)


def happen(session: Session, code: str, subject: Subject) -> None:
    fact = RegionChanged(region_code=code, change="changed")
    ledger.record(session, fact, about=subject, by=Actor.part("test"), now=NOW)


def test_facts_are_numbered_without_gaps_and_in_their_record_s_order(session: Session) -> None:
    subject = Subject("region", uuid4(), for_everybody=True)
    before = session.execute(text("SELECT seq FROM feed_head")).scalar_one()
    for code in ("331127", "331100", "330000"):
        happen(session, code, subject)
    assert [len(stamp(session, 2)) for _ in range(3)] == [2, 1, 0]
    rows = session.execute(
        select(FeedEvent.seq, FeedEvent.aggregate_version, FeedEvent.data).order_by(FeedEvent.seq)
    ).all()
    assert [row[0] - before for row in rows] == [1, 2, 3]
    assert [row[1] for row in rows] == [1, 2, 3]
    assert [row[2]["region_code"] for row in rows] == ["331127", "331100", "330000"]


def test_a_reader_reads_each_fact_once_and_one_it_cannot_digest_is_parked(
    session: Session,
) -> None:
    read: dict[int, str] = {}

    def reader(inner: Session, seen: Seen, _now: datetime) -> None:
        if seen.data["region_code"] == "331100":
            inner.execute(text("SELECT 1 / 0"))
        read[seen.seq] = seen.data["region_code"]  # what is undone is read again

    for code in ("331127", "331100", "330000"):
        happen(session, code, Subject("region", uuid4(), for_everybody=True))
    stamp(session, 100)
    digest = feed.one_by_one({"region.changed": reader})
    assert feed.consume(session, "test", digest, now=NOW, limit=2) == 2
    assert feed.consume(session, "test", digest, now=NOW, limit=2) == 1
    assert feed.consume(session, "test", digest, now=NOW, limit=2) == 0
    assert list(read.values()) == ["331127", "330000"]
    parked = session.scalars(select(ParkedEvent)).one()
    assert "division by zero" in parked.error
