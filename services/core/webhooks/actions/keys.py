"""The keys of an endpoint: made, sealed, opened; never told twice."""

import json
import secrets
from base64 import b64decode, b64encode
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.core.kit import cipher
from services.core.webhooks.models import WebhookEndpoint, secret_owner

SECRET_PREFIX = "whsec_"  # noqa: S105 the prefix Standard Webhooks gives every secret
PUBLIC_PREFIX = "whpk_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Make a secret for `v1`, as its owner gets it."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sealed_secret(endpoint_id: UUID, secret: str) -> str:
    """Give a secret as it is kept."""
    plain = secret.removeprefix(SECRET_PREFIX).encode()
    return cipher.sealed(plain, owner=secret_owner(endpoint_id))


def new_pair(endpoint_id: UUID) -> tuple[str, str]:
    """Make a pair for `v1a`: the private key as it is kept, the public one as it is told."""
    private = Ed25519PrivateKey.generate()
    kept = b64encode(private.private_bytes_raw())
    told = PUBLIC_PREFIX + b64encode(private.public_key().public_bytes_raw()).decode()
    return cipher.sealed(kept, owner=secret_owner(endpoint_id)), told


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[bytes]:
    """Give the keys that sign now: the current one, and during the overlap the one before."""
    texts = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and now < endpoint.previous_until:
        texts.append(endpoint.previous_secret)
    owner = secret_owner(endpoint.id)
    return [b64decode(cipher.opened(text, owner=owner)) for text in texts]


def private_keys_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[bytes]:
    """Give the keys that sign `v1a` now; an endpoint from before has none until it is rotated."""
    texts = [endpoint.private_key]
    if endpoint.previous_private_key and endpoint.previous_until and now < endpoint.previous_until:
        texts.append(endpoint.previous_private_key)
    owner = secret_owner(endpoint.id)
    return [b64decode(cipher.opened(text, owner=owner)) for text in texts if text]


def secret_headers_of(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Give the headers whose values nobody may read again."""
    if not endpoint.secret_headers:
        return {}
    opened = cipher.opened(endpoint.secret_headers, owner=secret_owner(endpoint.id))
    found: dict[str, str] = json.loads(opened)
    return found
