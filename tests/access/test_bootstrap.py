"""The first start: one token, one account, and then never again."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from services.api import usage
from services.api.main import create_app
from services.core.access.actions import bootstrap
from services.core.access.models import Account, Invitation
from services.core.kit import db, wake
from services.core.kit.clock import house_now
from services.core.kit.errors import Gone
from services.core.organisations.models import Organisation
from services.core.regions.models import Region
from tests import engines
from tests.access.entrance import PASSWORD, kept_anywhere


def given(token: str, login: str = "security-admin", **also: Any) -> dict[str, Any]:
    return {
        "token": token,
        "organisation": {
            "code": "O-SASAC-JN",
            "name": "景宁畲族自治县国资办",
            "regions": [
                {"code": "330000", "name": "浙江省", "level": "province"},
                {"code": "331100", "name": "丽水市", "level": "city"},
                {"code": "331127", "name": "景宁畲族自治县", "level": "county"},
            ],
        },
        "account": {"login": login, "name": "蓝某", "password": PASSWORD},
        **also,
    }


@pytest.fixture
def fresh(
    worker_id: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> Generator[sessionmaker[Session]]:
    """Give sessions of a database nobody has used, to which the doors speak too."""
    del database
    with engines.database(f"first_start_{worker_id}") as url:
        engine = create_engine(db.with_driver(url), pool_size=4)
        made = sessionmaker(engine, expire_on_commit=False)
        monkeypatch.setattr(db, "_sessions", lambda: made)
        monkeypatch.setattr(db, "_readers", lambda: made)
        monkeypatch.setattr(wake, "relay", lambda: None)
        monkeypatch.setattr(usage, "ring", lambda: None)
        yield made
        engine.dispose()


def printed(fresh: sessionmaker[Session]) -> str:
    with fresh() as session, session.begin():
        return bootstrap.printable(session, now=house_now(session))


def test_of_two_who_hold_the_token_one_becomes_the_first_administrator(
    fresh: sessionmaker[Session],
) -> None:
    token = printed(fresh)
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        bodies = [given(token, login) for login in ("first", "second")]
        with ThreadPoolExecutor() as pool:
            both = list(pool.map(lambda body: client.post("/api/v1/bootstrap", json=body), bodies))
        assert sorted(answer.status_code for answer in both) == [201, 410]
        won = next(answer for answer in both if answer.status_code == 201).json()["login"]
        assert client.post("/api/v1/bootstrap", json=given(token)).status_code == 410
        body = {"login": won, "password": PASSWORD}
        opened = client.post("/api/v1/sessions", json=body).json()
        assert opened["limited_to"] == "second_factor"
    with fresh() as session:
        (account,) = session.scalars(select(Account))
        assert (account.login, account.role) == (won, "security_admin")
        assert session.scalars(select(Organisation.region_code)).all() == ["331127"]
        lineage = session.scalars(select(Region.lineage).where(Region.code == "331127")).one()
        assert lineage == ["330000", "331100", "331127"]
        assert kept_anywhere(session, token) == []
        assert kept_anywhere(session, PASSWORD) == []
        with pytest.raises(Gone):
            bootstrap.printable(session, now=house_now(session))


def test_another_token_an_older_one_or_an_expired_one_makes_nothing(
    fresh: sessionmaker[Session],
) -> None:
    older, token = printed(fresh), printed(fresh)
    with TestClient(create_app(), raise_server_exceptions=False) as client:

        def begun(token: str, **also: Any) -> int:
            return client.post("/api/v1/bootstrap", json=given(token, **also)).status_code

        assert begun("tz_b" + "x" * 43) == 401
        assert begun(older) == 401
        weak = {"login": "first", "name": "蓝某", "password": "password1234"}
        assert begun(token, account=weak) == 422
        lone = {
            "code": "O-1",
            "name": "国资办",
            "regions": [{"code": "331127", "name": "景宁", "level": "county"}],
        }
        assert begun(token, organisation=lone) == 422
        with fresh() as session, session.begin():
            invitation = session.scalars(select(Invitation)).one()
            invitation.expires_at = house_now(session) - timedelta(seconds=1)
        assert begun(token) == 401
    with fresh() as session:
        counted = select(func.count()).select_from(Account)
        assert session.scalar(counted) == 0


def test_an_invitation_is_no_bootstrap_token(fresh: sessionmaker[Session]) -> None:
    token = printed(fresh)
    body = {"token": token, "password": PASSWORD}
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        assert client.post("/api/v1/invitations/accept", json=body).status_code == 410
