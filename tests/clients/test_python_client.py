"""A Python client generated from the contract tells the story of the README."""

import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.clients.service import CONTRACT, Service

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]


@pytest.fixture
def generated(tmp_path: Path) -> Iterator[ModuleType]:
    """Generate the client and import it; a warning would be an operation that it lacks."""
    beside = str(Path(sys.executable).parent)
    plain = tmp_path / "generator.json"
    plain.write_text('{"post_hooks": []}')  # nobody reads this code: it need not be made pretty
    done = subprocess.run(  # noqa: S603 a tool of our own environment
        [
            f"{beside}/openapi-python-client",
            *("generate", "--path", str(CONTRACT / "openapi.json")),
            *("--meta", "none", "--output-path", str(tmp_path / "tuanzu_client")),
            *("--config", str(plain), "--fail-on-warning"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(tmp_path))
    yield importlib.import_module("tuanzu_client")
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "tuanzu_client"]:
        del sys.modules[name]


class People:
    """The log-ins of the demonstration, each with a client, and what they do."""

    def __init__(self, generated: ModuleType, service: Service, stack: ExitStack) -> None:
        """Let each of them in."""
        self.clients = {
            login: stack.enter_context(
                generated.AuthenticatedClient(
                    base_url=service.url,
                    token=service.token(login),
                    headers={"Accept-Language": "en"},
                )
            )
            for login in ("sasac-jn", "convener-ts", "reporter-energy", "reviewer-energy")
        }

    def ask(self, login: str, operation: str, *path: Any, **also: Any) -> Any:
        """Call one generated operation, by its tag and name."""
        module = importlib.import_module(f"tuanzu_client.api.{operation}")
        return module.sync_detailed(*path, client=self.clients[login], **also)

    def report_light(self, project: Any) -> tuple[str, str]:
        """Give what the rule about reports says of a project, with its arithmetic."""
        health = self.ask("sasac-jn", "monitoring.get_project_health", project.id).parsed
        (found,) = [one for one in health.dimensions if one.rule == "MR-03"]
        return str(found.light), found.arithmetic.en

    def declare(self, owed: Any, reason: str, etag: str, **also: Any) -> Any:
        """Report that nothing changed."""
        body = importlib.import_module("tuanzu_client.models").NoChange(reason=reason)
        operation = "progress.declare_no_change"
        return self.ask("reporter-energy", operation, owed.id, body=body, if_match=etag, **also)


@pytest.fixture
def people(generated: ModuleType, service: Service) -> Iterator[People]:
    """Give people with clients, which are closed afterwards."""
    with ExitStack() as stack:
        yield People(generated, service, stack)


def test_the_story_of_the_readme(people: People) -> None:
    red = people.ask("sasac-jn", "projects.list_projects", light="red").parsed.items
    assert {project.code for project in red} == {"P-03", "P-07"}
    lng = next(project for project in red if project.code == "P-07")
    assert lng.total_investment.amount == "40000000.00"
    assert lng.total_investment.qualifier == "at_least"

    light, arithmetic = people.report_light(lng)
    assert light == "red"
    assert "working day(s)" in arithmetic

    hidden = people.ask("convener-ts", "projects.get_project", lng.id)
    assert hidden.status_code == 404
    assert hidden.parsed.code == "not_found"

    listing = "progress.list_progress_reports"
    (owed,) = people.ask("reporter-energy", listing, project_id=lng.id, state="due").parsed.items
    read = people.ask("reporter-energy", "progress.get_progress_report", owed.id)

    slip = people.declare(owed, " ", read.headers["etag"])
    assert slip.status_code == 422
    assert [fault.pointer for fault in slip.parsed.errors] == ["/reason"]

    said = ("等待用地批复", read.headers["etag"])
    declared = people.declare(owed, *said, idempotency_key="story-1")
    again = people.declare(owed, *said, idempotency_key="story-1")
    assert declared.parsed.state == again.parsed.state == "submitted"
    assert again.headers["idempotent-replayed"] == "true"

    etag = declared.headers["etag"]
    accept = "progress.accept_progress_report"
    accepted = people.ask("reviewer-energy", accept, owed.id, if_match=etag)
    assert accepted.parsed.state == "accepted"

    end = time.monotonic() + 30
    while people.report_light(lng)[0] != "green":
        assert time.monotonic() < end, "the light never turned"
        time.sleep(0.3)
