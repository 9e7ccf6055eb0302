"""Ladder runs frozen at their start, the steps taken, and supervision orders people issue."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.escalations.rules import OrderState, RunState
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index


class EscalationRun(Base):
    """One climb of one ladder for one finding; `ladder` is the copy it keeps to the end."""

    __tablename__ = "escalation_run"
    __table_args__ = (
        CheckConstraint(c.one_of("state", RunState), name="state"),
        due_index("escalation_run"),
        Index(None, "project_id"),
        Index(
            "uq_escalation_run_open",
            "finding_id",
            unique=True,
            postgresql_where=text("state <> 'stopped'"),
        ),
    )

    id: Mapped[c.Id]
    finding_id: Mapped[c.Ref] = mapped_column(ForeignKey("finding.id"), index=True)
    """A finding that opens again climbs on in a new run, above the steps already taken for it."""
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    group_id: Mapped[c.MaybeRef]
    organisation_id: Mapped[c.Ref]
    policy_code: Mapped[c.Phrase]
    policy_number: Mapped[int]
    ladder: Mapped[c.Document]
    due_at: Mapped[c.Instant]
    """The original due that the steps count from (I-9)."""
    state: Mapped[c.Phrase]
    climbed: Mapped[c.Small]
    """How many steps of the ladder were taken."""
    next_at: Mapped[c.MaybeInstant]
    started_at: Mapped[c.Instant]
    ended_at: Mapped[c.MaybeInstant]
    ended_reason: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class EscalationStep(Base):
    """One step that was taken: when, of which kind, towards whom."""

    __tablename__ = "escalation_step"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[c.Id]
    run_id: Mapped[c.Ref] = mapped_column(ForeignKey("escalation_run.id"))
    number: Mapped[c.Small]
    kind: Mapped[c.Phrase]
    colour: Mapped[c.MaybeWords]
    planned_at: Mapped[c.Instant]
    taken_at: Mapped[c.Instant]
    account_ids: Mapped[c.Refs]
    """The people it went to."""
    organisation_ids: Mapped[c.Refs]
    order_id: Mapped[c.MaybeRef]


class SupervisionOrder(c.Provenance, Base):
    """督办单: drafted by the ladder or a person, issued only by a person (I-16)."""

    __tablename__ = "supervision_order"
    __table_args__ = (
        CheckConstraint(c.one_of("state", OrderState), name="state"),
        Index(None, "project_id"),
        Index(None, "run_id"),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    run_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("escalation_run.id"))
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    group_id: Mapped[c.MaybeRef]
    kind: Mapped[c.Phrase]
    colour: Mapped[c.Phrase]
    state: Mapped[c.Phrase]
    title_zh: Mapped[c.Phrase]
    title_en: Mapped[c.Phrase]
    body_zh: Mapped[c.Phrase]
    body_en: Mapped[c.Phrase]
    issued_to: Mapped[c.Refs]
    """Organisations: the parent group and the county regulator for step 3 of the default ladder."""
    drafted_at: Mapped[c.Instant]
    drafted_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    """Null: drafted by the ladder."""
    issued_at: Mapped[c.MaybeInstant]
    issued_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[c.MaybeInstant]
    signed_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    reply: Mapped[c.MaybeWords]
    replied_at: Mapped[c.MaybeInstant]
    replied_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[c.MaybeInstant]
    closed_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    end_reason: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class SupervisionNumber(Base):
    """The last number of a year's orders; its row lock gives each number once and in order."""

    __tablename__ = "supervision_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
