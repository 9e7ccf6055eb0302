"""What the audit looks like from outside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import PageOf, Shown

_CHANGES = (
    "`{field: [before, after]}`; a part of the record is named `table/key`, null where it was not "
    "there; a secret shows only as [secret]."
)


class Acting(Shown):
    """The organisation an account belonged to."""

    id: UUID
    name: str


class HistoryLine(Shown):
    """One thing that happened to a record."""

    id: int = Field(description="Number of the line: later is greater.", examples=[90210])
    at: datetime
    actor: str = Field(
        description="Name of the account then; `system:…` for the service itself.",
        examples=["叶某（示意）"],
    )
    organisation: Acting | None = Field(
        description="To which the account belonged then; null: the service itself."
    )
    action: str
    outcome: str
    fields: list[str] = Field(
        description="What changed, also where the values are not shown.", examples=[["state"]]
    )
    changes: dict[str, Any] | None = Field(
        description=_CHANGES + " What of the record is not open to you now is left out.",
        examples=[{"state": ["draft", "submitted"]}],
    )
    trace_id: str | None


class HistoryPage(PageOf):
    """One page of a record's history, newest first."""

    items: list[HistoryLine]


class AuditLine(HistoryLine):
    """One line of the audit."""

    account_id: UUID | None
    address: str | None = Field(description="The client's network address.")
    subject_kind: str | None = Field(examples=["progress_report"])
    subject_id: UUID | None
    event_id: UUID | None
    changes: dict[str, Any] | None = Field(
        description=_CHANGES + " Shown for accounts, tokens and acts of administration; values of "
        "business records are read in the record's own history, by who may see the record.",
        examples=[None],
    )


class AuditPage(PageOf):
    """One page of the audit, newest first."""

    items: list[AuditLine]


class Head(Shown):
    """Where the chain ends; whoever writes it down can prove later what came before it."""

    seq: int = Field(description="Number of the newest sealed line.")
    hash: str = Field(examples=["9f2c…"], description="Its seal, 64 hexadecimal digits.")
