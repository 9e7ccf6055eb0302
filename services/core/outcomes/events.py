"""What happens to outcomes."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.money import Qualifier
from services.core.kit.words import Words
from services.core.outcomes.rules import Measure


class _AboutIndicator(Fact):
    """What every fact of this room says first."""

    indicator_id: UUID
    project_id: UUID
    project_code: str
    indicator_name: str
    unit: str


class IndicatorDefined(_AboutIndicator):
    """Something is to be observed of a project."""

    NAME: ClassVar[str] = "outcome.defined"
    TITLE: ClassVar[Words] = Words("成效指标设立", "An outcome is to be observed")

    measure: Measure


class OutcomeObserved(_AboutIndicator):
    """A value was observed, or corrected with a reason."""

    NAME: ClassVar[str] = "outcome.observed"
    TITLE: ClassVar[Words] = Words("成效数据登记", "An outcome was observed")

    observation_id: UUID
    as_of: date
    value: Decimal
    qualifier: Qualifier
    reason: str | None


class OutcomeVerified(_AboutIndicator):
    """A second person verified an observed value."""

    NAME: ClassVar[str] = "outcome.verified"
    TITLE: ClassVar[Words] = Words("成效数据核实", "An outcome was verified")

    observation_id: UUID
    as_of: date
    value: Decimal
