"""How an attempt is signed (Standard Webhooks 1.0): both signatures are over id, time and body."""

import hmac
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def signed(message_id: str, timestamp: int, body: bytes) -> bytes:
    """Write what is signed of one attempt."""
    return f"{message_id}.{timestamp}.".encode() + body


def signature(secret: bytes, what: bytes) -> str:
    """Sign with a secret both sides know (`v1`: HMAC-SHA256)."""
    return "v1," + b64encode(hmac.digest(secret, what, "sha256")).decode()


def public_signature(private_key: Ed25519PrivateKey, what: bytes) -> str:
    """Sign with a key only this side knows (`v1a`: Ed25519)."""
    return "v1a," + b64encode(private_key.sign(what)).decode()
