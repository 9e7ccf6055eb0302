"""`make bench-doors`: what it costs to ask who may see what, at the size of a province.

First the whole way of a request: a route with authentication, scope, limits and the second wall,
beside the same route and the same columns for anybody. Then the statement alone: with the explicit
condition, with row-level security, and with both. Last a phone's first screen beside its own SQL.
Ratios are against the same run.
"""

import re
import statistics
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import psycopg
from fastapi import FastAPI, Query, Response
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bench import world
from bench.capture import Statement
from bench.http import load, request, served
from bench.timing import milliseconds
from services.api.door import Enter
from services.api.main import create_app
from services.api.routes.projects import ProjectsQuery
from services.core.kit import db, reading
from services.core.projects.models import Project
from services.core.projects.queries import library
from services.standalone import postgres

PROJECTS, ROUNDS, REPEATS = 100_000, 3, 30
_OURS, _BARE = 18433, 18434

console = Console(width=130)


def bare() -> FastAPI:
    """Build an app with two routes for anybody: the same framework, columns and joins."""
    app = FastAPI()
    plain = db.engine().execution_options(isolation_level="AUTOCOMMIT")

    @app.get("/api/v1/projects")
    def many(door: Enter, query: Annotated[ProjectsQuery, Query()]) -> Response:
        with Session(plain) as session:
            page = reading.page(
                session,
                library.FIELDS,
                source=library.SOURCE,
                where=[],
                sorts={"code": Project.code},
                ask=query.ask(),
            )
            return door.many(page)

    @app.get("/api/v1/projects/{project_id}")
    def one(door: Enter, project_id: UUID) -> Response:
        with Session(plain) as session:
            found = reading.found(
                session,
                library.FIELDS,
                version=Project.version,
                source=library.SOURCE,
                where=[Project.id == project_id],
            )
            return door.one(found)

    return app


def requests_of(prepared: world.World) -> dict[str, str]:
    """Give what is measured: a unit's own project and page, a regulator's page and count."""
    as_ = {role: {"Authorization": f"Bearer {token}"} for role, token in prepared.tokens.items()}
    page = "/api/v1/projects?limit=50"
    return {
        "one project, a member": request(
            "GET", f"/api/v1/projects/{prepared.one_project}", as_["convener"]
        ),
        "50 projects, a member": request("GET", page, as_["convener"]),
        "50 projects, the province": request("GET", page, as_["regulator"]),
        "and how many, the province": request("GET", f"{page}&include=total", as_["regulator"]),
    }


def whole_way(requests: dict[str, str]) -> Table:
    """Load both apps in turn, so that a drifting machine drifts for both."""
    table = Table(title=f"a request, {PROJECTS:,} projects; one uvicorn process each, aim ≥ 0.6")
    for column in ("", "through the doors req/s", "bare req/s", "ratio"):
        table.add_column(column, justify="right" if column else "left")
    with (
        served("services.api.main:create_app", _OURS, "--factory"),
        served("bench.doors:bare", _BARE, "--factory"),
    ):
        for name, wire in requests.items():
            rates = [
                [load(port, [wire], seconds=2.0)["rate"] for port in (_OURS, _BARE)]
                for _ in range(ROUNDS + 1)
            ][1:]
            ours, theirs = (statistics.median(side) for side in zip(*rates, strict=True))
            ratio = statistics.median(mine / other for mine, other in rates)
            table.add_row(name, f"{ours:.0f}", f"{theirs:.0f}", f"{ratio:.2f}")
    return table


def statements_alone(prepared: world.World, requests: dict[str, str]) -> Table:
    """Time the last statement of each request behind one wall, the other, and both."""
    table = Table(title="its statement in PostgreSQL, ms (planned anew each time)")
    for column in ("", "no wall", "explicit", "row-level", "both", "indexes of project, both"):
        table.add_column(column, justify="right" if column != "" else "left")
    with TestClient(create_app()) as ours, TestClient(bare()) as theirs:
        captured = {
            name: (world.captured(ours, wire), world.captured(theirs, wire)[-1])
            for name, wire in requests.items()
        }
    with psycopg.connect(postgres.plain(prepared.database_url)) as connection:
        for name, ((entry, *_, scoped), unscoped) in captured.items():
            cells = [
                _timed(connection, entry if walled else None, statement)
                for walled, statement in (
                    (False, unscoped),
                    (False, scoped),
                    (True, unscoped),
                    (True, scoped),
                )
            ]
            table.add_row(name, *cells, _indexes(connection, entry, scoped))
    return table


def first_screen(prepared: world.World) -> Table:
    """Time `/home` in this process, and its own statements plainly on one connection."""
    table = Table(title="GET /home beside its own SQL, aim ≤ 1.5")
    for column in ("", "answer ms", "its statements ms", "ratio"):
        table.add_column(column, justify="right" if column else "left")
    with (
        TestClient(create_app()) as client,
        psycopg.connect(postgres.plain(prepared.database_url)) as connection,
    ):
        for role in ("convener", "regulator"):
            headers = {"Authorization": f"Bearer {prepared.tokens[role]}"}
            statements = world.captured(client, request("GET", "/api/v1/home", headers))
            ask = partial(client.get, "/api/v1/home", headers=headers)
            run = partial(_run, connection, statements)
            spent = [(milliseconds(ask), milliseconds(run)) for _ in range(REPEATS)]
            answer, plain = (statistics.median(side) for side in zip(*spent, strict=True))
            table.add_row(role, f"{answer:.1f}", f"{plain:.1f}", f"{answer / plain:.2f}")
    return table


def _run(connection: psycopg.Connection, statements: Sequence[Statement]) -> None:
    """Run what a request ran, in one transaction; prepared when seen again, as the api's are."""
    for statement in statements:
        connection.execute(*statement).fetchall()
    connection.rollback()


def _planned_anew(connection: psycopg.Connection, statement: Statement) -> None:
    connection.execute(*statement, prepare=False).fetchall()


def _timed(connection: psycopg.Connection, entry: Statement | None, statement: Statement) -> str:
    """Give the median of some runs, each in a transaction of its own, entered or not."""
    spent = []
    for _ in range(REPEATS):
        if entry:
            connection.execute(*entry)
        else:
            connection.execute("SELECT 1")
        spent.append(milliseconds(partial(_planned_anew, connection, statement)))
        connection.rollback()
    return f"{statistics.median(spent):.1f}"


def _indexes(connection: psycopg.Connection, entry: Statement, statement: Statement) -> str:
    connection.execute(*entry)
    client = psycopg.ClientCursor(connection)
    client.execute("EXPLAIN " + client.mogrify(*statement))
    plan = "\n".join(row[0] for row in client.fetchall())
    connection.rollback()
    found = re.findall(r"(?:using|Scan on) (\w*project\w*)", plan)
    return ", ".join(sorted({name for name in found if name.startswith(("pk", "ix", "uq"))})) or "–"


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory(prefix="tuanzu-bench-") as folder,
        world.prepared(Path(folder) / "engines", PROJECTS) as prepared,
    ):
        requests = requests_of(prepared)
        console.print(whole_way(requests))
        console.print(statements_alone(prepared, requests))
        console.print(first_screen(prepared))


if __name__ == "__main__":
    main()
