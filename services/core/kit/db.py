"""Tables, connections and the unit of work."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from services.core.kit import wake
from services.core.kit.settings import settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


CALLER_ROLE = "tuanzu_caller"
"""The role of a transaction once its caller is known: it sees the rows of that caller's scope."""


class Base(DeclarativeBase):
    """The root of every table."""

    metadata = MetaData(naming_convention=NAMING)


def make_engine(url: str, *, size: int, timeout_ms: int = 0) -> Engine:
    """Make an engine whose sessions speak UTC; `timeout_ms` 0 means no statement limit."""
    options = f"-c timezone=UTC -c statement_timeout={timeout_ms}"
    return create_engine(
        with_driver(url),
        pool_size=size,
        max_overflow=2,
        pool_timeout=5,
        pool_pre_ping=False,
        pool_recycle=1800,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error's text never quotes what somebody sent
        connect_args={"options": options, "connect_timeout": 5, "application_name": "tuanzu"},
    )


def with_driver(url: str) -> str:
    """Name the driver, so that an operator may write plain postgresql://."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Give this process's engine, made at the first use (after a fork, never before)."""
    chosen = settings()
    return make_engine(
        chosen.database_url,
        size=chosen.api_threads,
        timeout_ms=int(chosen.statement_timeout.total_seconds() * 1000),
    )


@lru_cache(maxsize=1)
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


@lru_cache(maxsize=1)
def _readers() -> sessionmaker[Session]:
    return sessionmaker(
        engine().execution_options(postgresql_readonly=True), expire_on_commit=False
    )


@contextmanager
def unit_of_work() -> Generator[Session]:
    """Open a transaction that commits on a clean exit, and wake the relay if facts were written.

    Only doors call this: the api for a request, a task for one batch, the command line.
    """
    with _sessions()() as session:
        with session.begin():
            yield session
        if session.info.pop("facts", 0):
            wake.relay()


@contextmanager
def reading() -> Generator[Session]:
    """Open a transaction that only reads: a caller's role and scope last as long as it does.

    A refusal ends it like an answer: after a ROLLBACK the driver would forget what it has prepared.
    """
    with _readers()() as session:
        try:
            yield session
        except SQLAlchemyError:
            raise
        except Exception:
            session.commit()
            raise
        session.commit()


@contextmanager
def as_the_service(session: Session) -> Generator[None]:
    """Look beyond the caller's scope: set the caller's database role aside, and take it up again.

    For numbers and ids alone: how far a log goes, what has to leave a copy.
    """
    role = session.execute(text("SELECT current_setting('role')")).scalar_one()
    session.execute(text("SELECT set_config('role', 'none', true)"))
    yield
    session.execute(text("SELECT set_config('role', :role, true)"), {"role": role})


def forget() -> None:
    """Drop the engine and its connections, as a child process must after a fork."""
    if engine.cache_info().currsize:
        engine().dispose(close=False)
    for cache in (engine, _sessions, _readers):
        cache.cache_clear()


@event.listens_for(Session, "do_orm_execute")
def _no_stray_loads(state: Any) -> None:  # noqa: ANN401 SQLAlchemy's own event argument
    """Refresh rows that SELECT ... FOR UPDATE finds again, so that a lock shows the truth."""
    if state.is_select and state.statement._for_update_arg is not None:  # noqa: SLF001 no public way to ask
        state.update_execution_options(populate_existing=True)
