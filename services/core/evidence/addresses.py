"""The signed address of an upload: whoever has it may send the parts, and nothing else."""

from uuid import UUID

from services.core.kit.cipher import upload_signer
from services.core.kit.settings import settings


def signed(evidence_id: UUID) -> str:
    """Give the address of one upload; how long it is good is said by the upload's own row."""
    signature = upload_signer().get_signature(str(evidence_id)).decode()
    path = f"/api/v1/evidence/{evidence_id}/upload"
    return f"{settings().address()}{path}?signature={signature}"


def is_signed(evidence_id: UUID, signature: str) -> bool:
    """Say whether a signature is ours, made for this upload with a key that is still kept."""
    return upload_signer().verify_signature(str(evidence_id), signature)
