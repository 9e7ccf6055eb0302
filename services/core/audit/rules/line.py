"""The chain: each seal binds a line to every line before it.

`hash(n) = HMAC-SHA256(key, hash(n-1) ‖ n ‖ line)`, the first after 32 zero bytes. The line is
written canonically here and not in SQL: the key must not travel to the database, and the bytes
must be the same on every version of it and in every time zone. The form has a version of its own.
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.core.kit.errors import Invalid
from services.core.kit.words import Words

FORM = "tuanzu-audit-1"
"""Version of the canonical form: a line sealed under it is for ever read under it."""
KEY = "audit-seal"
"""What the key of the seals is derived for from the master key."""
GENESIS = bytes(32)
_SEQ_BYTES = 8
_EXACTLY = json.JSONDecoder(parse_int="\0".__add__, parse_float="\0".__add__)
_CANONICALLY = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
"""Made once: what json.loads and json.dumps make anew for each call with options."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the table holds it; `changes` is PostgreSQL's own JSON text."""

    id: int
    at: datetime
    actor: str
    account_id: UUID | None
    organisation_id: UUID | None
    action: str
    outcome: str
    subject_kind: str | None
    subject_id: UUID | None
    group_id: UUID | None
    organisation_ids: list[UUID]
    event_id: UUID | None
    trace: str | None
    address: str | None
    changes: str | None


def plain(line: Line) -> dict[str, Any]:
    """Give a line as JSON values, for the canonical form and for the archive.

    Numbers stay as they are written, behind a NUL: no text of PostgreSQL can hold one, so a number
    is never taken for a text, and none is too long or too fine to be kept.
    """
    return {
        "id": line.id,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": line.actor,
        "account_id": _text(line.account_id),
        "organisation_id": _text(line.organisation_id),
        "action": line.action,
        "outcome": line.outcome,
        "subject_kind": line.subject_kind,
        "subject_id": _text(line.subject_id),
        "group_id": _text(line.group_id),
        "organisation_ids": [str(unit) for unit in line.organisation_ids],
        "event_id": _text(line.event_id),
        "trace": line.trace,
        "address": line.address,
        "changes": None if line.changes is None else _EXACTLY.decode(line.changes),
    }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def canonical(values: dict[str, Any]) -> bytes:
    """Write a plain line as bytes: one JSON object, names in order, nothing to choose."""
    return _CANONICALLY.encode([FORM, values]).encode("ascii")


def sealed(key: bytes, previous: bytes, seq: int, content: bytes) -> bytes:
    """Give the seal of one line."""
    return hmac.digest(key, previous + seq.to_bytes(_SEQ_BYTES, "big") + content, "sha256")


def marked(key: bytes, values: dict[str, Any]) -> bytes:
    """Sign a boundary of the chain: a tombstone, or the head of an archive file."""
    return hmac.digest(key, b"boundary" + canonical(values), "sha256")


def same(one: bytes, other: bytes) -> bool:
    """Compare two hashes in constant time."""
    return hmac.compare_digest(one, other)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the chain that was written down somewhere."""

    seq: int
    hash: bytes


def anchors(texts: Iterable[str]) -> tuple[Anchor, ...]:
    """Read anchors written as SEQ:HASH.

    Raises:
        Invalid: one is something else.
    """
    return tuple(_anchor(text) for text in texts)


def _anchor(text: str) -> Anchor:
    seq, _, digest = text.strip().partition(":")
    try:
        anchor = Anchor(int(seq), bytes.fromhex(digest))
    except ValueError:
        anchor = Anchor(0, b"")
    if anchor.seq < 1 or len(anchor.hash) != len(GENESIS):
        raise Invalid(
            Words(
                f"“{text}”不是锚点；应为 序号:64位十六进制哈希。",
                f"'{text}' is no anchor: write SEQ:HASH with 64 hexadecimal digits.",
            )
        )
    return anchor
