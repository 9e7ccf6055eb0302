"""Migrations lead up, down and up again with rows in the tables, and end where the models are."""

from collections.abc import Generator

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, exists, inspect, literal, pool, select, table
from sqlalchemy.orm import Session

from services.core.kit.clock import house_now
from services.core.kit.db import with_driver
from services.standalone import demo
from tests import engines

SCRIPTS = ScriptDirectory.from_config(Config("alembic.ini"))
MOST_TABLES = 30
"""The demonstration leaves rows in at least so many: all but those of deliveries and waiting."""
STEPS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def connection(worker_id: str, monkeypatch: pytest.MonkeyPatch) -> Generator[Connection]:
    """Give a connection to a migrated database of this test alone."""
    monkeypatch.setenv("TUANZU_MIGRATION_URL", "")  # whatever the engines set here is undone
    with engines.database(f"stairway_{worker_id}") as url:
        engine = create_engine(with_driver(url), poolclass=pool.NullPool)
        with engine.connect() as opened:
            yield opened


def config(connection: Connection) -> Config:
    made = Config("alembic.ini")
    made.attributes["connection"] = connection
    return made


def test_there_is_one_head() -> None:
    assert SCRIPTS.get_heads() == [STEPS[-1]]


def test_the_models_and_the_migrated_database_agree(connection: Connection) -> None:
    command.check(config(connection))


def test_every_step_leads_up_down_and_up_again_with_rows_in_the_tables(
    connection: Connection,
) -> None:
    with Session(connection) as session:
        demo.load(session, now=house_now(session))
        session.commit()
    assert len(filled(connection)) >= MOST_TABLES
    command.downgrade(config(connection), "base")
    assert inspect(connection).get_table_names() == ["alembic_version"]
    connection.rollback()
    for step in STEPS:
        command.upgrade(config(connection), step)
        command.downgrade(config(connection), "-1")
        command.upgrade(config(connection), step)
    command.check(config(connection))


def filled(connection: Connection) -> list[str]:
    """Give the tables that hold rows."""
    names = inspect(connection).get_table_names()
    return [
        name
        for name in names
        if connection.scalar(select(exists(select(literal(1)).select_from(table(name)))))
    ]
