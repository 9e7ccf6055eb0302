"""The chain: whatever is done to the audit behind its back is found, and named."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from services.core.audit import actions, queries
from services.core.audit.rules import Anchor
from services.core.kit import cipher
from services.worker.stamp import stamp
from tests.audit.conftest import NOW, named, verified, write

Forge = Callable[[str], None]
SWAPPED = (
    "UPDATE audit_seal SET entry_id = 100 WHERE seq = 3;"
    "UPDATE audit_seal SET entry_id = 3 WHERE seq = 6;"
    "UPDATE audit_seal SET entry_id = 6 WHERE seq = 3"
)


def test_an_untouched_chain_is_whole(chained: Engine) -> None:
    verdict = verified(chained)
    assert (verdict.lines, verdict.head.seq, verdict.breaks) == (9, 9, [])


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("UPDATE audit_entry SET actor = '乙' WHERE id = 4", [("altered", 4)]),
        ('UPDATE audit_entry SET changes = \'{"list": ["1", 1]}\' WHERE id = 9', [("altered", 9)]),
        (
            "UPDATE audit_entry SET changes = jsonb_set(changes, '{list,0}', '\"1\"') WHERE id = 5",
            [("altered", 5)],
        ),
        (
            "UPDATE audit_entry SET at = at + INTERVAL '1 microsecond' WHERE id = 1",
            [("altered", 1)],
        ),
        ("DELETE FROM audit_entry WHERE id = 4", [("removed", 4)]),
        (
            "DELETE FROM audit_entry WHERE id = 4; DELETE FROM audit_seal WHERE seq = 4",
            [("seal_removed", 4)],
        ),
        (
            SWAPPED,
            [("reordered", 3), ("reordered", 6)],
        ),
        ("UPDATE audit_seal SET hash = sha256('x') WHERE seq = 5", [("seal_altered", 5)]),
        ("UPDATE audit_seal SET hash = sha256('x') WHERE seq = 9", [("seal_altered", 9)]),
        (
            "DELETE FROM audit_entry WHERE id > 7; DELETE FROM audit_seal WHERE seq > 7",
            [("truncated", 8)],
        ),
        (
            "INSERT INTO audit_entry (at, actor, action) VALUES (now(), '乙', 'trial.made')",
            [("inserted", 10)],
        ),
    ],
    ids=lambda part: part[:60] if isinstance(part, str) else "",
)
def test_a_forgery_is_found_and_named(
    chained: Engine, forge: Forge, forgery: str, found: list[tuple[str, int]]
) -> None:
    forge(forgery)
    assert named(verified(chained)) == found


def test_a_cut_tail_is_found_by_an_anchor_even_if_the_counter_was_cut_too(
    chained: Engine, forge: Forge
) -> None:
    kept = verified(chained).head
    forge(
        "DELETE FROM audit_entry WHERE id > 7; DELETE FROM audit_seal WHERE seq > 7;"
        "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit_seal WHERE seq = 7)"
    )
    assert named(verified(chained)) == []
    assert named(verified(chained, kept)) == [("truncated", 9)]
    assert named(verified(chained, Anchor(5, bytes(32)))) == [("anchor", 5)]


def test_the_daily_anchor_goes_to_the_feed_and_is_compared(chained: Engine, forge: Forge) -> None:
    with Session(chained) as session:
        assert actions.anchor_due(session, now=NOW) == Anchor(9, queries.head(session).hash)
        assert actions.anchor_due(session, now=NOW + timedelta(hours=23)) is None
        assert len(stamp(session, 10)) == 1
        actions.seal(session, limit=10)
        session.commit()
    verdict = verified(chained)
    assert (verdict.lines, verdict.anchors, verdict.breaks) == (10, 1, [])
    forge(
        "DELETE FROM audit_entry WHERE id > 7; DELETE FROM audit_seal WHERE seq > 7;"
        "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit_seal WHERE seq = 7)"
    )
    assert named(verified(chained)) == [("truncated", 9)]


def test_a_line_that_waits_too_long_or_vanished_unsealed_is_named(
    chained: Engine, forge: Forge
) -> None:
    with Session(chained) as session:
        write(session, 10, now=NOW - timedelta(days=1))
        write(session, 11, now=NOW)
        session.commit()
    forge("DELETE FROM audit_entry WHERE id = 11")
    assert [found.words.en for found in verified(chained).breaks] == [
        "line 10 has waited over a minute for its seal",
        "line 11 was removed before it was sealed",
    ]


def test_a_late_commit_gets_a_later_number_and_is_not_skipped(chained: Engine) -> None:
    with Session(chained) as slow, Session(chained) as quick:
        write(slow, 10, now=NOW)
        write(quick, 11, now=NOW)
        quick.commit()
        assert actions.seal(quick, limit=10) == 1
        quick.commit()
        slow.commit()
        assert actions.seal(quick, limit=10) == 1
        quick.commit()
        order = quick.execute(text("SELECT entry_id FROM audit_seal WHERE seq > 9 ORDER BY seq"))
        assert list(order.scalars()) == [11, 10]
    assert verified(chained).breaks == []


def test_two_sealers_at_once_make_one_chain(chained: Engine) -> None:
    with Session(chained) as session:
        for number in range(60):
            write(session, number, now=NOW)
        session.commit()

    def work() -> None:
        with Session(chained) as session:
            while actions.seal(session, limit=7):
                session.commit()

    sealers = [threading.Thread(target=work) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    verdict = verified(chained)
    assert (verdict.lines, verdict.breaks) == (69, [])


def test_the_bytes_of_a_line_are_the_same_in_every_time_zone(chained: Engine) -> None:
    with Session(chained) as session:
        session.execute(text("SET TIME ZONE 'Asia/Shanghai'"))
        verdict = queries.verify(session, given=(), progress=lambda _: None)
    assert verdict.breaks == []


def test_without_the_master_key_nothing_can_be_verified_and_that_is_said(
    chained: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cipher, "_ring", lambda: {"00000000": bytes(32)})
    assert named(verified(chained)) == [("key", 1)]


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_tombstone"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_changes_the_audit_by_accident(
    chained: Engine, table: str, act: str
) -> None:
    column = {"audit_entry": "actor", "audit_seal": "seq", "audit_tombstone": "first_seq"}[table]
    statement = act.format(table, column, column)
    with chained.connect() as connection:
        if table == "audit_tombstone":
            connection.execute(
                text("INSERT INTO audit_tombstone VALUES (1, 1, '', '', '', '', '', now())")
            )
        with pytest.raises(ProgrammingError, match="the audit can only grow"):
            connection.execute(text(statement))
