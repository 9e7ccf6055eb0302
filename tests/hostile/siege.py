"""The app with the demonstration in it, asked as everybody, on one transaction."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from httpx2 import Response
from sqlalchemy import Connection, Engine, select, text
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
from tests.hostile.walk import Document, Operation

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_NOT_HERE = (401, 403, 404)
_LISTS = {
    "project_id": "/projects",
    "milestone_id": "/projects/{project_id}/milestones",
    "admission_id": "/admissions",
    "guarantee_id": "/guarantees",
    "evidence_id": "/evidence",
    "indicator_id": "/outcome-indicators",
    "observation_id": "/outcome-indicators/{indicator_id}/observations",
    "report_id": "/progress-reports",
    "monitor_run_id": "/monitor-runs",
    "notification_id": "/notifications",
    "reminder_id": "/reminders",
    "run_id": "/escalations",
    "order_id": "/supervision-orders",
    "group_id": "/groups",
    "account_id": "/accounts",
    "token_id": "/tokens",
    "organisation_id": "/organisations",
    "officer_id": "/organisations/{organisation_id}/officers",
    "policy_id": "/policies",
    "batch_id": "/agreement-batches",
    "agreement_id": "/agreements",
    "blocker_id": "/blockers",
    "target_id": "/annual-targets",
    "statement_id": "/library-statements",
    "endpoint_id": "/webhook-endpoints",
}


@dataclass
class Siege:
    """The app with the demonstration in it, and a log-in for each role."""

    client: TestClient
    connection: Connection
    document: Document
    tokens: dict[str, dict[str, str]]
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    last: str = ""

    def ask(
        self, operation: Operation, url: str, who: str, body: bytes | None = None, etag: str = ""
    ) -> Response:
        """Ask as somebody."""
        headers = {**self.tokens[who], "Accept-Language": "en"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if etag:
            headers["If-Match"] = etag
        self.asked += 1
        answer: Response = self.client.request(
            operation.method.upper(), url, content=body, headers=headers
        )
        return answer

    def judge(self, operation: Operation, answer: Response, how: str, *also: int) -> None:
        """Note an answer that should not be."""
        status = answer.status_code
        told = str(status) in operation.spec["responses"] or status in also
        kind = answer.headers.get("content-type", "")
        is_problem = status < 400 or kind == "application/problem+json"
        if status >= 500 or not told or not is_problem:
            self.wrong.append(f"{operation.name} {how}: {status} {answer.text[:160]}")

    def etag(self, operation: Operation, url: str, who: str) -> str:
        """Give the ETag of the record a URL is about: the nearest one above it."""
        if "If-Match" not in operation.parameters("header"):
            return ""
        path = url.partition("?")[0]
        while path.count("/") > 3:
            tag = self.client.get(path, headers=self.tokens[who]).headers.get("etag", "")
            if tag:
                return str(tag)
            path = path.rpartition("/")[0]
        return '"1-0"'

    def able(self, operation: Operation, url: str, body: bytes | None) -> str:
        """Find somebody whose good request gets past the question who asks; the last one first."""
        for who in sorted(self.tokens, key=lambda each: each != self.last):
            with self.undone():
                answer = self.ask(operation, url, who, body, self.etag(operation, url, who))
            if answer.status_code not in _NOT_HERE:
                self.last = who
                break
        return self.last

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo what happens inside."""
        savepoint = self.connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    def broken_lists(self, who: str) -> Iterator[str]:
        """Give the lists that no longer answer somebody."""
        for operation in self.document.operations():
            if operation.method == "get" and "limit" in operation.parameters("query"):
                url = self.document.address(operation)
                status = self.ask(operation, f"{url}?limit=200", who).status_code
                if status not in (200, *_NOT_HERE):
                    yield f"{operation.name}: {status}"


@pytest.fixture(scope="module")
def siege(engine: Engine) -> Generator[Siege]:
    """Give the app on one transaction, which is undone at the end."""
    with engine.connect() as connection, pytest.MonkeyPatch.context() as patch:
        outer = connection.begin()
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE "
                f"PARALLEL SAFE AS $$ SELECT TIMESTAMPTZ '{NOW.isoformat()}' $$"
            )
        )
        bound = sessionmaker(
            connection,
            class_=OfOneRequest,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        patch.setattr(db, "_sessions", lambda: bound)
        patch.setattr(db, "_readers", lambda: bound)
        patch.setattr(Drain, "_serve", lambda _: None)
        patch.setattr(usage, "ring", lambda: None)
        patch.setattr(limits, "accounts", lambda: limits.Limiter("account", 10**9))
        patch.setattr(limits, "addresses", lambda: limits.Limiter("address", 10**9))
        patch.setattr(wake, "relay", lambda: None)
        with bound() as session:
            demo.load(session, now=NOW)
            tokens = _tokens(session)
        with TestClient(create_app(), raise_server_exceptions=False) as client:
            document = Document(client.get("/api/v1/openapi.json").json())
            made = Siege(client, connection, document, tokens)
            _learn_ids(made)
            yield made
        outer.rollback()


def _tokens(session: Session) -> dict[str, dict[str, str]]:
    """Give a log-in of everybody, regulators first, and of the roles that nobody has."""
    found: dict[str, dict[str, str]] = {}
    accounts = session.scalars(select(Account).order_by(Account.login)).all()
    for who in sorted(accounts, key=lambda each: each.role != "regulator"):
        found[who.login] = given.headers(session, who)
    roles = {each.role for each in accounts}
    organisation = session.scalars(select(Account.organisation_id)).first()
    for role in ("system_admin", "security_admin", "integrator", "convener", "reviewer"):
        if role not in roles:
            made = Account(
                login=role.replace("_", "-"), name=role, organisation_id=organisation, role=role
            )
            session.add(made)
            session.flush()
            found[made.login] = given.headers(session, made)
    session.commit()
    return found


def _learn_ids(siege: Siege) -> None:
    """Find a record of each kind, as whoever sees one."""
    ids = siege.document.ids
    for name, path in _LISTS.items():
        url = "/api/v1" + path.format_map({key: ids.get(key, "") for key in _LISTS})
        for headers in siege.tokens.values():
            items = siege.client.get(url, headers=headers).json().get("items")
            if items:
                ids.setdefault(name, items[0]["id"])
                break
    ids["region_code"] = ids["parent_code"] = "331127"
    ids["lead_organisation_id"] = ids["responsible_organisation_id"] = ids["organisation_id"]
