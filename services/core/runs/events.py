"""What happens to the watch itself."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutRun(Fact):
    """What every fact of this room says first."""

    monitor_run_id: UUID
    due_at: datetime


class MonitorRunCompleted(_AboutRun):
    """The watch gave its daily account, also of nothing (零报告)."""

    NAME: ClassVar[str] = "monitor.run_completed"
    TITLE: ClassVar[Words] = Words("监测例行运行完成", "The watch gave its account")

    since_at: datetime
    ran_at: datetime
    runs_missed: int
    projects_watched: int
    findings_opened: int
    findings_cleared: int
    findings_open: int
    reminders_sent: int
    steps_taken: int
    is_zero: bool


class MonitorRunMissed(_AboutRun):
    """The watch did not run when it was due; said once, when it is noticed."""

    NAME: ClassVar[str] = "monitor.run_missed"
    TITLE: ClassVar[Words] = Words("监测例行运行缺失", "Runs of the watch were missed")

    runs_missed: int
    first_missed_at: datetime
    silent_since: datetime | None
