"""What happens to evidence; never its bytes, nor where and when a photo was taken."""

from typing import ClassVar
from uuid import UUID

from services.core.evidence.rules import MediaType, ProvenKind
from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutEvidence(Fact):
    """What every fact of this room says first."""

    evidence_id: UUID
    project_id: UUID
    project_code: str
    subject_kind: ProvenKind
    subject_id: UUID
    organisation_id: UUID
    file_name: str
    media_type: MediaType
    size_bytes: int
    sha256: str


class EvidenceAdded(_AboutEvidence):
    """A photo or file has come whole and is what was declared."""

    NAME: ClassVar[str] = "evidence.added"
    TITLE: ClassVar[Words] = Words("佐证材料已上传", "Evidence was added")


class EvidenceWithdrawn(_AboutEvidence):
    """A photo or file no longer counts as evidence; it stays in the record."""

    NAME: ClassVar[str] = "evidence.withdrawn"
    TITLE: ClassVar[Words] = Words("佐证材料已撤回", "Evidence was withdrawn")

    reason: str
