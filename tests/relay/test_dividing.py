"""The migration that divides the log keeps every event, and so does the way back."""

from collections.abc import Sequence
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.orm import Session

from services.core.kit import ledger
from services.core.kit.db import with_driver
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp
from tests import engines, given

_LOG = text("SELECT to_jsonb(e) FROM event e ORDER BY seq")
_FENCED = text("SELECT relrowsecurity, relkind FROM pg_class WHERE oid = 'event'::regclass")


def log(connection: Connection) -> Sequence[Any]:
    return connection.scalars(_LOG).all()


def test_events_outlive_the_division_of_the_log_and_its_undoing(
    database: str, worker_id: str
) -> None:
    assert database, "the settings of the tests are made first"
    with engines.database(f"dividing_{worker_id}") as url:
        engine = create_engine(with_driver(url), poolclass=pool.NullPool)
        with engine.connect() as connection:
            config = Config("alembic.ini")
            config.attributes["connection"] = connection
            with Session(connection) as session:
                for _ in range(7):
                    about = Subject("region", new_id(), for_everybody=True)
                    fact = RegionChanged(region_code="331127", change="changed")
                    now = given.at("2026-11-24 10:00")
                    ledger.record(session, fact, about=about, by=Actor.part("test"), now=now)
                assert len(stamp(session, 10)) == 7
                session.commit()
            before = log(connection)
            connection.commit()
            command.downgrade(config, "meetings_on_phones")
            assert log(connection) == before
            assert tuple(connection.execute(_FENCED).one()) == (True, "r")
            connection.commit()
            command.upgrade(config, "log_in_parts")
            assert log(connection) == before
            assert tuple(connection.execute(_FENCED).one()) == (True, "p")
            parts = connection.execute(text("SELECT first_seq, end_seq FROM event_part ORDER BY 1"))
            assert [tuple(part) for part in parts] == [(0, 1_000_000), (1_000_000, 2_000_000)]
            rights = connection.scalar(
                text("SELECT has_schema_privilege('tuanzu_caller', 'event_parts', 'USAGE')")
            )
            assert rights is False
