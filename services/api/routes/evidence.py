"""Evidence over HTTP: beginning an upload, its parts, reading, withdrawing."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.api import arrival, limits
from services.api.arrival import JSON
from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.edge import BYTES
from services.api.listing import ListQuery
from services.api.problems import documented
from services.core.blockers import actions as blockers
from services.core.evidence import actions, addresses, queries, schemas, store
from services.core.evidence.actions import Progress
from services.core.evidence.models import Evidence
from services.core.evidence.rules import EvidenceState, ProvenKind
from services.core.guarantees import actions as guarantees
from services.core.kit import db
from services.core.kit.clock import house_now
from services.core.kit.errors import Missing, Refusal
from services.core.kit.reading import Found
from services.core.kit.settings import settings
from services.core.progress import actions as progress

router = APIRouter(tags=["evidence"])


class EvidenceQuery(ListQuery):
    """Filters of the list."""

    project_id: UUID | None = None
    subject_kind: Annotated[
        ProvenKind | None, Field(description="Only evidence of such records.")
    ] = None
    subject_id: Annotated[
        UUID | None, Field(description="Only evidence of this record: a report, a milestone, …")
    ] = None
    state: EvidenceState | None = None


@router.get("/evidence", response_model=schemas.EvidencePage)
@in_reading
def list_evidence(door: Enter, query: Annotated[EvidenceQuery, Query()]) -> Response:
    """List the evidence of the projects in your scope, withdrawn and unfinished too."""
    sought = queries.Sought(
        project_id=query.project_id,
        subject_kind=query.subject_kind,
        subject_id=query.subject_id,
        state=query.state,
    )
    shown = queries.all_evidence(door.session, door.caller, ask=query.ask(), sought=sought)
    return door.many(shown)


@router.post(
    "/progress-reports/{report_id}/evidence", status_code=201, response_model=schemas.NewUpload
)
@in_transaction
def prove_progress_report(door: Enter, report_id: UUID, given: schemas.NewEvidence) -> Response:
    """Begin to upload evidence of a report; the answer says where its parts go."""
    made = progress.prove(door.session, report_id=report_id, given=given, by=door.caller)
    return _begun(door, made)


@router.post(
    "/milestones/{milestone_id}/evidence", status_code=201, response_model=schemas.NewUpload
)
@in_transaction
def prove_milestone(door: Enter, milestone_id: UUID, given: schemas.NewEvidence) -> Response:
    """Begin to upload evidence of a milestone; the answer says where its parts go."""
    made = actions.prove_milestone(
        door.session, milestone_id=milestone_id, given=given, by=door.caller
    )
    return _begun(door, made)


@router.post("/blockers/{blocker_id}/evidence", status_code=201, response_model=schemas.NewUpload)
@in_transaction
def prove_blocker(door: Enter, blocker_id: UUID, given: schemas.NewEvidence) -> Response:
    """Begin to upload evidence of a blocker; the answer says where its parts go."""
    made = blockers.prove(door.session, blocker_id=blocker_id, given=given, by=door.caller)
    return _begun(door, made)


@router.post(
    "/guarantees/{guarantee_id}/evidence", status_code=201, response_model=schemas.NewUpload
)
@in_transaction
def prove_guarantee(door: Enter, guarantee_id: UUID, given: schemas.NewEvidence) -> Response:
    """Begin to upload evidence of a promise; the answer says where its parts go."""
    made = guarantees.prove(door.session, guarantee_id=guarantee_id, given=given, by=door.caller)
    return _begun(door, made)


@router.get("/evidence/{evidence_id}", response_model=schemas.Evidence)
@in_reading
def get_evidence(door: Enter, evidence_id: UUID) -> Response:
    """Read what is known of one photo or file."""
    return door.one(queries.evidence(door.session, door.caller, evidence_id=evidence_id))


@router.post("/evidence/{evidence_id}/withdraw", response_model=schemas.Evidence)
@in_transaction
def withdraw_evidence(door: Enter, evidence_id: UUID, given: schemas.Withdrawal) -> Response:
    """Let evidence count no more; it stays in the record, with the reason."""
    door.shows(lambda: queries.evidence(door.session, door.caller, evidence_id=evidence_id))
    actions.withdraw(
        door.session,
        evidence_id=evidence_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as an attachment.",
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/evidence/{evidence_id}/content", response_class=Response, responses=_FILE)
@in_reading
def get_evidence_content(
    door: Enter,
    evidence_id: UUID,
    original: Annotated[  # noqa: FBT002 how FastAPI writes a parameter with a default
        bool,
        Query(description="The photo as it was uploaded, for whom it is open; else the copy."),
    ] = False,
) -> Response:
    """Download a photo or file; of a photo the copy without what the camera wrote into it."""
    content = queries.content(
        door.session, door.caller, evidence_id=evidence_id, wants_original=original
    )
    name = store.ORIGINAL if content.is_original else store.SHOWN
    return door.file(content, lambda: store.get(evidence_id, name))


Signature = Annotated[
    str,
    Query(min_length=1, max_length=100, description="As the address of the upload has it."),
]


async def _signed(request: Request, evidence_id: UUID, signature: Signature) -> bytes:
    """Let in whoever has the address, and give the body; without it one is a stranger.

    Raises:
        Missing: it is not the address of this upload. OverQuota, Invalid: as the door refuses.
    """
    arrival.refuse_unknown_parameters(request)
    if not addresses.is_signed(evidence_id, signature):
        arrival.count_stranger()
        raise Missing
    limits.accounts().take(f"upload:{evidence_id}")
    return await request.body()


_OPEN: dict[str, Any] = {"security": []}
_PART: dict[str, Any] = {
    **_OPEN,
    "requestBody": {
        "required": True,
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    },
}
_STANDS: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Upload-Offset": {
                "description": "How many bytes are here: the offset of the next part.",
                "schema": {"type": "integer", "examples": [1048576]},
            }
        }
    },
    404: documented("There is no such upload, or this is not its address."),
    410: documented("The upload was refused, has expired, or its evidence was withdrawn."),
}


@router.get(
    "/evidence/{evidence_id}/upload",
    response_model=schemas.Upload,
    openapi_extra=_OPEN,
    responses=_STANDS,
    dependencies=[Depends(_signed)],
)
def get_evidence_upload(evidence_id: UUID, signature: Signature) -> Response:
    """Ask how many bytes are here, to go on from there; HEAD tells it in `Upload-Offset`."""
    del signature  # looked at before
    with db.reading() as session:
        return _stands(actions.progress(session, evidence_id=evidence_id))


@router.put(
    "/evidence/{evidence_id}/upload",
    response_model=schemas.Upload,
    openapi_extra=_PART,
    responses=_STANDS,
)
def put_evidence_part(
    evidence_id: UUID,
    signature: Signature,
    offset: Annotated[
        int, Query(ge=0, le=2**40, description="Where in the file this part begins, in bytes.")
    ],
    part: Annotated[bytes, Depends(_signed)],
) -> Response:
    """Send the next part; one that came before changes nothing, and the last ends the upload."""
    del signature  # looked at before
    with db.unit_of_work() as session:
        outcome = actions.receive(
            session, evidence_id=evidence_id, offset=offset, part=part, now=house_now(session)
        )
    if isinstance(outcome, Refusal):  # kept as refused, and told
        raise outcome
    return _stands(outcome)


def _begun(door: Door, made: Evidence) -> Response:
    """Answer with the new evidence, and where its parts go."""
    found = queries.evidence(door.session, door.caller, evidence_id=made.id)
    upload = _upload(actions.progress(door.session, evidence_id=made.id)).model_dump_json()
    address = addresses.signed(made.id)
    body = f'{{"evidence":{found.body},"upload":{upload},"address":"{address}"}}'
    return door.created(f"/evidence/{made.id}", Found(body, found.version))


def _upload(stands: Progress) -> schemas.Upload:
    return schemas.Upload(
        evidence_id=stands.evidence_id,
        state=stands.state,
        received_bytes=stands.received_bytes,
        size_bytes=stands.size_bytes,
        part_bytes=settings().body_limit_bytes,
        expires_at=stands.expires_at,
    )


def _stands(stands: Progress) -> Response:
    headers = {"Upload-Offset": str(stands.received_bytes)}
    return Response(_upload(stands).model_dump_json(), media_type=JSON, headers=headers)
