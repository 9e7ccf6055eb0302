"""Reads of evidence; who sees the project sees it, and a unit what it uploaded itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.access.rules import Role
from services.core.calendar.rules import day_of
from services.core.evidence.models import Evidence, EvidenceUpload
from services.core.evidence.rules import EvidenceState, ProvenKind
from services.core.groups.models import GroupMembership
from services.core.groups.rules import MemberRole
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Forbidden, Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by, ids_of
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.projects import queries as projects
from services.core.projects.models import Project

_UPLOADER = Account.__table__.alias("uploader")
_WITHDRAWER = Account.__table__.alias("withdrawer")
_SOURCE = (
    Evidence.__table__.join(Project.__table__, Project.id == Evidence.project_id)
    .join(Organisation.__table__, Organisation.id == Evidence.organisation_id)
    .join(_UPLOADER, _UPLOADER.c.id == Evidence.uploaded_by)
    .outerjoin(_WITHDRAWER, _WITHDRAWER.c.id == Evidence.withdrawn_by)
)
_IS_OPEN = literal_column("seen.is_open", Boolean())
_CLOSED: dict[str, Any] = {
    "taken_at": Evidence.taken_at,
    "latitude": Evidence.latitude,
    "longitude": Evidence.longitude,
}
"""What a photo says of itself: shown to whom the original is open."""
_FIELDS: Fields = Constant(
    {
        "id": Evidence.id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "subject": reading.shaped({"kind": Evidence.subject_kind, "id": Evidence.subject_id}),
        "organisation": named(Organisation.__table__),
        "uploaded_by": named(_UPLOADER),
        "file_name": Evidence.file_name,
        "media_type": Evidence.media_type,
        "size_bytes": Evidence.size_bytes,
        "sha256": Evidence.sha256,
        "caption": Evidence.caption,
        "state": Evidence.state,
        "begun_at": Evidence.begun_at,
        "completed_at": Evidence.completed_at,
        "is_open": _IS_OPEN,
        **{name: case((_IS_OPEN, value), else_=None) for name, value in _CLOSED.items()},
        "withdrawn_at": Evidence.withdrawn_at,
        "withdrawn_by": named(_WITHDRAWER),
        "withdrawn_reason": Evidence.withdrawn_reason,
        "href": case(
            (
                Evidence.state == literal_column(f"'{EvidenceState.COMPLETE.value}'"),
                func.concat("/api/v1/evidence/", Evidence.id, "/content"),
            )
        ),
        "version": Evidence.version,
    }
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for; what is None does not matter."""

    project_id: UUID | None = None
    subject_kind: ProvenKind | None = None
    subject_id: UUID | None = None
    state: EvidenceState | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Which bytes a caller gets: the original, or the copy without what the photo says."""

    file_name: str
    media_type: str
    sha256: str
    is_original: bool


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of a project the caller sees, or uploaded by its own unit"."""
    own = among(Evidence.organisation_id, caller.own_organisation_ids)
    return or_(projects.visible(caller), own)


def evidence(session: Session, caller: Caller, *, evidence_id: UUID) -> Found:
    """Read one piece of evidence.

    Raises:
        Missing: there is none in scope.
    """
    return RECORDS.one(session, caller, evidence_id)


def all_evidence(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of evidence in scope."""
    equal: dict[Any, object] = {
        Evidence.project_id: sought.project_id,
        Evidence.subject_kind: sought.subject_kind,
        Evidence.subject_id: sought.subject_id,
        Evidence.state: sought.state,
    }
    where = [visible(caller)]
    where += [column == value for column, value in equal.items() if value is not None]
    return reading.page(
        session,
        _FIELDS,
        source=_source(caller),
        where=where,
        sorts={"begun_at": Evidence.begun_at, "id": Evidence.id},
        ask=ask,
    )


def content(
    session: Session, caller: Caller, *, evidence_id: UUID, wants_original: bool
) -> Content:
    """Say which bytes the caller gets.

    Raises:
        Missing: there is none in scope, or none that is complete and counts.
        Forbidden: the original is not open to this caller.
    """
    row = session.execute(
        select(
            Evidence.file_name,
            Evidence.media_type,
            Evidence.sha256,
            Evidence.shown_sha256,
            _IS_OPEN,
        )
        .select_from(_source(caller))
        .where(
            Evidence.id == evidence_id,
            Evidence.state == EvidenceState.COMPLETE,
            visible(caller),
        )
    ).one_or_none()
    if row is None:
        raise Missing
    name, media_type, sha256, shown_sha256, is_open = row
    if shown_sha256 is None:
        return Content(name, media_type, sha256, is_original=True)
    if wants_original and not is_open:
        raise Forbidden(
            Words(
                "原件只对上传单位、召集单位和监管单位开放。",
                "The original is open to its uploader's unit, the convener and regulators.",
            )
        )
    if wants_original:
        return Content(name, media_type, sha256, is_original=True)
    return Content(name, media_type, shown_sha256, is_original=False)


def under_way(session: Session, *, account_id: UUID) -> int:
    """Count the uploads of an account that are not finished."""
    theirs = select(func.count()).where(
        Evidence.uploaded_by == account_id, Evidence.state == EvidenceState.UPLOADING
    )
    return session.scalar(theirs) or 0


def count_of(session: Session, subject_id: UUID) -> int:
    """Count what is evidence of a record, or may become it."""
    alive = (EvidenceState.UPLOADING, EvidenceState.COMPLETE)
    its = select(func.count()).where(Evidence.subject_id == subject_id, Evidence.state.in_(alive))
    return session.scalar(its) or 0


def is_proven(subject_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Write "there is a file that shows it", of a record of whatever kind."""
    return (
        select(Evidence.id)
        .where(Evidence.subject_id == subject_id, Evidence.state == EvidenceState.COMPLETE)
        .exists()
    )


def for_change(session: Session, caller: Caller, *, evidence_id: UUID, expected: int) -> Evidence:
    """Lock one piece of evidence at the version the caller has seen."""
    seen = (
        select(Evidence.id)
        .join(Project, Project.id == Evidence.project_id)
        .where(Evidence.id == evidence_id, visible(caller))
    )
    return rows.for_change(session, Evidence, Evidence.id.in_(seen), expected=expected)


def upload(session: Session, *, evidence_id: UUID) -> tuple[Evidence, EvidenceUpload]:
    """Give an upload as it stands.

    Raises:
        Missing: there never was one.
    """
    found = session.get(EvidenceUpload, evidence_id)
    if found is None:
        raise Missing
    return session.get_one(Evidence, evidence_id), found


def upload_for_change(session: Session, *, evidence_id: UUID) -> tuple[Evidence, EvidenceUpload]:
    """Lock an upload: its parts come one after the other, however many requests carry them.

    Raises:
        Missing: there never was one.
    """
    found = rows.for_change(session, EvidenceUpload, EvidenceUpload.id == evidence_id)
    return session.get_one(Evidence, evidence_id, populate_existing=True), found


def _source(caller: Caller) -> FromClause:
    """Join what evidence is shown with, and whether its original is open to this caller."""
    is_open = or_(
        among(Evidence.organisation_id, caller.own_organisation_ids),
        projects.convened_by(caller.own_organisation_ids, day_of(caller.now)),
        literal(caller.role == Role.REGULATOR),
    )
    seen = select(is_open.label("is_open")).correlate(Evidence, Project)
    return _SOURCE.join(seen.lateral("seen"), true())


def _of_groups(ids: Collection[str]) -> ColumnElement[bool]:
    """Write "of a project of one of these groups": who convenes decides what is open."""
    theirs = Project.group_id == ids_of(ids, Project.group_id).any_()
    return Evidence.project_id.in_(select(Project.id).where(theirs))


def _turned(since: datetime, until: datetime) -> ColumnElement[bool] | None:
    """Write "its group has another convener since then", who may have been named long before."""
    before, today = day_of(since), day_of(until)
    if before == today:
        return None
    days = (GroupMembership.valid_from, GroupMembership.valid_to)
    turns = or_(*(and_(day > before, day <= today) for day in days))
    groups = select(GroupMembership.group_id).where(
        GroupMembership.role == MemberRole.CONVENER, turns
    )
    return Project.group_id.in_(groups)


RECORDS = Records(
    name="evidence",
    kind="evidence",
    key=Evidence.id,
    version=Evidence.version,
    fields=lambda _: _FIELDS,
    source=_source,
    visible=visible,
    follows={
        "project": by(Evidence.project_id),
        "project_partner": by(Evidence.project_id),
        "group_membership": _of_groups,
        "organisation": by(Evidence.organisation_id),
        "account": by(Evidence.uploaded_by, Evidence.withdrawn_by),
    },
    seen_by=frozenset({"project", "project_partner"}),
    varies=True,
    turned=_turned,
)
