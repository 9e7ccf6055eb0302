"""What a simulation is asked, and what it answers."""

from typing import Any
from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import Given, Period, RegionCode, Shown
from services.core.policies.pack import Light, StepKind


class Simulation(Given):
    """A policy, and the months that are over to try it on; exactly one of the two policies."""

    policy_id: UUID | None = Field(default=None, description="A version of a pack, or a draft.")
    document: dict[str, Any] | None = Field(
        default=None, description="A whole pack, as it would be drafted."
    )
    from_period: Period = Field(description="The first month.", examples=["2025-11"])
    to_period: Period = Field(description="The last month; it is over.", examples=["2026-10"])
    group_id: UUID | None = None
    region_code: RegionCode | None = Field(default=None, description="A place, with all below it.")
    project_ids: list[UUID] = Field(default=[], max_length=500)


class TriedPolicy(Shown):
    """The pack that was tried; number 0: a document that is kept nowhere."""

    code: str = Field(examples=["zj-default"])
    number: int


class SimulationCounts(Shown):
    """How much was looked at."""

    projects: int = Field(description="Number of projects that were looked at.")
    project_months: int = Field(description="Number of month-ends whose light was recorded.")
    different: int = Field(description="Number of those that would have had another light.")
    unrecorded: int = Field(description="Number of month-ends without a recorded light: left out.")


class MatrixCell(Shown):
    """How many projects had one light when a month ended, and would have had the other."""

    period: str
    computed: Light | None
    simulated: Light | None
    projects: int = Field(description="Number of these projects.")


class StepCount(Shown):
    """Steps of one kind in one month."""

    period: str
    kind: StepKind
    taken: int = Field(description="Number of steps that were really taken.")
    simulated_steps: int = Field(description="Number of steps that would have been taken.")


class DifferentMonth(Shown):
    """A month-end with another light."""

    period: str
    computed: Light | None
    simulated: Light | None
    reasons: list[str] = Field(description="Rules behind the simulated light.")


class DifferentProject(Shown):
    """A project of which something would have been different."""

    id: UUID
    code: str
    name: str
    months: list[DifferentMonth]
    steps: list[StepCount] = Field(description="Only months with another number of steps.")


class SimulationAnswer(Shown):
    """What would have been different; nothing was changed."""

    policy: TriedPolicy
    from_period: str
    to_period: str
    counts: SimulationCounts
    matrix: list[MatrixCell]
    steps: list[StepCount]
    projects: list[DifferentProject] = Field(description="Those that would have been different.")
