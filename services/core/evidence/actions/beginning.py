"""An upload begins: what will come, and of which record it is evidence."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.evidence import queries, rules, schemas
from services.core.evidence.actions import telling
from services.core.evidence.models import Evidence, EvidenceUpload
from services.core.evidence.rules import EvidenceState, Proven, ProvenKind
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor
from services.core.kit.settings import settings
from services.core.projects import queries as projects
from services.core.projects.actions import keeping


def begin(session: Session, *, proven: Proven, given: schemas.NewEvidence, by: Caller) -> Evidence:
    """Let somebody upload a file, whom the record's own room lets.

    Raises:
        Invalid: it would be too long, or its name does not fit. Conflict: there are enough.
    """
    rules.check_name(given.file_name, given.media_type)
    rules.check_size(given.size_bytes, limit=settings().evidence_limit_bytes)
    rules.check_room(
        of_account=queries.under_way(session, account_id=by.account_id),
        of_record=queries.count_of(session, proven.id),
    )
    made = Evidence(
        project_id=proven.project_id,
        subject_kind=proven.kind,
        subject_id=proven.id,
        organisation_id=by.organisation_id,
        uploaded_by=by.account_id,
        state=EvidenceState.UPLOADING,
        begun_at=by.now,
        **given.model_dump(),
    )
    session.add(made)
    session.flush()
    until = by.now + settings().evidence_upload_within
    session.add(EvidenceUpload(id=made.id, expires_at=until, next_at=until))
    session.flush()
    ledger.note(
        session,
        Act.UPLOAD_BEGUN,
        by=Actor.person(by),
        now=by.now,
        about=telling.subject(session, made),
        details={"file_name": [None, made.file_name], "sha256": [None, made.sha256]},
    )
    return made


def prove_milestone(
    session: Session, *, milestone_id: UUID, given: schemas.NewEvidence, by: Caller
) -> Evidence:
    """Begin evidence of a milestone, before or after it is reached, for whoever keeps its project.

    Raises:
        Missing, Forbidden, UnlawfulMove: the project has left the library.
        Invalid, Conflict: as `begin`.
    """
    milestone = projects.milestone_for_change(session, by, milestone_id=milestone_id, expected=None)
    keeping.open_project(
        session, project_id=milestone.project_id, expected=None, verb="prove", by=by
    )
    proven = Proven(ProvenKind.MILESTONE, milestone.id, milestone.project_id)
    return begin(session, proven=proven, given=given, by=by)
