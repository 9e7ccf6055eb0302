"""Shapes that several rooms' schemas share: strict input, money, texts in two languages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.core.kit.money import Qualifier

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years a record may name: beyond them databases and drivers disagree about what exists."""


class Given(BaseModel):
    """The root of everything a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    def given(self) -> dict[str, object]:
        """Give only the fields the client really sent (JSON Merge Patch)."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Shown(BaseModel):
    """The root of everything a client gets; the JSON itself is built by PostgreSQL."""

    model_config = ConfigDict(extra="forbid")


def _without_controls(text: str) -> str:
    """Refuse NUL, other control characters and lone surrogates; new lines and tabs may stay."""
    for char in text:
        if (char < " " and char not in "\n\t\r") or "\ud800" <= char <= "\udfff":
            raise ValueError("control_character")
    return text


def _in_years(value: date | datetime) -> date | datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError("year_out_of_range")
    return value


_CLEAN = AfterValidator(_without_controls)
_YEARS = AfterValidator(_in_years)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), _CLEAN]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=4000), _CLEAN]
OnDay = Annotated[date, _YEARS]
AtInstant = Annotated[AwareDatetime, _YEARS]
AsOf = Annotated[
    OnDay | None,
    Field(description="As it was at the end of this day in Asia/Shanghai; not given: as it is."),
]
"""The one name of every question about the past, wherever a record keeps its history."""
Amount = Annotated[
    Decimal, Field(ge=0, le=Decimal("9999999999999999.99"), max_digits=18, decimal_places=2)
]
Share = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3})?$")]
Period = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


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
        description="Opaque; pass it as ?cursor= with the same filters."
    )
    total: int | None = Field(default=None, description="Only with ?include=total.")
