"""A POST with one key, a hundred times at once: one effect, one answer, byte for byte."""

from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.api import limits
from services.api.main import create_app
from services.core.kit import db
from services.core.kit.db import with_driver
from services.core.kit.settings import settings
from tests import engines, given

URL = "/api/v1/regions"
BODY = {"code": "331127001", "name": "红星街道", "level": "township", "parent_code": "331127"}
THREADS = 100


@pytest.fixture
def place(
    database: str, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> Generator[tuple[str, dict[str, str]]]:
    """A database of this test alone, which the app reaches over connections of its own."""
    assert database, "the other settings are set"
    with engines.database(f"repeated_{worker_id}") as url:
        monkeypatch.setenv("TUANZU_DATABASE_URL", url)
        forget()
        engine = create_engine(with_driver(url))
        with Session(engine) as session:
            given.places(session)
            unit = given.unit(session, "省国资委", region_code="330000", level="province")
            person = given.account(session, "zj", of=unit, role="regulator")
            headers = given.headers(session, person)
        engine.dispose()
        yield url, headers
        db.engine().dispose()
        forget()


def forget() -> None:
    settings.cache_clear()
    limits.accounts.cache_clear()
    db.forget()


def test_a_hundred_at_once_have_one_effect(place: tuple[str, dict[str, str]]) -> None:
    url, headers = place
    keyed = {**headers, "Idempotency-Key": "phone-7f3a-000042"}
    with TestClient(create_app()) as client, ThreadPoolExecutor(THREADS) as pool:

        def post(body: dict[str, str]) -> Any:
            return client.post(URL, headers=keyed, json=body)

        answers = list(pool.map(post, [BODY] * THREADS))
        assert set(Counter(answer.status_code for answer in answers)) <= {201, 409}
        made = [answer for answer in answers if answer.status_code == 201]
        first = [answer for answer in made if "idempotent-replayed" not in answer.headers]
        assert len(first) == 1
        busy = [answer.json()["code"] for answer in answers if answer.status_code == 409]
        assert set(busy) <= {"idempotency_in_flight"}
        again = post(BODY)
        for replayed in [*made, again]:
            assert replayed.content == first[0].content
            assert replayed.headers["etag"] == first[0].headers["etag"]
            assert replayed.headers["location"] == first[0].headers["location"]
        assert again.headers["idempotent-replayed"] == "true"
        other = post({**BODY, "name": "鹤溪街道"})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    engine = create_engine(with_driver(url))
    with engine.connect() as connection:
        facts = connection.execute(text("SELECT count(*) FROM event_pending")).scalar_one()
        rows = text("SELECT count(*) FROM region WHERE code = '331127001'")
        assert (facts, connection.execute(rows).scalar_one()) == (1, 1)
    engine.dispose()


def test_while_the_first_is_being_worked_on_the_second_is_told_so(
    place: tuple[str, dict[str, str]],
) -> None:
    url, headers = place
    engine = create_engine(with_driver(url))
    with TestClient(create_app()) as client, engine.connect() as first:
        lock = text(
            "SELECT pg_advisory_xact_lock(hashtextextended(CAST(id AS text) || 'k', 0)) "
            "FROM account"
        )
        first.execute(lock)
        keyed = {**headers, "Idempotency-Key": "k"}
        meanwhile = client.post(URL, headers=keyed, json=BODY)
        assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_in_flight")
        first.rollback()
        assert client.post(URL, headers=keyed, json=BODY).status_code == 201
    engine.dispose()
