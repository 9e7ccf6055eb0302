"""What happens to rulings."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.policies.pack import Dimension, Light


class _AboutRuling(Fact):
    """What every fact about a ruling says."""

    ruling_id: UUID
    project_id: UUID
    project_code: str
    dimension: Dimension | None
    light: Light | None
    expires_on: date


class RulingIssued(_AboutRuling):
    """A person accepted a good reason for one dimension, or declared a project's light."""

    NAME: ClassVar[str] = "ruling.issued"
    TITLE: ClassVar[Words] = Words("作出亮灯认定", "A ruling was issued")

    reason: str


class RulingEnded(_AboutRuling):
    """A ruling was ended before its last day."""

    NAME: ClassVar[str] = "ruling.ended"
    TITLE: ClassVar[Words] = Words("终止亮灯认定", "A ruling was ended")
