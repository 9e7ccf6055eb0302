"""What policy packs look like from outside."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import BothWords, Given, OnDay, PageOf, Paragraph, Shown
from services.core.policies.rules import PackState

_DOCUMENT = (
    "The whole pack: sources, lights, memory, cadence, reminder plans, sending hours, ladder. "
    "Read a shipped one first; every number names the source it comes from."
)


class NewPolicy(Given):
    """A draft of the next version of the pack that the document names."""

    document: dict[str, Any] = Field(description=_DOCUMENT)
    source: Paragraph | None = Field(default=None, description="Who decided it, and where.")


class PolicyChange(Given):
    """What of a draft may change (JSON Merge Patch; the document is replaced whole)."""

    document: dict[str, Any] = Field(default={}, description=_DOCUMENT)
    source: Paragraph | None = None


class Adoption(Given):
    """A draft is to count."""

    effective_on: OnDay = Field(description="From this day in Asia/Shanghai; not before today.")


class PolicySummary(Shown):
    """One version of one pack, without its numbers."""

    id: UUID
    code: str = Field(examples=["zj-default"])
    number: int
    state: PackState
    title: BothWords
    effective_on: date | None
    adopted_by: UUID | None
    source: str | None
    version: int


class Policy(PolicySummary):
    """One version of one pack."""

    document: dict[str, Any]


class PolicyPage(PageOf):
    """One page of policies."""

    items: list[PolicySummary]
