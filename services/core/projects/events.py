"""What happens to projects, their plans and their milestones."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from services.core.kit.events import Fact
from services.core.kit.money import Qualifier
from services.core.kit.words import Words
from services.core.projects.rules import Gate, SideState, Stage, Track


class _AboutProject(BaseModel):
    """What every fact of this room says first."""

    project_id: UUID
    project_code: str


class ProjectAdmitted(_AboutProject, Fact):
    """A project entered the library, at the stage it had that day."""

    NAME: ClassVar[str] = "project.admitted"
    TITLE: ClassVar[Words] = Words("项目入库", "A project was admitted")

    project_name: str
    group_id: UUID | None
    region_code: str
    track: Track
    stage: Stage
    lead_organisation_id: UUID
    responsible_organisation_id: UUID
    is_illustrative: bool


class ProjectChanged(_AboutProject, Fact):
    """What is recorded of a project changed; the fields are named, the rest is to be read."""

    NAME: ClassVar[str] = "project.changed"
    TITLE: ClassVar[Words] = Words("项目信息变更", "A project changed")

    fields: tuple[str, ...]


class ProjectStageChanged(_AboutProject, Fact):
    """A project went to another stage of its track, forward or one step back."""

    NAME: ClassVar[str] = "project.stage_changed"
    TITLE: ClassVar[Words] = Words("项目阶段变更", "A project's stage changed")

    stage_before: Stage
    stage: Stage
    happened_on: date
    reason: str | None


class ProjectCompleted(_AboutProject, Fact):
    """A project was completed (竣工), or what it was to deliver was delivered."""

    NAME: ClassVar[str] = "project.completed"
    TITLE: ClassVar[Words] = Words("项目完成", "A project was completed")

    stage: Stage
    finished_on: date


class _StoodAside(_AboutProject):
    """What a move beside the stages says: at which stage, from which state, and why."""

    stage: Stage
    side_state_before: SideState | None
    reason: str


class ProjectPaused(_StoodAside, Fact):
    """A project was paused; nobody is reminded of it until it is resumed."""

    NAME: ClassVar[str] = "project.paused"
    TITLE: ClassVar[Words] = Words("项目暂停", "A project was paused")


class ProjectResumed(_StoodAside, Fact):
    """A paused project goes on."""

    NAME: ClassVar[str] = "project.resumed"
    TITLE: ClassVar[Words] = Words("项目恢复", "A project was resumed")


class ProjectTerminated(_StoodAside, Fact):
    """A project was given up for good."""

    NAME: ClassVar[str] = "project.terminated"
    TITLE: ClassVar[Words] = Words("项目终止", "A project was terminated")


class ProjectMovedOut(_StoodAside, Fact):
    """A project left the library (调出)."""

    NAME: ClassVar[str] = "project.moved_out"
    TITLE: ClassVar[Words] = Words("项目调出", "A project was moved out of the library")


class PlanBaselined(_AboutProject, Fact):
    """A project got its first plan for a year: the baseline."""

    NAME: ClassVar[str] = "plan.baselined"
    TITLE: ClassVar[Words] = Words("年度计划下达", "An annual plan was baselined")

    plan_id: UUID
    year: int
    number: int
    planned_investment: Decimal
    investment_qualifier: Qualifier
    is_spread: bool
    planned_payments: Decimal | None = None


class PlanChanged(_AboutProject, Fact):
    """A year's plan was replaced by a new version; the earlier ones are kept."""

    NAME: ClassVar[str] = "plan.changed"
    TITLE: ClassVar[Words] = Words("年度计划调整", "An annual plan was changed")

    plan_id: UUID
    year: int
    number: int
    planned_investment_before: Decimal
    planned_investment: Decimal
    investment_qualifier: Qualifier
    is_spread: bool
    planned_payments: Decimal | None = None
    reason: str
    change_id: UUID | None = None
    """The request that a second person approved; null: from before plans had requests."""


class _AboutPlanChange(_AboutProject):
    """What every fact about a request to change a plan says first."""

    change_id: UUID
    year: int
    replaces: int
    planned_investment: Decimal
    investment_qualifier: Qualifier


class PlanChangeRequested(_AboutPlanChange, Fact):
    """Somebody asks for another plan of a year; a second person has to approve it."""

    NAME: ClassVar[str] = "plan.change_requested"
    TITLE: ClassVar[Words] = Words("年度计划申请调整", "A change of an annual plan was requested")

    reason: str


class PlanChangeApproved(_AboutPlanChange, Fact):
    """A second person approved a request; the version it became is in force."""

    NAME: ClassVar[str] = "plan.change_approved"
    TITLE: ClassVar[Words] = Words("年度计划调整已批准", "A change of an annual plan was approved")

    plan_id: UUID
    number: int


class PlanChangeRefused(_AboutPlanChange, Fact):
    """A second person refused a request; the plan in force stays as it is."""

    NAME: ClassVar[str] = "plan.change_refused"
    TITLE: ClassVar[Words] = Words("年度计划调整未获批准", "A change of an annual plan was refused")

    decision_note: str


class _AboutMilestone(_AboutProject):
    """What every fact about a milestone says first."""

    milestone_id: UUID
    milestone_name: str
    gate: Gate | None
    planned_on: date
    original_planned_on: date


class MilestonePlanned(_AboutMilestone, Fact):
    """A project got a milestone; its first planned day is what it will be judged by."""

    NAME: ClassVar[str] = "milestone.planned"
    TITLE: ClassVar[Words] = Words("节点设定", "A milestone was planned")


class MilestoneChanged(_AboutMilestone, Fact):
    """A milestone changed; the day it was first planned for never does."""

    NAME: ClassVar[str] = "milestone.changed"
    TITLE: ClassVar[Words] = Words("节点调整", "A milestone changed")

    fields: tuple[str, ...]
    forecast_on: date | None


class MilestoneReached(_AboutMilestone, Fact):
    """A milestone was reached, with evidence; days late are counted from its first planned day."""

    NAME: ClassVar[str] = "milestone.reached"
    TITLE: ClassVar[Words] = Words("节点完成", "A milestone was reached")

    actual_on: date
    days_late: int
