"""Bytes that are no evidence are removed: parts that were put together, files that never were."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.evidence import rules, store
from services.core.evidence.actions import telling
from services.core.evidence.models import Evidence, EvidenceUpload
from services.core.evidence.rules import EvidenceState, EvidenceVerb
from services.core.kit import jobs, ledger
from services.core.kit.events import Actor
from services.core.kit.moves import moved


def tidy_due(session: Session, *, now: datetime, limit: int) -> int:
    """Remove what uploads have left behind; one that never ended expires."""
    return jobs.each_due(session, EvidenceUpload, _tidy, now=now, limit=limit)


def _tidy(session: Session, upload: EvidenceUpload, now: datetime) -> None:
    evidence = session.get_one(Evidence, upload.id)
    if EvidenceState(evidence.state) is EvidenceState.UPLOADING:
        evidence.state = moved(rules.MOVES, EvidenceState.UPLOADING, EvidenceVerb.EXPIRE)
        ledger.note(
            session,
            Act.UPLOAD_ENDED,
            by=Actor.part("evidence"),
            now=now,
            about=telling.subject(session, evidence),
            outcome=EvidenceState.EXPIRED,
        )
    was_taken = EvidenceState(evidence.state) in (EvidenceState.COMPLETE, EvidenceState.WITHDRAWN)
    store.forget(evidence.id, below=store.PARTS if was_taken else "")
    upload.next_at = None
