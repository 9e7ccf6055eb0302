"""Log lines as JSON, one per line, with the trace of the request or task they belong to."""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

from services.core.kit.trace import trace_id

_SECRET_NAMES = ("authorization", "cookie", "password", "secret", "token", "key")


def _with_trace(_: Any, __: str, line: EventDict) -> EventDict:  # noqa: ANN401 structlog's own signature
    """Add the trace id, and drop whatever is named like a secret."""
    current = trace_id()
    if current:
        line["trace_id"] = current
    for name in line:
        if _is_secret(name):
            line[name] = "[secret]"
    return line


@lru_cache(maxsize=512)
def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_NAMES)


def _json(line: EventDict, default: Callable[[object], object]) -> str:
    return orjson.dumps(line, default=default).decode()


PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_trace,
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(serializer=_json),
]
"""What a line goes through; one list, because loggers keep it from their first use on."""


def configure() -> None:
    """Set up logging for this process; call at a door."""
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
