"""A real api process is killed in the middle of a job: nothing is lost and nothing done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from services.core.kit.db import with_driver
from services.standalone.valkey import free_port
from tests import engines, given
from tests.jobs.test_batch import URL, village

ITEMS = 400


@contextmanager
def serving(url: str, log: Path) -> Generator[tuple[httpx2.Client, "subprocess.Popen[bytes]"]]:
    """Run one api process; gives a client of it."""
    port = free_port()
    environment = {**os.environ, "TUANZU_DATABASE_URL": url, "TUANZU_SWEEP_EVERY": "PT0.5S"}
    command = [sys.executable, "-m", "uvicorn", "services.api.main:create_app", "--factory"]
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 our own server
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            until(lambda: answers(client))
            yield client, process
    finally:
        process.kill()
        process.wait()


def answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/livez").is_success
    except httpx2.TransportError:
        return False


def until(seen: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.05)


@pytest.fixture
def place(database: str, worker_id: str) -> Generator[tuple[str, dict[str, str]]]:
    """A database of this test alone, with somebody who keeps regions."""
    assert database, "the other settings are set"
    with engines.database(f"killed_{worker_id}") as url:
        engine = create_engine(with_driver(url))
        with Session(engine) as session:
            given.places(session)
            unit = given.unit(session, "省国资委", region_code="330000", level="province")
            headers = given.headers(
                session, given.account(session, "zj", of=unit, role="regulator")
            )
        engine.dispose()
        yield url, headers


def test_a_job_survives_the_death_of_its_process(
    place: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    url, headers = place
    items = [village(number) for number in range(300, 300 + ITEMS)]
    with serving(url, tmp_path / "first.log") as (client, process):
        begun = client.post(URL, headers=headers, json={"items": items, "atomic": False})
        assert begun.status_code == 202, begun.text
        job = begun.headers["location"]
        until(lambda: client.get(job, headers=headers).json()["succeeded"] > 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
    engine = create_engine(with_driver(url))
    with engine.connect() as connection:
        state, done = connection.execute(text("SELECT state, succeeded FROM job")).one()
        assert (state, 0 < done < ITEMS) == ("running", True)
        made = connection.execute(text("SELECT count(*) - 6 FROM region")).scalar_one()
        assert made == done
    with serving(url, tmp_path / "second.log") as (client, _):
        until(lambda: client.get(job, headers=headers).json()["state"] == "done")
        assert client.get(job, headers=headers).json()["succeeded"] == ITEMS
    with engine.connect() as connection:
        facts = text(
            "SELECT count(*), count(DISTINCT aggregate_id) FROM event_pending "
            "WHERE type = 'region.changed'"
        )
        assert tuple(connection.execute(facts).one()) == (ITEMS, ITEMS)
        regions = connection.execute(text("SELECT count(*) - 6 FROM region")).scalar_one()
        assert regions == ITEMS
    engine.dispose()
