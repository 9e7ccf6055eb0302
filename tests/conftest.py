"""Real engines, a migrated database for each test process, and a transaction for each test."""

import os
from collections.abc import Callable, Generator
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from services.api import limits, usage
from services.api.batch.drain import Drain
from services.api.main import create_app
from services.core.kit import db, wake
from services.core.kit.settings import settings
from tests import engines
from tests.auditing import Watched


@pytest.fixture(scope="session")
def database(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Give a migrated database of this test process; the engines are shared by all of them."""
    with engines.database(f"test_{worker_id}_{os.getpid()}") as url:
        os.environ["TUANZU_DATABASE_URL"] = url
        os.environ["TUANZU_REDIS_URL"] = engines.redis_url()
        os.environ["TUANZU_SECRET_KEY"] = "dGVzdHMtb25seS0zMi1ieXRlcy1vZi1ub3RoaW5nISE="
        os.environ["TUANZU_EVIDENCE_FOLDER"] = str(tmp_path_factory.mktemp("evidence"))
        settings.cache_clear()  # a module may have asked when it was imported
        yield url


@pytest.fixture(scope="session")
def engine(database: str) -> Generator[Engine]:
    """Give the engine of that database."""
    made = db.make_engine(database, size=4)
    yield made
    made.dispose()


_CONTEXT = ("account_id", "role", "region", "group_ids", "organisation_ids", "own_organisation_ids")
_LEFT = sa.select(
    *(sa.func.set_config(f"tuanzu.{name}", "", True) for name in _CONTEXT),  # noqa: FBT003 PostgreSQL's own
    sa.func.set_config("role", "none", True),  # noqa: FBT003 PostgreSQL's own
)


class OfOneRequest(Session):
    """A door's session; it leaves the caller's role and scope behind as a transaction's end does.

    The transaction itself goes on, for it is the whole test's.
    """

    def close(self) -> None:
        """Leave the caller's role and scope behind."""
        super().close()
        bound = self.get_bind()
        if isinstance(bound, Connection):
            bound.execute(_LEFT)


@pytest.fixture
def connection(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Generator[Connection]:
    """Give one connection in one transaction that is undone after the test.

    Both doors' sessions run on it, so whatever a test does through them leaves nothing behind.
    """
    with engine.connect() as opened:
        outer = opened.begin()
        bound = sessionmaker(
            opened,
            class_=OfOneRequest,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        monkeypatch.setattr(db, "_sessions", lambda: bound)
        monkeypatch.setattr(db, "_readers", lambda: bound)
        for limit in (limits.accounts, limits.addresses):
            limit.cache_clear()  # every test has its own minute
        monkeypatch.setattr(Drain, "_serve", lambda _: None)  # a test's connection has one user
        monkeypatch.setattr(wake, "relay", lambda: None)  # nothing is committed: nobody to wake
        monkeypatch.setattr(usage, "ring", lambda: None)  # one connection: tests flush themselves
        yield opened
        outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Generator[Session]:
    """Give a session inside the test's transaction."""
    with Session(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as opened:
        yield opened


@pytest.fixture
def set_clock(connection: Connection) -> Callable[[datetime], None]:
    """Let a test say what time the house has; undone with the transaction."""

    def set_to(instant: datetime) -> None:
        connection.execute(
            sa.text(
                "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE "
                f"PARALLEL SAFE AS $$ SELECT TIMESTAMPTZ '{instant.isoformat()}' $$"
            )
        )

    return set_to


@pytest.fixture
def client(connection: Connection) -> Generator[TestClient]:
    """Give a client of the real app, on the test's transaction; pass `headers=` with a token."""
    with Watched(create_app(), raise_server_exceptions=False) as opened:
        opened.connection, opened.told = connection, set()
        yield opened
