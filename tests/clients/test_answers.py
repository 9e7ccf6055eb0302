"""What the service really answers is what the contract says, for everything that can be read.

The contract's own links lead from each list to its records, so a new route is walked by itself.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.api.main import create_app
from services.core.access import passwords
from services.core.access.models import Account, Password
from services.core.organisations.models import Organisation
from services.standalone import demo
from tests import given
from tests.access.entrance import PASSWORD
from tests.jobs.test_batch import village

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
CALLERS = ("sasac-zj", "convener-jn", "reporter-energy", "administrator", "integrator")
UNSEEN = {"getCalendarDay", "listWebhookMessages", "listWebhookAttempts"}
UNSEEN |= {"listWebhookReplays", "getWebhookReplay", "listWebhookReplayHistory"}
UNSEEN |= {"listNotificationDeliveries", "listReminderDeliveries"}
"""Nothing in the demonstration leads there: no day is imported, and nobody was sent anything."""
UNSEEN |= {"listConvenerDutyHistory", "listMeetingInvitationHistory"}
UNSEEN |= {"listNotificationHistory", "listOfficerHistory", "listWebhookDeliveryHistory"}
"""Nobody touches these after they are loaded; every history is written by the same function."""
UNSEEN |= {
    "listProgressCorrections",
    "getProgressCorrection",
    "listProgressCorrectionHistory",
    "getExternalProject",
}
"""Nobody of the demonstration corrects a report; no system feeds it."""
UNSEEN |= {"listBlockerConsultations", "getBlockerConsultation", "listBlockerConsultationHistory"}
UNSEEN |= {"listPolicyAssignments", "getPolicyAssignment", "listPolicyAssignmentHistory"}
"""Nobody was called to a consultation, and the default policy counts everywhere."""
UNSEEN |= {"listEvidence", "getEvidence", "getEvidenceContent", "listEvidenceHistory"}
UNSEEN |= {"getEvidenceUpload"}
"""Nobody of the demonstration has uploaded anything."""
UNSEEN |= {"listMonitorRuns", "getMonitorRun", "listMonitorRunHistory"}
"""No worker runs there, so no day has its account."""
UNSEEN |= {"getPlanComparison"}
"""It is asked for by two numbers of versions, which no link of the contract gives."""
UNSEEN |= {"getCoordinationLadder"}
"""A ladder is known by its code, which no link of the contract leads to."""

MOST = 50
"""So many records are tried until one has what is asked for."""
FORMATS = FormatChecker(["uuid", "date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class Walk:
    """Reads everything that can be reached, and keeps what does not fit the contract."""

    def __init__(self, client: TestClient, heads: list[dict[str, str]]) -> None:
        """Begin with the operations that need to know nothing."""
        self.client, self.heads = client, heads
        self.document = client.get("/api/v1/openapi.json").json()
        self.operations = {
            item["get"]["operationId"]: (path, item["get"])
            for path, item in self.document["paths"].items()
            if "200" in item.get("get", {}).get("responses", ())
        }
        self.leads: dict[str, list[dict[str, str]]] = {}
        self.known: dict[str, list[str]] = {}
        self.read: set[str] = set()
        self.wrong: list[str] = []

    def everything(self) -> None:
        """Go on until nothing new can be reached."""
        before = -1
        while len(self.read) > before:
            before = len(self.read)
            for name, (path, operation) in self.operations.items():
                if name not in self.read | UNSEEN:
                    self.visit(name, path, operation)

    def visit(self, name: str, path: str, operation: dict[str, Any]) -> None:
        """Read one operation as whoever gets the most, if its path can be filled in."""
        for found in self.leading_to(name, path):
            for head in self.heads:
                url = path.format(**found)
                answer = self.client.get(url, params=_needed(operation), headers=head)
                if answer.status_code == 200 and answer.json().get("items") != []:
                    self.read.add(name)
                    self.check(name, operation, answer.json())
                    self.follow(operation, found, answer.json())
                    return

    def leading_to(self, name: str, path: str) -> Iterator[dict[str, str]]:
        """Give what fills the path in, as earlier answers said."""
        yield from self.leads.get(name, [])[:MOST]
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        if not names:
            yield {}
        if len(names) == 1:
            yield from ({names[0]: value} for value in self.known.get(names[0], [])[:MOST])

    def follow(self, operation: dict[str, Any], asked: dict[str, str], body: Any) -> None:
        """Remember where the links of an answer lead."""
        for link in operation["responses"]["200"].get("links", {}).values():
            for one in body.get("items", ()):
                found = {
                    name: str(one.get(said.rpartition("/")[2]) or asked.get(name))
                    for name, said in link["parameters"].items()
                }
                self.leads.setdefault(link["operationId"], []).append(found)
                for name, value in found.items():
                    if value not in self.known.setdefault(name, []):
                        self.known[name].append(value)

    def check(self, name: str, operation: dict[str, Any], body: object) -> None:
        """Compare one answer with its schema."""
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": self.document["components"]}
        errors = Draft202012Validator(whole, format_checker=FORMATS).iter_errors(body)
        self.wrong += [f"{name} {error.json_path}: {error.message[:200]}" for error in errors]


def _needed(operation: dict[str, Any]) -> dict[str, Any]:
    """Fill in the query parameters without which there is no answer."""
    return {
        one["name"]: one["example"]
        for one in operation["parameters"]
        if one["in"] == "query" and one.get("required")
    }


@pytest.fixture
def walk(connection: Connection, session: Session) -> Generator[Walk]:
    """Load the demonstration, let an integrator subscribe, and walk as several people."""
    del connection
    demo.load(session, now=NOW)
    accounts = {one.login: one for one in session.scalars(select(Account))}
    top = session.get_one(Organisation, accounts["sasac-zj"].organisation_id)
    role = "security_admin"
    accounts["administrator"] = given.account(session, "administrator", of=top, role=role)
    heads = [given.headers(session, accounts[login], accept_language="en") for login in CALLERS]
    with TestClient(create_app()) as client:
        for who, path, body in _doings(session, accounts):
            head = given.headers(session, accounts[who])
            answer = client.post(f"/api/v1{path}", json=body, headers=head)
            assert answer.status_code in (201, 202), answer.text
        yield Walk(client, heads)


def _doings(
    session: Session, accounts: dict[str, Account]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give what several people do that nobody in the demonstration does."""
    yield "integrator", "/webhook-endpoints", {"url": "https://receiver.example/tuanzu"}
    known = Password(
        account_id=accounts["sasac-zj"].id, argon2=passwords.argon2(PASSWORD), set_at=NOW
    )
    session.add(known)
    session.flush()
    yield "sasac-zj", "/sessions", {"login": "sasac-zj", "password": PASSWORD}
    yield (
        "administrator",
        f"/accounts/{accounts['sasac-zj'].id}/identities",
        {"subject": "f2a1c9d0", "issuer": "https://login.example"},
    )
    yield "sasac-zj", "/tokens", {"name": "phone"}
    unit = str(accounts["sasac-zj"].organisation_id)
    guest = {"login": "guest", "name": "参观者（示意）", "role": "observer"}
    yield "administrator", "/accounts", {**guest, "organisation_id": unit}
    items = [village(number) for number in range(1, 202)]
    yield "sasac-zj", "/regions/batch", {"items": items, "atomic": False}


def test_every_answer_is_what_the_contract_says(walk: Walk) -> None:
    walk.everything()
    assert walk.wrong == []
    left = set(walk.operations) - walk.read - UNSEEN
    assert left == set(), " ".join(sorted(left))
