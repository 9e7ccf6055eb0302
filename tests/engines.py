"""Where the tests' PostgreSQL and Valkey come from: the wheels, or servers that already run."""

import os
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql


def server_url() -> str:
    """Give a superuser's URL of the server the tests may create databases on."""
    return os.environ["TUANZU_TEST_DATABASE_URL"]


def redis_url() -> str:
    """Give the URL of the tests' Valkey."""
    return os.environ["TUANZU_TEST_REDIS_URL"]


@contextmanager
def database(name: str) -> Generator[str]:
    """Create and migrate a database; drop it afterwards."""
    base = server_url()
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = base.rpartition("/")[0] + "/" + name
        os.environ["TUANZU_MIGRATION_URL"] = url
        command.upgrade(Config("alembic.ini"), "head")
        yield url
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
