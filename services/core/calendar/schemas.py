"""What the calendar looks like from outside."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.core.kit.shapes import (
    BothWords,
    Given,
    Name,
    OnDay,
    PageOf,
    Paragraph,
    RegionCode,
    Shown,
)

_MOST_DAYS = 400


class NewDay(Given):
    """One day that works or does not."""

    day: OnDay
    works: bool = Field(description="true: people work, even on a Sunday (补班).")
    name_zh: Name = Field(examples=["春节放假"])
    name_en: Name = Field(examples=["Spring Festival holiday"])


class Notice(Given):
    """Days to be named, all or none."""

    region_code: RegionCode | None = Field(
        default=None, description="Days of one region only; null: of the whole country."
    )
    notice_year: Annotated[int, Field(ge=2004, le=2100)] | None = Field(
        default=None,
        description="These are the whole national notice of this year: it takes the place of an "
        "earlier one, and the year is no longer provisional.",
        examples=[2027],
    )
    source: Paragraph = Field(examples=["国务院办公厅关于2027年部分节假日安排的通知"])
    days: Annotated[list[NewDay], Field(min_length=1, max_length=_MOST_DAYS)]


class OwnDay(Shown):
    """One day as it was imported."""

    region_code: str = Field(description="Empty: the whole country.")
    day: date
    works: bool
    name: BothWords
    source: str
    notice_year: int | None
    version: int


class Day(Shown):
    """One day as it counts, whoever named it."""

    day: date
    works: bool
    reason: BothWords
    source: str = Field(description="The notice, or `weekday` where nobody named the day.")
    is_provisional: bool = Field(description="The year's notice is not out: this may change.")


class OwnDayPage(PageOf):
    """The days an import named."""

    items: list[OwnDay]


class DayPage(PageOf):
    """The days of a stretch, each of them."""

    items: list[Day]


class Explanation(Shown):
    """How many working days lie between two days, and every day that was looked at."""

    since: date = Field(alias="from", description="Not counted.")
    to: date = Field(description="Counted, if it works.")
    region_code: str | None
    working_days: int = Field(
        description="Number of working days; negative when `to` lies before `from`."
    )
    provisional_years: list[int]
    days: list[Day]
