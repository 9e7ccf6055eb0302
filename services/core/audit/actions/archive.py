"""What is older than the policy goes to a file, is read back from it, and only then is dropped.

Nothing here may delete a line: `audit_drop` in the database does, as the owner, and only what is
older than the law asks to keep. The tombstone it leaves is signed, and the chain goes on after it.
"""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.audit import queries, rules
from services.core.audit.models import AuditTombstone
from services.core.audit.queries import Manifest
from services.core.audit.rules import GENESIS, Act, Anchor
from services.core.kit import cipher, ledger
from services.core.kit.events import Actor

_BY = Actor.part("audit")
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('audit_archive'))")
_DROP = text("SELECT audit_drop(:upto, :file, :sha256, :key_id, :mark)")


class Unfit(RuntimeError):
    """What was to be archived is not as it was sealed, so nothing is dropped."""


def archive_old(
    session: Session, *, folder: Path, keep: timedelta, now: datetime, limit: int
) -> Path | None:
    """Archive and drop the oldest lines, up to `limit`, as whole days; None if none is old enough.

    Raises:
        Unfit: the file that was written does not verify. OSError: it cannot be written.
    """
    before = (now - keep).replace(hour=0, minute=0, second=0, microsecond=0)
    if not session.execute(_ALONE).scalar():
        return None
    upto = queries.old(session, before=before, limit=limit)
    if upto is None:
        return None
    stones = queries.tombstones(session)
    start = Anchor(stones[-1].last_seq, stones[-1].last_hash) if stones else Anchor(0, GENESIS)
    path, digest, end = _written(session, folder, start, upto)
    stone = AuditTombstone(
        first_seq=start.seq + 1,
        last_seq=upto,
        last_hash=end.hash,
        file=path.name,
        sha256=digest,
        key_id=cipher.key_id(),
    )
    mark = rules.marked(cipher.derived(rules.KEY, stone.key_id), queries.boundary(stone))
    asked = {"file": stone.file, "sha256": digest, "key_id": stone.key_id, "mark": mark}
    session.execute(_DROP, {"upto": upto, **asked})
    details = {"first_seq": stone.first_seq, "last_seq": upto, "file": stone.file}
    ledger.note(
        session,
        Act.ARCHIVED,
        by=_BY,
        now=now,
        details={**details, "sha256": digest.hex()},
    )
    return path


def _written(
    session: Session, folder: Path, start: Anchor, upto: int
) -> tuple[Path, bytes, Anchor]:
    """Write the stretch, read it back, and give file, checksum and the last seal."""
    end, key_id = queries.at(session, upto), cipher.key_id()
    manifest = Manifest(start.seq + 1, start.hash.hex(), end.seq, end.hash.hex(), key_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / queries.name_of(manifest.first_seq, manifest.last_seq)
    stretch = (
        link for batch in queries.links(session, after=start.seq, upto=upto) for link in batch
    )
    digest = queries.write(path, manifest, cipher.derived(rules.KEY, key_id), stretch)
    checked = queries.check(path)
    if checked.breaks or checked.end != end:
        named = "; ".join(found.words.en for found in checked.breaks)
        raise Unfit(f"{path.name}: {named or 'it ends elsewhere'}; nothing was dropped")
    return path, digest, end
