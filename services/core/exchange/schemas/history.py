"""What the demonstration's people did, in the notation of relative days."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from services.core.exchange.schemas.document import InMonth, Login
from services.core.kit.shapes import Code, Given, Paragraph, Share

Moment = Annotated[str, StringConstraints(pattern=r"^.+T[0-2][0-9]:[0-5][0-9]$")]
"""An instant in the notation that may count from the row's own `due` or `opens`."""


class Review(Given):
    """What the second person said to a report."""

    at: Moment
    by: Login
    returns: bool = False
    note: Paragraph | None = None


class Filing(Given):
    """One person reports one period; another one reviews it."""

    project: Code
    period: InMonth
    at: Moment
    by: Login
    plan_percent: Annotated[Decimal, Field(ge=0, le=200)] | None = Field(
        default=None, description="The year's investment so far, in percent of the plan's curve."
    )
    paid_percent: Annotated[Decimal, Field(ge=0, le=200)] | None = Field(
        default=None, description="Paid in the year so far, in percent of the planned payments."
    )
    physical_percent: Share | None = None
    image_progress: Paragraph | None = None
    problems: Paragraph | None = None
    next_steps: Paragraph | None = None
    help_needed: Paragraph | None = None
    no_change_reason: Paragraph | None = None
    review: Review | None = None


class History(Given):
    """What the demonstration's people did, from `since` on; the service itself did the rest."""

    since: Moment
    filings: tuple[Filing, ...]
