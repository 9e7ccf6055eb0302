"""The keys of an endpoint: made, sealed, opened; never told twice."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
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


def sealed_headers(endpoint_id: UUID, headers: Mapping[str, str]) -> str | None:
    """Give secret headers as they are kept; None: there are none."""
    if not headers:
        return None
    return cipher.sealed(json.dumps(dict(headers)).encode(), owner=secret_owner(endpoint_id))


def secret_headers_of(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Give the secret headers of an endpoint, for who sends them."""
    if endpoint.secret_headers is None:
        return {}
    opened = cipher.opened(endpoint.secret_headers, owner=secret_owner(endpoint.id))
    found: dict[str, str] = json.loads(opened)
    return found


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[bytes]:
    """Give the keys that sign `v1` now: the current one, and in the overlap the one before."""
    return _opened(endpoint, (endpoint.secret, endpoint.previous_secret), now)


def private_keys_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[Ed25519PrivateKey]:
    """Give the Ed25519 keys that sign `v1a` now; an old endpoint has none yet."""
    kept = (endpoint.private_key, endpoint.previous_private_key)
    return [Ed25519PrivateKey.from_private_bytes(raw) for raw in _opened(endpoint, kept, now)]


def _opened(
    endpoint: WebhookEndpoint, texts: tuple[str | None, str | None], now: datetime
) -> list[bytes]:
    current, previous = texts
    in_overlap = endpoint.previous_until is not None and now < endpoint.previous_until
    signing = (current, previous if in_overlap else None)
    owner = secret_owner(endpoint.id)
    return [b64decode(cipher.opened(text, owner=owner)) for text in signing if text]
