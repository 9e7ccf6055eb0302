"""Engines and processes for `bench.feed`: the house's own, started and stopped one by one."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from alembic import command
from alembic.config import Config
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from bench import capture
from services.core.access.models import AccessToken, Account
from services.core.access.queries import TOKEN_PREFIX, hashed
from services.core.kit import clock, db, ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.kit.settings import Settings, settings
from services.core.organisations.models import Organisation
from services.core.regions.events import RegionChanged
from services.core.regions.models import Region
from services.standalone import engines, postgres
from services.standalone.processes import PYTHON, TABLE, Site

API_PORT, SINK_PORT = 18451, 18452
KIND = "region.changed"
"""Every fact of this measurement; it is for everybody, so every endpoint may have it."""
_SETTINGS = {
    "TUANZU_REQUESTS_PER_MINUTE": "100000000",
    "TUANZU_WEBHOOK_ALLOW_LOOPBACK": "true",
    "TUANZU_SECRET_KEY": "YmVuY2htYXJrcy1vbmx5LTMyLWJ5dGVzLW9mLW5vdGg=",
    "TUANZU_PORT": str(API_PORT),
}


class House:
    """The engines' addresses, an integrator, and the processes that run meanwhile."""

    def __init__(self, urls: engines.Urls, folder: Path) -> None:
        """Enter one place, one organisation and one integrator."""
        self.owner_url, self.folder = postgres.plain(urls.migration), folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with Session(db.make_engine(urls.migration, size=1), expire_on_commit=False) as session:
            session.add(Region(code="990000", name="测试省", level="province", lineage=["990000"]))
            session.flush()
            made = new_id()
            session.add(
                Organisation(
                    id=made,
                    code="BENCH",
                    name="测试单位",
                    level="province",
                    kind="sasac",
                    lineage=[made],
                    region_code="990000",
                )
            )
            session.flush()
            account = Account(
                login="bench", name="bench", organisation_id=made, role="integrator", email="b@b.b"
            )
            session.add(account)
            session.flush()
            now = clock.house_now(session)
            session.add(
                AccessToken(
                    account_id=account.id,
                    name="bench",
                    hint=token[:8],
                    token_hash=hashed(token),
                    created_at=now,
                    expires_at=now.replace(year=now.year + 1),
                )
            )
            session.commit()
        self.headers = {"Authorization": f"Bearer {token}"}

    @property
    def base(self) -> str:
        """Give the address of the api."""
        return f"http://127.0.0.1:{API_PORT}/api/v1"

    def start(self, name: str, argv: list[str] | None = None) -> None:
        """Start a line of the process table, or another program of ours."""
        site = Site("127.0.0.1", API_PORT, self.folder, settings().worker_processes)
        if argv is None:
            words = next(one for one in TABLE if one.name == name).command(site)
            argv = [sys.executable if word == PYTHON else word for word in words]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 our own table
                argv, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, *names: str) -> None:
        """End processes and their children."""
        for name in names or list(self._running):
            process = self._running.pop(name)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def pid(self, name: str) -> int:
        """Give a process' number, for a profiler."""
        return self._running[name].pid

    def ask(self, question: str) -> Any:
        """Read one value as it is committed now."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None

    def execute(self, statement: str) -> None:
        """Run one statement as the owner of the tables."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def until(self, question: str, what: str, *, seconds: float = 60) -> None:
        """Wait until PostgreSQL says yes."""
        end = time.monotonic() + seconds
        while not self.ask(question):
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(0.05)

    def read_up(self) -> None:
        """Wait until every fact is numbered and its webhooks are planned."""
        self.until(
            "SELECT NOT EXISTS (SELECT FROM event_pending) AND EXISTS (SELECT FROM consumer_cursor "
            "c, feed_head h WHERE c.name = 'webhooks' AND c.seq = h.seq)",
            "the workers do not read up",
            seconds=600,
        )

    def endpoint(self, path: str, *, events: str = KIND) -> dict[str, Any]:
        """Register an endpoint at the sink, and wait until it is one that gets events."""
        with httpx2.Client(headers=self.headers, trust_env=False, timeout=10) as client:
            body = {"url": f"http://127.0.0.1:{SINK_PORT}/{path}", "event_types": [events]}
            answer = client.post(f"{self.base}/webhook-endpoints", json=body)
            answer.raise_for_status()
            made: dict[str, Any] = answer.json()
            place = f"{self.base}/webhook-endpoints/{made['id']}"
            end = time.monotonic() + 30
            while made["state"] != "active":
                if time.monotonic() > end:
                    raise TimeoutError(f"the endpoint stays {made['state']}")
                time.sleep(0.1)
                made = client.get(place).json()
        return made

    def pause(self, endpoint_id: str) -> None:
        """Send an endpoint nothing from now on."""
        place = f"{self.base}/webhook-endpoints/{endpoint_id}"
        with httpx2.Client(headers=self.headers, trust_env=False, timeout=10) as client:
            tag = client.get(place).headers["ETag"]
            client.post(f"{place}/pause", headers={"If-Match": tag}).raise_for_status()


@contextmanager
def opened(folder: Path) -> Generator[House]:
    """Start engines in a folder, migrate, and point this process and its children at them."""
    with engines.running(folder, Settings(home=folder)) as urls:
        os.environ.update(
            _SETTINGS
            | {
                "TUANZU_DATABASE_URL": urls.database,
                "TUANZU_MIGRATION_URL": urls.migration,
                "TUANZU_REDIS_URL": urls.redis,
            }
        )
        settings.cache_clear()
        command.upgrade(Config("alembic.ini"), "head")
        house = House(urls, folder)
        try:
            yield house
        finally:
            house.stop()


def the_statement() -> capture.Statement:
    """Record one fact in this process; gives the statement the ledger sent for it."""
    with capture.statements() as found, db.unit_of_work() as session:
        ledger.record(
            session,
            RegionChanged(region_code="990000", change="changed"),
            about=Subject("region", new_id(), for_everybody=True),
            by=Actor.part("bench"),
            now=clock.house_now(session),
        )
    sql, parameters = next(one for one in found if "event_pending" in one[0])
    plain = {k: v.obj if isinstance(v, Jsonb) else v for k, v in parameters.items()}
    return sql, plain
