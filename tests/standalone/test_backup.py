"""Backup and restore: everything comes back, and nothing is touched before that is certain."""

import shutil
from pathlib import Path

import psycopg
import pytest

from services.core.kit.settings import Settings
from services.standalone import engines
from services.standalone.postgres import plain
from tests.standalone.runs import copied, tuanzu

A_ROW = "INSERT INTO consumer_cursor (name, seq) VALUES ('县庆', 1984)"
PHOTO = "01a20e54-8e44-747c-930d-a6499c67e299/original"
A_KEY = (
    "dGVzdHMtb25seS0zMi1ieXRlcy1vZi1ub3RoaW5nISE=\nYW5kLXRoZS1rZXktdGhhdC13YXMtYmVmb3JlLWl0IS4=\n"
)
"""The current key, and the one before it: a backup may hold what either sealed."""


@pytest.fixture(scope="session")
def made_once(seasoned_once: Path, embedded: Settings) -> Path:
    """Make a backup of a home that holds one row more and a key."""
    home = copied(seasoned_once, seasoned_once.with_name("backed-up"))
    with (
        engines.running(home, embedded) as urls,
        psycopg.connect(plain(urls.migration), autocommit=True) as owner,
    ):
        owner.execute(A_ROW)
    (home / "secret.key").write_text(A_KEY)
    photo = home / "evidence" / PHOTO
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"\xff\xd8\xff")
    done = tuanzu(home, "backup", home / "data.tar")
    assert done.returncode == 0, done.stderr
    return home / "data.tar"


@pytest.fixture
def backed_up(made_once: Path, homes: Path) -> Path:
    """Give that backup, to do with as a test likes."""
    return Path(shutil.copy2(made_once, homes))


def test_a_round_trip_brings_back_rows_key_and_rights(
    homes: Path, backed_up: Path, embedded: Settings
) -> None:
    assert backed_up.stat().st_mode & 0o077 == 0
    done = tuanzu(homes / "new", "restore", backed_up)
    assert done.returncode == 0, done.stderr
    assert (homes / "new" / "secret.key").read_text() == A_KEY
    assert (homes / "new" / "evidence" / PHOTO).read_bytes() == b"\xff\xd8\xff"
    with engines.running(homes / "new", embedded) as urls:
        migrated = tuanzu(
            homes / "new",
            "migrate",
            TUANZU_DATABASE_URL=urls.database,
            TUANZU_MIGRATION_URL=urls.migration,
        )
        assert migrated.returncode == 0, migrated.stderr
        with psycopg.connect(plain(urls.database)) as app:
            found = app.execute("SELECT seq FROM consumer_cursor WHERE name = '县庆'")
            assert found.fetchone() == (1984,)
    assert (homes / "new" / "demo.loaded").exists()


def test_a_home_with_data_is_only_replaced_by_force_and_set_aside(
    seasoned: Path, backed_up: Path
) -> None:
    home = seasoned
    (home / "secret.key").write_text("another key\n")
    refused = tuanzu(home, "restore", backed_up)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert (home / "secret.key").read_text() == "another key\n"
    forced = tuanzu(home, "restore", "--force", backed_up)
    assert forced.returncode == 0, forced.stderr
    (aside,) = home.glob("replaced-*")
    assert (aside / "secret.key").read_text() == "another key\n"
    assert (aside / "engines" / "postgres" / "PG_VERSION").exists()


@pytest.mark.parametrize("at", [0.5, 0], ids=["in the dump", "in the manifest"])
def test_a_damaged_backup_changes_nothing(homes: Path, backed_up: Path, at: float) -> None:
    damaged = bytearray(backed_up.read_bytes())
    begin = 700 + int(len(damaged) * at)  # behind the first member's header
    for place in range(begin, begin + 40):
        damaged[place] ^= 0xFF
    backed_up.write_bytes(damaged)
    refused = tuanzu(homes / "new", "restore", backed_up)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert not (homes / "new").exists()


def test_what_is_no_backup_is_refused_in_one_sentence(homes: Path) -> None:
    (homes / "letter.txt").write_text("Dear all")
    refused = tuanzu(homes / "new", "restore", homes / "letter.txt")
    assert refused.returncode == 1
    assert "is no usable backup" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_empty_home_has_nothing_to_back_up(homes: Path) -> None:
    refused = tuanzu(homes / "new", "backup", homes / "data.tar")
    assert refused.returncode == 1
    assert "There is no data in" in refused.stderr
    assert not (homes / "data.tar").exists()
