"""What monitoring finds."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutFinding(Fact):
    """What every fact about a finding says."""

    finding_id: UUID
    rule: str
    project_id: UUID
    project_code: str
    group_id: UUID | None
    organisation_id: UUID
    occurrence: str
    light: str
    due_at: datetime


class ProgressMissing(_AboutFinding):
    """A progress report is missing after its cut-off (MR-03)."""

    NAME: ClassVar[str] = "progress.missing"
    TITLE: ClassVar[Words] = Words("进展报告逾期未报", "A progress report is missing")

    report_id: UUID
    period: str


class ProjectStalled(_AboutFinding):
    """A project that is being delivered shows no progress for too long (MR-04)."""

    NAME: ClassVar[str] = "project.stalled"
    TITLE: ClassVar[Words] = Words("项目停滞", "A project has stalled")


class FindingOpened(_AboutFinding):
    """Another rule found something wrong: investment, start, a milestone."""

    NAME: ClassVar[str] = "finding.opened"
    TITLE: ClassVar[Words] = Words("监测发现问题", "A finding was opened")


class FindingChanged(_AboutFinding):
    """What was found became worse or better, and is still there."""

    NAME: ClassVar[str] = "finding.changed"
    TITLE: ClassVar[Words] = Words("监测问题变化", "A finding changed")

    light_before: str


class FindingWaived(_AboutFinding):
    """A good reason was accepted for what was found; it is still there, and lights nothing."""

    NAME: ClassVar[str] = "finding.waived"
    TITLE: ClassVar[Words] = Words("监测问题暂免", "A finding was waived")

    waived_until: datetime


class FindingCleared(_AboutFinding):
    """The cause of a finding is gone."""

    NAME: ClassVar[str] = "finding.cleared"
    TITLE: ClassVar[Words] = Words("监测问题消除", "A finding was cleared")


class _AboutTotal(Fact):
    """What every fact about a total of a place says."""

    finding_id: UUID
    rule: str
    region_code: str
    organisation_id: UUID
    light: str
    due_at: datetime


class _AboutTarget(_AboutTotal):
    """What every fact about a target that may not be reached says."""

    target_id: UUID
    year: int


class TargetAtRisk(_AboutTarget):
    """A year's target will not be reached, as far as the records let it be forecast (MR-15)."""

    NAME: ClassVar[str] = "target.at_risk"
    TITLE: ClassVar[Words] = Words("年度目标预计完不成", "An annual target is at risk")


class TargetRiskChanged(_AboutTarget):
    """A target at risk became more or less so, and still is."""

    NAME: ClassVar[str] = "target.risk_changed"
    TITLE: ClassVar[Words] = Words("年度目标风险变化", "A target's risk changed")

    light_before: str


class TargetRiskCleared(_AboutTarget):
    """A target is no longer at risk, or its year is over."""

    NAME: ClassVar[str] = "target.risk_cleared"
    TITLE: ClassVar[Words] = Words("年度目标风险消除", "A target is no longer at risk")


class _AboutStatement(_AboutTotal):
    """What every fact about a statement that the records do not bear out says."""

    statement_id: UUID
    as_of_month: str


class LibraryGapOpened(_AboutStatement):
    """What was stated of the library and what it records lie too far apart (MR-20)."""

    NAME: ClassVar[str] = "library.gap_opened"
    TITLE: ClassVar[Words] = Words("项目库规模与记录不符", "A statement and the records differ")


class LibraryGapChanged(_AboutStatement):
    """The gap between what was stated and what is recorded got another light."""

    NAME: ClassVar[str] = "library.gap_changed"
    TITLE: ClassVar[Words] = Words("项目库规模差距变化", "The gap to a statement changed")

    light_before: str


class LibraryGapCleared(_AboutStatement):
    """What was stated and what is recorded agree, or a newer statement stands in its place."""

    NAME: ClassVar[str] = "library.gap_cleared"
    TITLE: ClassVar[Words] = Words("项目库规模差距消除", "The gap to a statement closed")


class HealthChanged(Fact):
    """A project's light changed; `reasons` are the rules behind the new one."""

    NAME: ClassVar[str] = "health.changed"
    TITLE: ClassVar[Words] = Words("项目亮灯变化", "A project's light changed")

    project_id: UUID
    project_code: str
    light_before: str | None
    light: str | None
    reasons: tuple[str, ...]
    policy_code: str
    policy_number: int
    on: date
