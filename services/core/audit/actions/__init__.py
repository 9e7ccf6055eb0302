"""Sealing, anchoring and archiving the lines that the ledger writes."""

from services.core.audit.actions.anchor import anchor, anchor_due
from services.core.audit.actions.archive import Unfit, archive_old
from services.core.audit.actions.reading import note_reading
from services.core.audit.actions.seal import seal

__all__ = ("Unfit", "anchor", "anchor_due", "archive_old", "note_reading", "seal")
