"""Which documents were loaded, and whether one of them is the demonstration."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base


class LoadedDocument(Base):
    """A document that was loaded; its relative days count from the first time, for ever."""

    __tablename__ = "loaded_document"
    __table_args__ = (
        Index("uq_loaded_document_demo", "is_demo", unique=True, postgresql_where=text("is_demo")),
    )

    code: Mapped[c.Phrase] = mapped_column(primary_key=True)
    id: Mapped[c.Ref] = mapped_column(unique=True)
    """What the fact of the load is about."""
    title: Mapped[c.Phrase]
    is_demo: Mapped[bool]
    """Here nothing is real: sweeps may simulate another time."""
    anchored_on: Mapped[c.Day]
    loaded_at: Mapped[c.Instant]
