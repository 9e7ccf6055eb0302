"""The calendar's own days, which overrule the published base."""

from datetime import date

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base


class CalendarDay(Base):
    """One day that works or does not, by an imported notice or a regional rule."""

    __tablename__ = "calendar_day"

    region_code: Mapped[c.Phrase] = mapped_column(primary_key=True, default="")
    """Empty for the whole country."""
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name_zh: Mapped[c.Phrase]
    name_en: Mapped[c.Phrase]
    source: Mapped[c.Phrase]
    notice_year: Mapped[int | None] = mapped_column(SmallInteger)
    """The year whose whole notice this day came with; that year is then no longer provisional."""
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
