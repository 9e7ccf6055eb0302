"""To whom evidence belongs, and what every fact about it says."""

from typing import Any

from sqlalchemy.orm import Session

from services.core.evidence.models import Evidence
from services.core.kit.events import Subject
from services.core.projects.actions import keeping
from services.core.projects.models import Project


def subject(session: Session, evidence: Evidence) -> Subject:
    """Say who sees a fact: the group, the units of the project, and who uploaded it."""
    project = session.get_one(Project, evidence.project_id)
    units = keeping.units_of(session, project) | {evidence.organisation_id}
    return Subject("evidence", evidence.id, project.group_id, tuple(sorted(units)))


def about(session: Session, evidence: Evidence) -> dict[str, Any]:
    """Give what every fact about evidence says first."""
    project = session.get_one(Project, evidence.project_id)
    return {
        "evidence_id": evidence.id,
        "project_id": project.id,
        "project_code": project.code,
        "subject_kind": evidence.subject_kind,
        "subject_id": evidence.subject_id,
        "organisation_id": evidence.organisation_id,
        "file_name": evidence.file_name,
        "media_type": evidence.media_type,
        "size_bytes": evidence.size_bytes,
        "sha256": evidence.sha256,
    }
