"""Files that show something, and how much of each has come."""

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.evidence.rules import EvidenceState, MediaType, ProvenKind
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index


class Evidence(Base):
    """One file about one record of a project; its bytes lie in the store under its id."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(c.one_of("subject_kind", ProvenKind), name="subject_kind"),
        CheckConstraint(c.one_of("media_type", MediaType), name="media_type"),
        CheckConstraint(c.one_of("state", EvidenceState), name="state"),
        CheckConstraint("size_bytes > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        CheckConstraint(
            "(state IN ('complete', 'withdrawn')) = (completed_at IS NOT NULL)", name="completed"
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) "
            "AND (state = 'withdrawn') = (withdrawn_by IS NOT NULL) "
            "AND (state = 'withdrawn') = (withdrawn_reason IS NOT NULL)",
            name="withdrawn",
        ),
        Index(None, "subject_id", "id"),
        Index(None, "project_id", "id"),
        Index(
            "ix_evidence_uploading",
            "uploaded_by",
            postgresql_where=text("state = 'uploading'"),
        ),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    subject_kind: Mapped[c.Phrase]
    subject_id: Mapped[c.Ref]
    """The record's id; its room has seen to it that it is one of this project."""
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    """The unit of whoever uploads it."""
    uploaded_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    file_name: Mapped[c.Phrase]
    media_type: Mapped[c.Phrase]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[c.Phrase]
    """Of the original, in hexadecimal: declared first, and true once it is complete."""
    caption: Mapped[c.MaybeWords]
    state: Mapped[c.Phrase]
    begun_at: Mapped[c.Instant]
    completed_at: Mapped[c.MaybeInstant]
    shown_sha256: Mapped[c.MaybeWords]
    """Of the copy others get of a photo; empty: there is nothing in the original to hide."""
    taken_at: Mapped[c.MaybeInstant]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    """Degrees, WGS 84, as the photo says them."""
    withdrawn_at: Mapped[c.MaybeInstant]
    withdrawn_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    withdrawn_reason: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class EvidenceUpload(Base):
    """How much of a file has come, and until when the rest may; its id is the evidence's."""

    __tablename__ = "evidence_upload"
    __table_args__ = (
        CheckConstraint("received_bytes >= 0", name="received"),
        due_index("evidence_upload"),
    )

    id: Mapped[c.Ref] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[c.Instant]
    next_at: Mapped[c.MaybeInstant]
    """When bytes are to be removed that are no evidence: parts, or all of a file that never was."""
