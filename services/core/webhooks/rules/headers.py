"""Which headers an endpoint may add to what is sent to it."""

import re
from collections.abc import Collection, Iterator, Mapping

from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words

MOST_HEADERS = 20
_LONGEST_NAME, _LONGEST_VALUE = 100, 2000
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
"""RFC 9110, 5.6.2, in small letters: a header's name has no case."""
_VALUE = re.compile(r"[\t\x20-\x7e]*")
"""No CR, LF or NUL: nothing that ends a header."""
_OURS = re.compile(r"content-.*|webhook-.*|x-forwarded-.*|proxy-.*|sec-.*")
_DENIED = frozenset(
    {
        "accept-encoding",
        "connection",
        "cookie",
        "date",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "traceparent",
        "tracestate",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-real-ip",
    }
)
"""Ours to say, of one hop only, or what a receiver's own proxy is believed for."""
_SECRET = frozenset({"authorization"})
"""Never readable again."""


def merged_headers(
    kept: Mapping[str, str], given: Mapping[str, str | None], *, at: str
) -> dict[str, str]:
    """Put headers into those that are kept: None takes one away (JSON Merge Patch).

    Raises:
        Invalid: a name or value no header of ours can have, or too many of them.
    """
    faults = [
        Fault(f"{at}/{_escaped(name)}", code, words)
        for name, value in given.items()
        for code, words in _faults(name.lower(), value, is_secret=at == "/secret_headers")
    ]
    if faults:
        raise Invalid(faults[0].words, faults=tuple(faults))
    changed = {name.lower(): value for name, value in given.items()}
    whole = {name: value for name, value in {**kept, **changed}.items() if value is not None}
    if len(whole) > MOST_HEADERS:
        words = Words(f"最多 {MOST_HEADERS} 个。", f"There can be {MOST_HEADERS} at most.")
        raise Invalid.at(at, words, code="too_many")
    return whole


def must_differ(names: Collection[str], secret_names: Collection[str]) -> None:
    """Refuse a header that would be sent twice.

    Raises:
        Invalid: a name stands in both lists.
    """
    twice = sorted(set(names) & set(secret_names))
    if twice:
        words = Words("同名请求头已为密文。", "A secret header has this name already.")
        raise Invalid.at(f"/headers/{_escaped(twice[0])}", words, code="named_twice")


def _faults(name: str, value: str | None, *, is_secret: bool) -> Iterator[tuple[str, Words]]:
    if not _TOKEN.fullmatch(name) or len(name) > _LONGEST_NAME:
        yield "bad_name", Words("不是合法的请求头名。", "This is not the name of a header.")
    elif name in _DENIED or _OURS.fullmatch(name):
        yield "denied", Words("不能设置此请求头。", "This header cannot be set.")
    elif name in _SECRET and not is_secret:
        yield "must_be_secret", Words("只能作为密文请求头。", "This can only be a secret header.")
    if value is not None and (len(value) > _LONGEST_VALUE or not _VALUE.fullmatch(value)):
        yield (
            "bad_value",
            Words(
                f"须为可见 ASCII 字符，最多 {_LONGEST_VALUE} 个，不含换行。",
                f"This must be visible ASCII, {_LONGEST_VALUE} characters at most, on one line.",
            ),
        )


def _escaped(name: str) -> str:
    """Write a name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
