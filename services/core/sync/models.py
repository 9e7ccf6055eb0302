"""Scopes under which copies were made, each once: a cursor names them by their digest."""

from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base


class SyncScope(Base):
    """What some caller was allowed to see: the ids its scope held, and its permissions."""

    __tablename__ = "sync_scope"

    digest: Mapped[c.Phrase] = mapped_column(primary_key=True)
    role: Mapped[c.Phrase]
    permissions: Mapped[c.Tags]
    group_ids: Mapped[c.Refs]
    organisation_ids: Mapped[c.Refs]
    own_organisation_ids: Mapped[c.Refs]
