"""What happens to proposals, until `project.admitted` or `project.moved_out`."""

from typing import ClassVar
from uuid import UUID

from services.core.admissions.rules import AdmissionKind, AdmissionState
from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.regions.rules import RegionLevel


class _AboutAdmission(Fact):
    """What every fact of this room says first."""

    admission_id: UUID
    admission_kind: AdmissionKind
    project_id: UUID | None
    """The project that is to leave, or that a proposal became; null: it is none yet."""
    project_code: str
    project_name: str
    group_id: UUID | None
    region_code: str
    admission_state: AdmissionState


class ProjectSubmitted(_AboutAdmission):
    """A project was proposed for the library or for leaving it, or again after a return."""

    NAME: ClassVar[str] = "project.submitted"
    TITLE: ClassVar[Words] = Words("项目申报出入库", "A project was submitted")

    return_count: int


class ProjectChecked(_AboutAdmission):
    """A gate was passed; the next one is the higher level's."""

    NAME: ClassVar[str] = "project.checked"
    TITLE: ClassVar[Words] = Words("项目出入库审核通过", "A project passed a gate")

    gate_level: RegionLevel


class ProjectReturned(_AboutAdmission):
    """A gate returned a proposal, with the reason."""

    NAME: ClassVar[str] = "project.returned"
    TITLE: ClassVar[Words] = Words("项目出入库退回", "A proposed project was returned")

    gate_level: RegionLevel
    reason: str
    return_count: int


class ProposalWithdrawn(_AboutAdmission):
    """What was submitted was taken back before it was decided, with the reason."""

    NAME: ClassVar[str] = "project.proposal_withdrawn"
    TITLE: ClassVar[Words] = Words("项目出入库申请撤回", "A proposal was withdrawn")

    reason: str
