"""What is older than the policy goes to a file first, and the chain goes on after it."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from services.core.audit import actions, queries
from services.core.audit.actions import Unfit
from services.core.kit.clock import house_now
from services.core.kit.settings import Settings
from tests.audit.conftest import NOW, named, verified, write

Forge = Callable[[str], None]
KEEP = timedelta(days=365)


@pytest.fixture
def aged(chained: Engine, forge: Forge) -> Engine:
    """Give the nine lines two years later, with three new ones."""
    later = NOW.replace(year=2028)
    forge(
        "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE "
        f"PARALLEL SAFE AS $$ SELECT TIMESTAMPTZ '{later.isoformat()}' $$"
    )
    with Session(chained) as session:
        for number in range(3):
            write(session, number, now=later)
        actions.seal(session, limit=10)
        session.commit()
    return chained


def archive(engine: Engine, folder: Path, limit: int = 100) -> Path | None:
    with Session(engine) as session, session.begin():
        now = house_now(session)
        return actions.archive_old(session, folder=folder, keep=KEEP, now=now, limit=limit)


def sealed(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        actions.seal(session, limit=100)


def test_old_lines_are_archived_dropped_and_the_chain_is_still_whole(
    aged: Engine, tmp_path: Path
) -> None:
    whole = verified(aged).head
    first, second = archive(aged, tmp_path, limit=5), archive(aged, tmp_path, limit=5)
    assert first is not None
    assert second is not None
    assert archive(aged, tmp_path) is None, "what is young stays"
    sealed(aged)
    verdict = verified(aged, whole)
    assert (verdict.first_seq, verdict.lines, verdict.anchors, verdict.breaks) == (10, 5, 1, [])
    with aged.connect() as connection:
        kept = connection.execute(text("SELECT id FROM audit_entry ORDER BY id")).scalars().all()
        noted = connection.execute(text("SELECT changes FROM audit_entry WHERE id = 13")).scalar()
    assert kept == [10, 11, 12, 13, 14]
    assert noted is not None
    assert (noted["first_seq"], noted["last_seq"], noted["file"]) == (1, 5, first.name)
    assert first.stat().st_mode & 0o077 == 0
    assert [queries.check(path).lines for path in (first, second)] == [5, 4]
    with Session(aged) as session:
        checked = queries.check_folder(tmp_path, queries.tombstones(session))
    assert [file.breaks for file in checked] == [[], []]


def test_an_altered_file_a_foreign_one_and_a_missing_one_are_found(
    aged: Engine, tmp_path: Path
) -> None:
    path = archive(aged, tmp_path)
    assert path is not None
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(content.replace(b"\\u540e4", b"\\u540e9")))
    assert [(found.code, found.seq) for found in queries.check(path).breaks] == [("altered", 5)]
    path.write_bytes(gzip.compress(content.replace(b'"first_seq":1', b'"first_seq":2')))
    assert queries.check(path).breaks
    path.write_bytes(gzip.compress(content, compresslevel=1))
    with Session(aged) as session:
        stones = queries.tombstones(session)
    assert [found.code for found in queries.check_folder(tmp_path, stones)[0].breaks] == ["archive"]
    path.unlink()
    assert [found.code for found in queries.check_folder(tmp_path, stones)[0].breaks] == [
        "unreadable"
    ]


def test_a_chain_that_was_tampered_with_is_not_dropped(
    aged: Engine, forge: Forge, tmp_path: Path
) -> None:
    forge("UPDATE audit_entry SET actor = '乙' WHERE id = 4")
    with pytest.raises(Unfit, match="number 4"):
        archive(aged, tmp_path)
    assert verified(aged).lines == 12


def test_nobody_drops_what_the_law_asks_to_keep(aged: Engine) -> None:
    with (
        aged.connect() as connection,
        pytest.raises(ProgrammingError, match="younger than 180 days"),
    ):
        connection.execute(text("SELECT audit_drop(10, 'f', '', 'k', '')"))


def test_a_tombstone_that_is_not_ours_is_found(aged: Engine, forge: Forge, tmp_path: Path) -> None:
    archive(aged, tmp_path, limit=5)
    with aged.begin() as connection:
        connection.execute(text("SELECT audit_drop(9, 'nowhere', '', 'k', '')"))
    sealed(aged)
    assert named(verified(aged)) == [("tombstone", 6)]
    forge("UPDATE audit_tombstone SET first_seq = 2 WHERE last_seq = 5")
    assert named(verified(aged)) == [("tombstone", 2), ("tombstone", 6)]


def test_the_policy_cannot_be_shorter_than_the_law_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUANZU_AUDIT_KEEP", "P179D")
    with pytest.raises(ValidationError, match="audit_keep"):
        Settings()
