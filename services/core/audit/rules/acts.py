"""Acts that the audit notes, and which lines tell of administration."""

from enum import StrEnum


class Act(StrEnum):
    """Acts that are no facts: nobody outside needs to hear of them, and the audit does."""

    REFUSED = "request.refused"
    READ = "audit.read"
    ARCHIVED = "audit.archived"
    BACKED_UP = "data.backed_up"
    RESTORED = "data.restored"
    SAVED = "progress.saved"
    UPLOAD_BEGUN = "evidence.upload_begun"
    UPLOAD_ENDED = "evidence.upload_ended"
    RESENT = "webhook.resent"
    TESTED = "webhook.tested"
    REPLAYED = "webhook.replayed"
    REPLAY_CANCELLED = "webhook.replay_cancelled"


ADMINISTRATION = frozenset({"account", "identity", "token", "session", "audit_chain"})
"""Kinds of subjects without business data: the audit administrator sees their values too."""
