"""Bind what was committed into the chain: whatever is visible and unsealed, whatever its id.

Writers are not chained to one another: a chain inside their transactions would make every commit
of the service wait for the one before. The relay seals afterwards, within a moment; a late commit
simply gets a later number, as a fact does (services/worker/stamp.py).
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.audit import queries, rules
from services.core.kit import cipher

_SEAL = text(
    """
    WITH done AS (DELETE FROM audit_pending WHERE entry_id = ANY(CAST(:entries AS bigint[])))
    INSERT INTO audit_seal (seq, entry_id, key_id, hash)
    SELECT :after + line.place, line.entry_id, :key_id, line.hash
    FROM unnest(CAST(:entries AS bigint[]), CAST(:hashes AS bytea[]))
         WITH ORDINALITY AS line (entry_id, hash, place)
    """
)


def seal(session: Session, *, limit: int) -> int:
    """Seal up to `limit` committed lines; gives how many. The head's row lock lets one in.

    Raises:
        NoSecretKey: without the master key nothing can be sealed.
    """
    head = queries.head_for_change(session)
    lines = queries.waiting(session, limit)
    if not lines:
        return 0
    key_id = cipher.key_id()
    key, hashes, previous = cipher.derived(rules.KEY, key_id), [], head.hash
    for seq, line in enumerate(lines, head.seq + 1):
        previous = rules.sealed(key, previous, seq, rules.canonical(rules.plain(line)))
        hashes.append(previous)
    entries = [line.id for line in lines]
    session.execute(
        _SEAL, {"entries": entries, "hashes": hashes, "after": head.seq, "key_id": key_id}
    )
    head.seq, head.hash = head.seq + len(lines), previous
    session.flush()
    return len(lines)
