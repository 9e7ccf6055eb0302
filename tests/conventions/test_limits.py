"""Limits: counted in the process, shared over Valkey, told on every answer."""

import re
from collections.abc import Generator

import pytest
import redis
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.api import limits
from services.api.limits import Limiter, OverQuota
from services.core.kit.settings import settings
from tests import engines, given


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        """Begin at the beginning of a window."""
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def valkey() -> Generator["redis.Redis"]:
    with redis.Redis.from_url(engines.redis_url()) as client:
        yield client
        for key in client.scan_iter("tuanzu:limit:*"):
            client.delete(key)


def taken(limiter: Limiter, key: str, most: int = 1000) -> int:
    """Take until it is refused; gives how many it was."""
    for number in range(most):
        try:
            limiter.take(key)
        except OverQuota:
            return number
    return most


def test_a_quota_is_used_up_and_says_when_to_come_back(clock: Clock) -> None:
    limiter = Limiter("account", 10, clock)
    assert limiter.take("a").headers() == {
        "RateLimit-Policy": '"account";q=10;w=60',
        "RateLimit": '"account";r=9;t=60',
    }
    assert taken(limiter, "a") == 9
    clock.now += 42
    with pytest.raises(OverQuota) as refused:
        limiter.take("a")
    wait = refused.value.standing.resets_in
    clock.now += wait - 1.1
    assert taken(limiter, "a") == 0
    clock.now += 1.1
    assert taken(limiter, "a") == 1
    assert taken(limiter, "b") == 10


def test_the_window_slides_so_that_no_two_quotas_stand_side_by_side(clock: Clock) -> None:
    limiter = Limiter("account", 100, clock)
    clock.now += 59
    assert taken(limiter, "a") == 100
    clock.now += 2
    assert taken(limiter, "a") == 1, "59/60 of the last window still count"
    clock.now += 30
    assert taken(limiter, "a") == 50
    clock.now += 200
    assert taken(limiter, "a") == 100


def test_whoever_was_silent_longest_is_forgotten_first(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 3)
    limiter = Limiter("address", 1, clock)
    for key in "abcd":
        limiter.take(key)
    assert (taken(limiter, "d"), taken(limiter, "a")) == (0, 1)


def test_two_processes_share_one_limit(clock: Clock, valkey: "redis.Redis") -> None:
    here, there = (Limiter("test-two", 100, clock) for _ in range(2))
    for _ in range(40):
        here.take("a")
    here.reconcile(valkey)
    assert there.take("a").left == 99, "what others did is learnt with the next reconciliation"
    there.reconcile(valkey)
    assert there.take("a").left == 58
    there.reconcile(valkey)
    here.take("a")
    here.reconcile(valkey)
    assert taken(here, "a") == 57
    here.reconcile(valkey)
    there.take("a")  # one too many: that is the lag
    there.reconcile(valkey)
    assert (taken(there, "a"), taken(here, "a")) == (0, 0)


def test_a_process_that_starts_late_learns_of_the_window_before(
    clock: Clock, valkey: "redis.Redis"
) -> None:
    old, new = (Limiter("test-late", 100, clock) for _ in range(2))
    assert taken(old, "a") == 100
    old.reconcile(valkey)
    clock.now += 75
    new.take("a")
    new.reconcile(valkey)
    assert taken(new, "a") == 24, "three quarters of the last window, and the one just taken"


def test_without_valkey_each_process_holds_the_limit_alone(clock: Clock) -> None:
    limiter = Limiter("test-alone", 5, clock)
    limiter.take("a")
    nowhere = redis.Redis.from_url("redis://127.0.0.1:1/0")
    with pytest.raises(redis.RedisError):
        limiter.reconcile(nowhere)
    assert taken(limiter, "a") == 4


@pytest.fixture
def strict(database: str, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    assert database, "the other settings are set"
    monkeypatch.setenv("TUANZU_REQUESTS_PER_MINUTE", "5")
    monkeypatch.setenv("TUANZU_ANONYMOUS_REQUESTS_PER_MINUTE", "3")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("strict")
def test_an_account_is_told_where_it_stands_until_it_has_to_wait(
    client: TestClient, session: Session
) -> None:
    given.places(session)
    who = given.account(session, "x", of=given.unit(session, "景宁燃气"), role="reporter")
    phone, desk = given.headers(session, who), given.headers(session, who)
    left = []
    for number, headers in zip(range(5), (phone, desk, phone, desk, phone), strict=True):
        answer = client.get("/api/v1/me", headers=headers)
        assert answer.headers["ratelimit-policy"] == '"account";q=5;w=60', number
        found = re.fullmatch(r'"account";r=(\d+);t=\d+', answer.headers["ratelimit"])
        assert found
        left.append(int(found[1]))
    assert left == [4, 3, 2, 1, 0]
    for language, title in (("en", "Too many requests"), ("zh", "请求过于频繁")):
        refused = client.get("/api/v1/me", headers={**desk, "Accept-Language": language})
        assert (refused.status_code, refused.json()["title"]) == (429, title)
        assert refused.json()["code"] == "too_many_requests"
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["ratelimit"].startswith('"account";r=0;t=')


@pytest.mark.usefixtures("strict")
def test_a_stranger_is_stopped_and_its_neighbours_are_not(
    client: TestClient, session: Session
) -> None:
    given.places(session)
    who = given.account(session, "x", of=given.unit(session, "景宁燃气"), role="reporter")
    headers = given.headers(session, who)
    bad = {"Authorization": "Bearer tz_nobody"}
    statuses = [
        client.get("/api/v1/me", headers=bad if number % 2 else {}).status_code
        for number in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]
    assert client.get("/api/v1/terms").status_code == 429
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code in (200, 503)
