"""How an attempt is signed (Standard Webhooks 1.0)."""

import hmac
from base64 import b64encode


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign one attempt (Standard Webhooks 1.0, `v1`): HMAC-SHA256 over id, timestamp and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(secret, signed, "sha256")).decode()
