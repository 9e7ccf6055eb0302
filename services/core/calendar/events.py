"""What happens to the calendar."""

from datetime import date
from typing import ClassVar, Literal

from services.core.kit.events import Fact
from services.core.kit.words import Words


class CalendarPublished(Fact):
    """Days were named as working or free, or a named day was withdrawn; deadlines may move."""

    NAME: ClassVar[str] = "calendar.published"
    TITLE: ClassVar[Words] = Words("工作日历已更新", "The working calendar changed")

    region_code: str
    """Empty for the whole country."""
    change: Literal["imported", "withdrawn"]
    first_on: date
    last_on: date
    days: int
    """Number of days named or withdrawn."""
    notice_year: int | None
    source: str
