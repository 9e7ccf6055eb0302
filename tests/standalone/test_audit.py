"""The application's role adds to the audit, and can do nothing else to it."""

from pathlib import Path

import psycopg
import pytest

from services.core.kit.settings import Settings
from services.standalone import engines
from services.standalone.postgres import plain
from tests.standalone.runs import copied

FORBIDDEN = (
    "UPDATE audit_entry SET actor = actor",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "UPDATE audit_seal SET hash = ''",
    "DELETE FROM audit_seal",
    "INSERT INTO audit_tombstone VALUES (1, 1, '', '', '', '', '', now())",
    "SET tuanzu.archiving = 'on'; DELETE FROM audit_entry",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
)


def test_the_application_adds_lines_and_seals_and_changes_none(
    homes: Path, seasoned_once: Path, embedded: Settings
) -> None:
    home = copied(seasoned_once, homes / "one")
    with (
        engines.running(home, embedded) as urls,
        psycopg.connect(plain(urls.database), autocommit=True) as app,
    ):
        app.execute("INSERT INTO audit_entry (at, actor, action) VALUES (now(), '甲', 'a.b')")
        app.execute("INSERT INTO audit_seal VALUES (1, 1, 'k', '')")
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="younger than 180 days"):
            app.execute("SELECT audit_drop(1, 'f', '', 'k', '')")
