"""Reads of the audit: the chain and whether it is whole, archive files, lines for people."""

from services.core.audit.queries.archived import (
    Checked,
    Manifest,
    check,
    check_folder,
    digest,
    name_of,
    write,
)
from services.core.audit.queries.chain import (
    CHAIN,
    anchored_at,
    at,
    count,
    head,
    head_for_change,
    links,
    old,
    shown_head,
    tombstones,
    unsealed_for,
    waiting,
)
from services.core.audit.queries.lines import Sought, entries, history
from services.core.audit.queries.verify import (
    UNSEALED_TOO_LONG,
    Verdict,
    boundary,
    verify,
)

__all__ = (
    "CHAIN",
    "UNSEALED_TOO_LONG",
    "Checked",
    "Manifest",
    "Sought",
    "Verdict",
    "anchored_at",
    "at",
    "boundary",
    "check",
    "check_folder",
    "count",
    "digest",
    "entries",
    "head",
    "head_for_change",
    "history",
    "links",
    "name_of",
    "old",
    "shown_head",
    "tombstones",
    "unsealed_for",
    "verify",
    "waiting",
    "write",
)
