"""Hear at once that facts were numbered, and see to it that a worker has one drain."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import psycopg

from services.core.kit import wake
from services.worker import children

_DRAIN = 0x77656268
"""The first half of the lock's name, "webh"; the second is the worker."""


class Ear:
    """One connection of its own: what it holds and hears ends with it."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        """Use an open connection."""
        self._connection = connection

    async def is_alone(self) -> bool:
        """Become this worker's one drain; False: another child of it is that already."""
        found = await self._connection.execute(children.LOCK, (_DRAIN, children.worker()))
        row = await found.fetchone()
        return row is not None and bool(row[0])

    async def hear(self, tell: Callable[[], None]) -> None:
        """Tell of every note the relay sends, until cancelled or the connection is lost."""
        await self._connection.execute(f"LISTEN {wake.NUMBERED}")
        async for _ in self._connection.notifies():
            tell()


@asynccontextmanager
async def ear() -> AsyncGenerator[Ear]:
    """Open the connection."""
    async with await psycopg.AsyncConnection.connect(
        wake.plain_url(), autocommit=True, connect_timeout=3
    ) as connection:
        yield Ear(connection)
