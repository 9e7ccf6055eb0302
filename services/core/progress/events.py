"""What happens to progress reports."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutReport(BaseModel):
    """What every fact of this room says first."""

    report_id: UUID
    project_id: UUID
    organisation_id: UUID
    period: str
    due_at: datetime


class ProgressOpened(_AboutReport, Fact):
    """A report is owed from now on."""

    NAME: ClassVar[str] = "progress.opened"
    TITLE: ClassVar[Words] = Words("进展报告开始填报", "A progress report is owed")

    opened_at: datetime


class ProgressRetimed(_AboutReport, Fact):
    """The working calendar changed before a report was due, and the deadline with it."""

    NAME: ClassVar[str] = "progress.retimed"
    TITLE: ClassVar[Words] = Words("进展报告截止时间调整", "A report's deadline moved")

    due_before: datetime


class ProgressSubmitted(_AboutReport, Fact):
    """A report was handed in; another person has to accept it."""

    NAME: ClassVar[str] = "progress.submitted"
    TITLE: ClassVar[Words] = Words("进展报告已报送", "A progress report was submitted")

    is_late: bool
    is_no_change: bool


class ProgressAccepted(_AboutReport, Fact):
    """A second person accepted a report; its figures are the project's now."""

    NAME: ClassVar[str] = "progress.accepted"
    TITLE: ClassVar[Words] = Words("进展报告已审核", "A progress report was accepted")

    is_late: bool
    is_no_change: bool
    cumulative_year: Decimal | None
    cumulative_all: Decimal | None
    physical_percent: Decimal | None
    paid_year: Decimal | None = None
    paid_all: Decimal | None = None


class ProgressReturned(_AboutReport, Fact):
    """A report was sent back; it is owed again."""

    NAME: ClassVar[str] = "progress.returned"
    TITLE: ClassVar[Words] = Words("进展报告已退回", "A progress report was returned")


class ProgressReopened(_AboutReport, Fact):
    """An accepted report was opened again, so that its figures can be corrected."""

    NAME: ClassVar[str] = "progress.reopened"
    TITLE: ClassVar[Words] = Words("进展报告重新填报", "A progress report was reopened")


class _AboutCorrection(_AboutReport):
    """What every fact about a correction says first."""

    correction_id: UUID
    fields: tuple[str, ...]


class ProgressCorrectionRequested(_AboutCorrection, Fact):
    """A reporter asks to correct an accepted report; a second person has to accept it."""

    NAME: ClassVar[str] = "progress.correction_requested"
    TITLE: ClassVar[Words] = Words("进展报告申请更正", "A correction of a report was requested")

    reason: str


class ProgressCorrectionAccepted(_AboutCorrection, Fact):
    """A second person accepted a correction."""

    NAME: ClassVar[str] = "progress.correction_accepted"
    TITLE: ClassVar[Words] = Words("进展报告更正已审核", "A correction of a report was accepted")


class ProgressCorrectionRefused(_AboutCorrection, Fact):
    """A second person refused a correction; the report says what it said."""

    NAME: ClassVar[str] = "progress.correction_refused"
    TITLE: ClassVar[Words] = Words("进展报告更正未获通过", "A correction of a report was refused")

    decision_note: str


class ProgressCorrected(_AboutCorrection, Fact):
    """An accepted report was corrected; the figures it had before are kept with the correction."""

    NAME: ClassVar[str] = "progress.corrected"
    TITLE: ClassVar[Words] = Words("进展报告数据已更正", "A progress report was corrected")

    reason: str
    cumulative_year: Decimal | None
    cumulative_all: Decimal | None
    physical_percent: Decimal | None
    paid_year: Decimal | None = None
    paid_all: Decimal | None = None
