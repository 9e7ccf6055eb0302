"""What shows that a report is so: its unit uploads it, before or after it is handed in."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission
from services.core.evidence import actions as evidence
from services.core.evidence.models import Evidence
from services.core.evidence.rules import Proven, ProvenKind
from services.core.evidence.schemas import NewEvidence
from services.core.kit.caller import Caller
from services.core.progress import queries


def prove(session: Session, *, report_id: UUID, given: NewEvidence, by: Caller) -> Evidence:
    """Begin a piece of evidence of a report.

    Raises:
        Missing. Forbidden: it is another unit's. Invalid, Conflict: as every upload.
    """
    by.must(Permission.REPORT_PROGRESS)
    report = queries.for_change(session, by, report_id=report_id, expected=None)
    by.must_act_for(report.organisation_id)
    proven = Proven(ProvenKind.PROGRESS_REPORT, report.id, report.project_id)
    return evidence.begin(session, proven=proven, given=given, by=by)
