"""What runs of the watch look like from outside."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import BothWords, PageOf, Shown
from services.core.runs.rules import RULE, RunState, Trouble


class SelfFinding(Shown):
    """One thing wrong with the watch itself; it is gone when its cause is."""

    code: Trouble
    count: int = Field(description="Number of those that are late, counted to 1000.", examples=[2])
    since: datetime = Field(description="When the oldest of them was due.")
    words: BothWords = Field(description="What is late, since when, in both languages.")


class LastProof(Shown):
    """How the latest night's proof stands: every project judged anew, and compared."""

    night: date = Field(description="The day in Asia/Shanghai on whose early morning it began.")
    began_at: datetime = Field(description="When it began.")
    ended_at: datetime | None = Field(description="When it was done; null: it goes on.")
    projects: int = Field(description="Number of projects looked at so far.", examples=[291])
    differences: int = Field(
        description="Number of projects found otherwise than kept; each is a finding MR-23.",
        examples=[0],
    )


class SelfCheck(Shown):
    """Whether the watch runs, as its rows say it now (MR-23)."""

    rule: Literal["MR-23"] = Field(default=RULE, description="The rule that asks.")
    checked_at: datetime = Field(description="Now.")
    is_well: bool = Field(description="Nothing is late by more than the grace.")
    last_run_at: datetime | None = Field(description="Of the last run that is done; null: none.")
    next_due_at: datetime = Field(description="When the next run is due.")
    findings: list[SelfFinding] = Field(description="What is wrong; empty: nothing.")
    proof: LastProof | None = Field(description="Null: no night has been proven yet.")


class Run(Shown):
    """One daily account of the watch; counts are of everything since `since_at`."""

    id: UUID
    due_at: datetime = Field(description="The latest moment at which it was due.")
    state: RunState
    since_at: datetime = Field(description="Counted from here: when the run before was done.")
    ran_at: datetime | None = Field(description="When it was done; null: it is being caught up.")
    is_zero: bool = Field(
        description="零报告: nothing was found, cleared or sent, nothing is open."
    )
    runs_missed: int = Field(description="Number of runs missed before it.", examples=[0])
    first_missed_at: datetime | None = Field(description="When the first of those was due.")
    noticed_at: datetime | None = Field(description="When that was noticed.")
    silent_since: datetime | None = Field(
        description="When the watch was last seen at work before; null: it was at work."
    )
    projects_watched: int = Field(description="Number of projects under watch.", examples=[291])
    findings_opened: int = Field(description="Number of findings opened.", examples=[3])
    findings_cleared: int = Field(description="Number of findings cleared.", examples=[1])
    findings_open: int = Field(
        description="Number of findings open when it was done.", examples=[12]
    )
    reminders_sent: int = Field(description="Number of reminders sent.", examples=[7])
    steps_taken: int = Field(description="Number of steps of ladders taken.", examples=[2])
    self_findings: list[SelfFinding] = Field(description="What was wrong with the watch itself.")
    version: int


class RunPage(PageOf):
    """One page of runs."""

    items: list[Run]
