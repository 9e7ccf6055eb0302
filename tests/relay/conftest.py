"""A house for each test: a copy of a migrated database, a plain role, a Valkey of its own."""

from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from services.core.kit import db
from services.standalone.postgres import plain
from tests import engines
from tests.relay.house import House, Valkey

_RIGHTS = """
DO $$ DECLARE fenced regclass; BEGIN
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
  FOR fenced IN SELECT oid FROM pg_class WHERE relrowsecurity
  LOOP EXECUTE format('CREATE POLICY plain ON %s TO {role} USING (true)', fenced); END LOOP;
END $$
"""
"""What `alembic/env.py` gives the application, for a role that only these tests have."""


@pytest.fixture(scope="session")
def migrated_once(database: str, worker_id: str) -> Generator[tuple[str, str]]:
    """Give the address of a migrated database for copies, and the name of a plain role."""
    role = f"plain_{worker_id}"
    assert database, "the settings of the tests are made first"
    with engines.database(f"relay_{worker_id}") as url:
        with psycopg.connect(plain(url), autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'plain'").format(sql.Identifier(role))
            )
            admin.execute(_RIGHTS.format(role=role).encode())
        yield url, role
    with psycopg.connect(plain(database), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def house(migrated_once: tuple[str, str], database: str, tmp_path: Path) -> Generator[House]:
    """Give a house in which commits are real and the processes own no table."""
    template, role = migrated_once
    name = f"{make_url(template).database}_copy"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    copy = make_url(template).set(database=name)
    theirs = copy.set(username=role, password="plain")
    with psycopg.connect(plain(database), autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(str(make_url(template).database))
            )
        )
        engine = db.make_engine(copy.render_as_string(hide_password=False), size=8)
        made = House(
            engine,
            theirs.render_as_string(hide_password=False),
            Valkey(tmp_path / "valkey"),
            tmp_path,
        )
        made.valkey.start()
        try:
            yield made
        finally:
            made.end()
            engine.dispose()
            admin.execute(drop)
