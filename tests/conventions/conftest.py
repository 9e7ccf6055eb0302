"""The demonstration behind the real app, once for all tests of a file that only look."""

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from services.api import limits, usage
from services.api.batch.drain import Drain
from services.api.main import create_app
from services.core.access.models import Account
from services.core.kit import db, wake
from services.standalone import demo
from tests import given
from tests.conftest import OfOneRequest

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class House:
    """The app with the demonstration's records, and a log-in of anybody in it."""

    def __init__(self, session: Session, client: TestClient) -> None:
        """Keep both."""
        self.session = session
        self.client = client

    def headers(self, login: str) -> dict[str, str]:
        """Give headers with a fresh token of this account."""
        who = self.session.scalars(select(Account).where(Account.login == login)).one()
        return given.headers(self.session, who)


@pytest.fixture(scope="module")
def house(engine: Engine) -> Generator[House]:
    """Give the house; whatever is done in it is undone after the last of these tests."""
    with engine.connect() as connection, pytest.MonkeyPatch.context() as patch:
        outer = connection.begin()
        bound = sessionmaker(
            connection,
            class_=OfOneRequest,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        patch.setattr(db, "_sessions", lambda: bound)
        patch.setattr(db, "_readers", lambda: bound)
        patch.setattr(wake, "relay", lambda: None)
        patch.setattr(usage, "ring", lambda: None)
        patch.setattr(Drain, "_serve", lambda _: None)
        patch.setattr(limits, "accounts", lambda: limits.Limiter("account", 10**6))
        patch.setattr(limits, "addresses", lambda: limits.Limiter("address", 10**6))
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            demo.load(session, now=NOW)
            session.commit()
            with TestClient(create_app(), raise_server_exceptions=False) as client:
                yield House(session, client)
        outer.rollback()
