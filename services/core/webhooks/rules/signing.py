"""How an attempt is signed (Standard Webhooks 1.0): both signatures are over id, time and body."""

import hmac
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign one attempt with a secret both sides know (`v1`: HMAC-SHA256)."""
    digest = hmac.digest(secret, _signed(message_id, timestamp, body), "sha256")
    return "v1," + b64encode(digest).decode()


def public_signature(private_key: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign one attempt with a key only this side knows (`v1a`: Ed25519)."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return "v1a," + b64encode(key.sign(_signed(message_id, timestamp, body))).decode()


def _signed(message_id: str, timestamp: int, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode() + body
