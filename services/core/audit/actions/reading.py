"""Whoever reads the audit leaves a line in it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor


def note_reading(session: Session, *, asked: Mapping[str, str], by: Caller) -> None:
    """Note that lines were read, and by which filters."""
    ledger.note(session, Act.READ, by=Actor.person(by), now=by.now, details=dict(asked) or None)
