"""What outcomes look like from outside."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.core.kit.money import Qualifier
from services.core.kit.shapes import Amount, Given, Name, OnDay, PageOf, Paragraph, Shown
from services.core.outcomes.rules import Measure


class NewIndicator(Given):
    """Something a project brings about."""

    name: Name = Field(examples=["累计发放贷款"])
    unit: Name = Field(examples=["笔"])
    measure: Measure
    source: Paragraph | None = None
    is_illustrative: bool = False


class NewObservation(Given):
    """What an indicator was found to be on a day."""

    as_of: OnDay
    value: Amount = Field(examples=["7109.00"])
    qualifier: Qualifier = Qualifier.EXACT
    reason: Paragraph | None = Field(
        default=None, description="Needed where it corrects a value, or falls."
    )
    source: Paragraph | None = None
    is_illustrative: bool = False


class Measured(Shown):
    """A project that is referred to."""

    id: UUID
    code: str
    name: str


class Latest(Shown):
    """The newest value of an indicator."""

    as_of: date
    value: str = Field(examples=["7109.00"])
    qualifier: Qualifier
    is_verified: bool


class Indicator(Shown):
    """Something a project brings about, and its newest value; no investment, and never added."""

    id: UUID
    project: Measured
    name: str
    unit: str
    measure: Measure
    latest: Latest | None
    source: str | None
    is_illustrative: bool
    version: int


class Observation(Shown):
    """What an indicator was found to be on a day; a corrected one stays readable."""

    id: UUID
    indicator_id: UUID
    as_of: date
    value: str = Field(examples=["7109.00"])
    unit: str
    qualifier: Qualifier
    reason: str | None
    is_current: bool
    observed_at: datetime
    observed_by: UUID | None
    verified_at: datetime | None
    verified_by: UUID | None
    source: str | None
    is_illustrative: bool
    version: int


class IndicatorPage(PageOf):
    """One page of indicators."""

    items: list[Indicator]


class ObservationPage(PageOf):
    """One page of an indicator's observations."""

    items: list[Observation]
