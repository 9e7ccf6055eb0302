"""Both receivers, and `tuanzu listen`, with a real service: after any outage they hold all, once.

What happens is what the integrator itself does: its endpoint's description changes, and says so.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from tests.clients.service import Service, running
from tests.receivers.programs import KINDS, Program
from tests.standalone.runs import REPOSITORY

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]


class Integrator:
    """A program's log-in at the service: its token, its endpoints, what it may hear."""

    def __init__(self, service: Service) -> None:
        """Take a token."""
        self.service = service
        self.token = service.token("integrator")
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def asked(self, method: str, path: str, **also: Any) -> httpx2.Response:
        """Ask the service; it must like the question."""
        headers = self.headers | also.pop("headers", {})
        place = f"{self.service.url}/api/v1{path}"
        answer = httpx2.request(method, place, headers=headers, timeout=30, **also)
        assert answer.is_success, answer.text
        return answer

    def endpoint(self, receiver: Program) -> str:
        """Register a receiver that does not run yet, and give it its secret; gives the path."""
        made = self.asked("POST", "/webhook-endpoints", json={"url": receiver.url}).json()
        receiver.secret = made["secret"]
        receiver.variables = {"TUANZU_URL": self.service.url, "TUANZU_TOKEN": self.token}
        return f"/webhook-endpoints/{made['id']}"

    def verified(self, path: str) -> None:
        """Wait until the endpoint is active; one that was not answered yet is asked again."""
        if self.asked("GET", path).json()["state"] == "pending":
            self.asked("POST", f"{path}/verify")
        self.service.world.until(
            lambda: self.asked("GET", path).json()["state"] == "active", "the endpoint is active"
        )

    def happen(self, path: str, count: int) -> None:
        """Let something happen so many times."""
        for number in range(count):
            etag = self.asked("GET", path).headers["etag"]
            said = {"description": f"第 {number}\u2028次 {time.monotonic_ns()}"}
            self.asked("PATCH", path, json=said, headers={"If-Match": etag})

    def hears(self) -> list[tuple[int, str]]:
        """Read the whole feed."""
        found, after, newest = [], 0, 1
        while after < newest:
            page = self.asked("GET", f"/events?after={after}&limit=200").json()
            found += [(int(event["sequence"]), event["id"]) for event in page["items"]]
            after, newest = page["next_after"], page["newest"]
        return found


@pytest.fixture(scope="module")
def integrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Integrator]:
    with running(tmp_path_factory.mktemp("receivers")) as service:
        yield Integrator(service)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_after_any_outage_it_holds_every_event_once(
    integrator: Integrator, kind: str, tmp_path: Path
) -> None:
    world, receiver = integrator.service.world, Program(kind, tmp_path)
    path = integrator.endpoint(receiver)
    try:
        receiver.start()
        integrator.verified(path)
        world.until(lambda: "caught up" in receiver.said(), "it has caught up")
        world.until(lambda: receiver.holds() == integrator.hears(), "it holds all there was")
        before = len(receiver.holds())
        assert before > 300, "more than one page"

        integrator.happen(path, 5)
        world.until(lambda: len(receiver.holds()) >= before + 5, "it was pushed to")
        receiver.kill()
        integrator.happen(path, 5)
        world.until(
            lambda: not world.ask("SELECT 1 FROM webhook_delivery WHERE state = 'due'"),
            "the service has given up",
        )
        receiver.start()
        world.until(lambda: receiver.holds() == integrator.hears(), "it holds the outage too")

        world.kill("api", "relay", "worker")
        receiver.kill()
        receiver.start()
        world.until(lambda: "cannot catch up" in receiver.said(), "the service is not there")
        world.start("api", "relay", "worker")
        world.answers()
        integrator.happen(path, 3)
        world.until(lambda: receiver.holds() == integrator.hears(), "both are back")
    finally:
        receiver.kill()
        gone = integrator.asked("GET", path).headers["etag"]
        integrator.asked("POST", f"{path}/pause", headers={"If-Match": gone})


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
        return self._process.wait(30)

    def interrupt(self) -> int:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)
        return self.ended()


def test_listening_goes_on_where_it_was_stopped_and_over_a_break(
    integrator: Integrator, tmp_path: Path
) -> None:
    world, receiver = integrator.service.world, Program("receiver.py", tmp_path)
    path = integrator.endpoint(receiver)
    receiver.variables = {}
    begin = integrator.hears()[-1][0]
    receiver.start()
    try:
        with Listening(integrator, receiver, "--after", str(begin)) as run:
            integrator.happen(path, 3)
            world.until(lambda: len(receiver.holds()) == 3, "three were sent on")
            world.kill("api")
            world.until(lambda: "trying again" in run.said(), "it noticed")
            world.start("api")
            world.answers()
            integrator.happen(path, 2)
            world.until(lambda: len(receiver.holds()) == 5, "it came back")
            assert run.interrupt() == 0
            last = integrator.hears()[-1][0]
            assert f"Go on with --after {last}" in run.said()
            assert integrator.token not in run.said()
            assert run.said().count("webhook.changed") == 5
        integrator.happen(path, 2)
        also = ("--after", str(last), "--types", "project.*,webhook.changed")
        with Listening(integrator, receiver, *also):
            world.until(lambda: len(receiver.holds()) == 7, "the rest was sent on")
        assert receiver.holds() == [pair for pair in integrator.hears() if pair[0] > begin]
    finally:
        receiver.kill()


def test_listening_says_what_was_not_taken(integrator: Integrator, tmp_path: Path) -> None:
    receiver = Program("receiver.py", tmp_path)
    path = integrator.endpoint(receiver)
    begin = integrator.hears()[-1][0]
    with Listening(integrator, receiver, "--after", str(begin)) as run:
        integrator.happen(path, 2)
        integrator.service.world.until(
            lambda: run.said().count("ConnectError") == 2, "two were not taken"
        )
        assert run.interrupt() == 0
        assert f"--after {begin} sends again from the first of them" in run.said()


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
