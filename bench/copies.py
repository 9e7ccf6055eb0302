"""What a first screen and a copy cost: the request beside its own SQL, a snapshot, a catch-up."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bench import capture
from bench.world import World
from services.api.main import create_app
from services.core.kit import db
from services.standalone import postgres
from services.worker.stamp import stamp

_ROUNDS = 200
_TOUCH = text(
    "UPDATE project SET version = version + 1 WHERE id IN (SELECT id FROM project LIMIT 1000)"
)


def _number() -> None:
    with Session(db.engine()) as session:
        while stamp(session, 500):
            session.commit()
        session.commit()


def _typical(what: Callable[[], object]) -> float:
    """Give the median of many runs, in milliseconds."""
    spent = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        what()
        spent.append(time.perf_counter() - began)
    return median(spent) * 1000


def home(world: World, client: TestClient, role: str) -> str:
    """Compare the first screen with its own statements; the bare request is taken off."""
    headers = {"Authorization": f"Bearer {world.tokens[role]}"}
    client.get("/api/v1/home", headers=headers)
    with capture.statements() as found:
        client.get("/api/v1/home", headers=headers)
    with psycopg.connect(postgres.plain(world.database_url), autocommit=True) as plain:

        def replayed() -> None:
            for sql, parameters in found:
                plain.execute(sql, parameters, prepare=True).fetchall()

        replayed()
        sql_ms = _typical(replayed)
    whole = _typical(lambda: client.get("/api/v1/home", headers=headers))
    bare = _typical(lambda: client.get("/livez"))
    return (
        f"home ({role}): {whole - bare:.2f} ms over a bare request, its SQL alone "
        f"{sql_ms:.2f} ms, ratio {(whole - bare) / sql_ms:.2f}"
    )


def copy(world: World, client: TestClient, role: str) -> list[str]:
    """Take a snapshot of everything, then catch up with 1,000 changed projects, then with none."""
    headers = {"Authorization": f"Bearer {world.tokens[role]}"}
    cursor: str | None = None

    def taken() -> tuple[int, int]:
        nonlocal cursor
        records = answers = 0
        while True:
            asked: dict[str, Any] = {"limit": 500} | ({"cursor": cursor} if cursor else {})
            page = client.get("/api/v1/sync", params=asked, headers=headers).json()
            records, answers = records + len(page["changes"]), answers + 1
            cursor = page["next_cursor"]
            if not page["has_more"]:
                return records, answers

    def told(what: str) -> str:
        began = time.perf_counter()
        records, answers = taken()
        spent = time.perf_counter() - began
        return f"{what} ({role}): {records:,} records, {answers} answers, {spent:.2f} s"

    lines = [told("snapshot")]
    with Session(db.engine()) as session:
        session.execute(_TOUCH)
        session.commit()
    _number()
    return [*lines, told("after 1,000 projects changed"), told("nothing new")]


def figures(world: World) -> list[str]:
    """Measure all of it; `bench.world.prepared` gives the world."""
    _number()
    with TestClient(create_app()) as client:
        return [
            *(home(world, client, role) for role in ("reporter", "convener", "regulator")),
            *copy(world, client, "convener"),
            *copy(world, client, "regulator"),
        ]
