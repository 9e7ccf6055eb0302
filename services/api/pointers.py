"""From pydantic's findings to pointers and sentences in both languages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.api import plain_json
from services.api.signatures import Takes
from services.core.kit.errors import Fault
from services.core.kit.words import Words

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("此项必填。", "This field is required."),
    "extra_forbidden": ("没有此字段。", "There is no such field."),
    "string_too_short": ("内容过短。", "The text is too short."),
    "string_too_long": ("内容过长。", "The text is too long."),
    "string_pattern_mismatch": ("格式不符。", "The text does not have the required form."),
    "string_type": ("须为文本。", "This must be text."),
    "enum": ("不在可选值之内。", "This is not one of the allowed values."),
    "literal_error": ("不在可选值之内。", "This is not one of the allowed values."),
    "int_parsing": ("须为整数。", "This must be a whole number."),
    "int_type": ("须为整数。", "This must be a whole number."),
    "int_from_float": ("须为整数。", "This must be a whole number."),
    "bool_parsing": ("须为 true 或 false。", "This must be true or false."),
    "bool_type": ("须为 true 或 false。", "This must be true or false."),
    "decimal_parsing": ("须为数字。", "This must be a number."),
    "decimal_text": (
        '须为字符串中的数字，如 "625000000.00"。',
        'This must be a number in a string, as "625000000.00".',
    ),
    "decimal_type": ("须为数字。", "This must be a number."),
    "decimal_max_digits": ("位数过多。", "The number has too many digits."),
    "decimal_max_places": ("小数位数过多。", "The number has too many decimals."),
    "finite_number": ("须为有限的数字。", "This must be a finite number."),
    "greater_than_equal": ("数值过小。", "The number is too small."),
    "greater_than": ("数值过小。", "The number is too small."),
    "less_than_equal": ("数值过大。", "The number is too large."),
    "less_than": ("数值过大。", "The number is too large."),
    "uuid_parsing": ("须为 UUID。", "This must be a UUID."),
    "uuid_type": ("须为 UUID。", "This must be a UUID."),
    "date_parsing": ("须为日期 YYYY-MM-DD。", "This must be a date, YYYY-MM-DD."),
    "date_from_datetime_parsing": ("须为日期 YYYY-MM-DD。", "This must be a date, YYYY-MM-DD."),
    "date_type": ("须为日期 YYYY-MM-DD。", "This must be a date, YYYY-MM-DD."),
    "datetime_parsing": ("须为带时区的时间。", "This must be an instant with an offset."),
    "datetime_from_date_parsing": ("须为带时区的时间。", "This must be an instant with an offset."),
    "timezone_aware": ("须为带时区的时间。", "This must be an instant with an offset."),
    "too_long": ("条目过多。", "There are too many items."),
    "too_short": ("条目过少。", "There are too few items."),
    "list_type": ("须为列表。", "This must be a list."),
    "model_attributes_type": ("须为 JSON 对象。", "This must be a JSON object."),
    "model_type": ("须为 JSON 对象。", "This must be a JSON object."),
    "dict_type": ("须为 JSON 对象。", "This must be a JSON object."),
    "control_character": ("含有不允许的控制字符。", "The text holds a control character."),
    "year_out_of_range": ("年份须在2000至2100之间。", "The year must lie between 2000 and 2100."),
}

_LIMITS: dict[str, str] = {
    "min_length": "length >= {}",
    "max_length": "length <= {}",
    "ge": ">= {}",
    "gt": "> {}",
    "le": "<= {}",
    "lt": "< {}",
    "pattern": "{}",
    "expected": "{}",
    "max_digits": "digits <= {}",
    "decimal_places": "decimals <= {}",
}

_CODE = re.compile(r"[a-z_]{1,40}")
_OUTSIDE = {"query": "?", "path": "path:", "header": "header:", "cookie": "cookie:"}


def faults_of(errors: Sequence[Mapping[str, Any]], taken: Takes | None = None) -> list[Fault]:
    """Give one fault per finding: pointer, stable code, sentence, what is allowed.

    `taken` is what the route takes: it knows the names beside an unknown one.
    """
    return [_fault(error, taken) for error in errors]


def _fault(error: Mapping[str, Any], taken: Takes | None) -> Fault:
    code = str(error["type"])
    if code == "value_error":  # our own validators raise ValueError("<code>")
        said = str(error["msg"]).removeprefix("Value error, ")
        code = said if _CODE.fullmatch(said) else "invalid"
    zh, en = _SENTENCES.get(code, ("取值无效。", "This value is not valid."))
    context = error.get("ctx") or {}
    allowed = tuple(form.format(context[name]) for name, form in _LIMITS.items() if name in context)
    if code == "extra_forbidden" and taken:
        allowed = tuple(names_beside(error["loc"], taken))
    return Fault(pointer_of(error["loc"]), code, Words(zh, en), allowed)


def names_beside(location: Sequence[str | int], taken: Takes) -> Iterator[str]:
    """Give the names that are known where an unknown one stood."""
    where, *path = location
    adapter = taken.part(str(where))
    if adapter is None:
        return
    schema = adapter.json_schema()
    shapes = list(_plain(schema, schema))
    for part in path[:-1]:
        shapes = [
            plain
            for shape in shapes
            for below in _at(shape, part)
            for plain in _plain(below, schema)
        ]
    yield from dict.fromkeys(name for shape in shapes for name in shape.get("properties", {}))


def _plain(shape: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Follow references and alternatives to the shapes behind them."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        yield from _plain(whole["$defs"][name], whole)
        return
    for way in ("anyOf", "oneOf", "allOf"):
        for alternative in shape.get(way, ()):
            yield from _plain(alternative, whole)
    yield shape


def _at(shape: Mapping[str, Any], part: str | int) -> Iterator[Mapping[str, Any]]:
    """Go one step down, into a field or an item."""
    below = shape.get("items") if isinstance(part, int) else shape.get("properties", {}).get(part)
    if isinstance(below, Mapping):
        yield below


def pointer_of(location: Sequence[str | int]) -> str:
    """Turn pydantic's location into a JSON pointer (RFC 6901), or `?name` outside the body.

    What the client made up (a field we do not have) is named only if it looks like a name.
    """
    where, *rest = location
    if where in _OUTSIDE:
        return _OUTSIDE[str(where)] + plain_json.pointer_to("", str(rest[0]))[1:] if rest else ""
    pointer = ""
    for part in rest if where == "body" else location:
        index = isinstance(part, int)
        pointer = f"{pointer}/{part}" if index else plain_json.pointer_to(pointer, str(part))
    return pointer


_IN_AN_ITEM = {"header:If-Match": "/if_match", "path:": "/id", "op:": "/op", "body:": "/body"}


def moved_to(fault: Fault, item: str) -> Fault:
    """Give a fault of one item of a batch as it stands in the whole: `/items/3/body/name`."""
    for beginning, place in _IN_AN_ITEM.items():
        if fault.pointer.startswith(beginning):
            return replace(fault, pointer=item + place)
    return replace(fault, pointer=f"{item}/body{fault.pointer}")
