"""Framework agreements, one by one and in batches as they were announced."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.core.agreements.rules import AgreementState, Side
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.money import Qualifier


class AgreementBatch(c.Provenance, Base):
    """Agreements signed on one occasion, as the announcement counts them (19, ≥ 857亿)."""

    __tablename__ = "agreement_batch"
    __table_args__ = (CheckConstraint(c.one_of("amount_qualifier", Qualifier), name="qualifier"),)

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    name: Mapped[c.Phrase]
    signed_month: Mapped[c.Phrase]
    """YYYY-MM: the source gives no day."""
    agreement_count: Mapped[int]
    enterprise_count: Mapped[int | None]
    county_count: Mapped[int | None]
    amount: Mapped[c.MaybeCny]
    amount_qualifier: Mapped[c.Phrase] = mapped_column(default=Qualifier.EXACT)
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class FrameworkAgreement(c.Provenance, Base):
    """One framework agreement between an enterprise side and a county side."""

    __tablename__ = "framework_agreement"
    __table_args__ = (
        CheckConstraint(c.one_of("state", AgreementState), name="state"),
        CheckConstraint(c.one_of("amount_qualifier", Qualifier), name="qualifier"),
        CheckConstraint(
            "valid_to IS NULL OR signed_on IS NULL OR valid_to > signed_on", name="dates"
        ),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    name: Mapped[c.Phrase]
    batch_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("agreement_batch.id"), index=True)
    group_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("joint_group.id"), index=True)
    domain: Mapped[c.MaybeWords]
    amount: Mapped[c.MaybeCny]
    amount_qualifier: Mapped[c.Phrase] = mapped_column(default=Qualifier.EXACT)
    signed_on: Mapped[c.MaybeDay]
    valid_to: Mapped[c.MaybeDay]
    state: Mapped[c.Phrase]
    is_placeholder: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class AgreementParty(Base):
    """One organisation on one side; the county side may be a department (T-10)."""

    __tablename__ = "agreement_party"
    __table_args__ = (CheckConstraint(c.one_of("side", Side), name="side"),)

    agreement_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("framework_agreement.id"), primary_key=True
    )
    organisation_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    side: Mapped[c.Phrase]


class AgreementProject(Base):
    """A project that came out of an agreement: what makes it converting."""

    __tablename__ = "agreement_project"

    agreement_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("framework_agreement.id"), primary_key=True
    )
    project_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("project.id"), primary_key=True, index=True
    )
    linked_on: Mapped[c.Day]
