"""Where the tests' PostgreSQL and Valkey come from: the wheels, or servers that already run.

`TUANZU_TEST_DATABASE_URL` (a superuser's) and `TUANZU_TEST_REDIS_URL` name running servers;
without them each test process starts its own engines from the wheels and stops them at its end.
"""

import atexit
import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import make_url

from services.core.kit.settings import Settings
from services.standalone import engines
from services.standalone.engines import Urls
from services.standalone.postgres import plain


@lru_cache(maxsize=1)
def _servers() -> Urls:
    """Give the addresses, starting the engines at the first use."""
    database = os.environ.get("TUANZU_TEST_DATABASE_URL")
    redis = os.environ.get("TUANZU_TEST_REDIS_URL")
    if database and redis:
        return Urls(database=database, migration=database, redis=redis)
    stack, owner = ExitStack(), os.getpid()
    atexit.register(lambda: stack.close() if os.getpid() == owner else None)  # not in a fork
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tuanzu-tests-")))
    home.chmod(0o755)  # the engines' own account must be able to pass
    nothing_given = Settings(home=home, database_url="", migration_url="", redis_url="")
    urls = stack.enter_context(engines.running(home, nothing_given))
    with psycopg.connect(plain(urls.migration), autocommit=True) as admin:
        # Many tests live in one transaction that is never committed: a vacuum beside it writes
        # down that the tables are empty, and every plan after that is for empty tables.
        admin.execute("ALTER SYSTEM SET autovacuum = off")
        admin.execute("SELECT pg_reload_conf()")
    return urls


def redis_url() -> str:
    """Give the URL of the tests' Valkey."""
    return _servers().redis


@contextmanager
def database(name: str) -> Generator[str]:
    """Create and migrate a database; drop it afterwards."""
    base = make_url(_servers().migration)
    url = plain(base.set(database=name).render_as_string(hide_password=False))
    maintenance = base.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(plain(maintenance), autocommit=True) as admin:
        dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        admin.execute(dropped)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        os.environ["TUANZU_MIGRATION_URL"] = url
        command.upgrade(Config("alembic.ini"), "head")
        yield url
        admin.execute(dropped)
