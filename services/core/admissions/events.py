"""What happens to proposals for the library, until `project.admitted`."""

from typing import ClassVar
from uuid import UUID

from services.core.admissions.rules import AdmissionState
from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.regions.rules import RegionLevel


class _AboutAdmission(Fact):
    """What every fact of this room says first."""

    admission_id: UUID
    project_code: str
    project_name: str
    group_id: UUID | None
    region_code: str
    admission_state: AdmissionState


class ProjectSubmitted(_AboutAdmission):
    """A project was proposed for the library, or proposed again after it was returned."""

    NAME: ClassVar[str] = "project.submitted"
    TITLE: ClassVar[Words] = Words("项目申报入库", "A project was submitted")

    return_count: int


class ProjectChecked(_AboutAdmission):
    """A gate was passed; the next one is the higher level's."""

    NAME: ClassVar[str] = "project.checked"
    TITLE: ClassVar[Words] = Words("项目入库审核通过", "A project passed a gate")

    gate_level: RegionLevel


class ProjectReturned(_AboutAdmission):
    """A gate returned a proposal, with the reason."""

    NAME: ClassVar[str] = "project.returned"
    TITLE: ClassVar[Words] = Words("项目入库退回", "A proposed project was returned")

    gate_level: RegionLevel
    reason: str
    return_count: int
