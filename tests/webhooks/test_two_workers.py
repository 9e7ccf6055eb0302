"""Several workers claim at once on committed rows: nothing twice, order and rates kept."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Generator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit import db
from services.core.webhooks import actions
from services.core.webhooks.actions import Claimed, Outcome
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests import engines, given
from tests.webhooks.receiving import NOW, endpoint, happened, owed

WORKERS = 4


@pytest.fixture(scope="module")
def committed(database: str, worker_id: str) -> Generator[Engine]:
    """Give an engine of a database of this file's own."""
    del database  # it names the servers, and the key
    with engines.database(f"workers_{worker_id}_{os.getpid()}") as url:
        made = db.make_engine(url, size=WORKERS + 1)
        with Session(made) as session, session.begin():
            given.places(session)
            unit = given.unit(session, "景宁县天然气有限公司")
            given.account(session, "integrator", of=unit, role="integrator")
        yield made
        made.dispose()


@pytest.fixture
def owes(committed: Engine) -> Generator[Callable[..., list[int]]]:
    """Give a function that owes so many events to one new endpoint."""

    def owe(count: int, **also: object) -> list[int]:
        with Session(committed) as session, session.begin():
            made = endpoint(session, session.scalars(select(Account)).one(), **also)
            events = happened(session, count)
            for event in events:
                owed(session, made, event)
            return [event.seq for event in events]

    yield owe
    with Session(committed) as session, session.begin():
        for table in (WebhookAttempt, WebhookDelivery, WebhookEndpoint):
            session.execute(delete(table))


def at_once(
    committed: Engine, rounds: int, *, at: Callable[[int], datetime], status: int | None
) -> list[list[Claimed]]:
    """Let workers claim side by side in rounds; those of a round settle after it, if at all."""
    gate = threading.Barrier(WORKERS, timeout=20)
    found: list[list[Claimed]] = [[] for _ in range(rounds)]

    def work() -> None:
        for number in range(rounds):
            gate.wait()
            with Session(committed) as session, session.begin():
                mine = actions.claim(session, now=at(number), limit=50, per_endpoint=5, busy={})
            found[number] += mine
            gate.wait()
            with Session(committed) as session, session.begin():
                outcome = Outcome(started_at=NOW, duration_ms=1, status=status)
                if status and mine:
                    actions.settle_all(session, [(one, outcome) for one in mine], now=at(number))

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_nothing_is_claimed_twice(committed: Engine, owes: Callable[..., list[int]]) -> None:
    owes(60)
    found = at_once(committed, 12, at=lambda _: NOW, status=None)  # five at least in each round
    counts = Counter(one.delivery_id for each in found for one in each)
    assert set(counts.values()) == {1}
    assert len(counts) == 60


def test_one_at_a_time_and_in_order(committed: Engine, owes: Callable[..., list[int]]) -> None:
    seqs = owes(8, ordering="fifo")
    found = at_once(committed, 16, at=lambda _: NOW, status=200)
    assert max(len(each) for each in found) == 1
    with Session(committed) as session:
        order = {
            row.id: row.seq
            for row in session.execute(select(WebhookDelivery.id, WebhookDelivery.seq))
        }
    sent = [order[one.delivery_id] for each in found for one in each]
    assert sent == seqs[: len(sent)]
    assert len(sent) >= 6  # a round may pass where every worker found another at it


def test_a_rate_holds_over_all_workers(committed: Engine, owes: Callable[..., list[int]]) -> None:
    owes(40, rate_per_minute=120)
    found = at_once(committed, 10, at=lambda n: NOW + timedelta(seconds=n), status=200)
    sent = [len(each) for each in found]
    assert sum(sent) <= 6 + 9 * 2
    assert sum(sent) >= 18


def test_there_is_one_probe(committed: Engine, owes: Callable[..., list[int]]) -> None:
    owes(20, failures=7, failing_since=NOW)
    found = at_once(committed, 3, at=lambda _: NOW, status=None)
    assert sum(len(each) for each in found) == 1
