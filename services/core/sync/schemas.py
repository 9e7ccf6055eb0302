"""What a phone gets."""

from typing import Any, Literal

from pydantic import Field

from services.core.kit.shapes import Shown


class Change(Shown):
    """One record to keep or to drop."""

    seq: int = Field(description="Place of the feed's end when this change was numbered.")
    type: str = Field(
        examples=["progress-reports"], description="Kind of record; the plural of its address."
    )
    id: str = Field(description="The record's id; the code of a region.")
    op: Literal["upsert", "remove"] = Field(
        description="`upsert`: keep it as given. `remove`: drop it, if you have it."
    )
    reason: Literal["deleted", "out_of_scope"] | None = Field(
        description="Why it goes: it is no more, or is not yours to see any more; null: it stays.",
        examples=[None],
    )
    etag: str | None = Field(
        examples=['"3-9f86d081884c"'],
        description="What a GET of the record answers as ETag, ready for If-Match.",
    )
    data: dict[str, Any] | None = Field(
        description="The record as its own GET shows it; null: it goes.",
        examples=[{"code": "P-07", "version": 3}],
    )


class Sync(Shown):
    """The next changes of a copy, in the order in which they are to be applied."""

    changes: list[Change] = Field(description="To be applied in this order, each whole.")
    next_cursor: str = Field(
        description="Opaque; keep it with the copy, and send it the next time.",
        examples=[".eJwdxLkNwCAMAMBd3AZL"],
    )
    has_more: bool = Field(description="Ask on at once; false: the copy is complete by now.")
