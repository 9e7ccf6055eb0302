"""Parts come in; the last one makes the file whole, and it is looked at."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.audit.rules import Act
from services.core.evidence import pictures, queries, rules, store
from services.core.evidence.actions import telling
from services.core.evidence.events import EvidenceAdded
from services.core.evidence.models import Evidence, EvidenceUpload
from services.core.evidence.rules import EvidenceState, EvidenceVerb, MediaType, NotEvidence
from services.core.kit import ledger
from services.core.kit.events import Actor
from services.core.kit.moves import moved


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload has come."""

    evidence_id: UUID
    state: EvidenceState
    received_bytes: int
    size_bytes: int
    expires_at: datetime


def progress(session: Session, *, evidence_id: UUID) -> Progress:
    """Say how far an upload has come.

    Raises:
        Missing: there is none. Gone: it was refused, has expired or was withdrawn.
    """
    evidence, upload = queries.upload(session, evidence_id=evidence_id)
    rules.check_under_way(EvidenceState(evidence.state))
    return _of(evidence, upload)


def receive(
    session: Session, *, evidence_id: UUID, offset: int, part: bytes, now: datetime
) -> Progress | NotEvidence:
    """Keep one part; a part that was here before changes nothing. The last one ends the upload.

    A file that is not what was declared is given back as the refusal, not raised: that it was
    refused is kept.

    Raises:
        Missing, Gone. WrongOffset, Invalid: the part does not follow on what is here.
        Unavailable: the store does not answer; the part may be sent again.
    """
    evidence, upload = queries.upload_for_change(session, evidence_id=evidence_id)
    rules.check_under_way(EvidenceState(evidence.state))
    received, size = upload.received_bytes, evidence.size_bytes
    if not rules.is_next(offset, len(part), received=received, size=size):
        return _of(evidence, upload)
    rules.check_in_time(now, upload.expires_at)
    store.put(evidence.id, store.part(offset), part)
    upload.received_bytes = received + len(part)
    if upload.received_bytes < size:
        return _of(evidence, upload)
    try:
        _complete(session, evidence, _whole(evidence), now)
    except NotEvidence as refusal:
        upload.next_at = now
        _refuse(session, evidence, refusal, now)
        return refusal
    upload.next_at = now
    return _of(evidence, upload)


def _of(evidence: Evidence, upload: EvidenceUpload) -> Progress:
    return Progress(
        evidence.id,
        EvidenceState(evidence.state),
        upload.received_bytes,
        evidence.size_bytes,
        upload.expires_at,
    )


def _whole(evidence: Evidence) -> bytes:
    """Put the parts together: each begins where the one before it ended."""
    whole = bytearray()
    while len(whole) < evidence.size_bytes:
        whole += store.get(evidence.id, store.part(len(whole)))
    return bytes(whole)


def _complete(session: Session, evidence: Evidence, data: bytes, now: datetime) -> None:
    """Take a whole file that is what was declared; of a photo make the copy that others get.

    Raises:
        NotEvidence: it is not what was declared. Unavailable: the store does not answer.
    """
    media_type = MediaType(evidence.media_type)
    rules.check_hash(evidence.sha256, hashlib.sha256(data).hexdigest())
    rules.check_kind(media_type, data)
    if media_type in rules.PHOTOS:
        picture = pictures.looked_into(data, media_type)
        evidence.taken_at = picture.taken_at
        evidence.latitude, evidence.longitude = picture.latitude, picture.longitude
        evidence.shown_sha256 = hashlib.sha256(picture.shown).hexdigest()
        store.put(evidence.id, store.SHOWN, picture.shown)
    store.put(evidence.id, store.ORIGINAL, data)
    evidence.state = moved(rules.MOVES, EvidenceState(evidence.state), EvidenceVerb.COMPLETE)
    evidence.completed_at = now
    ledger.record(
        session,
        EvidenceAdded(**telling.about(session, evidence)),
        about=telling.subject(session, evidence),
        by=_uploader(session, evidence),
        now=now,
    )


def _refuse(session: Session, evidence: Evidence, refusal: NotEvidence, now: datetime) -> None:
    evidence.state = moved(rules.MOVES, EvidenceState(evidence.state), EvidenceVerb.REFUSE)
    ledger.note(
        session,
        Act.UPLOAD_ENDED,
        by=_uploader(session, evidence),
        now=now,
        about=telling.subject(session, evidence),
        outcome=refusal.faults[0].code,
    )


def _uploader(session: Session, evidence: Evidence) -> Actor:
    """Name who begins an upload as the one who ends it: the address was given to nobody else."""
    account = session.get_one(Account, evidence.uploaded_by)
    return Actor(account.name, account.id, evidence.organisation_id)
