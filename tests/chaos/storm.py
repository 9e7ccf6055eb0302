"""The storm: at random times, random harm, in an order that a seed repeats."""

import asyncio
import random
import signal
from collections.abc import Callable

import redis

from tests.chaos.house import House

_PAUSE_SECONDS = (0.5, 5.0)
"""A process needs seconds to come back; now and then it is hit again before it has."""
_HUNG_SECONDS = (1.0, 6.0)
_BACK_SECONDS = 20.0

_HARM: dict[str, Callable[[House], None]] = {
    "kill api": lambda house: house.kill("api"),
    "kill relay": lambda house: house.kill("relay"),
    "kill worker": lambda house: house.kill("worker"),
    "kill beat": lambda house: house.kill("beat"),
    "kill PostgreSQL": lambda house: house.kill_postgres(),
    "kill Valkey": lambda house: house.kill_valkey(forgetful=False),
    "kill Valkey and its data": lambda house: house.kill_valkey(forgetful=True),
    "FLUSHALL": lambda house: house.wipe_valkey(),
    "Valkey falls back": lambda house: house.fall_back(),
}
_HANGS = {"relay hangs": "relay", "second relay hangs": "relay-2"}
_KINDS = (*_HARM, *_HANGS, "kill second relay")


async def rage(house: House, dice: random.Random, seconds: float) -> None:
    """Harm the house until the time is over and every kind has come; none comes twice before.

    Half of the time the next harm waits until the api answers, so that something is written; the
    other half it hits what is still down.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    hanging: set[asyncio.Task[None]] = set()
    bag = dice.sample(_KINDS, len(_KINDS))
    still = set(_KINDS)
    while loop.time() < end or still:
        await asyncio.sleep(dice.uniform(*_PAUSE_SECONDS))
        if dice.random() < 0.5:
            await _answers(house, loop.time() + _BACK_SECONDS)
        kind = bag.pop()
        still.discard(kind)
        bag = bag or dice.sample(_KINDS, len(_KINDS))
        house.harmed[kind] += 1
        if kind in _HANGS:
            hang = _hang(house, _HANGS[kind], dice.uniform(*_HUNG_SECONDS))
            hanging.add(asyncio.create_task(hang))
        elif kind == "kill second relay":
            house.kill_second_relay()
            house.start_second_relay()
        else:
            await _harm(house, kind)
    await asyncio.gather(*hanging)


async def _answers(house: House, patience: float) -> None:
    """Wait until the api answers, or not any longer."""
    while not await asyncio.to_thread(house.is_ready):
        if asyncio.get_running_loop().time() > patience:
            return
        await asyncio.sleep(0.2)


async def _harm(house: House, kind: str) -> None:
    """Do it; a Valkey that is down already cannot be wiped, which is counted apart."""
    try:
        await asyncio.to_thread(_HARM[kind], house)
    except redis.RedisError:
        house.harmed[kind] -= 1
        house.harmed[f"{kind} (it was down)"] += 1


async def _hang(house: House, name: str, seconds: float) -> None:
    """Stop a relay in the middle of whatever it does, still connected; let it go on later."""
    await asyncio.to_thread(house.tell, name, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(house.tell, name, signal.SIGCONT)
