"""What a JSON body may hold before anything reads it: one meaning, for every reader.

Parsers disagree about the corners of JSON (duplicate names, NaN, lone surrogates, numbers without
end), and databases about what text is. A body that stays out of those corners means the same to
all of them.
"""

import json
import math
import re
from typing import Any, NoReturn

from services.core.kit.errors import Fault, Invalid, Malformed
from services.core.kit.words import Words

MAX_DEPTH = 32
"""The deepest body of ours, a policy pack, has seven levels."""
MAX_DIGITS = 40
"""Longer than any figure of ours; Python takes quadratic time over endless ones."""
MAX_PIECES = 50_000
"""Commas and brackets: more would be a million tiny values that keep everybody waiting."""

_SUSPECT = re.compile(r"\\(?:u(?:00[01]|d[89a-f])|[bf])", re.IGNORECASE)
"""An escape that may stand for a control character or half of a pair; others need no look."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

_CLEAN = Words("文本含有不允许的字符。", "A text holds a character that is not allowed.")
_REASONS: dict[str, Words] = {
    "not_utf8": Words("请求体不是 UTF-8 编码。", "The body is not UTF-8."),
    "not_json": Words("请求体不是有效的 JSON。", "The body is not valid JSON."),
    "duplicate_name": Words("同一对象中有重复的字段名。", "An object names a field twice."),
    "too_many_values": Words("值的数量过多。", "It holds too many values."),
    "not_finite": Words("数字须为有限值。", "A number must be finite."),
    "number_too_long": Words("数字位数过多。", "A number has too many digits."),
    "too_deep": Words(
        f"嵌套超过 {MAX_DEPTH} 层。", f"It is nested deeper than {MAX_DEPTH} levels."
    ),
}


class _Corner(ValueError):
    """Something of JSON that we do not take; its argument is the code."""


def check(body: bytes) -> None:
    """Refuse a body that is not plain JSON.

    Raises:
        Malformed: it cannot be read, or not in one way only.
        Invalid: a text in it holds a control character or half a pair; the pointer says where.
    """
    try:
        text = body.decode()
        value = _read(text)
    except UnicodeDecodeError:
        raise _refusal("not_utf8") from None
    except _Corner as corner:
        raise _refusal(str(corner)) from None
    except RecursionError:
        raise _refusal("too_deep") from None
    except ValueError:
        raise _refusal("not_json") from None
    if _SUSPECT.search(text):
        _refuse_characters(value, "")


def _read(text: str) -> Any:  # noqa: ANN401 whatever JSON holds
    """Parse, having counted first what would take long."""
    brackets = text.count("[") + text.count("{")
    if brackets + text.count(",") > MAX_PIECES:
        raise _Corner("too_many_values")
    value: Any = json.loads(
        text,
        object_pairs_hook=_object,
        parse_constant=_constant,
        parse_int=_whole,
        parse_float=_fraction,
    )
    if brackets > MAX_DEPTH and _is_deep(value):
        raise _Corner("too_deep")
    return value


def pointer_to(parent: str, name: str) -> str:
    """Point at a field (RFC 6901); a name that could not be ours is left out, not echoed."""
    return f"{parent}/{name}" if _NAME.fullmatch(name) else parent


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Corner("duplicate_name")
    return made


def _constant(_: str) -> NoReturn:
    raise _Corner("not_finite")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _Corner("number_too_long")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > MAX_DIGITS:
        raise _Corner("number_too_long")
    number = float(digits)
    if not math.isfinite(number):
        raise _Corner("not_finite")
    return number


def _is_deep(value: Any) -> bool:  # noqa: ANN401 whatever JSON holds
    """Go down level by level, looking only at what can hold something."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for holder in level
            for part in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _refuse_characters(value: object, pointer: str) -> None:
    """Find the text with the forbidden character, and name where it stands."""
    if isinstance(value, str) and _FORBIDDEN.search(value):
        raise Invalid.at(pointer, _CLEAN, code="control_character")
    if isinstance(value, list):
        for index, part in enumerate(value):
            _refuse_characters(part, f"{pointer}/{index}")
    if isinstance(value, dict):
        for name, part in value.items():
            _refuse_characters(name, pointer)
            _refuse_characters(part, pointer_to(pointer, name))


def _refusal(code: str) -> Malformed:
    words = _REASONS[code]
    return Malformed(words, faults=(Fault("", code, words),))
