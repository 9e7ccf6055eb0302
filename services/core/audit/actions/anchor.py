"""Tell the head of the chain to everybody: who keeps it can prove what came before it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.core.audit import queries
from services.core.audit.events import AuditAnchored
from services.core.audit.rules import Anchor
from services.core.kit import ledger
from services.core.kit.events import Actor

_EVERY = timedelta(days=1)
_BY = Actor.part("audit")


def anchor(session: Session, *, now: datetime, by: Actor = _BY) -> Anchor | None:
    """Record the head as a fact; None where nothing was ever sealed.

    The feed takes it to every webhook and every phone: copies that nobody here can change.
    """
    head = queries.head(session)
    if head.seq == 0:
        return None
    fact = AuditAnchored(seq=head.seq, hash=head.hash.hex())
    ledger.record(session, fact, about=queries.CHAIN, by=by, now=now)
    return head


def anchor_due(session: Session, *, now: datetime) -> Anchor | None:
    """Record the head if the last anchor is a day old; gives it if it did."""
    last = queries.anchored_at(session)
    return anchor(session, now=now) if last is None or now - last >= _EVERY else None
