"""Policy packs: thresholds, cadences, reminder plans and ladders as versioned data."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.policies.rules import PackState


class PolicyPack(c.Provenance, Base):
    """One version of one pack; an adopted version never changes, a change is a new number."""

    __tablename__ = "policy_pack"
    __table_args__ = (
        CheckConstraint(c.one_of("state", PackState), name="state"),
        UniqueConstraint("code", "number"),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase]
    number: Mapped[int]
    state: Mapped[c.Phrase] = mapped_column(default=PackState.DRAFT)
    document: Mapped[c.Document]
    effective_on: Mapped[c.MaybeDay]
    adopted_by: Mapped[c.MaybeRef]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
