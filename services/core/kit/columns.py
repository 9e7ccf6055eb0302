"""Shorthands for columns, so that a table reads as a list of what it holds."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Numeric, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from services.core.kit.ids import new_id

Id = Annotated[UUID, mapped_column(Uuid(), primary_key=True, default=new_id)]
Ref = Annotated[UUID, mapped_column(Uuid())]
MaybeRef = Annotated[UUID | None, mapped_column(Uuid(), nullable=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
MaybeInstant = Annotated[datetime | None, mapped_column(DateTime(timezone=True), nullable=True)]
Day = Annotated[date, mapped_column(Date)]
MaybeDay = Annotated[date | None, mapped_column(Date, nullable=True)]
Phrase = Annotated[str, mapped_column(Text)]
MaybeWords = Annotated[str | None, mapped_column(Text, nullable=True)]
Cny = Annotated[Decimal, mapped_column(Numeric(20, 2))]
MaybeCny = Annotated[Decimal | None, mapped_column(Numeric(20, 2), nullable=True)]
Percent = Annotated[Decimal, mapped_column(Numeric(5, 2))]
MaybePercent = Annotated[Decimal | None, mapped_column(Numeric(5, 2), nullable=True)]
Small = Annotated[int, mapped_column(SmallInteger)]
Document = Annotated[dict[str, Any], mapped_column(JSONB)]
MaybeDocument = Annotated[dict[str, Any] | None, mapped_column(JSONB, nullable=True)]
Refs = Annotated[list[UUID], mapped_column(ARRAY(Uuid()))]
Tags = Annotated[list[str], mapped_column(ARRAY(Text))]


def one_of(column: str, values: type[Any]) -> str:
    """Write the CHECK that keeps a text column inside an enumeration (no ALTER TYPE needed)."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return f"{column} IN ({listed})"


def version() -> MappedColumn[int]:
    """Give the row-version column that ETags come from."""
    return mapped_column(default=1, nullable=False)


class Provenance:
    """Where a row comes from: the article's line, or marked as made up for illustration."""

    source: Mapped[MaybeWords] = mapped_column(sort_order=90)
    is_illustrative: Mapped[bool] = mapped_column(default=False, sort_order=91)
