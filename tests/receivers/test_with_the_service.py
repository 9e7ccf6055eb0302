"""Both receivers, and `tuanzu listen`, with a real service: after any outage they hold all, once.

What happens is what the integrator itself does: its endpoint's description changes, and says so.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from services.standalone.valkey import free_port
from tests.clients.service import Service, running
from tests.receivers.programs import KINDS, Program
from tests.standalone.runs import REPOSITORY

pytestmark = [pytest.mark.story, pytest.mark.timeout(600)]


class Integrator:
    """A program's log-in at the service: its token, its endpoints, what it may hear."""

    def __init__(self, service: Service) -> None:
        """Take a token."""
        self.service = service
        self.token = service.token("integrator")
        self.headers = {"Authorization": f"Bearer {self.token}"}
        nobody = f"http://127.0.0.1:{free_port()}/"
        self._matter = self._registered(nobody)[0]

    def asked(self, method: str, path: str, **also: Any) -> httpx2.Response:
        """Ask the service; it must like the question."""
        headers = self.headers | also.pop("headers", {})
        place = f"{self.service.url}/api/v1{path}"
        answer = httpx2.request(method, place, headers=headers, timeout=30, **also)
        assert answer.is_success, answer.text
        return answer

    def endpoint(self, receiver: Program) -> str:
        """Register a receiver that does not run yet, and give it its secret; gives the path."""
        path, receiver.secret = self._registered(receiver.url)
        receiver.variables = {"TUANZU_URL": self.service.url, "TUANZU_TOKEN": self.token}
        return path

    def _registered(self, url: str) -> tuple[str, str]:
        """Register an endpoint; gives its path and its secret."""
        made = self.asked("POST", "/webhook-endpoints", json={"url": url}).json()
        return f"/webhook-endpoints/{made['id']}", made["secret"]

    def verified(self, path: str) -> None:
        """Wait until the endpoint is active; one that was not answered yet is asked again."""
        if self.asked("GET", path).json()["state"] == "pending":
            self.asked("POST", f"{path}/verify", headers={"If-Match": "*"})
        self.until(
            lambda: self.asked("GET", path).json()["state"] == "active", "the endpoint is active"
        )

    def moved(self, path: str, verb: str) -> None:
        """Pause or resume an endpoint."""
        self.asked("POST", f"{path}/{verb}", headers={"If-Match": "*"})

    def until(self, seen: Callable[[], object], what: str) -> None:
        """Wait until something is so, on a machine that has much to do."""
        self.service.world.until(seen, what, seconds=120)

    @contextmanager
    def outage(self, *names: str) -> Iterator[None]:
        """Kill processes of the service; start them again whatever happens meanwhile."""
        world = self.service.world
        world.kill(*names)
        try:
            yield
        finally:
            world.start(*names)
            self.until(self._answers, "the service answers again")

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.service.url}/livez").is_success
        except httpx2.TransportError:
            return False

    def happen(self, count: int) -> None:
        """Let something happen so many times: the description of an endpoint changes."""
        for number in range(count):
            said = {"description": f"第{number}次 {time.monotonic_ns()}"}
            self.asked("PATCH", self._matter, json=said, headers={"If-Match": "*"})

    def hears(self, *, types: str = "*", behind: int = 0) -> list[tuple[int, str]]:
        """Read the feed to its end."""
        found, after, newest = [], behind, behind + 1
        while after < newest:
            asked: dict[str, Any] = {"after": after, "limit": 200, "type": types}
            page = self.asked("GET", "/events", params=asked).json()
            found += [(int(event["sequence"]), event["id"]) for event in page["items"]]
            after, newest = page["next_after"], page["newest"]
        return found

    def newest(self) -> int:
        """Read the number of the newest event."""
        return int(self.asked("GET", "/events/head").json()["newest"])


@pytest.fixture(scope="module")
def integrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Integrator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUANZU_REQUESTS_PER_MINUTE", "60000")  # whoever waits here asks often
        with running(tmp_path_factory.mktemp("receivers")) as service:
            yield Integrator(service)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_after_any_outage_it_holds_every_event_once(
    integrator: Integrator, kind: str, tmp_path: Path
) -> None:
    receiver = Program(kind, tmp_path)
    path = integrator.endpoint(receiver)

    def has_all() -> bool:
        return receiver.holds() == integrator.hears()

    try:
        receiver.start()
        integrator.verified(path)
        integrator.until(lambda: "caught up" in receiver.said(), "it has caught up")
        integrator.until(has_all, "it holds all there was")
        before = len(receiver.holds())
        assert before > 300, "more than one page"

        integrator.happen(5)
        integrator.until(has_all, "it was pushed to")
        assert len(receiver.holds()) >= before + 5

        integrator.moved(path, "pause")  # nothing is pushed: only the feed can help
        receiver.kill()
        integrator.happen(5)
        receiver.start()
        integrator.until(has_all, "it has fetched what happened without it")
        integrator.moved(path, "resume")  # and what it has comes once more
        receiver.kill()

        with integrator.outage("api", "relay", "worker"):
            receiver.start()
            integrator.until(lambda: "cannot catch up" in receiver.said(), "nobody is there")
        integrator.happen(3)
        integrator.until(has_all, "both are back")
    finally:
        receiver.kill()
        integrator.moved(path, "pause")


class Listening:
    """A run of `tuanzu listen` to a receiver, with the receiver's secret in a file."""

    def __init__(self, integrator: Integrator, receiver: Program, *words: str) -> None:
        """Start it."""
        secret, self._log = receiver.folder / "secret", receiver.folder / "listen.log"
        secret.write_text(receiver.secret, encoding="utf-8")
        known = ("--forward", receiver.url, "--server", integrator.service.url)
        also = ("--secret-file", str(secret), *words)
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
                [sys.executable, "-m", "services.standalone.cli", "listen", *known, *also],
                env={**os.environ, "TUANZU_TOKEN": integrator.token, "LC_ALL": "C"},
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it whatever happened."""
        self._process.kill()
        self._process.wait()

    def said(self) -> str:
        """Give what it printed."""
        return self._log.read_text(encoding="utf-8")

    def ended(self) -> int:
        """Wait for its end; gives the exit code."""
        return self._process.wait(90)

    def interrupt(self) -> int:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)
        return self.ended()


CHANGES = "webhook.changed"


def test_listening_goes_on_where_it_was_stopped_and_over_a_break(
    integrator: Integrator, tmp_path: Path
) -> None:
    receiver = Program("receiver.py", tmp_path)
    begin = integrator.newest()

    def has_all() -> bool:
        return receiver.holds() == integrator.hears(types=CHANGES, behind=begin)

    receiver.start()
    try:
        also = ("--types", f"project.*,{CHANGES}", "--after")
        with Listening(integrator, receiver, *also, str(begin)) as run:
            integrator.happen(3)
            integrator.until(has_all, "three were sent on")
            with integrator.outage("api"):
                integrator.until(lambda: "trying again" in run.said(), "it noticed")
            integrator.happen(2)
            integrator.until(lambda: has_all() and len(receiver.holds()) == 5, "it came back")
            assert run.interrupt() == 0
            assert integrator.token not in run.said()
            assert run.said().count(CHANGES) == len(receiver.holds()) == 5
        (last,) = re.findall(r"Go on with --after (\d+)", run.said())
        integrator.happen(2)
        with Listening(integrator, receiver, *also, last) as run:
            integrator.until(has_all, "the rest was sent on")
            assert run.said().count(CHANGES) == 2
    finally:
        receiver.kill()


def test_listening_says_what_was_not_taken(integrator: Integrator, tmp_path: Path) -> None:
    receiver = Program("receiver.py", tmp_path)
    begin = integrator.newest()
    with Listening(integrator, receiver, "--types", CHANGES, "--after", str(begin)) as run:
        integrator.happen(2)
        integrator.until(lambda: run.said().count("ConnectError") == 2, "two were not taken")
        assert run.interrupt() == 0
        first, _ = integrator.hears(types=CHANGES, behind=begin)
        assert f"--after {first[0] - 1} sends again from the first of them" in run.said()


def test_a_token_that_is_not_good_is_said_in_one_sentence(
    integrator: Integrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrator, "token", "tz_wrong")
    with Listening(integrator, Program("receiver.py", tmp_path)) as run:
        assert run.ended() == 1
        assert run.said().startswith("401 ")
        assert "Traceback" not in run.said()


def test_a_day_is_recorded_as_far_as_the_token_hears_it(
    integrator: Integrator, tmp_path: Path
) -> None:
    file, token = tmp_path / "day.jsonl", tmp_path / "token"
    token.write_text(integrator.token + "\n", encoding="utf-8")
    words = ("simulate", "record", str(file), "--day", "2026-11-06", "--token-file", str(token))
    printed = integrator.service.tuanzu(*words, "--server", integrator.service.url)
    kept = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    assert f"{len(kept)} " in printed
    assert {event["type"] for event in kept} >= {"progress.missing", "escalation.started"}
    assert all("2026-11-05T16" <= event["time"] < "2026-11-06T16" for event in kept)
    heard = set(integrator.hears())
    assert {(int(event["sequence"]), event["id"]) for event in kept} <= heard
