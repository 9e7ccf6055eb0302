"""`tuanzu audit` as it is typed, against a database whose commits are real."""

from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from services.core.audit import actions
from services.core.kit import db
from services.core.kit.settings import settings
from services.standalone import cli
from tests.audit.conftest import NOW

Forge = Callable[[str], None]


@pytest.fixture
def at_home(chained: Engine, monkeypatch: pytest.MonkeyPatch) -> Generator[Engine]:
    """Let the commands find the sealed database as their own."""
    url = chained.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TUANZU_DATABASE_URL", url)
    settings.cache_clear()
    db.forget()
    yield chained
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    db.forget()
    monkeypatch.undo()
    settings.cache_clear()


def typed(*words: object) -> Result:
    return CliRunner().invoke(cli.built("audit"), ["audit", *map(str, words)], env={"LANG": "C"})


@pytest.mark.usefixtures("at_home")
def test_a_whole_audit_is_said_to_be_whole_and_its_head_fits_as_an_anchor() -> None:
    head = typed("head").stdout.strip()
    assert head.startswith("9:")
    done = typed("verify", "--anchor", head)
    assert done.exit_code == 0, done.output
    assert "Checked 9 lines, 1 to 9; 1 anchors fit." in done.output
    assert f"Whole. Head: {head}" in done.output
    assert typed("anchor").stdout.strip() == head


@pytest.mark.usefixtures("at_home")
def test_a_broken_audit_is_named_and_exits_1(forge: Forge) -> None:
    head = typed("head").stdout.strip()
    forge("UPDATE audit_entry SET actor = '乙' WHERE id = 4")
    done = typed("verify", "--anchor", head)
    assert done.exit_code == 1
    assert "number 4 (line 4) was altered" in done.output


def test_archive_files_are_verified_with_the_chain(at_home: Engine, tmp_path: Path) -> None:
    later = NOW + timedelta(days=900)
    with at_home.begin() as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE "
            f"PARALLEL SAFE AS $$ SELECT TIMESTAMPTZ '{later.isoformat()}' $$"
        )
    with Session(at_home) as session, session.begin():
        keep = timedelta(days=400)
        path = actions.archive_old(session, folder=tmp_path, keep=keep, now=later, limit=100)
    assert path is not None
    with Session(at_home) as session, session.begin():
        actions.seal(session, limit=100)
    done = typed("verify", "--archive", tmp_path)
    assert done.exit_code == 0, done.output
    assert f"{path.name}: 9 lines" in done.output
    path.unlink()
    assert typed("verify", "--archive", tmp_path).exit_code == 1


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("text", ["9", "0:" + "00" * 32, "9:zz", "9:" + "00" * 31])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    done = typed("verify", "--anchor", text)
    assert "is no anchor" in str(done.exception)
