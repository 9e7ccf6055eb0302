"""What proposals look like from outside."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.core.admissions.rules import AdmissionKind, AdmissionState, AdmissionVerb, ExitReason
from services.core.kit.shapes import Code, Given, PageOf, Paragraph, Shown
from services.core.projects.rules import Stage, Track
from services.core.projects.schemas import Named, NewProject, Place, ProjectChange
from services.core.regions.rules import RegionLevel


class ProposalChange(ProjectChange):
    """What of a proposal is put right (JSON Merge Patch); nothing of it is fixed yet."""

    code: Code = Field(default="", examples=["P-07"])
    group_id: UUID | None = None
    track: Track = Track.INVESTMENT
    stage: Stage = Stage.IDEA


class NewExit(Given):
    """Why a project is to leave the library."""

    exit_reason: ExitReason
    reason: Paragraph = Field(examples=["两座LNG站已投运，合作事项全部完成"])
    merged_into_id: UUID | None = Field(
        default=None, description="The project it goes into; only where it is merged."
    )


class ExitChange(Given):
    """What of an exit is put right (JSON Merge Patch)."""

    exit_reason: ExitReason = ExitReason.FINISHED
    reason: Paragraph = Field(default="", examples=["两座LNG站已投运，合作事项全部完成"])
    merged_into_id: UUID | None = None


class Why(Given):
    """Why a proposal is returned."""

    reason: Paragraph = Field(examples=["请补充用地预审意见"])


class Withdrawal(Given):
    """Why a proposal is withdrawn."""

    reason: Paragraph | None = Field(
        default=None,
        examples=["合作方式有变，另行申报"],
        description="Only a draft goes without one.",
    )


class Step(Shown):
    """One thing that was done with a proposal."""

    gate_level: RegionLevel | None = Field(
        description="Whose gate it came to, or was at; null: at none."
    )
    verb: AdmissionVerb = Field(description="What was done.", examples=["check"])
    at: datetime
    by: Named = Field(description="Who did it, by the name of that day.")
    reason: str | None = Field(description="Why it was returned or withdrawn; null: it was not.")


class Admission(Shown):
    """One proposal: a project for the library, or one that is to leave it."""

    id: UUID
    kind: AdmissionKind
    code: str
    name: str
    group: Named | None
    region: Place
    lead_organisation: Named
    state: AdmissionState
    gate_level: RegionLevel | None = Field(description="Whose check it waits for; null: nobody's.")
    return_count: int = Field(description="Number of times it was returned.", examples=[1])
    steps: list[Step] = Field(description="What was done with it, in order.")
    proposal: NewProject | None = Field(
        description="The project as it will be admitted; null: it is to leave."
    )
    exit: NewExit | None = Field(description="Why it is to leave; null: it is to come in.")
    submitted_by: UUID | None
    submitted_at: datetime | None
    project_id: UUID | None = Field(
        description="The project that is to leave, or that it became; null: not admitted."
    )
    version: int


class AdmissionPage(PageOf):
    """One page of proposals."""

    items: list[Admission]
