"""A database of its own whose commits are real, with some lines sealed in it; and Jingning."""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from services.core.audit import actions, queries
from services.core.audit.queries import Verdict
from services.core.audit.rules import Anchor
from services.core.kit import db, ledger
from services.core.kit.events import Actor
from services.standalone.postgres import plain
from tests import engines, given
from tests.groups.scene import jingning

__all__ = ("jingning",)

NOW = given.at("2026-11-24 10:00")
Forge = Callable[[str], None]


@pytest.fixture(scope="session")
def sealed_once(database: str, worker_id: str) -> Generator[str]:
    """Give the address of a database with nine sealed lines, for copies: nobody works in it."""
    assert database, "the settings of the tests are made first"
    with engines.database(f"sealed_{worker_id}") as url:
        made = db.make_engine(url, size=1)
        with Session(made) as session:
            for number in range(9):
                write(session, number, now=NOW + timedelta(minutes=number))
            session.commit()
            while actions.seal(session, limit=4):
                session.commit()
        made.dispose()
        yield url


@pytest.fixture
def chained(sealed_once: str, database: str) -> Generator[Engine]:
    """Give a copy of it, in which commits are real."""
    name = f"{make_url(sealed_once).database}_copy"
    copy = make_url(sealed_once).set(database=name).render_as_string(hide_password=False)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(plain(database), autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(str(make_url(sealed_once).database))
            )
        )
        made = db.make_engine(copy, size=3)
        yield made
        made.dispose()
        admin.execute(drop)


def write(session: Session, number: int, *, now: datetime) -> None:
    """Write one line whose changes have numbers, texts and a list in them."""
    details = {"amount": [None, 1.10 * number], "text": ["前", f"后{number}"], "list": [1, "1"]}
    ledger.note(session, "trial.made", by=Actor("甲"), now=now, details=details)


@pytest.fixture
def forge(chained: Engine) -> Forge:
    """Let a test do as a superuser would who hides something: past the triggers."""

    def forged(statement: str) -> None:
        with chained.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))

    return forged


def verified(engine: Engine, *anchors: Anchor) -> Verdict:
    """Verify the chain as the command does."""
    with Session(engine) as session:
        return queries.verify(session, given=anchors, progress=lambda _: None)


def named(verdict: Verdict) -> list[tuple[str, int]]:
    """Name what is broken, and where."""
    return [(found.code, found.seq) for found in verdict.breaks]
