"""The feed as a stream, over real HTTP from a real server, with real commits."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import anyio
import httpx2
import pytest
import uvicorn
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.types import Message

from services.api import stream
from services.api.door import Door
from services.api.main import create_app
from services.core.access.models import AccessToken
from services.core.groups.models import GroupMembership, JointGroup
from services.core.kit import db, ledger, listening, wake
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import FeedEvent
from services.core.kit.ids import new_id
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp
from tests import given, watching

NOW = given.at("2026-11-24 10:00")
SOON = 8.0


@dataclass
class House:
    """A server, and a group with somebody in it and somebody outside."""

    engine: Engine
    url: str
    hub: stream.Hub
    group_id: UUID = field(default_factory=new_id)
    member: dict[str, str] = field(default_factory=dict)
    outsider: dict[str, str] = field(default_factory=dict)

    def happen(self, *, in_group: bool = True, count: int = 1) -> int:
        """Let facts happen and be numbered; gives the last number."""
        with Session(self.engine) as session:
            for _ in range(count):
                fact = RegionChanged(region_code="331127", change="changed")
                units = () if in_group else (new_id(),)
                group = self.group_id if in_group else None
                subject = Subject("region", new_id(), group, units)
                ledger.record(session, fact, about=subject, by=Actor.part("test"), now=NOW)
            session.commit()
            while stamp(session, 500):
                session.commit()
            session.execute(text(f"NOTIFY {wake.NUMBERED}"))
            session.commit()
            return listening.ends(session).newest

    def change(self, statement: Any) -> None:
        """Change something that is no fact."""
        with Session(self.engine) as session:
            session.execute(statement)
            session.commit()

    @contextmanager
    def listening(self, headers: dict[str, str], **asked: Any) -> Generator["Listener"]:
        """Listen with a token."""
        with (
            httpx2.Client(timeout=httpx2.Timeout(5, read=30)) as client,
            client.stream(
                "GET", f"{self.url}/api/v1/events/stream", headers=headers, **asked
            ) as answer,
        ):
            listener = Listener(answer)
            yield listener
            answer.close()


class Listener:
    """A client that reads in a thread of its own."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self.said: queue.Queue[dict[str, str] | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        block: dict[str, str] = {}
        try:
            for line in self.answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    block[name] = value
                else:
                    self.said.put(block)
                    block = {}
        except (httpx2.HTTPError, httpx2.StreamError):
            pass
        self.said.put(None)

    def next(self, within: float = SOON) -> dict[str, str] | None:
        """Give the next block, without the greeting; None: the stream has ended."""
        block = self.said.get(timeout=within)
        return self.next(within) if block and "retry" in block else block

    def numbers(self, count: int) -> list[int]:
        """Give the numbers of the next events."""
        found = []
        for _ in range(count):
            block = self.next()
            assert block, "the stream has ended"
            assert "event" not in block
            assert int(json.loads(block["data"])["sequence"]) == int(block["id"])
            found.append(int(block["id"]))
        return found

    def is_silent(self, seconds: float = 0.5) -> bool:
        """Say whether nothing comes."""
        try:
            block = self.next(seconds)
        except queue.Empty:
            return True
        raise AssertionError(block)


@pytest.fixture
def house(engine: Engine, database: str) -> Generator[House]:
    del database
    db.forget()
    app = create_app()
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    made = House(engine, f"http://127.0.0.1:{port}", app.state.hub)
    with Session(engine) as session:
        given.places(session)
        unit, far = given.unit(session, "成员单位"), given.unit(session, "外人")
        group: JointGroup = given.group(session, members=[unit])
        made.group_id = group.id
        made.member = given.headers(session, given.account(session, "m", of=unit, role="reporter"))
        made.outsider = given.headers(session, given.account(session, "o", of=far, role="reporter"))
    yield made
    server.should_exit = True
    thread.join(10)
    db.engine().dispose()
    db.forget()
    watching.empty(engine)


def test_facts_are_sent_as_they_come_to_whom_they_are_for(house: House) -> None:
    with house.listening(house.member) as member, house.listening(house.outsider) as outsider:
        assert member.answer.headers["content-type"].startswith("text/event-stream")
        time.sleep(0.3)
        last = house.happen(count=3)
        house.happen(in_group=False)
        after = house.happen()
        assert member.numbers(4) == [last - 2, last - 1, last, after]
        assert member.is_silent()
        assert outsider.is_silent()


def test_it_comes_within_a_moment(house: House) -> None:
    with house.listening(house.member) as member:
        time.sleep(0.5)
        began = time.monotonic()
        house.happen()
        member.numbers(1)
        assert time.monotonic() - began < stream.POLL_SECONDS, "woken, not polled"


@pytest.mark.parametrize("how", ["header", "query"])
@pytest.mark.parametrize("kept", [2_000, 3])
def test_who_comes_back_gets_the_rest_once_and_in_order(
    house: House, monkeypatch: pytest.MonkeyPatch, how: str, kept: int
) -> None:
    monkeypatch.setattr(stream, "KEPT", kept)
    house.hub._recent = type(house.hub._recent)(maxlen=kept)  # noqa: SLF001 a small memory
    first = house.happen(count=450) - 449
    for seen in (first + 9, first + 300, first + 449):
        also: dict[str, Any] = {"params": {"after": seen}} if how == "query" else {}
        headers = house.member | ({"Last-Event-ID": str(seen)} if how == "header" else {})
        with house.listening(headers, **also) as member:
            more = house.happen(count=7)
            expected = list(range(seen + 1, more + 1))
            assert member.numbers(len(expected)) == expected


def test_many_writers_and_restarts_lose_and_repeat_nothing(house: House) -> None:
    begin = house.happen()
    writers = [threading.Thread(target=_write, args=(house,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    found: list[int] = []
    while len(found) < 90:
        seen = found[-1] if found else begin
        with house.listening(house.member | {"Last-Event-ID": str(seen)}) as member:
            found += member.numbers(min(17, 90 - len(found)))
    for writer in writers:
        writer.join()
    assert found == list(range(begin + 1, begin + 91))


def _write(house: House) -> None:
    for _ in range(30):
        with Session(house.engine) as session:
            fact = RegionChanged(region_code="331127", change="changed")
            subject = Subject("region", new_id(), house.group_id)
            ledger.record(session, fact, about=subject, by=Actor.part("test"), now=NOW)
            session.commit()
        with Session(house.engine) as session:
            stamp(session, 500)
            session.commit()


def test_an_idle_client_moves_on_by_checkpoints(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHECKPOINT_SECONDS", 0.3)
    with house.listening(house.outsider) as outsider:
        last = house.happen(count=5)
        seen = 0
        while seen < last:
            block = outsider.next()
            assert block
            assert (block["event"], json.loads(block["data"])) == (
                "checkpoint",
                {"seq": int(block["id"])},
            )
            seen = int(block["id"])
        assert seen == last


def test_a_unit_that_left_hears_nothing_more(house: House) -> None:
    with house.listening(house.member) as member:
        time.sleep(0.3)
        house.happen()
        member.numbers(1)
        ended = given.at("2026-11-20 00:00").date()
        house.change(update(GroupMembership).values(valid_to=ended))
        time.sleep(stream.SCOPE_SECONDS + 1)
        house.happen()
        assert member.is_silent(1)


def test_a_revoked_token_ends_the_stream(house: House) -> None:
    with house.listening(house.member) as member:
        time.sleep(0.3)
        house.change(update(AccessToken).values(revoked_at=NOW))
        block = member.next(stream.SCOPE_SECONDS + 3)
        assert block
        assert block["event"] == "end"
        assert member.next() is None
    answer = httpx2.get(f"{house.url}/api/v1/events/stream", headers=house.member)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_what_is_not_kept_is_gone_before_the_stream_begins(house: House) -> None:
    last = house.happen(count=5)
    house.change(delete(FeedEvent).where(FeedEvent.seq < last))
    for headers, status in (
        ({"Last-Event-ID": str(last - 3)}, 410),
        ({"Last-Event-ID": str(last + 3)}, 410),
        ({"Last-Event-ID": "x"}, 422),
    ):
        answer = httpx2.get(f"{house.url}/api/v1/events/stream", headers=house.member | headers)
        assert answer.status_code == status, headers
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_client_that_takes_nothing_is_let_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SEND_SECONDS", 0.3)
    begin = house.happen(count=3)
    token = house.member["Authorization"].encode()
    door = Door(Request({"type": "http", "headers": [(b"authorization", token)]}), b"")

    async def receive() -> Message:
        await anyio.sleep_forever()
        return {}

    async def send(message: Message) -> None:
        if b"data:" in message.get("body", b""):
            await anyio.sleep_forever()

    async def served() -> stream.Hub:
        hub = stream.Hub()
        with anyio.fail_after(SOON):
            answer = stream.EventStream(door, hub, stream.looked_at(door, begin - 2))
            await answer({"type": "http"}, receive, send)
        return hub

    assert anyio.run(served)._listeners == 0  # noqa: SLF001 who is left


@pytest.mark.usefixtures("house")
def test_two_that_begin_at_once_share_one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    newest, started = stream._newest, []  # noqa: SLF001 slowed, so that both are on their way

    def slowly() -> int:
        started.append(time.monotonic())
        time.sleep(0.2)
        return newest()

    monkeypatch.setattr(stream, "_newest", slowly)
    hub = stream.Hub()

    async def joins() -> None:
        async with hub.joined():
            await anyio.sleep(0.5)

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(joins)
            group.start_soon(joins)

    anyio.run(both)
    assert len(started) == 1


def test_a_stop_ends_the_streams_at_once(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "services.api.main:create_app", "--factory"]
    process = subprocess.Popen(  # noqa: S603 our own server
        [*command, "--port", str(port), "--no-access-log", "--timeout-graceful-shutdown", "20"],
        env=os.environ.copy(),
        stderr=subprocess.DEVNULL,
    )
    try:
        own = House(house.engine, f"http://127.0.0.1:{port}", house.hub)
        _wait_for(port)
        with own.listening(house.member) as member:
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert member.next(5) is None
        assert process.wait(5) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not start")
