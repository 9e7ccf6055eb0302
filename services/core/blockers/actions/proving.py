"""What shows how a blocker stands, and at its close-out that it is solved."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.blockers.actions import keeping
from services.core.evidence import actions as evidence
from services.core.evidence.models import Evidence
from services.core.evidence.rules import Proven, ProvenKind
from services.core.evidence.schemas import NewEvidence
from services.core.kit.caller import Caller


def prove(session: Session, *, blocker_id: UUID, given: NewEvidence, by: Caller) -> Evidence:
    """Begin a piece of evidence of a blocker.

    Raises:
        Missing, Forbidden, Frozen. Invalid, Conflict: as every upload.
    """
    blocker, place = keeping.of_everybody_at_it(session, blocker_id, by)
    keeping.must_be_open(session, place)
    proven = Proven(ProvenKind.BLOCKER, blocker.id, blocker.project_id)
    return evidence.begin(session, proven=proven, given=given, by=by)
