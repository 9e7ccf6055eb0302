"""What proposals look like from outside."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.core.admissions.rules import AdmissionState, AdmissionVerb
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


class Why(Given):
    """Why a proposal is returned."""

    reason: Paragraph = Field(examples=["请补充用地预审意见"])


class Step(Shown):
    """One thing that was done with a proposal."""

    gate_level: RegionLevel = Field(description="Whose gate it came to, or was at.")
    verb: AdmissionVerb = Field(description="What was done.", examples=["check"])
    at: datetime
    by: Named = Field(description="Who did it, by the name of that day.")
    reason: str | None = Field(description="Why it was returned; null: it was not.")


class Admission(Shown):
    """One project as it is proposed for the library."""

    id: UUID
    code: str
    name: str
    group: Named | None
    region: Place
    lead_organisation: Named
    state: AdmissionState
    gate_level: RegionLevel | None = Field(description="Whose check it waits for; null: nobody's.")
    return_count: int = Field(description="Number of times it was returned.", examples=[1])
    steps: list[Step] = Field(description="What was done with it, in order.")
    proposal: NewProject = Field(description="The project as it will be admitted.")
    submitted_by: UUID | None
    submitted_at: datetime | None
    project_id: UUID | None = Field(description="The project it became; null: not admitted.")
    version: int


class AdmissionPage(PageOf):
    """One page of proposals."""

    items: list[Admission]
