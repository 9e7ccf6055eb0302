"""Proposals for the library and for leaving it, with every gate they came to."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.admissions.rules import AdmissionKind, AdmissionState
from services.core.kit import columns as c
from services.core.kit.db import Base


class Admission(Base):
    """One proposal about one project; what scope and lists look at stands beside it."""

    __tablename__ = "admission"
    __table_args__ = (
        CheckConstraint(c.one_of("state", AdmissionState), name="state"),
        CheckConstraint(c.one_of("kind", AdmissionKind), name="kind"),
        CheckConstraint(
            "(kind = 'exit' OR state = 'admitted') = (project_id IS NOT NULL)", name="admitted"
        ),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_by IS NOT NULL", name="submitted"
        ),
        Index(None, "group_id", "state"),
        Index(
            "uq_admission_open",
            "code",
            "kind",
            unique=True,
            postgresql_where=text("state NOT IN ('admitted', 'exited', 'withdrawn')"),
        ),
    )

    id: Mapped[c.Id]
    kind: Mapped[c.Phrase] = mapped_column(server_default="entry")
    code: Mapped[c.Phrase]
    name: Mapped[c.Phrase]
    group_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("joint_group.id"))
    region_code: Mapped[c.Phrase] = mapped_column(ForeignKey("region.code"))
    lead_organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    responsible_organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    proposal: Mapped[c.Document]
    """What was sent: the project that the last gate admits, or why it lets one go."""
    state: Mapped[c.Phrase] = mapped_column(default=AdmissionState.DRAFT)
    return_count: Mapped[c.Small] = mapped_column(default=0)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """What was done with it since it was first submitted, in order; lines are only added."""
    drafted_for: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    """The unit whose own it is until it is submitted."""
    submitted_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[c.MaybeInstant]
    project_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("project.id"))
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
