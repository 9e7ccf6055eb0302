"""The log in parts: room ahead for what comes, an archive of what is old, and its end.

`event` is divided by ranges of seq; a part goes as a whole, so that keeping the log short costs
nothing. Nothing goes before it stands in an archive that was read back, nor before everybody who
reads the log here has read it.
"""

import gzip
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import BigInteger, LargeBinary, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base

PART = 1_000_000
"""Events in one part: about a gigabyte and a half."""
_PAGE = 2_000
"""Events read in one statement, well inside its time limit."""


class FeedPart(Base):
    """One part of the log, from its first number to the one before its end; kept after it went."""

    __tablename__ = "event_part"

    first_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    end_seq: Mapped[int] = mapped_column(BigInteger)
    dropped_at: Mapped[c.MaybeInstant]


class FeedArchive(Base):
    """One file of the archive; the files follow each other without a gap."""

    __tablename__ = "event_archive"

    first_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    file: Mapped[c.Phrase]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[c.Instant]


class Unfit(RuntimeError):
    """An archive file does not say what the log says, so nothing is dropped."""


@dataclass(frozen=True, slots=True)
class Old:
    """A part that may go: everything in it is older than the policy, and nobody needs it."""

    first_seq: int
    last_seq: int


_MAKE_ROOM = text("SELECT event_make_room(:ahead, :size)")
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('event_archive'))")
_OLDEST = text(
    """
    SELECT part.first_seq, part.end_seq - 1 FROM event_part part, feed_head head
    WHERE part.dropped_at IS NULL AND head.shard = 0
      AND (SELECT stamped_at FROM event WHERE seq = part.end_seq - 1) < :before
      AND head.copied >= part.end_seq - 1
      AND NOT EXISTS (SELECT FROM unnest(CAST(:readers AS text[])) AS reader (name)
                      LEFT JOIN consumer_cursor cursor USING (name)
                      WHERE coalesce(cursor.seq, 0) < part.end_seq - 1)
      AND NOT EXISTS (SELECT FROM event_parked parked WHERE parked.seq < part.end_seq)
      AND coalesce(CAST(:owed AS bigint), part.end_seq) >= part.end_seq
      AND NOT EXISTS (SELECT FROM event_part older
                      WHERE older.dropped_at IS NULL AND older.first_seq < part.first_seq)
    """
)
_ARCHIVED_UPTO = text(
    "SELECT coalesce((SELECT max(last_seq) FROM event_archive), "
    "(SELECT min(seq) - 1 FROM event), 0)"
)
_LINES = text(
    "SELECT e.seq, CAST(to_jsonb(e) - 'data' AS text) FROM event e "
    "WHERE e.seq > :after AND e.seq <= :upto ORDER BY e.seq"
)
_DROP = text("SELECT event_drop_part(:part)")


def make_room(session: Session, *, ahead: int, size: int = PART) -> int:
    """Make parts until at least `ahead` more numbers have their place; gives the last one's end."""
    room: int = session.execute(_MAKE_ROOM, {"ahead": ahead, "size": size}).scalar_one()
    return room


def oldest_gone_by(
    session: Session, *, keep: timedelta, readers: Sequence[str], owed: int | None, now: datetime
) -> Old | None:
    """Give the oldest part if it may go, else None.

    It may if all of it was numbered longer ago than `keep`, Redis has copied it, every reader has
    read it, no fact of it is parked, and it holds none that somebody is still owed (`owed` is the
    lowest such number).
    """
    asked = {"before": now - keep, "readers": list(readers), "owed": owed}
    row = session.execute(_OLDEST, asked).one_or_none()
    return Old(row[0], row[1]) if row else None


def archive_some(
    session: Session, part: Old, *, folder: Path, now: datetime, limit: int
) -> Path | None:
    """Write the next file of a part, up to `limit` events; None: all is, or another is at it.

    Raises:
        Unfit: what was written does not read back as the log has it. OSError: it cannot be written.
    """
    if not session.execute(_ALONE).scalar():
        return None
    after = session.execute(_ARCHIVED_UPTO).scalar_one()
    upto = min(part.last_seq, after + limit)
    if upto <= after:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"events-{after + 1:019}-{upto:019}.jsonl.gz"
    digest = _written(path, _lines(session, after, upto), first=after + 1, last=upto)
    row = FeedArchive(
        first_seq=after + 1, last_seq=upto, file=path.name, sha256=digest, written_at=now
    )
    session.add(row)
    session.flush()
    return path


def drop(session: Session, part: Old) -> bool:
    """Drop a part if all of it is archived; tells whether it did."""
    if session.execute(_ARCHIVED_UPTO).scalar_one() < part.last_seq:
        return False
    session.execute(_DROP, {"part": part.first_seq})
    return True


def archives(session: Session) -> Sequence[FeedArchive]:
    """Give what was archived, oldest first."""
    return session.scalars(select(FeedArchive).order_by(FeedArchive.first_seq)).all()


def _lines(session: Session, after: int, upto: int) -> Iterator[tuple[int, bytes]]:
    """Read a stretch of the log, page by page; `data` is left out, `body` holds it."""
    while after < upto:
        page = {"after": after, "upto": min(upto, after + _PAGE)}
        for seq, line in session.execute(_LINES, page):
            yield seq, line.encode() + b"\n"
        after = page["upto"]


def _written(path: Path, lines: Iterator[tuple[int, bytes]], *, first: int, last: int) -> bytes:
    """Write a file whole or not at all, read it back, and give its checksum."""
    said, wanted = hashlib.sha256(), first
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=3, mtime=0) as file:
            for seq, line in lines:
                if seq != wanted:
                    raise Unfit(f"{path.name}: the log has {seq} where {wanted} follows")
                wanted += 1
                said.update(line)
                file.write(line)
        raw.flush()
        os.fsync(raw.fileno())
    if wanted != last + 1:
        raise Unfit(f"{path.name}: the log ends at {wanted - 1}, not at {last}")
    _read_back(draft, said.digest(), first, last)
    with draft.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").digest()
    draft.replace(path)
    return digest


def _read_back(path: Path, said: bytes, first: int, last: int) -> None:
    """Read a file as a stranger would.

    Raises:
        Unfit: it does not hold the numbers from first to last with what was said of them.
    """
    found, wanted = hashlib.sha256(), first
    with gzip.open(path) as file:
        for line in file:
            if orjson.loads(line)["seq"] != wanted:
                raise Unfit(f"{path.name}: {wanted} is not where it belongs")
            wanted += 1
            found.update(line)
    if wanted != last + 1 or found.digest() != said:
        raise Unfit(f"{path.name}: it does not read back as it was written")
