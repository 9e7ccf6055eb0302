"""What findings and health look like from outside."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import BothWords, PageOf, Period, Shown
from services.core.policies.pack import Dimension, Light
from services.core.targets import schemas as targets


class PolicyVersion(Shown):
    """The pack that judged."""

    code: str = Field(examples=["zj-default"])
    number: int


class AppliedPolicy(PolicyVersion):
    """The pack that judges this project, and whose choice it is."""

    because: BothWords | None = Field(description="Null of a past day.")


class RuleSource(BothWords):
    """Where the threshold comes from; never called official."""

    url: str | None


class Waiver(Shown):
    """A ruling that is in force."""

    reason: str
    until: datetime
    by: str = Field(description="Who made it.")


class DimensionHealth(Shown):
    """One rule's answer, with everything needed to compute it again by hand."""

    rule: str = Field(examples=["MR-03"])
    dimension: Dimension
    light: Light | None = Field(description="Null: not assessed; `arithmetic` says why.")
    arithmetic: BothWords
    turns_green: BothWords | None
    inputs: dict[str, str] = Field(description="The figures, each named with its unit.")
    policy: PolicyVersion
    source: RuleSource | None
    waived: Waiver | None = Field(
        default=None, description="An accepted reason: the light counts for nothing until then."
    )


class DeclaredLight(Waiver):
    """The light a person has declared; the computed one stands beside it."""

    light: Light


class Health(Shown):
    """A project's light and its reasons."""

    project_id: UUID
    project_code: str
    computed_at: datetime
    is_watched: bool | None = Field(
        description="False: paused, ended or gone; nobody is reminded. Null of a past day."
    )
    light: Light | None
    reason: BothWords | None = Field(description="Why there is no light; null if there is one.")
    light_since: datetime | None = Field(description="Since when it has the light last recorded.")
    next_check_at: datetime | None = Field(description="When the clock alone could change it.")
    dimensions: list[DimensionHealth]
    declared: DeclaredLight | None = Field(
        default=None, description="Null: nobody has declared another light."
    )
    policy: AppliedPolicy | None = Field(
        default=None, description="Which pack applied, and why this one."
    )


class PastHealth(Shown):
    """The light as it was computed when it changed."""

    id: int = Field(description="Its place among all changes of lights; grows with time.")
    computed_at: datetime
    light: Light | None
    policy: PolicyVersion
    dimensions: list[DimensionHealth]


class PastHealthPage(PageOf):
    """One page of a project's lights."""

    items: list[PastHealth]


class FoundProject(Shown):
    """The project a finding is about."""

    id: UUID
    code: str
    name: str


class FoundOrganisation(Shown):
    """The unit that answers for it."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])


class FindingShown(Shown):
    """One thing a rule found wrong, once per occurrence."""

    id: UUID
    rule: str
    project: FoundProject
    organisation: FoundOrganisation
    group_id: UUID | None
    occurrence: str
    state: Literal["open", "waived", "cleared"]
    light: Light
    worst_light: Light
    due_at: datetime
    opened_at: datetime
    cleared_at: datetime | None
    waived_until: datetime | None = Field(
        default=None, description="Until when a good reason is accepted; null: there is none."
    )
    explanation: dict[str, Any]
    version: int


class FindingPage(PageOf):
    """One page of findings."""

    items: list[FindingShown]


class TotalExplanation(Shown):
    """Why a total has its light: everything needed to work it out again by hand."""

    rule: str = Field(examples=["MR-15"])
    light: Light
    arithmetic: BothWords
    turns_green: BothWords | None
    inputs: dict[str, str] = Field(description="The figures, each named with its unit.")
    policy: PolicyVersion
    source: RuleSource | None


class TotalFound(Shown):
    """What a rule found wrong with a target or a statement."""

    id: UUID
    rule: str = Field(examples=["MR-15"])
    occurrence: str = Field(examples=["2026"], description="The year, or the month stated for.")
    state: Literal["open", "cleared"]
    light: Light
    worst_light: Light
    due_at: datetime
    opened_at: datetime
    cleared_at: datetime | None
    explanation: TotalExplanation = Field(description="How it comes about, worked out by hand.")


class FoundTarget(Shown):
    """The target a finding is about."""

    id: UUID
    region_code: str
    year: int


class FoundStatement(Shown):
    """The statement a finding is about."""

    id: UUID
    region_code: str
    as_of_month: Period


class TotalFinding(TotalFound):
    """What a rule found wrong with a target or a statement, once per occurrence."""

    target: FoundTarget | None = Field(description="Its target; null: it is about a statement.")
    statement: FoundStatement | None = Field(description="Its statement; null: about a target.")
    organisation: FoundOrganisation
    version: int


class TotalFindingPage(PageOf):
    """One page of findings about targets and statements."""

    items: list[TotalFinding]


_Found = Annotated[
    TotalFound | None,
    Field(
        description="What is wrong with it over its whole place; null: nothing, or its regulator "
        "is not in your scope."
    ),
]


class WatchedTarget(targets.Target):
    """A year's target, and what was found of it."""

    finding: _Found


class WatchedStatement(targets.Statement):
    """A statement of the library's size, and what was found of it."""

    finding: _Found


class WatchedTargetPage(PageOf):
    """One page of targets."""

    items: list[WatchedTarget]


class WatchedStatementPage(PageOf):
    """One page of statements."""

    items: list[WatchedStatement]
