"""Evidence is withdrawn: it stays in the record, with the reason, and no longer counts."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission
from services.core.evidence import queries, rules, schemas
from services.core.evidence.actions import telling
from services.core.evidence.events import EvidenceWithdrawn
from services.core.evidence.models import Evidence
from services.core.evidence.rules import EvidenceState, EvidenceVerb
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor
from services.core.kit.moves import moved


def withdraw(
    session: Session, *, evidence_id: UUID, given: schemas.Withdrawal, expected: int, by: Caller
) -> Evidence:
    """Let evidence count no more, for the unit that uploaded it and those above.

    Raises:
        Missing, Stale. Forbidden: it is another unit's. UnlawfulMove: it is not complete.
    """
    evidence = queries.for_change(session, by, evidence_id=evidence_id, expected=expected)
    by.must(Permission.KEEP_PROJECTS)
    by.must_act_for(evidence.organisation_id)
    evidence.state = moved(rules.MOVES, EvidenceState(evidence.state), EvidenceVerb.WITHDRAW)
    evidence.withdrawn_at, evidence.withdrawn_by = by.now, by.account_id
    evidence.withdrawn_reason = given.reason
    fact = EvidenceWithdrawn(**telling.about(session, evidence), reason=given.reason)
    about = telling.subject(session, evidence)
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now)
    return evidence
