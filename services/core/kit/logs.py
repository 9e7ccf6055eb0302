"""Log lines as JSON, one per line, with the trace they belong to, and without any secret.

What is named like a secret is left out, and so is what looks like one, wherever it stands: in a
nested value, in a URL, in the text of an exception. Lines of libraries go the same way as ours.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

from services.core.kit.trace import trace_id

GONE = "[secret]"
_LONGEST = 16_000
"""Characters of one value; a longer one is somebody's input, not a message."""
_SECRET_NAMES = re.compile(
    "authorization|cookie|passw|secret|token|key|credential|otp|assertion", re.IGNORECASE
)
_NAMES_IN_TEXT = r"(?:passw|secret|token|authorization|credential)[a-z_-]{0,20}"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(bearer|basic) +[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {GONE}"),
    (re.compile(r"\btz[a-z]{0,4}_[A-Za-z0-9_-]{12,}"), GONE),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=_-]+"), GONE),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*"), GONE),
    (re.compile(r"\$argon2[a-z]{1,2}\$[^\s'\"]+"), GONE),
    (re.compile(r"://[^/\s:@]{0,200}:[^/\s@]{1,200}@"), f"://{GONE}@"),
    (re.compile(r"([?&](?:code|state|key|signature|sig)=)[^&\s'\"]+", re.IGNORECASE), rf"\1{GONE}"),
    (
        re.compile(rf"({_NAMES_IN_TEXT}['\"]? ?[:=] ?['\"]?)[^\s'\",;&)\]}}]+", re.IGNORECASE),
        rf"\1{GONE}",
    ),
    (re.compile(r"(DETAIL:).*"), rf"\1 {GONE}"),  # PostgreSQL quotes the row
)
_HINTS = (
    *("bearer", "basic", "tz", "whsec_", "eyj", "$argon2", "://", "?", "&", "detail:"),
    *("passw", "secret", "token", "authorization", "credential"),
)
"""What every shape has in it, in small letters: a text without it needs no pattern, which costs ten
times as much to ask."""
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""What JSON does not escape by itself, and a terminal or a reader may act upon."""


class _Lines(logging.Handler):
    """Writes what libraries log where our own lines go."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stdout.write(self.format(record) + "\n")
        sys.stdout.flush()


@lru_cache(maxsize=1000)
def _names_a_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def cleaned(value: object) -> object:
    """Give a value as a log may show it."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {
            _text(str(name)): GONE if _names_a_secret(str(name)) else cleaned(part)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [cleaned(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(str(value))


def _text(text: str) -> str:
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    small = short.lower()
    if any(hint in small for hint in _HINTS):
        for shape, instead in _SHAPES:
            short = shape.sub(instead, short)
    if short.isascii() and short.isprintable():
        return short
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", short)


def _with_trace(_: Any, __: str, line: EventDict) -> EventDict:  # noqa: ANN401 structlog's own signature
    """Add the trace id."""
    current = trace_id()
    if current:
        line["trace_id"] = current
    return line


def _without_secrets(_: Any, __: str, line: EventDict) -> EventDict:  # noqa: ANN401 structlog's own signature
    """Clean the whole line, the exception's text included."""
    return {name: GONE if _names_a_secret(name) else cleaned(value) for name, value in line.items()}


def _json(line: EventDict, default: Callable[[object], object]) -> str:
    return orjson.dumps(line, default=default).decode()


_BEGIN: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_trace,
]
_END: list[Processor] = [
    structlog.processors.format_exc_info,
    _without_secrets,
    structlog.processors.JSONRenderer(serializer=_json),
]
PROCESSORS: list[Processor] = [*_BEGIN, *_END]
"""What a line goes through; one list, because loggers keep it from their first use on."""


def configure() -> None:
    """Set up logging for this process; call at a door."""
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    lines = _Lines()
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_BEGIN, processors=[meta, *_END])
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Lines)] + [lines]
    for name in ("uvicorn", "uvicorn.error"):  # the server sets up its own before it loads the app
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
