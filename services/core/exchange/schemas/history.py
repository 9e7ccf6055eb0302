"""What the demonstration's people did, in the notation of relative days."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.core.exchange.schemas.document import InMonth, InYear, Login, On
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


class Deed(Given):
    """Something else one person does about a project; what it says is what the API would be sent.

    `at` counts from the days of the report of `period`; `due_on` is relative too.
    """

    does: Literal[
        "raise",
        "triage",
        "assign",
        "promise",
        "declare",
        "ask",
        "approve",
        "leave",
        "return",
        "mend",
        "check",
    ]
    project: Code
    period: InMonth
    at: Moment
    by: Login
    organisation: Code | None = Field(
        default=None, description="The unit that promises, or that is to solve it."
    )
    due_on: On | None = None
    year: InYear | None = None
    says: dict[str, Any]


class History(Given):
    """What the demonstration's people did, from `since` on; the service itself did the rest."""

    since: Moment
    filings: tuple[Filing, ...]
    deeds: tuple[Deed, ...] = ()
