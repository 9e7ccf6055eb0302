"""Shapes that several rooms' schemas share: strict input, money, texts in two languages."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from services.core.kit.money import Qualifier

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years a record may name: beyond them databases and drivers disagree about what exists."""


def _make_strict(schema: Any) -> None:  # noqa: ANN401 nested dictionaries, as pydantic builds them
    if isinstance(schema, dict):
        if schema.get("type") in ("int", "bool"):
            schema["strict"] = True
        for part in schema.values():
            _make_strict(part)
    elif isinstance(schema, list):
        for part in schema:
            _make_strict(part)


class Given(BaseModel):
    """The root of everything a client sends: unknown fields are refused, and so are near misses.

    JSON has numbers, truth and text of its own, so "1" is no number here and 0 is not false.
    """

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, frozen=True, hide_input_in_errors=True
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Make every whole number and truth value of the fields strict."""
        schema = handler(source)
        _make_strict(schema)
        return schema

    def given(self) -> dict[str, object]:
        """Give only the fields the client really sent (JSON Merge Patch)."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Shown(BaseModel):
    """The root of everything a client gets; the JSON itself is built by PostgreSQL."""

    model_config = ConfigDict(extra="forbid")


_PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}.{1,25}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


def _day(value: object) -> object:
    """Take only a written day: pydantic would also read seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _PLAIN_DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a day")


def _instant(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _PLAIN_INSTANT.fullmatch(value)):
        return value
    raise PydanticCustomError("datetime_parsing", "not an instant")


def _written_number(value: object) -> object:
    """Take money as text only: a JSON number has lost its cents before anyone reads it."""
    if isinstance(value, Decimal) or (isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value)):
        return value
    raise PydanticCustomError("decimal_text", "not a number in a string")


def _number(value: object) -> object:
    """Take a JSON number or its text; false is neither."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal) or (isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value)):
        return value
    raise PydanticCustomError("decimal_parsing", "not a number")


def without_controls(text: str) -> str:
    """Refuse NUL, other control characters and lone surrogates; new lines and tabs may stay."""
    for char in text:
        if (char < " " and char not in "\n\t\r") or "\ud800" <= char <= "\udfff":
            raise ValueError("control_character")
    return text


def _in_years(value: date | datetime) -> date | datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError("year_out_of_range")
    return value


_CLEAN = AfterValidator(without_controls)
_YEARS = AfterValidator(_in_years)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), _CLEAN]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=4000), _CLEAN]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=50_000), _CLEAN]
OnDay = Annotated[date, _YEARS, BeforeValidator(_day)]
AtInstant = Annotated[AwareDatetime, _YEARS, BeforeValidator(_instant)]
AsOf = Annotated[
    OnDay | None,
    Field(description="As it was at the end of this day in Asia/Shanghai; not given: as it is."),
]
"""The one name of every question about the past, wherever a record keeps its history."""
_MOST = Decimal("9999999999999999.99")
Amount = Annotated[
    Decimal,
    Field(ge=0, le=_MOST, max_digits=18, decimal_places=2, examples=["40000000.00"]),
    BeforeValidator(_written_number),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,2})?$"}),
]
SignedAmount = Annotated[
    Decimal,
    Field(ge=-_MOST, le=_MOST, max_digits=18, decimal_places=2),
    BeforeValidator(_written_number),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,16}(\.[0-9]{1,2})?$"}),
]
Share = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=5, decimal_places=2, examples=[35]),
    BeforeValidator(_number),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 100},
                {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})?$"},
            ]
        }
    ),
]
RegionCode = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3})?$"), Field(examples=["331127"])
]
Period = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$"), Field(examples=["2026-10"])
]


ReportPeriod = Annotated[
    str,
    StringConstraints(
        pattern=r"^20[0-9]{2}-((0[1-9]|1[0-2])(-H[12])?|W(0[1-9]|[1-4][0-9]|5[0-3])|Q[1-4])$"
    ),
    Field(examples=["2026-10", "2026-11-H1", "2026-W48", "2026-Q4"]),
]
"""A month, half of one, a week (ISO 8601), or a quarter; the kinds stand in `calendar.periods`."""


class Money(Given):
    """An amount with its currency and how exact it is; 1亿 = 100000000.00, 1万 = 10000.00."""

    amount: Amount = Field(examples=["625000000.00"], description="CNY, two decimals, as a string.")
    currency: Literal["CNY"] = "CNY"
    qualifier: Qualifier = Field(default=Qualifier.EXACT, description="超/余 at_least, 约 about.")


class BothWords(Shown):
    """A text in both languages."""

    zh: str
    en: str


class PageOf(Shown):
    """One page of a list; `next_cursor` is null on the last."""

    next_cursor: str | None = Field(
        description="Opaque; pass it as ?cursor= with the same filters; null on the last page.",
        examples=[None],
    )
    total: int | None = Field(
        default=None, description="Number of all matches; only with ?include=total."
    )
