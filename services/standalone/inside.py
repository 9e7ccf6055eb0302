"""A transaction in the running instance's database, for commands that work on its records."""

from collections.abc import Generator
from contextlib import contextmanager

from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from services.core.kit import db
from services.core.kit.errors import Refusal
from services.core.kit.words import Words
from services.standalone import instance
from services.standalone.trouble import Trouble


@contextmanager
def transaction() -> Generator[Session]:
    """Open a unit of work in the running instance, or where TUANZU_DATABASE_URL points.

    Raises:
        Trouble: a refusal with all its faults, or a database that does not answer.
    """
    instance.connect_environment()
    try:
        with db.unit_of_work() as session:
            yield session
    except Refusal as refusal:
        raise trouble(refusal) from refusal
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
            raise
        raise Trouble(
            Words(
                "数据表不是本版本的；请先执行 tuanzu migrate。",
                "The tables are not those of this version; run tuanzu migrate first.",
            )
        ) from error
    except OperationalError as error:
        raise Trouble(
            Words(
                f"数据库没有响应：{error.orig}",
                f"The database does not answer: {error.orig}",
            )
        ) from error


def trouble(refusal: Refusal) -> Trouble:
    """Give a refusal as trouble: its sentence, with one line for each of its faults."""

    def spoken(language: str) -> str:
        lines = [refusal.words.spoken(language)]
        for fault in refusal.faults:
            allowed = f" [{', '.join(fault.allowed)}]" if fault.allowed else ""
            lines.append(f"  {fault.pointer or '/'}: {fault.words.spoken(language)}{allowed}")
        return "\n".join(lines)

    return Trouble(Words(spoken("zh"), spoken("en")))
