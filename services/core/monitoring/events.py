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
