"""Archive files: a stretch of the chain that can be checked without the database.

JSON lines, gzipped. The first is the manifest: which numbers, what came before, the last seal, and
our signature over these. Each other line is a seal with its line of the audit.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from services.core.audit import rules
from services.core.audit.models import AuditTombstone
from services.core.audit.queries.verify import key_of
from services.core.audit.rules import Anchor, Break, Link
from services.core.kit.words import Words

_FORMAT = 1
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of itself."""

    first_seq: int
    previous: str
    last_seq: int
    last_hash: str
    key_id: str
    format: int = _FORMAT

    def signed(self) -> dict[str, Any]:
        """Give what the signature covers."""
        return {
            "first_seq": self.first_seq,
            "previous": self.previous,
            "last_seq": self.last_seq,
            "last_hash": self.last_hash,
            "key_id": self.key_id,
            "format": self.format,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read through."""

    path: Path
    lines: int
    end: Anchor
    breaks: Sequence[Break]


def name_of(first_seq: int, last_seq: int) -> str:
    """Give the name of the file of one stretch; names sort as the chain does."""
    return f"audit-{first_seq:012d}-{last_seq:012d}.jsonl.gz"


def write(path: Path, manifest: Manifest, key: bytes, links: Iterable[Link]) -> bytes:
    """Write a file whole or not at all, for its owner's eyes; gives its SHA-256."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
            signed = manifest.signed()
            packed.write(_written({**signed, "mark": rules.marked(key, signed).hex()}))
            for link in links:
                packed.write(
                    _written(
                        {
                            "seq": link.seq,
                            "key_id": link.key_id,
                            "hash": link.hash.hex(),
                            "line": link.line,
                        }
                    )
                )
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return digest(path)


def digest(path: Path) -> bytes:
    """Give a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def check(path: Path) -> Checked:
    """Read a file through and name whatever is not as it was sealed."""
    try:
        with gzip.open(path, "rt", encoding="ascii") as lines:
            return _walked(path, lines)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        words = Words(f"{path.name} 无法读取：{error}", f"{path.name} cannot be read: {error}")
        return Checked(path, 0, Anchor(0, rules.GENESIS), (Break("unreadable", 0, words),))


def check_folder(folder: Path, stones: Sequence[AuditTombstone]) -> list[Checked]:
    """Read the file of every tombstone through, and see that it is the one that was written."""
    return [_checked_for(folder / stone.file, stone) for stone in stones]


def _checked_for(path: Path, stone: AuditTombstone) -> Checked:
    checked = check(path)
    if not checked.breaks and digest(path) != stone.sha256:
        words = Words(
            f"{path.name} 不是当时归档的文件", f"{path.name} is not the file archived then"
        )
        return replace(checked, breaks=(Break("archive", stone.first_seq, words),))
    return checked


def _walked(path: Path, lines: Iterator[str]) -> Checked:
    said = json.loads(next(lines, "null"))
    mark = bytes.fromhex(said.pop("mark"))
    manifest = Manifest(**said)
    before = Anchor(manifest.first_seq - 1, bytes.fromhex(manifest.previous))
    walk = rules.Walk(before, key_of)
    while batch := list(islice(lines, _BATCH)):
        walk.through([_link(json.loads(text)) for text in batch])
    breaks = walk.end(Anchor(manifest.last_seq, bytes.fromhex(manifest.last_hash)))
    key = key_of(manifest.key_id)
    if key is None or not rules.same(rules.marked(key, manifest.signed()), mark):
        words = Words(f"{path.name} 非本系统签署", f"{path.name} was not signed by this service")
        breaks.append(Break("manifest", manifest.first_seq, words))
    return Checked(path, walk.lines, walk.at, breaks)


def _link(kept: dict[str, Any]) -> Link:
    line = kept["line"]
    return Link(kept["seq"], line["id"], kept["key_id"], bytes.fromhex(kept["hash"]), line)


def _written(values: dict[str, Any]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode("ascii") + b"\n"
