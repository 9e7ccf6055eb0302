"""Jobs and their items: the row is the job, and each item is a row with its own result."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.jobs.rules import JobState
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index


class Job(Base):
    """One batch of one account; its items are done with what that account may do by then."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(c.one_of("state", JobState), name="state"),
        due_index("job"),
        Index(None, "account_id", "id"),
        Index(
            "ix_job_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")
        ),
    )

    id: Mapped[c.Id]
    account_id: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    collection: Mapped[c.Phrase]
    """The path template whose routes do the items."""
    parameters: Mapped[c.Document]
    """The values of that template."""
    permissions: Mapped[c.Tags]
    """What the token that started it may do: the job never may more."""
    language: Mapped[c.Phrase]
    trace: Mapped[c.MaybeWords]
    address: Mapped[c.MaybeWords]
    state: Mapped[c.Phrase]
    total: Mapped[int]
    succeeded: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[c.MaybeInstant]
    created_at: Mapped[c.Instant]
    started_at: Mapped[c.MaybeInstant]
    finished_at: Mapped[c.MaybeInstant]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class JobItem(Base):
    """One item: what is asked until it is done, then what came of it."""

    __tablename__ = "job_item"

    job_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("job.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    op: Mapped[c.Phrase]
    asked: Mapped[c.MaybeWords]
    """Encrypted at rest, it may hold a secret; forgotten when the item is done."""
    status: Mapped[int | None]
    etag: Mapped[c.MaybeWords]
    location: Mapped[c.MaybeWords]
    problem: Mapped[c.MaybeDocument]
