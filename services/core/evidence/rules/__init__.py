"""The rules of evidence: its life, what kinds of files it may be, what a photo says of itself."""

from services.core.evidence.rules.kinds import (
    PHOTOS,
    MediaType,
    check_kind,
    check_name,
    sniffed,
)
from services.core.evidence.rules.life import (
    MOST_EACH,
    MOST_OPEN,
    MOVES,
    EvidenceState,
    EvidenceVerb,
    NotEvidence,
    Proven,
    ProvenKind,
    WrongOffset,
    check_hash,
    check_in_time,
    check_room,
    check_size,
    check_under_way,
    is_next,
)
from services.core.evidence.rules.photos import coordinate, taken_at

__all__ = (
    "MOST_EACH",
    "MOST_OPEN",
    "MOVES",
    "PHOTOS",
    "EvidenceState",
    "EvidenceVerb",
    "MediaType",
    "NotEvidence",
    "Proven",
    "ProvenKind",
    "WrongOffset",
    "check_hash",
    "check_in_time",
    "check_kind",
    "check_name",
    "check_room",
    "check_size",
    "check_under_way",
    "coordinate",
    "is_next",
    "sniffed",
    "taken_at",
)
