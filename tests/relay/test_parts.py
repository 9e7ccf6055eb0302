"""The log in parts: room ahead, an archive that reads back, and nothing dropped that is needed."""

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from services.core.kit import listening, retention
from services.core.kit.clock import house_now
from services.core.kit.ids import new_id
from services.core.kit.retention import Unfit
from services.standalone.postgres import plain
from services.worker.stamp import stamp
from tests.relay.house import House, eventually

SIZE = 40
READERS = ("webhooks", "progress")


@pytest.fixture
def parted(house: House) -> House:
    """Give a house whose log has small parts; its first one holds the numbers below 40."""
    with house.engine.begin() as connection:
        for first in connection.scalars(text("SELECT first_seq FROM event_part")).all():
            connection.execute(text(f"DROP TABLE event_parts.event_{first}"))
        connection.execute(text("DELETE FROM event_part"))
        connection.execute(text("INSERT INTO event_part VALUES (-1, 0, now())"))
        connection.execute(text(f"SELECT event_make_room({SIZE}, {SIZE})"))
    return house


@pytest.fixture
def full(parted: House) -> House:
    """Give a house with 130 events that everybody has read and Redis has copied."""
    record = new_id()
    parted.happen(60)
    parted.happen(70, subject_id=record)
    with Session(parted.engine) as session:
        while stamp(session, 10):
            retention.make_room(session, ahead=SIZE, size=SIZE)
            session.commit()
        session.execute(text("UPDATE feed_head SET copied = seq"))
        session.execute(
            text("INSERT INTO consumer_cursor SELECT unnest(CAST(:n AS text[])), 130"),
            {"n": list(READERS)},
        )
        session.commit()
    parted.must_be_whole()
    return parted


def old(
    house: House, keep: timedelta = timedelta(0), owed: int | None = None
) -> tuple[int, int] | None:
    with Session(house.engine) as session:
        part = retention.oldest_gone_by(
            session, keep=keep, readers=READERS, owed=owed, now=house_now(session)
        )
        return (part.first_seq, part.last_seq) if part else None


def archived(house: House, folder: Path, limit: int = 1000) -> list[str]:
    """Archive and drop all that may go, as upkeep does; gives the names of the files."""
    names: list[str] = []
    while True:
        with Session(house.engine) as session, session.begin():
            now = house_now(session)
            part = retention.oldest_gone_by(
                session, keep=timedelta(0), readers=READERS, owed=None, now=now
            )
            if part is None:
                return names
            path = retention.archive_some(session, part, folder=folder, now=now, limit=limit)
            if path:
                names.append(path.name)
            else:
                assert retention.drop(session, part)


def change(house: House, statement: str, **given: Any) -> None:
    with house.engine.begin() as connection:
        connection.execute(text(statement), given)


def test_a_relay_makes_room_ahead_of_what_it_numbers(parted: House) -> None:
    relay = parted.relay(TUANZU_EVENT_PART=str(SIZE), TUANZU_RELAY_BATCH="15")
    parted.happen(5)
    assert eventually(parted.is_numbered), parted.log(relay)
    for _ in range(10):
        parted.happen(20)
    assert eventually(parted.is_numbered), parted.log(relay)
    parted.must_be_whole()
    parts = parted.ask("SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass")
    assert parts >= 205 // SIZE + 1
    assert parted.ask("SELECT max(end_seq) FROM event_part") >= 205 + 15
    assert eventually(parted.is_copied)


def test_old_parts_are_archived_read_back_and_dropped_and_the_readers_are_told(
    full: House, tmp_path: Path
) -> None:
    with Session(full.engine) as session:
        rows = session.execute(text("SELECT seq, body FROM event")).all()
        log: dict[int, str] = {row.seq: row.body for row in rows}
    names = archived(full, tmp_path, limit=25)
    assert [name.split("-")[1:] for name in names] == [
        [f"{first:019}", f"{last:019}.jsonl.gz"]
        for first, last in ((1, 25), (26, 39), (40, 64), (65, 79), (80, 104), (105, 119))
    ]
    texts = [gzip.decompress((tmp_path / name).read_bytes()) for name in names]
    lines = [json.loads(line) for said in texts for line in said.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, 120))
    assert all(line["body"] == log[line["seq"]] for line in lines), "byte for byte"
    with Session(full.engine) as session:
        kept = {one.file: one.sha256 for one in retention.archives(session)}
        ends = listening.ends(session)
        assert (ends.oldest, ends.newest) == (120, 130)
        assert listening.beginning(ends, 119) == 119
        with pytest.raises(listening.FactsGone, match="oldest event kept is 120"):
            listening.beginning(ends, 118)
    assert kept == {name: hashlib.sha256((tmp_path / name).read_bytes()).digest() for name in names}


@pytest.mark.parametrize(
    ("needed", "statement"),
    [
        ("a reader has not read it", "UPDATE consumer_cursor SET seq = 38 WHERE name = 'webhooks'"),
        ("a reader has read nothing", "DELETE FROM consumer_cursor WHERE name = 'progress'"),
        ("Redis has not copied it", "UPDATE feed_head SET copied = 38"),
        (
            "a fact of it is parked",
            "INSERT INTO event_parked VALUES ('webhooks', 39, 'x', now(), 1, NULL)",
        ),
        ("the newest of it is young", "UPDATE event SET stamped_at = now() + '1 h' WHERE seq = 39"),
    ],
    ids=lambda value: value if " SET" not in value and "FROM" not in value else "",
)
def test_a_part_stays_while_somebody_needs_it(full: House, needed: str, statement: str) -> None:
    assert old(full) == (0, 39)
    change(full, statement)
    assert old(full) is None, needed


def test_a_part_stays_while_an_endpoint_is_owed_an_event_of_it(full: House) -> None:
    assert old(full, owed=39) is None
    assert old(full, owed=40) == (0, 39)
    assert old(full, keep=timedelta(hours=1)) is None


def test_the_part_that_is_being_filled_never_goes(full: House, tmp_path: Path) -> None:
    archived(full, tmp_path)
    assert full.ask("SELECT count(*) FROM event") == 11
    change(full, "UPDATE feed_head SET copied = 10000")
    change(full, "UPDATE consumer_cursor SET seq = 10000")
    assert old(full) is None


def test_a_log_with_a_hole_is_not_archived(full: House, tmp_path: Path) -> None:
    change(full, "DELETE FROM event WHERE seq = 17")
    with pytest.raises(Unfit, match="the log has 18 where 17 follows"):
        archived(full, tmp_path)
    assert full.ask("SELECT count(*) FROM event") == 129
    assert not list(tmp_path.glob("events-*.gz"))


def as_the_application(house: House) -> Callable[[str], Any]:
    """Give a way to ask with the rights that the service has."""

    def ask(statement: str) -> Any:
        with psycopg.connect(plain(house.url), autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchone()

    return ask


def test_the_application_can_neither_drop_what_is_not_archived_nor_reach_a_part(
    full: House,
) -> None:
    ask = as_the_application(full)
    for first in (0, 40, 120):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not archived"):
            ask(f"SELECT event_drop_part({first})")
    for statement in ("SELECT FROM event_parts.event_0", "DROP TABLE event"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(statement)
    assert ask("SELECT count(*) FROM event") == (130,)


def test_the_wall_stands_before_every_part(full: House) -> None:
    group, other = new_id(), new_id()
    change(full, "UPDATE event SET group_id = :g WHERE seq IN (3, 90)", g=group)
    change(full, "UPDATE event SET group_id = :g WHERE seq IN (4, 91)", g=other)
    with full.engine.begin() as connection:
        connection.execute(text("SET LOCAL ROLE tuanzu_caller"))
        said = sql.Literal(f"{{{group}}}").as_string()
        connection.execute(text(f"SET LOCAL tuanzu.group_ids = {said}"))
        seen = connection.scalars(text("SELECT seq FROM event ORDER BY seq")).all()
        assert list(seen) == [3, 90]
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("SELECT FROM event_parts.event_0"))


def test_no_event_is_in_the_log_twice(full: House) -> None:
    again = (
        "INSERT INTO event SELECT 131, body, stamped_at, {}, type, schema_version, "
        "aggregate_kind, aggregate_id, {}, group_id, organisation_ids, actor, trace, "
        "occurred_at, data FROM event WHERE seq = 130"
    )
    for event_id, version in (("event_id", "71"), ("uuidv7()", "aggregate_version")):
        with pytest.raises(IntegrityError, match="duplicate key"):
            change(full, again.format(event_id, version))
    twice = full.ask(
        "SELECT count(*) FROM (SELECT FROM event GROUP BY aggregate_id, aggregate_version "
        "HAVING count(*) > 1) AS t"
    )
    assert twice == 0
    assert full.ask("SELECT max(aggregate_version) FROM event") == 70, "over three parts"
