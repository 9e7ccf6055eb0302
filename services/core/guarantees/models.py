"""What was promised to a project, and what of it came."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.guarantees.rules import GuaranteeKind, GuaranteeState
from services.core.kit import columns as c
from services.core.kit.db import Base


class ResourceGuarantee(c.Provenance, Base):
    """One promise of one organisation to one project (要素保障)."""

    __tablename__ = "resource_guarantee"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", GuaranteeKind), name="kind"),
        CheckConstraint(c.one_of("state", GuaranteeState), name="state"),
        CheckConstraint("(amount IS NULL) = (unit IS NULL)", name="unit"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("delivered_amount IS NULL OR amount IS NOT NULL", name="delivered"),
        CheckConstraint("due_on >= promised_on", name="days"),
        CheckConstraint("confirmed_by <> reported_by", name="four_eyes"),
        Index(None, "project_id", "due_on"),
        Index(
            "ix_resource_guarantee_open",
            "project_id",
            postgresql_where=text("state IN ('promised', 'reported')"),
        ),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[c.Phrase]
    description: Mapped[c.Phrase]
    promiser_organisation_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    """Who promised it, and answers for it."""
    amount: Mapped[Decimal | None] = mapped_column(Numeric(20, 2))
    unit: Mapped[c.MaybeWords]
    promised_on: Mapped[c.Day]
    due_on: Mapped[c.Day]
    original_due_on: Mapped[c.Day]
    """Never moves: it is judged by this day (I-9)."""
    state: Mapped[c.Phrase]
    delivered_amount: Mapped[Decimal | None] = mapped_column(Numeric(20, 2))
    """All that came so far, in the promise's unit."""
    delivered_on: Mapped[c.MaybeDay]
    evidence: Mapped[c.MaybeWords]
    note: Mapped[c.MaybeWords]
    """Why it was returned or withdrawn."""
    reported_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    confirmed_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[c.MaybeInstant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
