"""One trial: the house, its writers and listeners, the storm, the quiet after, the reckoning."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from services.core.kit.db import with_driver
from services.core.policies import actions as policies
from tests import given
from tests.chaos import reckoning, storm
from tests.chaos.house import House
from tests.chaos.readers import listen, poll, read_redis
from tests.chaos.receivers import Receiver
from tests.chaos.reckoning import Heard
from tests.chaos.seen import Seen
from tests.chaos.writers import WRITERS, Score, Writer

_PROJECTS = 8
_PAUSE_SECONDS = 0.4
"""Between two writes of one connection: the machine is kept busy, not full."""
_QUIET_SECONDS = 60.0
"""So long nothing may be seen by anybody before what is missing is called lost."""


@dataclass(frozen=True)
class People:
    """Who writes and who listens, and what about."""

    writer: dict[str, str]
    listener: dict[str, str]
    projects: list[str]


@dataclass
class Trial:
    """What came of it."""

    seed: int
    seconds: float
    house: House
    score: Score
    events: int
    heard: Heard
    faults: list[str]
    settled_in: float
    evidence: str
    """Where everything stood, if something is wrong."""


def run(home: Path, seconds: float, seed: int) -> Trial:
    """Run one trial in a folder; the seed repeats its dice, not the machine's timing."""
    house = House(home)
    try:
        people = _move_in(house)
        return asyncio.run(_tried(house, people, seconds, seed))
    finally:
        house.stop()


def _move_in(house: House) -> People:
    """Enter a group with projects, somebody who writes, and an integrator who sees the group."""
    engine = create_engine(with_driver(house.owner_url), poolclass=NullPool)
    with Session(engine, expire_on_commit=False) as session:
        given.places(session)
        policies.ship(session, now=given.at("2026-01-01 09:00"))
        gas = given.unit(session, "景宁县天然气有限公司", kind="soe_subsidiary")
        group = given.group(session, members=[gas])
        projects = [given.project(session, group=group, lead=gas) for _ in range(_PROJECTS)]
        writer = given.account(session, "convener", of=gas, role="convener")
        listener = given.account(session, "integrator", of=gas, role="integrator")
        people = People(
            given.headers(session, writer),
            given.headers(session, listener),
            [str(project.id) for project in projects],
        )
        session.commit()
    engine.dispose()
    return people


async def _tried(house: House, people: People, seconds: float, seed: int) -> Trial:
    dice = random.Random(seed)  # noqa: S311 a storm's dice
    heard = Heard(
        receivers=[
            Receiver("slow webhook", dice, slow=0.05),
            Receiver("failing webhook", dice, failing=0.25),
        ],
        in_order=[Seen("stream 1"), Seen("stream 2"), Seen("poller")],
        of_redis=Seen("Redis"),
    )
    score = Score()
    async with _listening(house, people, heard, dice):
        await _register(house, people, heard.receivers)
        began = time.monotonic()
        writers = [_writer(house, people, score, seed, number) for number in range(WRITERS)]
        raging = asyncio.create_task(storm.rage(house, random.Random(seed), seconds))  # noqa: S311 a storm's dice
        await asyncio.gather(*(one.write_until(raging, _PAUSE_SECONDS) for one in writers))
        await raging
        raged = time.monotonic() - began
        await _quiet(heard, score)
        settled_in = time.monotonic() - began - raged
        log = await asyncio.to_thread(reckoning.Log, house)
        found = await asyncio.to_thread(reckoning.faults, house, log, score, heard)
        evidence = await asyncio.to_thread(house.evidence) if found else ""
    return Trial(seed, raged, house, score, len(log.seqs), heard, found, settled_in, evidence)


def _writer(house: House, people: People, score: Score, seed: int, number: int) -> Writer:
    dice = random.Random(seed + number)  # noqa: S311 a storm's dice
    return Writer(number, house.base, people.writer, people.projects, score, dice)


@asynccontextmanager
async def _listening(
    house: House, people: People, heard: Heard, dice: random.Random
) -> AsyncGenerator[None]:
    """Let everybody listen meanwhile; one that fails ends the trial."""
    first, second, poller = heard.in_order
    async with heard.receivers[0].listening(), heard.receivers[1].listening():
        tasks = [
            asyncio.create_task(one)
            for one in (
                listen(first, house.base, people.listener, dice),
                listen(second, house.base, people.listener, dice),
                poll(poller, house.base, people.listener),
                read_redis(heard.of_redis, house.variables["TUANZU_REDIS_URL"]),
            )
        ]
        try:
            yield
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _register(house: House, people: People, receivers: list[Receiver]) -> None:
    """Register both endpoints while it is calm, and wait until each is one that gets events."""
    async with aiohttp.ClientSession(headers=people.listener) as client:
        for receiver in receivers:
            body = {"url": receiver.url, "event_types": ["milestone.*"]}
            async with client.post(f"{house.base}/webhook-endpoints", json=body) as answer:
                assert answer.status == 201, await answer.text()
                made: dict[str, Any] = await answer.json()
            receiver.secret = made["secret"]
            deadline = time.monotonic() + 30
            while made["state"] != "active":
                assert time.monotonic() < deadline, made
                await asyncio.sleep(0.2)
                url = f"{house.base}/webhook-endpoints/{made['id']}"
                async with client.get(url) as answer:
                    made = await answer.json()


async def _quiet(heard: Heard, score: Score) -> None:
    """Wait until everybody has every write, or until nobody has seen anything for a while."""
    wanted, last, moved = set(score.acknowledged), -1, time.monotonic()
    while any(wanted - seen.at.keys() for seen in heard.everybody()):
        now = sum(len(seen.seqs) for seen in heard.everybody())
        if now != last:
            last, moved = now, time.monotonic()
        if time.monotonic() - moved > _QUIET_SECONDS:
            return
        await asyncio.sleep(0.2)
    await asyncio.sleep(2)  # what comes twice may come a little later
