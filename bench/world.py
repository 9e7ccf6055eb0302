"""The engines, 20,000 projects with a report owed by each, callers, and the requests to send."""

import os
import pickle
import re
import secrets
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import orjson
import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from starlette.testclient import TestClient

from bench import capture, data
from bench.http import request
from services.api.main import create_app
from services.core.access.queries import TOKEN_PREFIX, hashed
from services.core.kit import db
from services.core.kit.settings import Settings, settings
from services.standalone import engines, postgres

PROJECTS = 20_000
CONNECTIONS = 8
TITLES = {
    "one": "get one project",
    "list": "list 50 of 20,000 (light, names)",
    "submit": "submit a report (row+event+audit+key)",
}
_FIGURES = {
    "invested_period": {"amount": "1200000.00"},
    "cumulative_year": {"amount": "5200000.00"},
    "cumulative_all": {"amount": "9200000.00"},
    "physical_percent": "41.50",
    "image_progress": "管线路由审批完成，站房基础开挖",
}

_ACCOUNTS = text(
    """
    WITH top AS (SELECT id FROM organisation WHERE code = 'BENCH-SASAC'),
         convener AS (
           SELECT m.organisation_id AS id FROM group_membership m WHERE m.role = 'convener'
           ORDER BY m.group_id LIMIT 1),
         made AS (
           INSERT INTO account (id, login, name, organisation_id, role, language, is_active,
                                version, is_illustrative)
           SELECT gen_random_uuid(), 'bench-' || role, role,
                  CASE role WHEN 'convener' THEN convener.id ELSE top.id END,
                  role, 'zh', true, 1, true
           FROM top, convener, unnest(ARRAY['regulator', 'convener', 'reporter']) AS role
           RETURNING id, role)
    INSERT INTO access_token (id, account_id, name, hint, token_hash, created_at, expires_at,
                              version)
    SELECT gen_random_uuid(), made.id, 'bench', 'tz_', decode(given.hash, 'hex'), now(),
           now() + interval '1 day', 1
    FROM made JOIN json_each_text(CAST(:hashes AS json)) AS given(role, hash) USING (role)
    """
)
_REPORTS = text(
    """
    INSERT INTO progress_report (id, project_id, organisation_id, period, state, opened_at,
                                 original_due_at, current_due_at, is_no_change, is_late,
                                 warnings, version, is_illustrative)
    SELECT gen_random_uuid(), id, responsible_organisation_id, '2026-11', 'due', now(),
           now() + interval '7 days', now() + interval '7 days', false, false, '[]', 1, true
    FROM project
    """
)


class World:
    """What a run needs: addresses, tokens, and one report for every submission."""

    def __init__(self, database_url: str, folder: Path, projects: int) -> None:
        """Fill the database."""
        self.database_url = database_url
        self.folder = folder
        self.tokens = {
            role: TOKEN_PREFIX + secrets.token_urlsafe(32)
            for role in ("regulator", "convener", "reporter")
        }
        hashes = {role: hashed(token).hex() for role, token in self.tokens.items()}
        with db.engine().begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            data.fill(connection, projects)
            connection.execute(_ACCOUNTS, {"hashes": orjson.dumps(hashes).decode()})
            connection.execute(_REPORTS)
            rows = connection.execute(
                text("SELECT id, project_id FROM progress_report ORDER BY id")
            ).all()
            self.one_project = connection.execute(
                text(
                    "SELECT p.id FROM project p JOIN group_membership m USING (group_id) "
                    "JOIN account a ON a.organisation_id = m.organisation_id "
                    "WHERE a.login = 'bench-convener' LIMIT 1"
                )
            ).scalar_one()
        with psycopg.connect(postgres.plain(database_url), autocommit=True) as plain:
            plain.execute("VACUUM ANALYZE")
        self.projects: dict[UUID, UUID] = {row[0]: row[1] for row in rows}
        self._unused: Iterator[UUID] = iter(list(self.projects))
        self._captured: dict[str, list[capture.Statement]] = {}

    def requests(self, name: str, count: int) -> list[str]:
        """Give requests: one that can be sent again and again, or one for each report."""
        if name == "one":
            return [request("GET", f"/api/v1/projects/{self.one_project}", self._as("convener"))]
        if name == "list":
            return [request("GET", "/api/v1/projects?limit=50", self._as("regulator"))]
        return [self._submission(next(self._unused)) for _ in range(count)]

    def _submission(self, report: UUID) -> str:
        headers = self._as("reporter") | {"Idempotency-Key": f"bench-{report}", "If-Match": '"1"'}
        path = f"/api/v1/progress-reports/{report}/submit"
        return request("POST", path, headers, orjson.dumps(_FIGURES).decode())

    def _as(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def write_script(self) -> Path:
        """Run each request once in this process and keep its statements for the ceiling."""
        report = next(self._unused)
        with TestClient(create_app()) as client:
            for name in ("one", "list"):
                self._captured[name] = captured(client, self.requests(name, 1)[0])
            self._captured["submit"] = captured(client, self._submission(report))
        script = {
            "url": postgres.plain(self.database_url),
            "connections": CONNECTIONS,
            "one": self._captured["one"],
            "list": self._captured["list"],
            "submit": {
                "statements": self._captured["submit"],
                "report": report,
                "project": self.projects[report],
                "key": f"bench-{report}",
                "events": self._events(report),
                "projects": self.projects,
            },
        }
        path = self.folder / "script.pickle"
        path.write_bytes(pickle.dumps(script))
        return path

    def _events(self, report: UUID) -> list[UUID]:
        """Give the ids of the facts of the captured submission: each new one needs its own."""
        with db.engine().connect() as connection:
            found = connection.execute(
                text("SELECT event_id FROM event_pending WHERE aggregate_id = :id"), {"id": report}
            )
            return [row[0] for row in found]

    def pgbench(self, name: str) -> str:
        """Ask PostgreSQL's own load generator for the statement alone; a submission has many."""
        if name == "submit":
            return f"{len(self._captured[name])} statements"
        sql, parameters = self._captured[name][-1]
        with psycopg.connect(postgres.plain(self.database_url)) as connection:
            written = psycopg.ClientCursor(connection).mogrify(sql, parameters)
        file = self.folder / f"{name}.sql"
        file.write_text(written + ";\n", "utf-8")
        tool = postgres.wheel_programs() / "bin" / "pgbench"
        address = postgres.plain(self.database_url)
        arguments = ["-n", "-M", "prepared", "-c", "4", "-T", "4", "-f", str(file), address]
        done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=True)  # noqa: S603 the wheel's own tool
        found = re.search(r"tps = (\d+)", done.stdout)
        return f"pgbench {found[1]} tps" if found else "?"


def captured(client: TestClient, wire: str) -> list[capture.Statement]:
    """Send a request in this process; gives the statements it ran."""
    head, _, body = wire.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    headers.pop("Content-Length", None)
    with capture.statements() as found:
        answer = client.request(method, path, headers=headers, content=body.encode())
    if not answer.is_success:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
    return found


@contextmanager
def engines_at(folder: Path) -> Generator[engines.Urls]:
    """Start engines in a folder, migrate, and point this process at them."""
    with engines.running(folder, Settings(home=folder)) as urls:
        environment = {
            "TUANZU_DATABASE_URL": urls.database,
            "TUANZU_MIGRATION_URL": urls.migration,
            "TUANZU_REDIS_URL": urls.redis,
            "TUANZU_REQUESTS_PER_MINUTE": "100000000",
            "TUANZU_SECRET_KEY": "YmVuY2htYXJrcy1vbmx5LTMyLWJ5dGVzLW9mLW5vdGg=",
        }
        os.environ.update(environment)
        settings.cache_clear()
        db.forget()
        command.upgrade(Config("alembic.ini"), "head")
        try:
            yield urls
        finally:
            for name in environment:
                os.environ.pop(name, None)
            settings.cache_clear()


@contextmanager
def prepared(folder: Path, projects: int = PROJECTS) -> Generator[World]:
    """Start engines, and fill them."""
    with engines_at(folder) as urls:
        yield World(urls.migration, folder, projects)
