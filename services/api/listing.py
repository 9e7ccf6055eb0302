"""The query parameters every list understands."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.core.kit.reading import MAX_LIMIT, Ask


class ListQuery(BaseModel):
    """Paging, sorting, field selection; a room's list adds filters; other names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description="How many records one page holds at most.")
    ] = 50
    cursor: Annotated[
        str | None, Field(max_length=2000, description="`next_cursor` of the page before.")
    ] = None
    sort: Annotated[
        str | None, Field(max_length=200, description="Field names, comma-separated; `-` is down.")
    ] = None
    fields: Annotated[
        str | None, Field(max_length=1000, description="Only these fields, comma-separated.")
    ] = None
    include: Annotated[Literal["total"] | None, Field(description="Count all matches too.")] = None

    def ask(self) -> Ask:
        """Give the question in the core's words; the cursor will fit only these filters."""
        own = ListQuery.model_fields
        filters = {
            name: str(value)
            for name, value in self.model_dump(exclude_none=True).items()
            if name not in own
        }
        return Ask(
            limit=self.limit,
            cursor=self.cursor,
            sort=self.sort,
            fields=tuple(name for name in (self.fields or "").split(",") if name),
            with_total=self.include == "total",
            filters=filters,
        )
