"""Capture the statements the api runs for one request, so that the ceiling runs the same."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import event

from services.core.kit import db

Statement = tuple[str, Any]


@contextmanager
def statements() -> Generator[list[Statement]]:
    """Collect every statement with its parameters this thread or a request runs here."""
    found: list[Statement] = []
    here = threading.current_thread()

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001 SQLAlchemy's own signature
        thread = threading.current_thread()
        if thread is here or thread.name.startswith("AnyIO"):  # a request's, not the upkeep's
            found.append((sql, _plain(parameters)))

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def _plain(parameters: Any) -> Any:
    """Make parameters that can be kept: JSON wrappers become their text."""
    if isinstance(parameters, dict):
        return {name: _plain(value) for name, value in parameters.items()}
    if isinstance(parameters, Jsonb):
        return Jsonb(parameters.obj)
    return parameters
