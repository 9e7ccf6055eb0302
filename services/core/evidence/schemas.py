"""What evidence looks like from outside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.evidence.rules import EvidenceState, MediaType, ProvenKind
from services.core.kit.shapes import Given, Name, PageOf, Paragraph, Shown

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=[_HASH])]


class NewEvidence(Given):
    """A file that is going to be uploaded, and what it will be."""

    file_name: Name = Field(
        examples=["1号站基础浇筑.jpg"], description="Without a path; it ends as its kind does."
    )
    media_type: MediaType = Field(description="Its kind, which its bytes must show.")
    size_bytes: Annotated[int, Field(ge=1, le=2**40)] = Field(
        examples=[3145728], description="Its whole length in bytes."
    )
    sha256: Sha256 = Field(description="SHA-256 of the whole file, in hexadecimal.")
    caption: Paragraph | None = Field(
        default=None, examples=["1号站基础浇筑完成"], description="What is to be seen on it."
    )


class Withdrawal(Given):
    """Why it no longer counts."""

    reason: Paragraph = Field(examples=["误传了其他项目的照片"])


class EvidenceProject(Shown):
    """The project it belongs to."""

    id: UUID
    code: str
    name: str


class EvidenceSubject(Shown):
    """The record it is evidence of."""

    kind: ProvenKind
    id: UUID


class EvidenceParty(Shown):
    """An organisation or a person."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])


class Evidence(Shown):
    """One photo or file, and what is known of it."""

    id: UUID
    project: EvidenceProject
    subject: EvidenceSubject
    organisation: EvidenceParty = Field(description="The unit of whoever uploaded it.")
    uploaded_by: EvidenceParty
    file_name: str = Field(examples=["1号站基础浇筑.jpg"])
    media_type: MediaType
    size_bytes: int = Field(description="Length of the original in bytes.", examples=[3145728])
    sha256: str = Field(
        examples=[_HASH], description="Of the original; declared until it is complete."
    )
    caption: str | None = Field(examples=["1号站基础浇筑完成"])
    state: EvidenceState
    begun_at: datetime = Field(description="When its upload began.")
    completed_at: datetime | None = Field(description="When all of it had come and was right.")
    is_open: bool = Field(
        description="Whether the original is open to you, with the time and place it tells: to "
        "the unit that uploaded it and those above, the group's convener, and regulators."
    )
    taken_at: datetime | None = Field(
        description="When the photo was taken, as it says itself; null: it does not, or not to you."
    )
    latitude: float | None = Field(
        examples=[27.973], description="Degrees north (WGS 84), as the photo says itself."
    )
    longitude: float | None = Field(
        examples=[119.635], description="Degrees east (WGS 84), as the photo says itself."
    )
    withdrawn_at: datetime | None = Field(description="When it was withdrawn; null: it counts.")
    withdrawn_by: EvidenceParty | None
    withdrawn_reason: str | None = Field(examples=["误传了其他项目的照片"])
    href: str | None = Field(
        examples=["/api/v1/evidence/0197f000-0000-7000-8000-000000000001/content"],
        description="Where its bytes are; null: they have not all come, or it was withdrawn.",
    )
    version: int


class EvidencePage(PageOf):
    """One page of evidence."""

    items: list[Evidence]


class Upload(Shown):
    """How far an upload has come."""

    evidence_id: UUID
    state: EvidenceState
    received_bytes: int = Field(
        examples=[1048576], description="How many bytes are here: the offset of the next part."
    )
    size_bytes: int = Field(examples=[3145728], description="How many there will be.")
    part_bytes: int = Field(examples=[1048576], description="The most bytes of one part.")
    expires_at: datetime = Field(description="Until when parts are taken.")


class NewUpload(Shown):
    """A piece of evidence that may be uploaded now, and where to."""

    evidence: Evidence = Field(description="What is known of it so far.")
    upload: Upload
    address: str = Field(
        examples=["https://tuanzu.example/api/v1/evidence/0197f000-…/upload?signature=…"],
        description="Signed: whoever has it may send the parts, and needs no token. Add "
        "`&offset=` and PUT each part there.",
    )
